"""Weighted sums as compressor trees over signed-digit partial products."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from heapq import heapify, heappop, heappush
from typing import NamedTuple

from bespoke.arith.word import Word
from bespoke.netlist import FALSE, TRUE, Adder, NetlistBuilder, SumHint
from bespoke.numeric import Interval, csd

Columns = dict[int, list[int]]


class Term(NamedTuple):
    """One summand ``weight * word``."""

    weight: int
    word: Word


class WeightedSum(NamedTuple):
    """A sum on nets and how it was built."""

    word: Word
    hint: SumHint


def sum_interval(terms: Iterable[Term], bias: int) -> Interval:
    """Exact range of ``bias + sum(weight * word)`` for independent words."""
    terms = list(terms)
    return Interval.of_sum([t.weight for t in terms], [t.word.interval for t in terms], bias)


def weighted_sum(builder: NetlistBuilder, terms: Sequence[Term], bias: int) -> WeightedSum:
    """Build ``bias + sum(weight * word)`` modulo the width of its exact range.

    Each column is reduced with full adders until two bits are left, then with a half adder; so a tree of
    N partial-product bits takes about N - W full adders (Dadda, "Some Schemes for Parallel Multipliers", 1965,
    with the final carry-propagate adder merged into the tree). Bits that arrive early are added first.
    """
    interval = sum_interval(terms, bias)
    width = interval.width
    columns = partial_products(terms, bias, width)
    adders: list[Adder] = []
    result = []
    for position in range(width):
        bits = columns.pop(position, [])
        carries = columns.setdefault(position + 1, [])
        result.append(_reduce_column(builder, bits, carries, adders))
    return WeightedSum(Word(tuple(result), interval), SumHint(tuple(result), tuple(adders)))


def partial_products(terms: Iterable[Term], bias: int, width: int) -> Columns:
    """Literals per column whose sum is ``bias + sum(weight * word)`` modulo ``2**width``.

    A negative bit ``-x * 2**p`` is ``(1 - x) * 2**p - 2**p``: the complemented literal and a constant; all
    constants are gathered in one.
    """
    columns: Columns = {}
    constant = bias
    for weight, word in terms:
        top = len(word.bits) - 1 if word.interval.signed else -1
        for shift, sign in csd(weight):
            for bit, literal in enumerate(word.bits):
                position = shift + bit
                positive = (sign > 0) != (bit == top)
                if not positive:
                    constant -= 1 << position
                columns.setdefault(position, []).append(literal if positive else literal ^ 1)
    for position in range(width):
        if constant >> position & 1:
            columns.setdefault(position, []).append(TRUE)
    return columns


def full_adder(builder: NetlistBuilder, a: int, b: int, c: int) -> Adder:
    """Full adder; with NAND2 cells only it maps to nine of them."""
    if c <= TRUE:
        a, c = c, a
    if a == TRUE:
        return Adder((a, b, c), builder.xor(b, c) ^ 1, builder.or_(b, c))
    half = builder.xor(a, b)
    carry = builder.or_(builder.and_(a, b), builder.and_(half, c))
    return Adder((a, b, c), builder.xor(half, c), carry)


def half_adder(builder: NetlistBuilder, a: int, b: int) -> Adder:
    """Half adder."""
    return Adder((a, b), builder.xor(a, b), builder.and_(a, b))


def _reduce_column(builder: NetlistBuilder, bits: list[int], carries: list[int], adders: list[Adder]) -> int:
    """Reduce a column to one literal; its carries are appended to ``carries``."""
    heap = [(builder.level(literal), literal) for literal in _paired(bits, carries, adders)]
    heapify(heap)
    while len(heap) > 1:
        a, b = heappop(heap)[1], heappop(heap)[1]
        adder = full_adder(builder, a, b, heappop(heap)[1]) if heap else half_adder(builder, a, b)
        adders.append(adder)
        if adder.carry != FALSE:
            carries.append(adder.carry)
        heappush(heap, (builder.level(adder.total), adder.total))
    return heap[0][1] if heap else FALSE


def _paired(bits: list[int], carries: list[int], adders: list[Adder]) -> list[int]:
    """Bits left after ``x + x = 2x`` and ``x + ~x = 1`` were taken out of a column."""
    left: Counter[int] = Counter()
    for literal in bits:
        if left[literal]:
            left[literal] -= 1
            adders.append(Adder((literal, literal), FALSE, literal))
            if literal != FALSE:
                carries.append(literal)
        elif left[literal ^ 1] and literal > TRUE:
            left[literal ^ 1] -= 1
            left[TRUE] += 1
            adders.append(Adder((literal, literal ^ 1), TRUE, FALSE))
        else:
            left[literal] += 1
    return [literal for literal, count in left.items() for _ in range(count) if literal != FALSE]
