"""Weighted sums and their activations as behavioural Verilog."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

import numpy as np

from bespoke.model import WHOLE, Affine
from bespoke.numeric import Interval
from bespoke.verilog.rtl_text import (
    ZERO,
    Operand,
    Scope,
    aligned,
    range_text,
    signed_width,
    statement,
    unsigned_literal,
)


def affine_lines(
    affine: Affine, operands: Sequence[Operand], labels: Sequence[tuple[str, str]], scope: Scope
) -> tuple[list[str], tuple[Operand, ...]]:
    """Lines for the outputs of weighted sums, and the words that they are.

    Sums that are copies of the operands need no lines. Sums without activation are signed words of one width,
    which holds every partial sum; other outputs are as wide as their ranges.

    Parameters
    ----------
    affine : Affine
    operands : sequence of Operand
        Its inputs.
    labels : sequence of (str, str)
        Name and comment of each output, or none at all.
    scope : Scope
    """
    count = affine.output_count
    is_bare = affine.activation == "identity" and not affine.dropped_bits.any()
    is_copy = is_bare and affine.has_plain_columns() and not affine.biases.any()
    if is_copy and np.array_equal(affine.weights, np.eye(count)):
        return [], tuple(operands)
    lines, sums = _sum_lines(affine, operands, (is_bare and labels) or _labels("sum", count, scope), scope)
    if is_bare:
        return lines, sums
    units, rows = [], []
    intervals = affine.output_intervals([operand.interval for operand in operands])
    for output, (name, note) in enumerate(labels or _labels(affine.activation, count, scope)):
        scale = 2.0 ** (int(affine.dropped_bits[output]) - affine.frac_bits) if affine.activation != "step" else 1.0
        units.append(scope.word(name, intervals[output], scale))
        if not units[-1].fixed:
            rows.append((units[-1].declared(_unit(affine, output, sums[output], units[-1].width)), note))
    return [*lines, *aligned(rows)], tuple(units)


def _labels(stem: str, count: int, scope: Scope) -> list[tuple[str, str]]:
    return [(f"{stem}{scope.number}_{output}", "") for output in range(count)]


def _sum_lines(
    affine: Affine, operands: Sequence[Operand], labels: Sequence[tuple[str, str]], scope: Scope
) -> tuple[list[str], tuple[Operand, ...]]:
    lines, columns = _columns(affine, operands, scope)
    width = _common_width(affine, [column.interval for column in columns])
    inputs = [
        replace(column, name=scope.names.fresh(f"in{scope.number}_{index}"), width=width, signed=True)
        for index, column in enumerate(columns)
    ]
    pairs = zip(columns, inputs, strict=True)
    lines += aligned([(new.declared(old.part(0, width)), old.note) for old, new in pairs if old.interval != ZERO])
    sums = []
    intervals = affine.sum_intervals([operand.interval for operand in operands])
    for output, ((stem, note), interval) in enumerate(zip(labels, intervals, strict=True)):
        name = scope.names.fresh(stem)
        sums.append(Operand(name, interval, width, signed=True, note=name, scale=2.0**-affine.frac_bits))
        weighted = zip(inputs, affine.weights[output].tolist(), strict=True)
        terms = [(operand, weight) for operand, weight in weighted if weight and operand.interval != ZERO]
        lines += statement([*_sum_rows(sums[-1], note, terms, int(affine.biases[output]))])
    return lines, tuple(sums)


def _sum_rows(total: Operand, note: str, terms: Sequence[tuple[Operand, int]], bias: int) -> Iterator[tuple[str, str]]:
    """The statement for one sum.

    A procedural block is evaluated once where event-driven simulators evaluate a continuous assignment of n
    terms up to n**2 / 2 times; but it never runs if all that it reads is constant.
    """
    declared = f"{range_text(total.width, signed=True)} {total.name}"
    if all(operand.fixed for operand, _ in terms):
        yield f"  wire{declared} =", note
    else:
        yield f"  reg{declared};", note
        yield f"  always @* {total.name} =", ""
    yield f"    {total.literal(bias)}", f"bias {bias * total.scale:.6g}"
    for operand, weight in terms:
        real = weight * total.scale / operand.scale
        sign = "-" if weight < 0 else "+"
        yield f"    {sign} {total.literal(abs(weight))} * {operand.name}", f"{real:.6g} * {operand.note}"


def _columns(affine: Affine, operands: Sequence[Operand], scope: Scope) -> tuple[list[str], list[Operand]]:
    """Lines for the columns that keep some bits of an input only, and the operand of each column."""
    rows: list[tuple[str, str]] = []
    columns = []
    intervals = affine.column_intervals([operand.interval for operand in operands])
    for source, mask, interval in zip(affine.sources.tolist(), affine.masks.tolist(), intervals, strict=True):
        operand = operands[source]
        if mask != WHOLE and interval != ZERO:
            name = scope.names.fresh(f"some{scope.number}_{source}")
            kept = unsigned_literal(mask & (1 << interval.width) - 1, interval.width)
            part = replace(operand, name=name, width=interval.width, signed=False)
            rows.append((part.declared(f"{operand.part(0, interval.width)} & {kept}"), f"bits of {operand.note}"))
            operand = part
        columns.append(replace(operand, interval=interval))
    return aligned(rows), columns


def _common_width(affine: Affine, inputs: Sequence[Interval]) -> int:
    """Width in which each input and coefficient, and each sum of some of the terms of an output, fits."""
    total = Interval(-1, 0)
    for interval in inputs:
        total = total.union(interval)
    for weights, bias in zip(affine.weights.tolist(), affine.biases.tolist(), strict=True):
        terms = [(weight, interval) for weight, interval in zip(weights, inputs, strict=True) if interval != ZERO]
        optional = (interval.scaled(weight).union(ZERO) for weight, interval in terms)
        total = total.union(sum(optional, start=Interval.constant(bias).union(ZERO)))
        total = total.union(Interval.constant(max([abs(bias), *(abs(weight) for weight, _ in terms)])))
    return signed_width(total)


def _unit(affine: Affine, output: int, total: Operand, width: int) -> str:
    """Value of an output whose range needs ``width`` bits."""
    if affine.activation == "step":
        return f"{total.name} >= {total.literal(0)}"
    dropped, limit = int(affine.dropped_bits[output]), (1 << int(affine.saturation_bits[output])) - 1
    value = total.part(dropped, width)
    if total.interval.high >> dropped > limit:
        value = (
            f"{total.name} > {total.literal((limit + 1 << dropped) - 1)} ? {unsigned_literal(limit, width)} : {value}"
        )
    if affine.activation == "relu" and total.interval.signed:
        value = f"{total.part(total.width, 1)} ? {unsigned_literal(0, width)} : {value}"
    return value
