"""Area, power and delay of mapped netlists, and what can power them."""

from bespoke.estimate.curve import TABLE_ENDS, TableEnds
from bespoke.estimate.estimate import CellShare, Estimate, area_mm2, estimate, unstated
from bespoke.estimate.idle import idle_cells
from bespoke.estimate.power import dynamic_energy_nj, static_power_uw
from bespoke.estimate.settling import TICKS_PER_MS, Settled, TimedOutputs, settle, timed_outputs
from bespoke.estimate.supply import POWER_SOURCES, best_supply, named_power, power_source
from bespoke.estimate.timing import Boundary, analyse_timing, default_boundary
from bespoke.estimate.variation import Spread, Varied, varied
