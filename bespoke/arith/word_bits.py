"""Single bits of sums, comparisons, products, quotients and square roots of unsigned words.

Words are literals, least significant first. Sources: Ercegovac, Lang, Digital Arithmetic, 2004 (restoring division and
square root as arrays of conditional subtractions).
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import zip_longest

from bespoke.arith.compressor import Columns, reduce_columns
from bespoke.netlist import FALSE, TRUE, NetlistBuilder

Literals = Sequence[int]


def sum_bit(builder: NetlistBuilder, a: Literals, b: Literals) -> int:
    """The most significant bit of two words of one length of ``a + b``, without the carry."""
    carry = carry_out(builder, a[:-1], b[:-1])
    return builder.xor(builder.xor(a[-1], b[-1]), carry)


def carry_out(builder: NetlistBuilder, a: Literals, b: Literals) -> int:
    """The carry out of ``a + b``, of words of one length."""
    carry = FALSE
    for x, y in zip(a, b, strict=True):
        carry = _majority(builder, x, y, carry)
    return carry


def less(builder: NetlistBuilder, a: Literals, b: Literals) -> int:
    """``a < b`` of words of any lengths: the borrow out of ``a - b``."""
    borrow = FALSE
    for x, y in zip_longest(a, b, fillvalue=FALSE):
        borrow = _majority(builder, x ^ 1, y, borrow)
    return borrow


def equal(builder: NetlistBuilder, a: Literals, b: Literals) -> int:
    """``a == b`` of words of one length."""
    return builder.all_of([builder.xor(x, y) ^ 1 for x, y in zip(a, b, strict=True)])


def product_bit(builder: NetlistBuilder, a: Literals, b: Literals, bit: int, columns: int) -> int:
    """Bit of ``a * b`` as the columns up to it give it, so many of them; with ``bit + 1`` columns it is exact."""
    found: Columns = {}
    for i, x in enumerate(a):
        for j, y in enumerate(b):
            if bit - columns < i + j <= bit:
                found.setdefault(i + j - max(0, bit + 1 - columns), []).append(builder.and_(x, y))
    width = min(columns, bit + 1)
    return reduce_columns(builder, found, [], width)[width - 1]


def quotient_bit(builder: NetlistBuilder, a: Literals, b: Literals) -> int:
    """Least significant bit of ``a // b``; where ``b`` is 0 it is 1."""
    return less(builder, _last_remainder(builder, a, b), b) ^ 1


def remainder_bits(builder: NetlistBuilder, a: Literals, b: Literals) -> tuple[int, ...]:
    """``a % b``, as many bits as ``b`` has; where ``b`` is 0 it is ``a``."""
    remainder, _ = _reduced(builder, _last_remainder(builder, a, b), b)
    return tuple(remainder[: len(b)])


def _last_remainder(builder: NetlistBuilder, a: Literals, b: Literals) -> list[int]:
    """What is left of ``a`` before the last subtraction of ``b``."""
    remainder: list[int] = []
    for literal in reversed(a[1:]):
        remainder, _ = _reduced(builder, [literal, *remainder], b)
    return [a[0], *remainder]


def root_bit(builder: NetlistBuilder, a: Literals) -> int:
    """Least significant bit of the whole part of the square root of ``a``, of an even number of bits."""
    remainder: list[int] = []
    root: list[int] = []
    for place in range(len(a) - 2, 0, -2):
        remainder, fits = _reduced(builder, [a[place], a[place + 1], *remainder], [TRUE, FALSE, *root])
        root = [fits, *root]
    return less(builder, [a[0], a[1], *remainder], [TRUE, FALSE, *root]) ^ 1


def _reduced(builder: NetlistBuilder, a: Literals, b: Literals) -> tuple[list[int], int]:
    """``a - b`` where ``b`` is not above ``a``, else ``a``, without bits that are 0 then; and whether it is not above.

    Bits of ``b`` beyond ``a`` are those of a number that is above it, but for 0.
    """
    borrow = FALSE
    borrows = []
    for x, y in zip_longest(a, b[: len(a)], fillvalue=FALSE):
        borrows.append(builder.xor(y, borrow))
        borrow = _majority(builder, x ^ 1, y, borrow)
    fits = builder.and_(borrow ^ 1, builder.any_of(b[len(a) :]) ^ 1)
    # A remainder is below b: no more bits than b has.
    kept = min(len(a), len(b))
    left = zip(a[:kept], borrows[:kept], strict=True)
    return [builder.xor(x, builder.and_(fits, change)) for x, change in left], fits


def _majority(builder: NetlistBuilder, x: int, y: int, z: int) -> int:
    """Whether two of three are 1."""
    return builder.or_(builder.and_(y, z), builder.and_(builder.or_(y, z), x))
