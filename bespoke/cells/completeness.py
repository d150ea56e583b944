"""Whether any function can be mapped to a library."""

from __future__ import annotations

from bespoke.cells.library import Cell, CellLibrary
from bespoke.errors import LibraryError

INVERTER = 0b01


def inverter(library: CellLibrary) -> Cell | None:
    """Smallest inverter of a library, the first by name among equals, or None."""
    found = [cell for cell in library.usable_cells if _truth(cell, 1) == INVERTER]
    return min(found, key=lambda cell: (cell.area_mm2, cell.name), default=None)


def check_complete(library: CellLibrary) -> None:
    """Check that a library has an inverter and a two-input NAND, NOR, AND or OR cell, its inputs inverted or not.

    Any function can be made of these, and the mapper needs no others.

    Raises
    ------
    LibraryError
        If it lacks one of them.
    """
    missing = []
    if inverter(library) is None:
        missing.append("an inverter")
    # A conjunction, its complement, or one of them with inverted inputs: an odd number of the four states is 1.
    if not any((_truth(cell, 2) or 0).bit_count() % 2 for cell in library.usable_cells):
        missing.append("a two-input NAND, NOR, AND or OR cell")
    if missing:
        got, allowed = (
            ", ".join(sorted(cell.name for cell in library.usable_cells)),
            "a library with an inverter and a NAND2, NOR2, AND2 or OR2",
        )
        what, where = f"lacks {' and '.join(missing)}", f"library {library.name}"
        raise LibraryError(what, where=where, got=got or "no cell", allowed=allowed)


def _truth(cell: Cell, inputs: int) -> int | None:
    """Truth table of a single-output cell with that many inputs, else None."""
    if len(cell.inputs) != inputs or len(cell.outputs) != 1:
        return None
    return cell.outputs[0].truth
