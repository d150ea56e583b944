"""Fanin cones."""

from __future__ import annotations

from bespoke.netlist.netlist import Netlist


def live_nets(netlist: Netlist) -> set[int]:
    """Nets in the fanin cones of the outputs."""
    live = {literal >> 1 for literal in netlist.output_literals()}
    first = 1 + netlist.input_count
    for net in range(netlist.net_count - 1, first - 1, -1):
        if net in live:
            live.add(netlist.fanin_a[net - first] >> 1)
            live.add(netlist.fanin_b[net - first] >> 1)
    return live
