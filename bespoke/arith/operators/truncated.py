"""Adders without their low bits."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from bespoke.arith.operators.low_part import LowPartAdder
from bespoke.arith.operators.operator import IntArray, State, check_range
from bespoke.netlist import FALSE, NetlistBuilder


@dataclass(frozen=True)
class TruncatedAdder(LowPartAdder):
    """Adder whose low bits are a constant and give no carry.

    Attributes
    ----------
    fill : int
        That constant, which can take the mean error away.
    """

    title: ClassVar[str] = "truncated adder"
    source: ClassVar[str] = "folklore; analysed in Jiang et al., Approximate Arithmetic Circuits, Proc. IEEE 108, 2020"

    fill: int = 0

    def __post_init__(self) -> None:
        super().__post_init__()
        check_range("fill", self.fill, 0, (1 << self.low) - 1)

    def low_words(self, a: IntArray, _b: IntArray) -> tuple[IntArray, IntArray]:
        """The constant."""
        return np.full_like(a, self.fill), np.zeros_like(a)

    def low_gates(self, _builder: NetlistBuilder, _a: Sequence[int], _b: Sequence[int]) -> tuple[Sequence[int], int]:
        """The constant."""
        return [self.fill >> position & 1 for position in range(self.low)], FALSE

    def low_starts(self) -> Iterable[State]:
        """One state."""
        return (0,)

    def low_step(self, position: int, _state: State, _a: int, _b: int) -> Iterable[tuple[State, int]]:
        """The bit of the constant."""
        return ((0, self.fill >> position & 1),)

    def carry(self, _state: State) -> int | None:
        """None: 0."""
        return 0
