"""Bit-parallel simulation: netlist and stimuli to values and activity."""

from bespoke.sim.packing import pack_words, port_bits, unpack_words
from bespoke.sim.simulator import MappedRun, literal_values, mapped_outputs, net_values, simulate, simulate_mapped
from bespoke.sim.words import MAX_EXHAUSTIVE_BITS, corners, every_input, largest_words, random_inputs
