"""Nets of a mapped netlist that carry one bit of the lowered netlist, or its complement."""

from __future__ import annotations

from bespoke.cells.library import CellLibrary
from bespoke.netlist import TRUE, MappedNetlist, Netlist
from bespoke.proof.equal_nets import JoinedNetlist
from bespoke.proof.expand import expand


def carriers(netlist: Netlist, literal: int, mapped: MappedNetlist, library: CellLibrary) -> dict[int, int]:
    """Nets that are proven equal to a literal, with 1, or to its complement, with 0; none for a constant.

    There may be others, which small truth tables do not show.

    Parameters
    ----------
    netlist : Netlist
        The lowered netlist.
    literal : int
        One of its literals.
    mapped : MappedNetlist
        Cells with the same ports.
    library : CellLibrary

    Raises
    ------
    LibraryError, NetlistError
        As `expand`.
    """
    joined = JoinedNetlist(netlist)
    wanted, inputs = joined.of(literal), [bit for port in netlist.inputs for bit in port.bits]
    outputs: list[int] = []

    def settled(found: int) -> int:
        outputs.append(joined.settled(found))
        return outputs[-1]

    expand(joined, mapped, library, inputs, settled)
    # Nets are numbered as `expand` goes: constants, inputs, then the outputs of the cells in order.
    pairs = enumerate([*inputs, *outputs], start=2)
    return {net: int(own == wanted) for net, own in pairs if wanted > TRUE and own >> 1 == wanted >> 1}
