"""IntegerModel to netlist, with the same function."""

from bespoke.lowering.decisions import DECISION_LOWERINGS
from bespoke.lowering.lower import Lowered, lower
from bespoke.lowering.shortcut import STAGE_LOWERINGS
