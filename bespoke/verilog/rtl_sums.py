"""Layers of weighted sums as behavioural Verilog."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from bespoke.model import Decision, IntegerMLP, IntegerSVM, Layer
from bespoke.model.layer import WHOLE
from bespoke.numeric import Interval
from bespoke.verilog.boundary import Boundary
from bespoke.verilog.identifiers import comment_text
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

_ZERO = Interval(0, 0)


@dataclass(frozen=True, slots=True)
class Operand:
    """An input of a layer: a named word as wide as its range needs.

    ``note`` is its name in comments, ``scale`` the real value that 1 stands for.
    """

    name: str
    interval: Interval
    note: str
    scale: float


@dataclass(frozen=True, slots=True)
class Sums:
    """The weighted sums of one layer: signed words of one width, which holds every partial sum."""

    names: tuple[str, ...]
    width: int
    intervals: tuple[Interval, ...]


def feature_operands(model: IntegerMLP | IntegerSVM, boundary: Boundary) -> tuple[Operand, ...]:
    """Operands of the first layer."""
    return tuple(
        Operand(word.identifier, interval, comment_text(word.name), 2.0**-word.width)
        for word, interval in zip(boundary.inputs, model.coding.intervals(), strict=True)
    )


def layer_lines(model: IntegerMLP | IntegerSVM, boundary: Boundary, names: Names) -> tuple[list[str], Sums]:
    """Lines that compute all layers, and the sums of the last one: the scores."""
    operands = feature_operands(model, boundary)
    lines: list[str] = []
    for number, layer in enumerate(model.layers[:-1]):
        notes = [""] * len(layer.biases)
        stems = [f"sum{number}_{output}" for output in range(len(layer.biases))]
        text, sums = _layer_sums(layer, number, operands, [*zip(stems, notes, strict=True)], names)
        activation, operands = _activation(layer, number, sums, names)
        lines += [*text, *activation]
    number = len(model.layers) - 1
    text, scores = _layer_sums(model.layers[-1], number, operands, score_names(model.decision), names)
    shortened, scores = _shortened_scores(scores, int(model.layers[-1].dropped_bits[0]), names)
    return [*lines, *text, *shortened], scores


def score_names(decision: Decision) -> list[tuple[str, str]]:
    """Name and comment of each score."""
    labels = [comment_text(label) for label in decision.classes]
    if decision.kind == "votes":
        return [(f"score_{i}_{j}", f"{labels[i]} against {labels[j]}") for i, j in decision.pairs()]
    if decision.kind == "argmax":
        return [(f"score_{index}", label) for index, label in enumerate(labels)]
    return [("score", "")]


def _layer_sums(
    layer: Layer, number: int, operands: Sequence[Operand], labels: Sequence[tuple[str, str]], names: Names
) -> tuple[list[str], Sums]:
    masked, columns = _columns(layer, number, operands, names)
    sum_intervals = layer.sum_intervals([operand.interval for operand in operands])
    operands, intervals = columns, [column.interval for column in columns]
    width = _common_width(layer, intervals)
    inputs = [
        None if operand.interval == _ZERO else names.fresh(f"in{number}_{index}")
        for index, operand in enumerate(operands)
    ]
    lines = ["", f"  // Layer {number}: each sum stands for sum / 2**{layer.frac_bits}.", *masked]
    lines += _extension_lines(inputs, operands, width)
    sums = Sums(tuple(names.fresh(name) for name, _ in labels), width, sum_intervals)
    for output, (name, (_, note)) in enumerate(zip(sums.names, labels, strict=True)):
        rows = _head_rows(layer.weights[output].tolist(), intervals, f"[{width - 1}:0] {name}", note)
        rows += _term_rows(layer, output, inputs, operands, width)
        rows[-1] = (rows[-1][0] + ";", rows[-1][1])
        lines += aligned(rows)
    return lines, sums


def _columns(
    layer: Layer, number: int, operands: Sequence[Operand], names: Names
) -> tuple[list[str], tuple[Operand, ...]]:
    """Operand of each column, and lines for those that keep some bits of an input only."""
    rows: list[tuple[str, str]] = []
    columns = []
    pairs = zip(layer.sources.tolist(), layer.masks.tolist(), layer.column_intervals(_ranges(operands)), strict=True)
    for source, mask, interval in pairs:
        operand = operands[source]
        if mask != WHOLE and interval != _ZERO:
            name = names.fresh(f"some{number}_{source}")
            source_word = low_bits(operand.name, interval.width, operand.interval.width)
            kept = unsigned_literal(mask & (1 << interval.width) - 1, interval.width)
            rows.append((f"  {wire(interval.width)} {name} = {source_word} & {kept};", f"bits of {operand.note}"))
            operand = replace(operand, name=name)
        columns.append(replace(operand, interval=interval))
    return aligned(rows), tuple(columns)


def _ranges(operands: Sequence[Operand]) -> list[Interval]:
    return [operand.interval for operand in operands]


def _shortened_scores(scores: Sums, dropped: int, names: Names) -> tuple[list[str], Sums]:
    """Scores without their low bits."""
    if not dropped:
        return [], scores
    short = tuple(names.fresh(f"{name}_high") for name in scores.names)
    lines = [
        f"  {wire(scores.width, signed=True)} {new} = {name} >>> {dropped};"
        for name, new in zip(scores.names, short, strict=True)
    ]
    return lines, Sums(short, scores.width, tuple(interval.halved(dropped) for interval in scores.intervals))


def _head_rows(weights: Sequence[int], inputs: Sequence[Interval], target: str, note: str) -> list[tuple[str, str]]:
    """Start of the statement for one sum.

    A procedural block is evaluated once where event-driven simulators evaluate a continuous assignment of n
    terms up to n**2 / 2 times; but it never runs if all that it reads is constant.
    """
    if any(weight and interval.low < interval.high for weight, interval in zip(weights, inputs, strict=True)):
        return [(f"  reg signed {target};", note), (f"  always @* {target.rsplit(maxsplit=1)[-1]} =", "")]
    return [(f"  wire signed {target} =", note)]


def _common_width(layer: Layer, inputs: Sequence[Interval]) -> int:
    """Width in which each input and coefficient of a layer, and each sum of some of a unit's terms, fits."""
    total = Interval(-1, 0)
    for interval in inputs:
        total = total.union(interval)
    for weights, bias in zip(layer.weights.tolist(), layer.biases.tolist(), strict=True):
        terms = [(weight, interval) for weight, interval in zip(weights, inputs, strict=True) if interval != _ZERO]
        optional = (interval.scaled(weight).union(_ZERO) for weight, interval in terms)
        total = total.union(sum(optional, start=Interval.constant(bias).union(_ZERO)))
        total = total.union(Interval.constant(max([abs(bias), *(abs(weight) for weight, _ in terms)])))
    return signed_width(total)


def _extension_lines(inputs: Sequence[str | None], operands: Sequence[Operand], width: int) -> list[str]:
    rows = []
    for name, operand in zip(inputs, operands, strict=True):
        if name is not None:
            extend = sign_extended if operand.interval.signed else zero_extended
            word = extend(operand.name, operand.interval.width, width)
            rows.append((f"  {wire(width, signed=True)} {name} = {word};", operand.note))
    return aligned(rows)


def _term_rows(
    layer: Layer, output: int, inputs: Sequence[str | None], operands: Sequence[Operand], width: int
) -> Iterator[tuple[str, str]]:
    scale = 2.0**-layer.frac_bits
    bias = int(layer.biases[output])
    yield f"    {signed_literal(bias, width)}", f"bias {bias * scale:.6g}"
    for name, operand, weight in zip(inputs, operands, layer.weights[output].tolist(), strict=True):
        if name is not None and weight:
            sign = "-" if weight < 0 else "+"
            real = weight * scale / operand.scale
            yield f"    {sign} {width}'sd{abs(weight)} * {name}", f"{real:.6g} * {operand.note}"


def _activation(layer: Layer, number: int, sums: Sums, names: Names) -> tuple[list[str], tuple[Operand, ...]]:
    """Lines of the units' outputs, each as wide as its range needs, and the operands that they are."""
    lines, operands = [], []
    relu = layer.activation == "relu"
    for output, (name, interval) in enumerate(zip(sums.names, sums.intervals, strict=True)):
        unit = names.fresh(f"{'relu' if relu else 'linear'}{number}_{output}")
        dropped, limit = int(layer.dropped_bits[output]), (1 << int(layer.saturation_bits[output])) - 1
        rectified = (interval.clipped_below(0) if relu else interval).halved(dropped)
        kept = rectified.clipped_above(limit) if relu else rectified
        operands.append(Operand(unit, kept, unit, 2.0 ** (dropped - layer.frac_bits)))
        if kept != _ZERO:
            value = _bits_from(name, dropped, kept.width, sums.width)
            if rectified.high > limit and relu:
                reached = signed_literal((limit + 1 << dropped) - 1, sums.width)
                value = f"{name} > {reached} ? {unsigned_literal(limit, kept.width)} : {value}"
            if relu and interval.signed:
                value = f"{name}[{sums.width - 1}] ? {kept.width}'d0 : {value}"
            lines.append(f"  {wire(kept.width, signed=kept.signed)} {unit} = {value};")
    return lines, tuple(operands)


def _bits_from(word: str, lowest: int, width: int, total: int) -> str:
    """``width`` bits of a named signed word of ``total`` bits from bit ``lowest`` on, the sign repeated above it."""
    if not lowest:
        return low_bits(word, width, total)
    lowest = min(lowest, total - width)
    return f"{word}[{lowest + width - 1}:{lowest}]" if width > 1 else f"{word}[{lowest}]"
