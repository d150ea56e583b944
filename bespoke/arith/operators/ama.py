"""Adders of approximate mirror adder cells."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from bespoke.arith.decision_diagram import from_table
from bespoke.arith.operators.low_part import LowPartAdder
from bespoke.arith.operators.operator import IntArray, State, check_range
from bespoke.netlist import FALSE, NetlistBuilder
from bespoke.numeric.adder_cells import ADDER_CELLS

_CELLS = {cell: ADDER_CELLS[f"ama{cell}"] for cell in range(1, 6)}


@dataclass(frozen=True)
class MirrorAdder(LowPartAdder):
    """Adder whose low bits are approximate mirror adder cells.

    Attributes
    ----------
    cell : int
        Number of the approximation, 1 to 5.
    """

    title: ClassVar[str] = "approximate mirror adder (AMA1 to AMA5)"
    source: ClassVar[str] = (
        "Gupta et al., Low-Power Digital Signal Processing Using Approximate Adders, IEEE TCAD 32, 2013"
    )

    cell: int = 1

    def __post_init__(self) -> None:
        super().__post_init__()
        check_range("cell", self.cell, min(_CELLS), max(_CELLS))

    @property
    def _tables(self) -> tuple[str, str]:
        return _CELLS[self.cell][:2]

    def low_words(self, a: IntArray, b: IntArray) -> tuple[IntArray, IntArray]:
        """Cell by cell."""
        sums, carries = (np.array([int(bit) for bit in table]) for table in self._tables)
        low, carry = np.zeros_like(a), np.zeros_like(a)
        for position in range(self.low):
            state = (a >> position & 1) << 2 | (b >> position & 1) << 1 | carry
            low, carry = low | sums[state] << position, carries[state]
        return low, carry

    def low_gates(self, builder: NetlistBuilder, a: Sequence[int], b: Sequence[int]) -> tuple[Sequence[int], int]:
        """The cells as decision diagrams; carry in of the first one is 0."""
        table = np.array([int(s) + 2 * int(c) for s, c in zip(*self._tables, strict=True)], dtype=np.int64)
        carry, bits = FALSE, []
        for x, y in zip(a, b, strict=True):
            total, carry = from_table(builder, table, (carry, y, x), 2)
            bits.append(total)
        return bits, carry

    def low_starts(self) -> Iterable[State]:
        """The carry 0."""
        return (0,)

    def low_step(self, _position: int, state: State, a: int, b: int) -> Iterable[tuple[State, int]]:
        """A cell; the state is its carry."""
        total, carry = (int(table[4 * a + 2 * b + state]) for table in self._tables)
        return ((carry, total),)

    def carry(self, state: State) -> int | None:
        """The carry of the last cell."""
        return state
