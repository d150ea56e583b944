"""Class indices that exist."""

from __future__ import annotations

from collections.abc import Sequence

from bespoke.netlist import TRUE, Netlist, NetlistBuilder, Port, rebuild


def limit_index(netlist: Netlist, count: int) -> Netlist:
    """The netlist with an only output below ``count`` for every input.

    Edits may make a classifier put out a number that is no class, on inputs far from all training rows. Indices below
    ``count`` stay; of others, from the highest bit down, the first bit by which they exceed ``count - 1`` is
    cleared.

    Parameters
    ----------
    netlist : Netlist
        With one unsigned output port.
    count : int
        Number of classes.
    """

    def limited(builder: NetlistBuilder, _port: Port, literals: Sequence[int]) -> Sequence[int]:
        bits, as_last = list(literals), TRUE
        for position in reversed(range(len(bits))):
            if count - 1 >> position & 1:
                as_last = builder.and_(as_last, bits[position])
            else:
                bits[position] = builder.and_(bits[position], as_last ^ 1)
        return bits

    return rebuild(netlist, output_rule=limited)
