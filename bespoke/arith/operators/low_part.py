"""Adders that are exact but for their low bits."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from bespoke.arith.compressor import full_adder
from bespoke.arith.operators.operator import Adder, IntArray, State, check_range
from bespoke.cells import GateCosts
from bespoke.netlist import FALSE, NetlistBuilder


@dataclass(frozen=True)
class LowPartAdder(Adder):
    """Adder whose ``low`` least significant bits are made otherwise.

    Attributes
    ----------
    low : int
        Number of these bits.
    """

    low: int = 4

    def __post_init__(self) -> None:
        super().__post_init__()
        check_range("low", self.low, 0, self.width)

    @abstractmethod
    def low_words(self, a: IntArray, b: IntArray) -> tuple[IntArray, IntArray]:
        """Low part of the sum and carry into the exact part, of the low parts of the addends."""

    @abstractmethod
    def low_gates(self, builder: NetlistBuilder, a: Sequence[int], b: Sequence[int]) -> tuple[Sequence[int], int]:
        """Literals of the low part of the sum, and of the carry."""

    @abstractmethod
    def low_starts(self) -> Iterable[State]:
        """States before the first bit."""

    @abstractmethod
    def low_step(self, position: int, state: State, a: int, b: int) -> Iterable[tuple[State, int]]:
        """States after a low bit, each with the bit of the sum."""

    @abstractmethod
    def carry(self, state: State) -> int | None:
        """Carry into the exact part; None from a state that turned out wrong."""

    def apply(self, words: IntArray) -> IntArray:
        """Low part by `low_words`, the rest exactly."""
        mask = (1 << self.low) - 1
        a, b = words[:, 0], words[:, 1]
        low, carry = self.low_words(a & mask, b & mask)
        return ((a >> self.low) + (b >> self.low) + carry << self.low) | low

    def gates(self, builder: NetlistBuilder, words: Sequence[Sequence[int]], _costs: GateCosts) -> Sequence[int]:
        """Low part by `low_gates`, full adders above."""
        a, b = words
        bits, carry = self.low_gates(builder, a[: self.low], b[: self.low])
        return [*bits, *ripple(builder, a[self.low :], b[self.low :], carry)]

    def starts(self) -> Iterable[State]:
        """Those of the low part, or the carry 0 where there is none."""
        return self.low_starts() if self.low else (0,)

    def step(self, position: int, state: State, a: int, b: int) -> Iterable[tuple[State, int]]:
        """A low bit, or a full adder."""
        if position < self.low:
            return self.low_step(position, state, a, b)
        carry = self.carry(state) if position == self.low and self.low else state
        if carry is None:
            return ()
        total = a + b + carry
        return ((total >> 1, total & 1),)

    def last(self, state: State) -> int | None:
        """The carry out."""
        if self.low == self.width:
            return self.carry(state)
        return state


def ripple(builder: NetlistBuilder, a: Sequence[int], b: Sequence[int], carry: int = FALSE) -> list[int]:
    """Literals of the exact sum of two words and a carry, with the carry out as the last one."""
    bits = []
    for x, y in zip(a, b, strict=True):
        adder = full_adder(builder, x, y, carry)
        bits.append(adder.total)
        carry = adder.carry
    return [*bits, carry]
