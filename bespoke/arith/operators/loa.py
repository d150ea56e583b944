"""Lower-part OR adder."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import ClassVar

from bespoke.arith.operators.low_part import LowPartAdder
from bespoke.arith.operators.operator import IntArray, State
from bespoke.netlist import FALSE, NetlistBuilder


@dataclass(frozen=True)
class LowerPartOrAdder(LowPartAdder):
    """Adder whose low bits are ORed; the carry is the AND of the highest of them."""

    title: ClassVar[str] = "lower-part OR adder (LOA)"
    source: ClassVar[str] = "Mahdiani et al., Bio-Inspired Imprecise Computational Blocks, IEEE TCAS-I 57, 2010"

    def low_words(self, a: IntArray, b: IntArray) -> tuple[IntArray, IntArray]:
        """OR, and the AND of the top bits."""
        return a | b, (a & b) >> max(0, self.low - 1)

    def low_gates(self, builder: NetlistBuilder, a: Sequence[int], b: Sequence[int]) -> tuple[Sequence[int], int]:
        """OR gates and one AND gate."""
        bits = [builder.or_(x, y) for x, y in zip(a, b, strict=True)]
        return bits, builder.and_(a[-1], b[-1]) if bits else FALSE

    def low_starts(self) -> Iterable[State]:
        """One state."""
        return (0,)

    def low_step(self, _position: int, _state: State, a: int, b: int) -> Iterable[tuple[State, int]]:
        """The OR, with the AND as state."""
        return ((a & b, a | b),)

    def carry(self, state: State) -> int | None:
        """The AND of the top bits."""
        return state
