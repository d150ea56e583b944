"""The pass pipeline."""

from __future__ import annotations

from collections.abc import Callable
from typing import Literal, get_args

from bespoke.cells import CellLibrary
from bespoke.netlist import Netlist
from bespoke.opt.abc import abc_forms
from bespoke.opt.recover_xor import recover_xor
from bespoke.opt.simplify import simplify

Effort = Literal["fast", "high"]
EFFORTS: tuple[str, ...] = get_args(Effort)
PASSES: tuple[Callable[[Netlist], Netlist], ...] = (simplify,)
ABC_BUDGET_S = 14.0


def optimise(netlist: Netlist) -> Netlist:
    """Run the built-in passes until none of them makes the netlist smaller.

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
