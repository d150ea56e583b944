"""A number on nets."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from bespoke.arith.decision_diagram import from_table
from bespoke.arith.forms import FormGraph
from bespoke.arith.thermometer import Thermometer
from bespoke.errors import NetlistError
from bespoke.netlist import FALSE, NetlistBuilder
from bespoke.numeric import Interval


@dataclass(frozen=True, slots=True)
class Word:
    """Literals, least significant first, with the exact range of the number they carry.

    The word is two's complement where ``interval.low < 0`` and unsigned otherwise; it has
    ``interval.width`` bits.
    """

    bits: tuple[int, ...]
    interval: Interval

    def __post_init__(self) -> None:
        if len(self.bits) != self.interval.width:
            raise NetlistError("a word's width does not fit its range", got=len(self.bits), allowed=str(self.interval))

    @property
    def widths(self) -> tuple[int, ...]:
        """Bits of its parts, each a number of its own: one part."""
        return (len(self.bits),)

    def parts(self, numbers: NDArray[np.int64]) -> NDArray[np.int64]:
        """What the parts are, shape (n, 1), where the word carries numbers (n,)."""
        return numbers[:, None]

    def comparer(self, graph: FormGraph, literals: Sequence[int]) -> Thermometer:
        """Comparisons of the word, whose bits are literals of a graph."""
        return Thermometer(graph, literals)

    def binary(self, _builder: NetlistBuilder) -> Word:
        """The word."""
        return self

    def looked_up(
        self, builder: NetlistBuilder, positions: Sequence[int], values: NDArray[np.int64], interval: Interval
    ) -> Word:
        """Word of a function of bits of the number, given as a table."""
        address = [self.bit(position) for position in positions]
        return Word(from_table(builder, values, address, interval.width), interval)

    def bit(self, position: int) -> int:
        """Literal at a position, extended with zeros or with the sign."""
        if position < len(self.bits):
            return self.bits[position]
        return self.bits[-1] if self.interval.signed else FALSE

    def extended(self, width: int) -> tuple[int, ...]:
        """Literals of the word read in ``width`` bits."""
        return tuple(self.bit(position) for position in range(width))

    def shifted_right(self, bits: int) -> Word:
        """The word without its lowest bits: the floor of its number over ``2**bits``."""
        interval = self.interval.shifted_right(bits)
        return Word(tuple(self.bit(bits + position) for position in range(interval.width)), interval)

    def masked(self, mask: int) -> Word:
        """``word & mask`` for an unsigned word."""
        interval = self.interval.masked(mask)
        return Word(tuple(self.bits[i] if mask >> i & 1 else FALSE for i in range(interval.width)), interval)

    def offset_binary(self) -> tuple[Word, int]:
        """Unsigned word of the number plus an offset, and that offset: half its span for a signed word, else 0."""
        if not self.interval.signed:
            return self, 0
        half = 1 << len(self.bits) - 1
        interval = self.interval.plus(half)
        return Word((*self.bits[:-1], self.bits[-1] ^ 1)[: interval.width], interval), half

    @staticmethod
    def constant(value: int) -> Word:
        """Word of a constant."""
        interval = Interval.constant(value)
        return Word(tuple(value >> position & 1 for position in range(interval.width)), interval)
