"""Numbers of ones that are nearly right."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

from bespoke.arith.compressor import Columns, add_constant, full_adder, reduce_columns
from bespoke.arith.operators.operator import IntArray, check_range
from bespoke.arith.operators.popcount import Popcount, count_bits
from bespoke.cells import GateCosts
from bespoke.netlist import NetlistBuilder

_GROUP = 3


@dataclass(frozen=True)
class MajorityPopcount(Popcount):
    """Number of ones, in which some inputs count in threes as twice their majority and some not at all.

    Attributes
    ----------
    majorities : int
        Groups of three inputs, from the lowest bit on, that count 2 if two of them are 1, else 0.
    ignored : int
        Inputs, from the highest bit down, that are not read.
    plus : int
        Constant that takes the mean error away.
    """

    title: ClassVar[str] = "popcount with majorities and inputs left out"
    source: ClassVar[str] = "this project; the carry alone of a full adder as in inexact compressors"

    majorities: int = 1
    ignored: int = 1
    plus: int = 1

    def __post_init__(self) -> None:
        super().__post_init__()
        check_range("majorities", self.majorities, 0, self.width // _GROUP)
        check_range("ignored", self.ignored, 0, self.width - _GROUP * self.majorities)
        check_range("plus", self.plus, 0, self.width)

    @property
    def output_bits(self) -> int:
        """Bits of the largest result, and of the largest number of ones."""
        counted = self.width - self.ignored - self.majorities
        return max(self.width, counted + self.plus).bit_length()

    def apply(self, words: IntArray) -> IntArray:
        """The number of ones, group by group."""
        bits = words[:, :1] >> range(self.width) & 1
        end = _GROUP * self.majorities
        groups = bits[:, :end].reshape(len(bits), self.majorities, _GROUP).sum(axis=2)
        alone = bits[:, end : self.width - self.ignored].sum(axis=1)
        result: IntArray = 2 * (groups >= 2).sum(axis=1) + alone + self.plus
        return result

    def gates(self, builder: NetlistBuilder, words: Sequence[Sequence[int]], _costs: GateCosts) -> Sequence[int]:
        """Carries of full adders, and full adders for the rest."""
        end, bits = _GROUP * self.majorities, words[0]
        alone = bits[end : self.width - self.ignored]
        twice = [full_adder(builder, *bits[first : first + _GROUP]).carry for first in range(0, end, _GROUP)]
        if not twice and not self.plus:
            counted = count_bits(builder, alone)
        else:
            columns: Columns = {0: list(alone), 1: twice}
            add_constant(columns, self.plus, self.output_bits)
            counted = list(reduce_columns(builder, columns, []))
        return [*counted, *[0] * self.output_bits][: self.output_bits]
