"""What each cell can compute, as a table from truth tables to pin assignments."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import permutations, product
from math import isfinite
from typing import NamedTuple

from bespoke.cells import Cell, CellLibrary, check_complete, inverter
from bespoke.errors import LibraryError

MAX_LEAVES = 4


class Pattern(NamedTuple):
    """One use of a cell on the leaves of a cut.

    Pin ``i`` of the cell is connected to leaf ``order[i]``, complemented where ``phases[i]`` is 1.
    """

    cell: str
    order: tuple[int, ...]
    phases: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class PatternTable:
    """Patterns by truth table.

    Attributes
    ----------
    matches : dict of (int, int) to tuple of Pattern
        Keyed by (number of leaves, truth table); leaf 0 is the least significant bit of the state.
    inverter : str
        The cheapest inverter.
    leaves : int
        Most leaves of any pattern.
    """

    matches: dict[tuple[int, int], tuple[Pattern, ...]]
    inverter: str
    leaves: int

    @property
    def names(self) -> tuple[str, ...]:
        """Names of the cells, sorted."""
        return tuple(sorted({pattern.cell for patterns in self.matches.values() for pattern in patterns}))


def pattern_table(library: CellLibrary) -> PatternTable:
    """Table of all single-output cells of up to four inputs.

    Raises
    ------
    LibraryError
        If the library lacks cells that the mapper cannot do without, or has areas that cannot be compared.
    """
    check_complete(library)
    found: dict[tuple[int, int], dict[tuple[tuple[int, int], ...], Pattern]] = {}
    cells = [c for c in library.usable_cells if len(c.outputs) == 1 and 1 <= len(c.inputs) <= MAX_LEAVES]
    for cell in sorted(cells, key=lambda c: (c.area_mm2, c.name)):
        for truth, pattern in _placements(cell):
            uses = tuple(sorted(zip(pattern.order, pattern.phases, strict=True)))
            found.setdefault((len(cell.inputs), truth), {}).setdefault(uses, pattern)
    matches = {key: tuple(by_use.values()) for key, by_use in found.items()}
    cheapest = inverter(library)
    assert cheapest is not None
    _check_areas(library, cheapest.name)
    return PatternTable(matches, cheapest.name, max(leaves for leaves, _ in matches))


def _check_areas(library: CellLibrary, inverter: str) -> None:
    """Refuse areas below 0 or without a limit, and an inverter, the unit of all costs, without area."""
    for cell in library.usable_cells:
        is_area = cell.area_mm2 > 0 if cell.name == inverter else cell.area_mm2 >= 0
        if not (is_area and isfinite(cell.area_mm2)):
            where, allowed = f"library {library.name}, {cell.name}", "above 0 for an inverter, 0 or more for others"
            raise LibraryError("not an area", where=where, got=f"{cell.area_mm2:g} mm2", allowed=allowed)


def _placements(cell: Cell) -> list[tuple[int, Pattern]]:
    pins = len(cell.inputs)
    truth = cell.outputs[0].truth
    placements = []
    for order in permutations(range(pins)):
        for phases in product((0, 1), repeat=pins):
            placed = 0
            for state in range(1 << pins):
                inner = sum((state >> order[pin] & 1 ^ phases[pin]) << pin for pin in range(pins))
                placed |= (truth >> inner & 1) << state
            placements.append((placed, Pattern(cell.name, order, phases)))
    return placements
