"""Exact optimisation: netlist to smaller netlist with the same function."""

from bespoke.opt.optimise import EFFORTS, Effort, equivalent_forms, optimise
from bespoke.opt.recover_xor import recover_xor
from bespoke.opt.simplify import simplify

__all__ = ["EFFORTS", "Effort", "equivalent_forms", "optimise", "recover_xor", "simplify"]
