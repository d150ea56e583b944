"""Exact optimisation: netlist to smaller netlist with the same function."""

from bespoke.opt.optimise import optimise
from bespoke.opt.simplify import simplify

__all__ = ["optimise", "simplify"]
