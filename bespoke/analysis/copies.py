"""What of a hardened circuit is there several times."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar

from bespoke.analysis.finding import Analysis, Section
from bespoke.drawing import area_words


@dataclass(frozen=True, slots=True)
class CopiedCells(Analysis):
    """What hardening did to a netlist of the same function.

    Attributes
    ----------
    cells, cells_before : int
        Number of cells with copies and voters, and without.
    copied : int
        Cells of the netlist before that have copies.
    votes : mapping of str to int
        Nets with voters, by what makes one net of the copies: the ``majority`` of three, ``both`` or ``either`` of two,
        or the ``first`` where no fault of the net matters.
    area_mm2, area_before_mm2 : float
    fatal_mm2, fatal_before_mm2 : float
        Area, each a share of its cell's, of the faults any of which alone spoils the circuit, on the rows that judge.
    """

    name: ClassVar[str] = "hardening"

    cells: int
    cells_before: int
    copied: int
    votes: dict[str, int]
    area_mm2: float
    area_before_mm2: float
    fatal_mm2: float
    fatal_before_mm2: float

    def to_json(self) -> dict[str, Any]:
        """Plain-data form."""
        return {name: getattr(self, name) for name in self.__slots__}

    def section(self) -> Section:
        """Before and after."""
        rows = [
            ("cells", f"{self.cells_before:,}", f"{self.cells:,}"),
            ("area", area_words(self.area_before_mm2), area_words(self.area_mm2)),
            ("area of faults that spoil it alone", area_words(self.fatal_before_mm2), area_words(self.fatal_mm2)),
        ]
        votes = ", ".join(f"{vote} of the copies {count:,}" for vote, count in self.votes.items() if count)
        remark = (
            f"{self.copied:,} cells are there two or three times; where others read them, voters make one net of the "
            f"copies: {votes}. The function is the same for every input; faults of voters count like all others."
        )
        return Section("Hardening", ("", ">before", ">hardened"), rows, remark)
