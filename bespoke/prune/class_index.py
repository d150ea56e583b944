"""Class indices that exist."""

from __future__ import annotations

from bespoke.netlist import TRUE, GateKind, Netlist, NetlistBuilder


def limit_index(netlist: Netlist, count: int) -> Netlist:
    """The netlist with an only output below ``count`` for every input.

    Cuts may make a classifier put out a number that is no class, on inputs far from all training rows. Indices below
    ``count`` stay; of others, from the highest bit down, the first bit by which they exceed ``count - 1`` is
    cleared.

    Parameters
    ----------
    netlist : Netlist
        With one unsigned output port.
    count : int
        Number of classes.
    """
    builder = NetlistBuilder(netlist.name)
    literals = [0, 1]
    for port in netlist.inputs:
        for literal in builder.add_input(port.name, port.width, signed=port.signed).bits:
            literals += (literal, literal ^ 1)
    for kind, a, b in zip(netlist.kinds, netlist.fanin_a, netlist.fanin_b, strict=True):
        make = builder.and_ if kind == GateKind.AND else builder.xor
        literal = make(literals[a], literals[b])
        literals += (literal, literal ^ 1)
    output = netlist.outputs[0]
    bits, as_last = [literals[bit] for bit in output.bits], TRUE
    for place in reversed(range(len(bits))):
        if count - 1 >> place & 1:
            as_last = builder.and_(as_last, bits[place])
        else:
            bits[place] = builder.and_(bits[place], as_last ^ 1)
    builder.add_output(output.name, bits)
    return builder.build()
