"""A mapped netlist as arrays of gates with one output each, which faults are simulated on."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from bespoke.cells import CellLibrary
from bespoke.errors import NetlistError
from bespoke.netlist import Instance, MappedNetlist

Integers = NDArray[np.int64]
MAX_OUTPUT_BITS = 62
_WIRE = (0, 1)  # truth table of a gate that passes its only pin on


class Graph(NamedTuple):
    """Gates in topological order, as compiled code reads them.

    Nodes 0 and 1 are the constants, then come the primary input bits, then the outputs of the gates: gate ``g`` drives
    node ``first_gate + g``. Arrays are int64 unless another type is named.

    Attributes
    ----------
    first_gate : int
    pin_start : ndarray, shape (n_gates + 1,)
        Gate ``g`` reads the nodes ``pins[pin_start[g]:pin_start[g + 1]]``.
    pins : ndarray, shape (n_pins,)
    table_start : ndarray, shape (n_gates,)
        Where the truth table of each gate begins in
    tables : ndarray of uint8
        one entry per state of the pins, the first pin being its least significant bit.
    reader_start : ndarray, shape (n_nodes + 1,)
        Node ``n`` is read by the pins ``readers[reader_start[n]:reader_start[n + 1]]``.
    readers : ndarray, shape (n_pins,)
    owners : ndarray, shape (n_pins,)
        Gate of each pin.
    outputs : ndarray, shape (n_output_bits,)
        Nodes, least significant bit of the output word first.
    """

    first_gate: int
    pin_start: Integers
    pins: Integers
    table_start: Integers
    tables: NDArray[np.uint8]
    reader_start: Integers
    readers: Integers
    owners: Integers
    outputs: Integers


class Subject(NamedTuple):
    """A mapped netlist on which faults are simulated.

    A cell with several outputs becomes a gate per output, all of which read the cell's pins through gates that pass
    them on.

    Attributes
    ----------
    netlist : MappedNetlist
    library : CellLibrary
    graph : Graph
    nodes : ndarray of int64, shape (n_nets,)
        Node of each net.
    cell_pins : tuple of tuple of int
        Per instance the pins of the graph that its input pins are.
    """

    netlist: MappedNetlist
    library: CellLibrary
    graph: Graph
    nodes: Integers
    cell_pins: tuple[tuple[int, ...], ...]


def subject(netlist: MappedNetlist, library: CellLibrary) -> Subject:
    """A mapped netlist made ready for the simulation of faults.

    Raises
    ------
    NetlistError
        If its output word has more than 62 bits.
    """
    outputs = [net for port in netlist.outputs for net in port.bits]
    if len(outputs) > MAX_OUTPUT_BITS:
        allowed = f"{MAX_OUTPUT_BITS} bits"
        raise NetlistError(
            "too wide for the simulation of faults", where=netlist.name, got=len(outputs), allowed=allowed
        )
    growing = _Growing(netlist, library)
    for instance in netlist.instances:
        growing.add(instance)
    return Subject(netlist, library, growing.graph(outputs), np.array(growing.nodes), tuple(growing.cell_pins))


class _Growing:
    """A graph that grows by one instance at a time."""

    def __init__(self, netlist: MappedNetlist, library: CellLibrary) -> None:
        self._library = library
        self._first_gate = 2 + netlist.input_count
        self.nodes = list(range(self._first_gate))
        self.cell_pins: list[tuple[int, ...]] = []
        self._pin_start = [0]
        self._pins: list[int] = []
        self._tables: list[int] = []
        self._table_start: list[int] = []
        self._known: dict[tuple[int, ...], int] = {}

    def add(self, instance: Instance) -> None:
        cell = self._library[instance.cell]
        fanins, first = [self.nodes[net] for net in instance.fanins], len(self._pins)
        self.cell_pins.append(tuple(range(first, first + len(fanins))))
        if len(cell.outputs) > 1:
            fanins = [self._gate([node], _WIRE) for node in fanins]
        for pin in cell.outputs:
            table = tuple(pin.truth >> state & 1 for state in range(1 << len(fanins)))
            self.nodes.append(self._gate(fanins, table))

    def _gate(self, fanins: Sequence[int], table: tuple[int, ...]) -> int:
        if table not in self._known:
            self._known[table] = len(self._tables)
            self._tables += table
        self._table_start.append(self._known[table])
        self._pins += fanins
        self._pin_start.append(len(self._pins))
        return self._first_gate + len(self._table_start) - 1

    def graph(self, outputs: Sequence[int]) -> Graph:
        pins, starts = np.array(self._pins, dtype=np.int64), np.array(self._pin_start, dtype=np.int64)
        count = self._first_gate + len(self._table_start)
        return Graph(
            self._first_gate,
            starts,
            pins,
            np.array(self._table_start, dtype=np.int64),
            np.array(self._tables, dtype=np.uint8),
            np.concatenate([[0], np.cumsum(np.bincount(pins, minlength=count))]).astype(np.int64),
            np.argsort(pins, kind="stable").astype(np.int64),
            np.repeat(np.arange(len(starts) - 1), np.diff(starts)).astype(np.int64),
            np.array([self.nodes[net] for net in outputs], dtype=np.int64),
        )
