"""Whether any function can be mapped to a library."""

from __future__ import annotations

from bespoke.cells.library import Cell, CellLibrary
from bespoke.errors import LibraryError

INVERTER = 0b01
_TWO_INPUTS = {0b0111: "NAND2", 0b0001: "NOR2", 0b1000: "AND2", 0b1110: "OR2"}


def inverter(library: CellLibrary) -> Cell | None:
    """Smallest inverter of a library, the first by name among equals, or None."""
    found = [cell for cell in library.cells.values() if _truth(cell, 1) == INVERTER]
    return min(found, key=lambda cell: (cell.area_mm2, cell.name), default=None)


def check_complete(library: CellLibrary) -> None:
    """Check that a library has an inverter and a two-input NAND, NOR, AND or OR cell.

    Raises
    ------
    LibraryError
        If it lacks one of them.
    """
    missing = []
    if inverter(library) is None:
        missing.append("an inverter")
    if not any(_truth(cell, 2) in _TWO_INPUTS for cell in library.cells.values()):
        missing.append("a two-input NAND, NOR, AND or OR cell")
    if missing:
        raise LibraryError(
            f"the library lacks {' and '.join(missing)}",
            where=library.name,
            got=", ".join(sorted(library.cells)) or "no cell",
            allowed="a library with an inverter and a NAND2, NOR2, AND2 or OR2",
        )


def _truth(cell: Cell, inputs: int) -> int | None:
    """Truth table of a single-output cell with that many inputs, else None."""
    if len(cell.inputs) != inputs or len(cell.outputs) != 1:
        return None
    return cell.outputs[0].truth
