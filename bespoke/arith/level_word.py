"""A number on the wires of a thermometer code."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby

import numpy as np
from numpy.typing import NDArray

from bespoke.arith.forms import FormGraph
from bespoke.arith.word import Word
from bespoke.errors import NetlistError
from bespoke.netlist import FALSE, TRUE, NetlistBuilder
from bespoke.numeric import Interval


@dataclass(frozen=True, slots=True)
class LevelWord:
    """Wires that say which levels a number reaches; codes with a wire that is 1 above one that is 0 do not occur.

    Attributes
    ----------
    levels : tuple of int
        Ascending.
    bits : tuple of int
        Literal of ``number >= level`` for each of them.
    interval : Interval
        Range of the number, which is never negative.
    """

    levels: tuple[int, ...]
    bits: tuple[int, ...]
    interval: Interval

    @property
    def widths(self) -> tuple[int, ...]:
        """Bits of its parts, each a number of its own: its wires."""
        return (1,) * len(self.bits)

    def parts(self, numbers: NDArray[np.int64]) -> NDArray[np.int64]:
        """What the wires are, shape (n, n_levels), for numbers (n,)."""
        return (numbers[:, None] >= np.array(self.levels, dtype=np.int64)).astype(np.int64)

    def offset_binary(self) -> tuple[LevelWord, int]:
        """The word: it is unsigned."""
        return self, 0

    def comparer(self, _graph: FormGraph, literals: Sequence[int]) -> Levels:
        """Comparisons of the number, whose wires are literals of a graph."""
        return Levels(dict(zip(self.levels, literals, strict=True)))

    def binary(self, builder: NetlistBuilder) -> Word:
        """Binary word of the highest level that is reached, 0 for none."""
        return self.coded(builder, (0, *self.levels), self.interval)

    def coded(self, builder: NetlistBuilder, values: Sequence[int], interval: Interval) -> Word:
        """Binary word of the first of some values where no level is reached, of the next one from the first on ...

        A bit is 1 between the first level of a run of values that have it and the first one behind.
        """
        reached, bits = (TRUE, *self.bits, FALSE), []
        for position in range(interval.width):
            runs = groupby(range(len(values)), key=lambda index: values[index] >> position & 1)
            ones = [list(run) for bit, run in runs if bit]
            terms = [builder.and_(reached[run[0]], reached[run[-1] + 1] ^ 1) for run in ones]
            bits.append(builder.any_of(terms))
        return Word(tuple(bits), interval)

    def looked_up(
        self, builder: NetlistBuilder, positions: Sequence[int], values: NDArray[np.int64], interval: Interval
    ) -> Word:
        """Word of a function of bits of the number, given as a table, that changes at levels only."""
        numbers = np.array([0, *self.levels], dtype=np.int64)
        addresses = sum((numbers >> bit & 1) << place for place, bit in enumerate(positions))
        return self.coded(builder, values[addresses].tolist(), interval)


@dataclass(frozen=True, slots=True)
class Levels:
    """Comparisons that are there already.

    Attributes
    ----------
    literals : dict of int to int
        By level.
    """

    literals: dict[int, int]

    def at_least(self, bound: int, low: int, high: int) -> int:
        """Literal that is ``x >= bound`` wherever ``low <= x <= high``.

        Raises
        ------
        NetlistError
            If no wire says so.
        """
        if bound <= low:
            return TRUE
        if bound > high:
            return FALSE
        if bound not in self.literals:
            allowed = ", ".join(map(str, self.literals)) or "none"
            raise NetlistError("a level has no wire", got=bound, allowed=allowed)
        return self.literals[bound]
