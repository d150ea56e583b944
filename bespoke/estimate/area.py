"""Area of mapped netlists."""

from __future__ import annotations

import math

from bespoke.cells import CellLibrary
from bespoke.netlist import MappedNetlist


def area_mm2(mapped: MappedNetlist, library: CellLibrary) -> float:
    """Sum of the areas of all cells in mm2; wires take none.

    Raises
    ------
    LibraryError
        If the library lacks a cell.
    """
    return math.fsum(count * library[name].area_mm2 for name, count in mapped.cell_histogram().items())
