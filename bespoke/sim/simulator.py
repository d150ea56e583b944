"""Bit-parallel simulation of generic and mapped netlists."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from bespoke.cells import CellLibrary
from bespoke.netlist import Activity, MappedNetlist, Netlist
from bespoke.netlist.netlist import literal_vectors
from bespoke.sim.counts import count_activity
from bespoke.sim.evaluate import NetValues
from bespoke.sim.packing import IntArray, pack_words, unpack_words


@dataclass(frozen=True, slots=True, eq=False)
class MappedRun:
    """Result of simulating a mapped netlist: output words (n_vectors, n_output_ports) and activity."""

    outputs: IntArray
    activity: Activity


def simulate(netlist: Netlist, words: IntArray) -> IntArray:
    """Output words of a generic netlist.

    Parameters
    ----------
    netlist : Netlist
    words : ndarray of int64, shape (n_vectors, n_input_ports)

    Returns
    -------
    ndarray of int64, shape (n_vectors, n_output_ports)
    """
    values = literal_values(netlist, pack_words(words, netlist.inputs), len(words))
    return unpack_words((values[literal] for literal in netlist.output_literals()), netlist.outputs, len(words))


def literal_values(netlist: Netlist, inputs: Sequence[int], count: int) -> list[int]:
    """Bit vectors of all literals (both polarities of every net) for packed inputs of ``count`` vectors."""
    return literal_vectors(zip(netlist.kinds, netlist.fanin_a, netlist.fanin_b, strict=True), inputs, count)


def simulate_mapped(netlist: MappedNetlist, library: CellLibrary, words: IntArray) -> MappedRun:
    """Output words and activity of a mapped netlist.

    Parameters
    ----------
    netlist : MappedNetlist
    library : CellLibrary
    words : ndarray of int64, shape (n_vectors, n_input_ports)
        Consecutive rows are consecutive in time, which matters for the toggles.
    """
    nets = NetValues(netlist, library, pack_words(words, netlist.inputs), len(words))
    activity = count_activity(nets)
    return MappedRun(_output_words(nets), activity)


def mapped_outputs(netlist: MappedNetlist, library: CellLibrary, words: IntArray) -> IntArray:
    """Output words of a mapped netlist alone, several times as fast as with the activity.

    Parameters
    ----------
    netlist : MappedNetlist
    library : CellLibrary
    words : ndarray of int64, shape (n_vectors, n_input_ports)

    Returns
    -------
    ndarray of int64, shape (n_vectors, n_output_ports)
    """
    nets = NetValues(netlist, library, pack_words(words, netlist.inputs), len(words))
    for _ in nets.blocks():
        pass
    return _output_words(nets)


def net_values(netlist: MappedNetlist, library: CellLibrary, inputs: Sequence[int], count: int) -> list[int]:
    """Bit vectors of all nets of a mapped netlist for packed inputs of ``count`` vectors."""
    nets = NetValues(netlist, library, inputs, count)
    nets.evaluate(netlist.instances)
    return nets.values


def _output_words(nets: NetValues) -> IntArray:
    outputs = nets.netlist.outputs
    return unpack_words((nets.values[net] for port in outputs for net in port.bits), outputs, nets.count)
