"""Mapped netlists as generic logic, by the truth tables of the library's cells."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from bespoke.cells.library import CellLibrary
from bespoke.errors import NetlistError
from bespoke.netlist import FALSE, TRUE, MappedNetlist, NetlistBuilder
from bespoke.proof.word import looked_up


def expand(
    builder: NetlistBuilder,
    mapped: MappedNetlist,
    library: CellLibrary,
    inputs: Sequence[int],
    settled: Callable[[int], int] = lambda literal: literal,
) -> list[int]:
    """Grow the logic of a mapped netlist and return the literals of its output bits in port order.

    Parameters
    ----------
    builder : NetlistBuilder
    mapped : MappedNetlist
    library : CellLibrary
    inputs : sequence of int
        Literals of the primary input bits in port order.
    settled : callable
        From the literal of a cell's output to an equal one, which cells that read it then take.

    Raises
    ------
    LibraryError
        If a cell is not in the library.
    NetlistError
        If an instance has not as many nets as its cell has pins.
    """
    literals = [FALSE, TRUE, *inputs]
    for instance in mapped.instances:
        cell = library[instance.cell]
        if len(instance.fanins) != len(cell.inputs) or len(instance.fanouts) != len(cell.outputs):
            raise NetlistError("an instance does not fit the pins of its cell", where=mapped.name, got=cell.name)
        if any(net < 0 for net in instance.fanins):
            raise NetlistError("an instance reads an unknown net", where=mapped.name, got=min(instance.fanins))
        pins = [literals[net] for net in instance.fanins]
        for pin in cell.outputs:
            truth = [pin.truth >> state & 1 for state in range(1 << len(pins))]
            literals += map(settled, looked_up(builder, truth, pins, 1))
    return [literals[net] for port in mapped.outputs for net in port.bits]
