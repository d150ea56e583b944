"""Technology mapping: netlist and cell library to mapped netlist, with the same function."""

from bespoke.techmap.mapper import map_netlist

__all__ = ["map_netlist"]
