"""Area, power and delay of mapped netlists, and what can power them."""

from bespoke.estimate.estimate import CellShare, Estimate, area_mm2, estimate
from bespoke.estimate.power import dynamic_energy_nj, static_power_uw
from bespoke.estimate.supply import POWER_SOURCES, PowerSource, best_supply, power_source
from bespoke.estimate.timing import Boundary, PathStep, Timing, analyse_timing, default_boundary

__all__ = [
    "POWER_SOURCES",
    "Boundary",
    "CellShare",
    "Estimate",
    "PathStep",
    "PowerSource",
    "Timing",
    "analyse_timing",
    "area_mm2",
    "best_supply",
    "default_boundary",
    "dynamic_energy_nj",
    "estimate",
    "power_source",
    "static_power_uw",
]
