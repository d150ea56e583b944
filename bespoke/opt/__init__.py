"""Exact optimisation: netlist to smaller netlist with the same function."""

from bespoke.opt.optimise import EFFORTS, Effort, equivalent_forms, optimise
from bespoke.opt.recover_xor import recover_xor
from bespoke.opt.resubstitute import Abstraction, SearchEffort, resubstitute
from bespoke.opt.simplify import simplify

__all__ = [
    "EFFORTS",
    "Abstraction",
    "Effort",
    "SearchEffort",
    "equivalent_forms",
    "optimise",
    "recover_xor",
    "resubstitute",
    "simplify",
]
