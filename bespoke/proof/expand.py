"""Mapped netlists as generic logic, by the truth tables of the library's cells."""

from __future__ import annotations

from collections.abc import Sequence

from bespoke.cells.library import Cell, CellLibrary
from bespoke.errors import NetlistError
from bespoke.netlist import FALSE, TRUE, MappedNetlist, NetlistBuilder


def expand(builder: NetlistBuilder, mapped: MappedNetlist, library: CellLibrary, inputs: Sequence[int]) -> list[int]:
    """Grow the logic of a mapped netlist and return the literals of its output bits in port order.

    Parameters
    ----------
    builder : NetlistBuilder
    mapped : MappedNetlist
    library : CellLibrary
    inputs : sequence of int
        Literals of the primary input bits in port order.

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
        literals += _outputs(builder, cell, [literals[net] for net in instance.fanins])
    return [literals[net] for port in mapped.outputs for net in port.bits]


def _outputs(builder: NetlistBuilder, cell: Cell, pins: Sequence[int]) -> list[int]:
    return [table_literal(builder, pin.truth, pins) for pin in cell.outputs]


def table_literal(builder: NetlistBuilder, truth: int, pins: Sequence[int]) -> int:
    """Literal of a truth table over pins, the first pin being the least significant bit of the state."""
    values = [truth >> state & 1 for state in range(1 << len(pins))]
    for pin in pins:
        values = [_choose(builder, pin, values[i + 1], values[i]) for i in range(0, len(values), 2)]
    return values[0]


def _choose(builder: NetlistBuilder, select: int, if_true: int, if_false: int) -> int:
    if if_true <= TRUE and if_false > TRUE:
        return builder.or_(select, if_false) if if_true == TRUE else builder.and_(select ^ 1, if_false)
    if if_false <= TRUE and if_true > TRUE:
        return builder.or_(select ^ 1, if_true) if if_false == TRUE else builder.and_(select, if_true)
    return builder.mux(select, if_true, if_false)
