"""IntegerModel to netlist, with the same function."""

from bespoke.lowering.lower import Lowered, lower

__all__ = ["Lowered", "lower"]
