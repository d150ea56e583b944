"""Comparison of numbers of ones."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from bespoke.arith.choice import cheapest
from bespoke.arith.compare import greater
from bespoke.arith.compressor import Columns, add_constant, reduce_columns
from bespoke.arith.operators.operator import IntArray, Operator, check_range
from bespoke.arith.operators.popcount import MOST_ONES, count_bits
from bespoke.arith.word import Word
from bespoke.cells import GateCosts
from bespoke.netlist import NetlistBuilder
from bespoke.numeric import Interval, count_ones


@dataclass(frozen=True)
class PopcountGreater(Operator):
    """Whether one word has more ones than another, exact.

    Attributes
    ----------
    width, other : int
        Bits of the words.
    """

    title: ClassVar[str] = "exact comparison of popcounts"
    source: ClassVar[str] = "x has more ones than y where ones of x and zeros of y are more than the bits of y"

    width: int = 5
    other: int = 5

    def __post_init__(self) -> None:
        check_range("width", self.width, 1, MOST_ONES // 2)
        check_range("other", self.other, 1, MOST_ONES // 2)

    @property
    def inputs(self) -> tuple[tuple[str, int], ...]:
        """Both words."""
        return ("x", self.width), ("y", self.other)

    @property
    def output_bits(self) -> int:
        """One."""
        return 1

    def exact(self, words: IntArray) -> IntArray:
        """1 where ``x`` has more ones."""
        counts = count_ones(words.astype(np.uint64)).astype(np.int64)
        return (counts[:, 0] > counts[:, 1]).astype(np.int64)

    def apply(self, words: IntArray) -> IntArray:
        """1 where ``x`` has more ones."""
        return self.exact(words)

    def gates(self, builder: NetlistBuilder, words: Sequence[Sequence[int]], costs: GateCosts) -> Sequence[int]:
        """One sum with a constant whose top bit is the answer, or two sums and a comparison: whichever is cheaper."""

        def together(inner: NetlistBuilder, literals: tuple[int, ...]) -> Sequence[int]:
            x, y = literals[: self.width], literals[self.width :]
            top = (self.width + self.other).bit_length()
            columns: Columns = {0: [*x, *(bit ^ 1 for bit in y)]}
            add_constant(columns, (1 << top) - self.other - 1, top)
            return [reduce_columns(inner, columns, [], top + 1)[top]]

        def apart(inner: NetlistBuilder, literals: tuple[int, ...]) -> Sequence[int]:
            x, y = literals[: self.width], literals[self.width :]
            sides = [Word(tuple(count_bits(inner, side)), Interval(0, len(side))) for side in (x, y)]
            return [greater(inner, *sides)]

        return cheapest(builder, [*words[0], *words[1]], [together, apart], costs)
