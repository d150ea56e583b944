"""Decisions over scores as behavioural Verilog."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

from bespoke.model import Argmax, Decision, Index, Label, Sign, Value, Votes
from bespoke.numeric import Interval
from bespoke.verilog.identifiers import comment_text
from bespoke.verilog.ports import Word
from bespoke.verilog.rtl_text import (
    Names,
    Operand,
    aligned,
    range_text,
    signed_width,
    unsigned_literal,
)


def _argmax(decision: Argmax, output: Word, scores: Sequence[Operand], names: Names) -> list[str]:
    lines = ["  // The largest score wins, the first of equal ones."]
    if len({(score.width, score.signed) for score in scores}) > 1:
        width = max(signed_width(score.interval) for score in scores)
        whole = [
            Operand(names.fresh(f"signed_{index}"), score.interval, width, signed=True, note=score.note)
            for index, score in enumerate(scores)
        ]
        lines += [new.declared(score.part(0, width)) for new, score in zip(whole, scores, strict=True)]
        scores = whole
    type_ = range_text(scores[0].width, signed=scores[0].signed)
    return [*lines, *_tournament([score.name for score in scores], type_, output, _labels(decision), names)]


def _tournament(words: Sequence[str], best_type: str, output: Word, labels: Sequence[str], names: Names) -> list[str]:
    rows = []
    best, index = words[0], unsigned_literal(0, output.port_width)
    for position, word in enumerate(words[1:], 1):
        wins = names.fresh(f"wins_{position}")
        new_best, new_index = names.fresh(f"best_{position}"), names.fresh(f"index_{position}")
        literal = unsigned_literal(position, output.port_width)
        rows += [
            (f"  wire {wins} = {word} > {best};", labels[position]),
            (f"  wire{range_text(output.port_width)} {new_index} = {wins} ? {literal} : {index};", ""),
        ]
        if position < len(words) - 1:
            rows.append((f"  wire{best_type} {new_best} = {wins} ? {word} : {best};", ""))
        best, index = new_best, new_index
    return [*aligned(rows), f"  assign {output.identifier} = {index};"]


def _votes(decision: Votes, output: Word, scores: Sequence[Operand], names: Names) -> list[str]:
    count = len(decision.classes)
    width = max(1, (count - 1).bit_length())
    lines = ["  // One vote a pair of classes; the most votes win, the first of equal ones."]
    terms: list[list[str]] = [[] for _ in range(count)]
    for score, (first, second) in zip(scores, decision.pairs(), strict=True):
        pair = names.fresh(f"first_wins_{first}_{second}")
        lines.append(f"  wire {pair} = {score.name} > {score.literal(0)};")
        terms[first].append(_zero_extended(pair, width))
        terms[second].append(_zero_extended(f"~{pair}", width))
    words = [names.fresh(f"votes_{index}") for index in range(count)]
    rows = [
        (f"  wire{range_text(width)} {word} = {' + '.join(term) or unsigned_literal(0, width)};", label)
        for word, term, label in zip(words, terms, _labels(decision), strict=True)
    ]
    return [*lines, *aligned(rows), *_tournament(words, range_text(width), output, _labels(decision), names)]


def _sign(decision: Sign, output: Word, scores: Sequence[Operand], _: Names) -> list[str]:
    condition = f"{scores[0].name} {'>=' if decision.inclusive else '>'} {scores[0].literal(0)}"
    return [f"  assign {output.identifier} = ({condition});"]


def _copy(_: Decision, output: Word, scores: Sequence[Operand], __: Names) -> list[str]:
    return [f"  assign {output.identifier} = {scores[0].part(0, output.port_width)};"]


def _label(decision: Label, output: Word, scores: Sequence[Operand], names: Names) -> list[str]:
    """Half up, shift, and clip to the classes; widths hold the score with the half, and every class."""
    last, first, score = len(decision.classes) - 1, decision.first, scores[0].interval
    rounded = score.plus(decision.half)
    ranks = rounded.shifted_right(decision.frac_bits).plus(-first)
    reach = ranks.union(Interval(-abs(first), max(last, abs(first))))
    width = signed_width(score.union(rounded).union(Interval(0, decision.half)).union(reach))
    total, rank = (
        Operand(names.fresh(name), interval, width, signed=True, note=name)
        for name, interval in (("rounding", score), ("rank", ranks))
    )
    shifted = f"({total.name} + {total.literal(decision.half)}) >>> {decision.frac_bits}"
    difference = f"{'+' if first < 0 else '-'} {total.literal(abs(first))}"
    lowest, highest = (unsigned_literal(index, output.port_width) for index in (0, last))
    clipped = f"{rank.name} > {rank.literal(last)} ? {highest} : {rank.part(0, output.port_width)}"
    labels = ", ".join((comment_text(first), comment_text(decision.classes[-1])))
    return [
        f"  // score / 2**{decision.frac_bits} to the nearest integer, a half upwards; {labels} are the limits.",
        total.declared(scores[0].part(0, width)),
        rank.declared(f"({shifted}) {difference}"),
        f"  assign {output.identifier} = {rank.name}[{width - 1}] ? {lowest} : {clipped};",
    ]


def _zero_extended(bit: str, width: int) -> str:
    return f"{{{unsigned_literal(0, width - 1)}, {bit}}}" if width > 1 else bit


def _labels(decision: Decision) -> list[str]:
    return [comment_text(label) for label in decision.classes]


def _real(decision: Decision, score: int) -> str:
    return f"{score / 2**decision.frac_bits:.6g}"


def _class(decision: Decision, score: int) -> str:
    return comment_text(decision.classes[score])


class DecisionRtl(NamedTuple):
    """How a decision is written.

    Attributes
    ----------
    lines : callable
        Lines from the scores to the output port.
    note : callable
        What a score means to people.
    """

    lines: Callable[[Any, Word, Sequence[Operand], Names], list[str]]
    note: Callable[[Decision, int], str] = _real


DECISION_RTL: dict[type[Decision], DecisionRtl] = {
    Argmax: DecisionRtl(_argmax),
    Sign: DecisionRtl(_sign),
    Votes: DecisionRtl(_votes),
    Value: DecisionRtl(_copy),
    Label: DecisionRtl(_label),
    Index: DecisionRtl(_copy, _class),
}
