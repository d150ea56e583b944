"""Smaller netlists with the same function."""

from __future__ import annotations

from typing import Literal, get_args

from bespoke.cells import CellLibrary
from bespoke.netlist import Netlist
from bespoke.opt.abc import abc_forms
from bespoke.opt.recover_xor import recover_xor
from bespoke.opt.simplify import simplify

Effort = Literal["fast", "high"]
EFFORTS: tuple[str, ...] = get_args(Effort)
LoweringEffort = Literal["greedy", "fast", "high"]
LOWERING_EFFORTS: tuple[str, ...] = get_args(LoweringEffort)
ABC_BUDGET_S = 14.0  # so that a compilation with high effort ends within 20 s


def optimise(netlist: Netlist) -> Netlist:
    """Simplify until that makes the netlist no smaller.

    Returns
    -------
    Netlist
        Same ports and function, no dead gate, at most as many gates.
    """
    while True:
        before, netlist = netlist, simplify(netlist)
        if netlist.gate_count >= before.gate_count:
            return netlist


def equivalent_forms(netlist: Netlist, library: CellLibrary, effort: Effort) -> list[Netlist]:
    """Forms of one function for the mapper to choose from, the built-in result first.

    Parameters
    ----------
    netlist : Netlist
    library : CellLibrary
        Sets the costs that ABC optimises for.
    effort : {"fast", "high"}
        "high" adds the netlist as it is, and what ABC finds, each form proven equivalent by SAT sweeping.

    Raises
    ------
    ToolMissingError
        If ABC is wanted but not installed.
    """
    forms = [optimise(netlist)]
    if effort == "high":
        found = abc_forms(forms[0], library, budget_s=ABC_BUDGET_S)
        forms += [netlist, *(optimise(recover_xor(form)) for form in found)]
    return forms
