"""The two parts of a netlist on either side of a cut."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from bespoke.netlist import Netlist, NetlistBuilder, Port
from bespoke.proof.circuit import Circuit, Reader

_CUT = "cut"


def needed(netlist: Netlist, cut: Sequence[int]) -> tuple[int, ...]:
    """Those literals of a cut on which an output depends by others of them alone."""
    inner = behind(netlist, cut)
    read = inner.live_nets()
    (port,) = inner.inputs
    return tuple(literal for literal, bit in zip(cut, port.bits, strict=True) if bit >> 1 in read)


def before(netlist: Netlist, cut: Sequence[int]) -> Netlist:
    """The netlist with the literals of a cut as its outputs."""
    return replace(netlist, outputs=(Port(_CUT, tuple(cut)),))


def behind(netlist: Netlist, cut: Sequence[int]) -> Netlist:
    """What makes the outputs of a netlist from the literals of a cut, which are of different nets.

    Raises
    ------
    OpenConeError
        If an output is no function of these.
    """
    builder = NetlistBuilder(netlist.name)
    bits = builder.add_input(_CUT, len(cut)).bits
    leaves = {literal >> 1: bit ^ literal & 1 for literal, bit in zip(cut, bits, strict=True)}
    reader = Reader(Circuit(netlist), builder, leaves)
    for port in netlist.outputs:
        builder.add_output(port.name, reader.word(port.bits), signed=port.signed)
    return builder.build()
