"""Comparisons of words without their low bits."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from bespoke.arith.argmax import argmax
from bespoke.arith.compare import greater
from bespoke.arith.operators.operator import MOST_BITS, IntArray, Operator, check_range
from bespoke.arith.word import Word
from bespoke.cells import GateCosts
from bespoke.netlist import NetlistBuilder
from bespoke.numeric import Interval

_MOST_WORDS = 64


def _high_parts(words: Sequence[Sequence[int]], low: int) -> list[Word]:
    return [Word(tuple(word[low:]), Interval(0, (1 << len(word) - low) - 1)) for word in words]


@dataclass(frozen=True)
class TruncatedGreater(Operator):
    """Whether one word is greater than another by their high bits; words that agree there count as equal.

    Attributes
    ----------
    width : int
        Bits of each word.
    low : int
        Low bits that are not read.
    """

    title: ClassVar[str] = "comparison without low bits (truncated)"
    source: ClassVar[str] = "low bits of both words are left out; exact without any"

    width: int = 8
    low: int = 4

    def __post_init__(self) -> None:
        check_range("width", self.width, 1, MOST_BITS)
        check_range("low", self.low, 0, self.width)

    @property
    def inputs(self) -> tuple[tuple[str, int], ...]:
        """Both words."""
        return ("a", self.width), ("b", self.width)

    @property
    def output_bits(self) -> int:
        """One."""
        return 1

    def exact(self, words: IntArray) -> IntArray:
        """1 where ``a`` is greater."""
        return (words[:, 0] > words[:, 1]).astype(np.int64)

    def apply(self, words: IntArray) -> IntArray:
        """1 where the high part of ``a`` is greater."""
        return self.exact(words >> self.low)

    def gates(self, builder: NetlistBuilder, words: Sequence[Sequence[int]], _costs: GateCosts) -> Sequence[int]:
        """A comparison of the high parts."""
        return [greater(builder, *_high_parts(words, self.low))]


@dataclass(frozen=True)
class TruncatedArgmax(Operator):
    """Number of the greatest of some words by their high bits, the first of those that agree there.

    The error of a number says little; the error rate is the share of inputs with another winner.

    Attributes
    ----------
    width : int
        Bits of each word.
    count : int
        Words.
    low : int
        Low bits that are not read.
    """

    title: ClassVar[str] = "argmax without low bits (truncated)"
    source: ClassVar[str] = "low bits of all words are left out; exact without any"

    width: int = 6
    count: int = 3
    low: int = 2

    def __post_init__(self) -> None:
        check_range("width", self.width, 1, MOST_BITS)
        check_range("count", self.count, 2, _MOST_WORDS)
        check_range("low", self.low, 0, self.width)

    @property
    def inputs(self) -> tuple[tuple[str, int], ...]:
        """All words."""
        return tuple((f"w{number}", self.width) for number in range(self.count))

    @property
    def output_bits(self) -> int:
        """Bits of the number of the last word."""
        return (self.count - 1).bit_length()

    def exact(self, words: IntArray) -> IntArray:
        """Number of the first greatest word."""
        return np.asarray(words.argmax(axis=1), dtype=np.int64)

    def apply(self, words: IntArray) -> IntArray:
        """Number of the first word whose high part is greatest."""
        return self.exact(words >> self.low)

    def gates(self, builder: NetlistBuilder, words: Sequence[Sequence[int]], _costs: GateCosts) -> Sequence[int]:
        """A tournament of the high parts."""
        winner, _ = argmax(builder, _high_parts(words, self.low))
        return winner.extended(self.output_bits)
