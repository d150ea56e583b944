"""The pass pipeline."""

from __future__ import annotations

from collections.abc import Callable

from bespoke.netlist import Netlist
from bespoke.opt.simplify import simplify

PASSES: tuple[Callable[[Netlist], Netlist], ...] = (simplify,)


def optimise(netlist: Netlist) -> Netlist:
    """Run the passes until none of them makes the netlist smaller.

    Returns
    -------
    Netlist
        Same ports and function, no dead gate, at most as many gates.
    """
    while True:
        before = netlist.gate_count
        for run in PASSES:
            netlist = run(netlist)
        if netlist.gate_count >= before:
            return netlist
