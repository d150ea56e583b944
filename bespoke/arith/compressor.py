"""Reduction of columns of bits to one word with full and half adders."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from heapq import heapify, heappop, heappush

from bespoke.netlist import FALSE, TRUE, Adder, NetlistBuilder

Columns = dict[int, list[int]]


def add_word(columns: Columns, bits: Sequence[int], shift: int, sign: int) -> int:
    """Put ``sign * 2**shift * word`` of an unsigned word into columns; return the constant that is still missing.

    A subtracted bit ``-x * 2**p`` is ``(1 - x) * 2**p - 2**p``: the complemented literal and a constant.
    """
    flip = 0 if sign > 0 else 1
    for bit, literal in enumerate(bits):
        columns.setdefault(shift + bit, []).append(literal ^ flip)
    return -flip * ((1 << len(bits)) - 1 << shift)


def add_constant(columns: Columns, value: int, width: int) -> None:
    """Put ``value`` modulo ``2**width`` into columns."""
    for position in range(width):
        if value >> position & 1:
            columns.setdefault(position, []).append(TRUE)


def reduce_columns(
    builder: NetlistBuilder, columns: Columns, adders: list[Adder], width: int | None = None
) -> tuple[int, ...]:
    """Literals of the sum of all columns, modulo ``2**width`` where a width is given.

    Each column is reduced with full adders until two bits are left, then with a half adder; so N bits take about
    N - W full adders (Dadda, "Some Schemes for Parallel Multipliers", 1965, with the final carry-propagate
    adder merged into the tree). Bits that arrive early are added first. The adders are appended to ``adders``.
    """
    columns = {position: list(bits) for position, bits in columns.items()}
    result: list[int] = []
    while any(columns.values()) if width is None else len(result) < width:
        bits = columns.pop(len(result), [])
        carries = columns.setdefault(len(result) + 1, [])
        result.append(_reduce_column(builder, bits, carries, adders))
    return tuple(result)


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
