"""Numbers of ones, and comparisons of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from bespoke.arith.compressor import full_adder, half_adder
from bespoke.arith.operators.operator import IntArray, Operator, check_range
from bespoke.cells import GateCosts
from bespoke.netlist import NetlistBuilder
from bespoke.numeric import count_ones

MOST_ONES = 62  # bits of an input word
_COUNTED_AT_ONCE = 4


@dataclass(frozen=True)
class Popcount(Operator):
    """Number of ones of a word, exact.

    Attributes
    ----------
    width : int
        Bits of the word.
    """

    title: ClassVar[str] = "exact popcount"
    source: ClassVar[str] = "full adders in the order of Dadda, Some Schemes for Parallel Multipliers, 1965"

    width: int = 8

    def __post_init__(self) -> None:
        check_range("width", self.width, 1, MOST_ONES)

    @property
    def inputs(self) -> tuple[tuple[str, int], ...]:
        """The word."""
        return (("x", self.width),)

    @property
    def output_bits(self) -> int:
        """Bits of the width."""
        return self.width.bit_length()

    def exact(self, words: IntArray) -> IntArray:
        """The number of ones."""
        return count_ones(words[:, 0].astype(np.uint64)).astype(np.int64)

    def apply(self, words: IntArray) -> IntArray:
        """The number of ones."""
        return self.exact(words)

    def gates(self, builder: NetlistBuilder, words: Sequence[Sequence[int]], _costs: GateCosts) -> Sequence[int]:
        """Full and half adders, and four of a column counted at once where nothing else is left."""
        return count_bits(builder, words[0])


def count_bits(builder: NetlistBuilder, literals: Sequence[int]) -> list[int]:
    """Literals of the number of ones among literals, least significant first.

    A column is added up three by three in a chain; the carries are the next column. The last four carries are counted
    together: as 2 and as 4 they exclude each other, so that no adder is needed above their parity.
    """
    column = list(literals)
    bits: list[int] = []
    while len(column) > 1:
        if len(column) == _COUNTED_AT_ONCE:
            return [*bits, *_count_four(builder, column)]
        carries = []
        while len(column) > 1:
            adder = full_adder(builder, *column[:3]) if len(column) > 2 else half_adder(builder, *column)
            column = [*column[3:], adder.total]
            carries.append(adder.carry)
        bits.append(column[0])
        column = carries
    return [*bits, *column]


def _count_four(builder: NetlistBuilder, column: Sequence[int]) -> list[int]:
    a, b, c, d = column
    first, second = builder.and_(a, b), builder.and_(c, d)
    left, right = builder.xor(a, b), builder.xor(c, d)
    four = builder.and_(first, second)
    other = builder.or_(four, builder.and_(first ^ 1, second ^ 1))
    two = builder.or_(other ^ 1, builder.and_(left, right))
    return [builder.xor(left, right), two, four]
