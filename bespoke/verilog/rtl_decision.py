"""Decisions over scores as behavioural Verilog."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from bespoke.model import IntegerMLP, IntegerSVM
from bespoke.numeric import Interval
from bespoke.verilog.boundary import Boundary, Word
from bespoke.verilog.identifiers import comment_text
from bespoke.verilog.rtl_sums import Sums
from bespoke.verilog.rtl_text import (
    Names,
    aligned,
    low_bits,
    sign_extended,
    signed_literal,
    signed_width,
    unsigned_literal,
    wire,
    zero_extended,
)

_Model = IntegerMLP | IntegerSVM


def decision_lines(model: _Model, boundary: Boundary, scores: Sums, names: Names) -> list[str]:
    """Lines from the scores to the output port."""
    return ["", *_RULES[model.decision.kind](model, boundary.outputs[0], scores, names)]


def _argmax(model: _Model, output: Word, scores: Sums, names: Names) -> list[str]:
    head = "  // The largest score wins, the first of equal ones."
    return [head, *_tournament(scores.names, wire(scores.width, signed=True), output, _labels(model), names)]


def _tournament(words: Sequence[str], best_type: str, output: Word, labels: Sequence[str], names: Names) -> list[str]:
    rows = []
    best, index = words[0], unsigned_literal(0, output.port_width)
    for place, word in enumerate(words[1:], 1):
        wins = names.fresh(f"wins_{place}")
        new_best, new_index = names.fresh(f"best_{place}"), names.fresh(f"index_{place}")
        literal = unsigned_literal(place, output.port_width)
        rows += [
            (f"  wire {wins} = {word} > {best};", labels[place]),
            (f"  {wire(output.port_width)} {new_index} = {wins} ? {literal} : {index};", ""),
        ]
        if place < len(words) - 1:
            rows.append((f"  {best_type} {new_best} = {wins} ? {word} : {best};", ""))
        best, index = new_best, new_index
    return [*aligned(rows), f"  assign {output.identifier} = {index};"]


def _votes(model: _Model, output: Word, scores: Sums, names: Names) -> list[str]:
    count = len(model.decision.classes)
    width = max(1, (count - 1).bit_length())
    lines = ["  // One vote a pair of classes; the most votes win, the first of equal ones."]
    terms: list[list[str]] = [[] for _ in range(count)]
    for score, (first, second) in zip(scores.names, model.decision.pairs(), strict=True):
        pair = names.fresh(f"first_wins_{first}_{second}")
        lines.append(f"  wire {pair} = {score} > {signed_literal(0, scores.width)};")
        terms[first].append(zero_extended(pair, 1, width))
        terms[second].append(zero_extended(f"~{pair}", 1, width))
    words = [names.fresh(f"votes_{index}") for index in range(count)]
    rows = [
        (f"  {wire(width)} {word} = {' + '.join(term) or unsigned_literal(0, width)};", label)
        for word, term, label in zip(words, terms, _labels(model), strict=True)
    ]
    return [*lines, *aligned(rows), *_tournament(words, wire(width), output, _labels(model), names)]


def _sign(model: _Model, output: Word, scores: Sums, _: Names) -> list[str]:
    relation = ">" if model.decision.kind == "sign" else ">="
    condition = f"{scores.names[0]} {relation} {signed_literal(0, scores.width)}"
    word = f"({condition})" if output.port_width == 1 else zero_extended(condition, 1, output.port_width)
    return [f"  assign {output.identifier} = {word};"]


def _value(_: _Model, output: Word, scores: Sums, __: Names) -> list[str]:
    word = low_bits(scores.names[0], output.width, scores.width) if output.width else "1'b0"
    return [f"  assign {output.identifier} = {word};"]


def _label(model: _Model, output: Word, scores: Sums, names: Names) -> list[str]:
    """Half up, shift, and clip to the classes; widths hold the score with the half, and every class."""
    decision = model.decision
    half = (1 << decision.frac_bits) >> 1
    last = len(decision.classes) - 1
    shifted = scores.intervals[0].shifted(half)
    ranks = Interval(shifted.low >> decision.frac_bits, shifted.high >> decision.frac_bits).shifted(-decision.first)
    reach = ranks.union(Interval(-abs(decision.first), max(last, abs(decision.first))))
    width = max(scores.width, signed_width(shifted.union(Interval(0, half)).union(reach)))
    total, rank = names.fresh("rounding"), names.fresh("rank")
    score = sign_extended(scores.names[0], scores.width, width)
    clipped = f"{rank} > {signed_literal(last, width)} ? {unsigned_literal(last, output.port_width)} : "
    clipped += low_bits(rank, output.port_width, width)
    labels = ", ".join((comment_text(decision.first), comment_text(decision.classes[-1])))
    type_ = wire(width, signed=True)
    rounded = f"({total} + {signed_literal(half, width)}) >>> {decision.frac_bits}"
    first = f"{'+' if decision.first < 0 else '-'} {signed_literal(abs(decision.first), width)}"
    return [
        f"  // score / 2**{decision.frac_bits} to the nearest integer, a half upwards; {labels} are the limits.",
        f"  {type_} {total} = {score};",
        f"  {type_} {rank} = ({rounded}) {first};",
        f"  assign {output.identifier} = {rank}[{width - 1}] ? {unsigned_literal(0, output.port_width)} : {clipped};",
    ]


def _labels(model: _Model) -> list[str]:
    return [comment_text(label) for label in model.decision.classes]


_RULES: dict[str, Callable[[_Model, Word, Sums, Names], list[str]]] = {
    "argmax": _argmax,
    "sign": _sign,
    "sign_inclusive": _sign,
    "votes": _votes,
    "value": _value,
    "label": _label,
}
