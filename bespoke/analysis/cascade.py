"""What a small tree in front of a large classifier saves."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from bespoke.analysis.finding import Enlarged, Section, stated


@dataclass(frozen=True, slots=True)
class Cascade(Enlarged):
    """A circuit in which a tree answers easy rows, beside that without it.

    Attributes
    ----------
    easy_classes : tuple of str
        Classes that the tree gives on the training rows.
    easy_train, easy_test : float or None
        Share of the rows that are easy; None without test rows.
    train, test : float or None
        Scores, and
    plain_train, plain_test : float or None
        those of the circuit without tree.
    power_mw, plain_power_mw : float or None
        Mean over the training rows, all cells on one supply.
    used_power_mw : float or None
        The same if cells that easy rows make no use of have a supply that is off on these.
    idle_cells, cells : int
        Cells without use on easy rows, of all.
    switched : str
        Numbers of these instances, such as ``0-17, 20``.
    switch : str
        The net that is 1 where the tree answers, or its complement with a ``~``; empty if none was found.
    """

    name: ClassVar[str] = "cascade"

    easy_classes: tuple[str, ...]
    easy_train: float
    easy_test: float | None
    train: float | None
    test: float | None
    plain_train: float | None
    plain_test: float | None
    power_mw: float | None
    plain_power_mw: float | None
    used_power_mw: float | None
    idle_cells: int
    cells: int
    switched: str
    switch: str

    def section(self) -> Section:
        """The circuit beside that without tree."""
        head = ("circuit", ">training", ">test", ">area mm2", ">power mW", ">power without idle cells mW")
        plain = (self.plain_train, self.plain_test, self.plain_area_mm2, self.plain_power_mw, self.plain_power_mw)
        own = (self.train, self.test, self.area_mm2, self.power_mw, self.used_power_mw)
        rows = [("without cascade", *map(stated, plain)), ("cascade", *map(stated, own))]
        named = ", ".join(self.easy_classes)
        test = "" if self.easy_test is None else f" and {self.easy_test:.1%} of the test rows"
        remark = (
            f"A tree answers {self.easy_train:.1%} of the training rows{test} by itself, with {named}; no output "
            f"depends on {self.idle_cells:,} of {self.cells:,} cells then, whatever these put out. On one supply they "
            "burn static power all the same; the last column is for a circuit in which they have a supply of their own "
            "that the tree switches, without what that switch takes and without the time that it adds."
        )
        return Section("Cascade", head, rows, remark)
