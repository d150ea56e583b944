"""Error-tolerant adder of type I."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from bespoke.arith.operators.low_part import LowPartAdder
from bespoke.arith.operators.operator import IntArray, State
from bespoke.netlist import FALSE, NetlistBuilder

_ABOVE, _BELOW = 0, 1


@dataclass(frozen=True)
class ErrorTolerantAdder(LowPartAdder):
    """Adder whose low bits are XORed down to the first place where both are 1; from there on all are 1."""

    title: ClassVar[str] = "error-tolerant adder I (ETA-I)"
    source: ClassVar[str] = (
        "Zhu et al., Design of Low-Power High-Speed Truncation-Error-Tolerant Adder and Its Application in "
        "Digital Signal Processing, IEEE TVLSI 18, 2010"
    )

    def low_words(self, a: IntArray, b: IntArray) -> tuple[IntArray, IntArray]:
        """XOR, with ones from the highest common one down; no carry."""
        ones = a & b
        for shift in (1, 2, 4, 8, 16, 32):
            ones = ones | ones >> shift
        return (a ^ b) | ones, np.zeros_like(a)

    def low_gates(self, builder: NetlistBuilder, a: Sequence[int], b: Sequence[int]) -> tuple[Sequence[int], int]:
        """The ones go down as a chain of OR gates."""
        ones, bits = FALSE, []
        for x, y in reversed(list(zip(a, b, strict=True))):
            ones = builder.or_(ones, builder.and_(x, y))
            bits.append(builder.or_(ones, builder.xor(x, y)))
        return bits[::-1], FALSE

    def low_starts(self) -> Iterable[State]:
        """Below the highest common one, or there is none."""
        return _BELOW, _ABOVE

    def low_step(self, _position: int, state: State, a: int, b: int) -> Iterable[tuple[State, int]]:
        """A 1 below and at the highest common one, the XOR above, where there is no common one."""
        if state == _BELOW:
            return ((_BELOW, 1), (_ABOVE, 1)) if a & b else ((_BELOW, 1),)
        return () if a & b else ((_ABOVE, a ^ b),)

    def carry(self, state: State) -> int | None:
        """None: 0."""
        return 0 if state == _ABOVE else None
