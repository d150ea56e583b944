"""Simple gates mapped one to one."""

from __future__ import annotations

from collections.abc import Iterable

from bespoke.cells import CellLibrary
from bespoke.netlist import FALSE, Instance, MappedNetlist, Netlist, Port, SimpleGates, SimpleKind
from bespoke.techmap.patterns import Pattern, PatternTable

# Numbers of inputs and truth tables, the first input being the least significant bit of the state.
_TRUTHS = {
    SimpleKind.INV: (1, 0b01),
    SimpleKind.NAND: (2, 0b0111),
    SimpleKind.NOR: (2, 0b0001),
    SimpleKind.AND: (2, 0b1000),
    SimpleKind.OR: (2, 0b1110),
}


def map_directly(
    gates: SimpleGates, netlist: Netlist, table: PatternTable, library: CellLibrary
) -> MappedNetlist | None:
    """Each gate as one cell.

    Parameters
    ----------
    gates : SimpleGates
        Their outputs are the low bits of the netlist's output port; the bits above are 0.
    netlist : Netlist
        The same function: gives the name and the ports.
    table : PatternTable
    library : CellLibrary

    Returns
    -------
    MappedNetlist or None
        None if the library lacks a cell, if a gate reads a constant, or if the port is not as above.
    """
    cells = {kind: _cell(table, *truth) for kind, truth in _TRUTHS.items()}
    used = {cells[SimpleKind(kind)] for kind in gates.kinds}
    if "" in used or any(signal < 2 for signal in (*gates.left, *gates.right)) or len(netlist.outputs) != 1:
        return None
    port = netlist.outputs[0]
    if any(bit != FALSE for bit in port.bits[len(gates.outputs) :]):
        return None
    first = 2 + gates.input_count
    instances = [
        Instance(cells[SimpleKind(kind)], (a,) if kind == SimpleKind.INV else (a, b), (first + number,))
        for number, (kind, a, b) in enumerate(zip(gates.kinds, gates.left, gates.right, strict=True))
    ]
    nets = (*gates.outputs, *(FALSE for _ in port.bits[len(gates.outputs) :]))
    return mapped_like(netlist, library, instances, nets)


def mapped_like(
    netlist: Netlist, library: CellLibrary, instances: Iterable[Instance], outputs: Iterable[int]
) -> MappedNetlist:
    """Mapped netlist with the ports of a netlist, from its instances and the nets of all output bits."""
    nets = iter(outputs)
    return MappedNetlist(
        name=netlist.name,
        library=library.name,
        inputs=tuple(Port(p.name, tuple(1 + (bit >> 1) for bit in p.bits), p.signed) for p in netlist.inputs),
        outputs=tuple(Port(p.name, tuple(next(nets) for _ in p.bits), p.signed) for p in netlist.outputs),
        instances=tuple(instances),
    )


def _cell(table: PatternTable, leaves: int, truth: int) -> str:
    """Cheapest cell with a function, none of its inputs complemented; empty if there is none."""
    plain: list[Pattern] = [p for p in table.matches.get((leaves, truth), ()) if not any(p.phases)]
    return plain[0].cell if plain else ""
