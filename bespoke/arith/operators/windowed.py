"""Adders whose carries are computed from a few bits below: GeAr, ETA-II and QuAd."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import accumulate
from typing import ClassVar, NamedTuple

import numpy as np

from bespoke.arith.operators.low_part import ripple
from bespoke.arith.operators.operator import Adder, IntArray, State, check_range
from bespoke.cells import GateCosts
from bespoke.errors import OptionError
from bespoke.netlist import NetlistBuilder


class Window(NamedTuple):
    """An exact adder over the bits ``first .. last - 1`` without carry in, whose result is used from ``used`` on."""

    first: int
    used: int
    last: int


@dataclass(frozen=True)
class WindowedAdder(Adder):
    """Adder of overlapping exact adders, each of which gives the bits that the one before does not have."""

    @abstractmethod
    def windows(self) -> tuple[Window, ...]:
        """The adders from the lowest on; together they use each bit once, and the last one gives the carry out."""

    def apply(self, words: IntArray) -> IntArray:
        """Window by window."""
        result = np.zeros(len(words), dtype=np.int64)
        for window in self.windows():
            mask = (1 << window.last - window.first) - 1
            total = (words[:, 0] >> window.first & mask) + (words[:, 1] >> window.first & mask)
            kept = window.last - window.used + (window.last == self.width)
            result |= (total >> window.used - window.first & (1 << kept) - 1) << window.used
        return result

    def gates(self, builder: NetlistBuilder, words: Sequence[Sequence[int]], _costs: GateCosts) -> Sequence[int]:
        """Full adders; those that two windows share are built once."""
        a, b = words
        bits: list[int] = []
        for first, used, last in self.windows():
            total = ripple(builder, a[first:last], b[first:last])
            bits += total[used - first : last - first + (last == self.width)]
        return bits

    @cached_property
    def _spans(self) -> tuple[tuple[range, int], ...]:
        """Per window the bits that it reads and the first one that it gives."""
        return tuple((range(first, last), used) for first, used, last in self.windows())

    def starts(self) -> Iterable[State]:
        """No carry anywhere; a state has the carry of window ``i`` as its bit ``i``."""
        return (0,)

    def step(self, position: int, state: State, a: int, b: int) -> Iterable[tuple[State, int]]:
        """All windows that read the bit go on; the one that gives it is the highest that has begun to be used."""
        after = bit = 0
        for number, (span, used) in enumerate(self._spans):
            if position in span:
                total = a + b + (state >> number & 1)
                after |= (total >> 1) << number
                if position >= used:
                    bit = total & 1
        return ((after, bit),)

    def last(self, state: State) -> int | None:
        """The carry out of the last window."""
        return state >> len(self._spans) - 1 & 1


@dataclass(frozen=True)
class GearAdder(WindowedAdder):
    """Windows of ``result + previous`` bits, each ``result`` bits above the one before.

    Attributes
    ----------
    result : int
        Bits that a window gives (R), but for the lowest one, which gives all its bits.
    previous : int
        Bits below them that it computes its carry from (P).
    """

    title: ClassVar[str] = "generic accuracy configurable adder (GeAr)"
    source: ClassVar[str] = "Shafique et al., A Low Latency Generic Accuracy Configurable Adder, DAC 2015"

    result: int = 2
    previous: int = 2

    def __post_init__(self) -> None:
        super().__post_init__()
        check_range("result", self.result, 1, self.width)
        check_range("previous", self.previous, 0, self.width - self.result)

    def windows(self) -> tuple[Window, ...]:
        """The last one has fewer bits to give where ``result`` does not divide what is left."""
        lowest = self.result + self.previous
        starts = range(lowest, self.width, self.result)
        above = (Window(s - self.previous, s, min(s + self.result, self.width)) for s in starts)
        return Window(0, 0, lowest), *above


@dataclass(frozen=True)
class SegmentedAdder(WindowedAdder):
    """Blocks, each with the carry that the block below gives alone.

    Attributes
    ----------
    block : int
        Bits of a block; the highest one may have fewer.
    """

    title: ClassVar[str] = "error-tolerant adder II (ETA-II)"
    source: ClassVar[str] = (
        "Zhu, Goh and Yeo, An Enhanced Low-Power High-Speed Adder for Error-Tolerant Application, ISIC 2009"
    )

    block: int = 4

    def __post_init__(self) -> None:
        super().__post_init__()
        check_range("block", self.block, 1, self.width)

    def windows(self) -> tuple[Window, ...]:
        """A block and the one below it."""
        size = self.block
        starts = range(0, self.width, size)
        return tuple(Window(max(0, s - size), s, min(s + size, self.width)) for s in starts)


@dataclass(frozen=True)
class QuadAdder(WindowedAdder):
    """Blocks of any sizes, each with its own number of bits below it that its carry is computed from.

    Attributes
    ----------
    blocks : tuple of int
        Bits that each block gives, from the lowest on; their sum is the width.
    previous : tuple of int
        Bits below each that its carry is computed from.
    """

    title: ClassVar[str] = "quality-area optimal adder (QuAd)"
    source: ClassVar[str] = (
        "Hanif et al., QuAd: Design and Analysis of Quality-Area Optimal Low-Latency Approximate Adders, DAC 2017"
    )

    blocks: tuple[int, ...] = (3, 2, 3)
    previous: tuple[int, ...] = (0, 1, 3)

    def __post_init__(self) -> None:
        super().__post_init__()
        if sum(self.blocks) != self.width or min(self.blocks, default=0) < 1:
            raise OptionError("blocks do not fill the width", where="blocks", got=self.blocks, allowed="a sum of width")
        if len(self.previous) != len(self.blocks):
            raise OptionError(
                "not as many as blocks", where="previous", got=self.previous, allowed=f"{len(self.blocks)} numbers"
            )
        for start, count in zip(self._starts, self.previous, strict=True):
            check_range("previous", count, 0, start)

    @property
    def _starts(self) -> tuple[int, ...]:
        return tuple(accumulate(self.blocks[:-1], initial=0))

    def windows(self) -> tuple[Window, ...]:
        """A block with the bits below it."""
        parts = zip(self._starts, self.blocks, self.previous, strict=True)
        return tuple(Window(start - below, start, start + size) for start, size, below in parts)
