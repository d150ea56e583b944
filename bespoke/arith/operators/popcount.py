"""Numbers of ones, and comparisons of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from bespoke.arith.compressor import reduce_columns
from bespoke.arith.operators.operator import IntArray, Operator, check_range
from bespoke.cells import GateCosts
from bespoke.netlist import NetlistBuilder
from bespoke.numeric import count_ones

MOST_ONES = 62  # bits of an input word


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
        """Full and half adders."""
        bits = reduce_columns(builder, {0: list(words[0])}, [])
        return [*bits, *[0] * (self.output_bits - len(bits))]
