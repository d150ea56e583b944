"""Bit-parallel simulation: netlist and stimuli to values and activity."""

from bespoke.sim.packing import pack_words, unpack_words
from bespoke.sim.simulator import MappedRun, literal_values, mapped_outputs, net_values, simulate, simulate_mapped

__all__ = [
    "MappedRun",
    "literal_values",
    "mapped_outputs",
    "net_values",
    "pack_words",
    "simulate",
    "simulate_mapped",
    "unpack_words",
]
