"""Technology mapping: netlist and cell library to mapped netlist, with the same function."""

from bespoke.techmap.mapper import map_cheapest
from bespoke.techmap.objective import Objective
