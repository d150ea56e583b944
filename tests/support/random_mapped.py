"""Random netlists of library cells, among them cells with several outputs, many pins and none."""

from __future__ import annotations

from itertools import count

import numpy as np
from small_libraries import SILICON, library

from bespoke.cells import Cell, CellLibrary, InputPin, OutputPin
from bespoke.netlist import Instance, MappedNetlist, Port

_XOR3, _MAJ3 = 0b10010110, 0b11101000


def wide_library() -> CellLibrary:
    """Cells of one to four pins, a full adder, a constant, and a cell that does not read one of its pins."""
    found = library(SILICON | {"HALF": (2, 0b1010, 1.0)})
    pins = tuple(InputPin(name, 1.0) for name in "ABC")
    adder = Cell("FA", 6.0, pins, (OutputPin("S", _XOR3, ""), OutputPin("CO", _MAJ3, "")), (1.0,) * 8)
    tie = Cell("TIE", 0.5, (), (OutputPin("Y", 1, ""),), (1.0,))
    return CellLibrary("test", 1.0, {**found.cells, "FA": adder, "TIE": tie}, "invented", {})


def random_mapped(
    rng: np.random.Generator, cells: CellLibrary, size: int = 40, *, inputs: int = 6, outputs: int = 3
) -> MappedNetlist:
    """A netlist of some cells, with loose ends, an output that is a constant and one that is an input at times."""
    names, nets = sorted(cells.cells), count(2 + inputs)
    instances, known = [], list(range(2 + inputs))
    for _ in range(size):
        cell = cells[names[rng.integers(len(names))]]
        near = known[:2] + known[2:][-12:]
        fanins = tuple(int(near[rng.integers(len(near))]) for _ in cell.inputs)
        fanouts = tuple(next(nets) for _ in cell.outputs)
        instances.append(Instance(cell.name, fanins, fanouts))
        known += fanouts
    ends = [int(known[-1 - rng.integers(min(8, len(known)))]) for _ in range(outputs)]
    ends[0] = ends[0] if rng.random() < 0.8 else int(rng.integers(2 + inputs))
    ports = (Port("a", tuple(range(2, 4))), Port("b", tuple(range(4, 2 + inputs))))
    return MappedNetlist("random", "test", ports, (Port("y", tuple(ends)),), tuple(instances))
