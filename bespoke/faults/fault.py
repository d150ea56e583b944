"""Stuck-at faults of the pins of cells, and which of them are the same by structure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from bespoke.cells import Cell
from bespoke.faults.graph import Integers, Subject
from bespoke.netlist import MappedNetlist


class Fault(NamedTuple):
    """A pin of a cell keeps a value, whatever drives it.

    Attributes
    ----------
    instance : int
        Number of the cell.
    pin : int
        Number of the pin among the cell's inputs, then outputs. A stuck output is what all its readers see, a stuck
        input only this cell.
    value : int
        0 or 1.
    """

    instance: int
    pin: int
    value: int


@dataclass(frozen=True, slots=True, eq=False)
class Faults:
    """All single stuck-at faults of a netlist: cell by cell, pin by pin, stuck at 0 before stuck at 1.

    Attributes
    ----------
    instances, pins, values : ndarray of int64, shape (n_faults,)
        As in `Fault`.
    sites : ndarray of int64, shape (n_faults,)
        Where in the graph: a pin ``p`` as ``p``, a node ``n`` as ``-1 - n``.
    classes : ndarray of int64, shape (n_faults,)
        Faults of one class give the same function: their cell then computes the same, or one is on the only reader of
        the other's net. Numbered from 0 on.
    """

    instances: Integers
    pins: Integers
    values: Integers
    sites: Integers
    classes: Integers

    def __len__(self) -> int:
        return len(self.values)

    def __getitem__(self, number: int) -> Fault:
        return Fault(int(self.instances[number]), int(self.pins[number]), int(self.values[number]))

    @property
    def class_count(self) -> int:
        """Number of classes."""
        return int(self.classes.max(initial=-1)) + 1

    @property
    def representatives(self) -> Integers:
        """The first fault of each class, shape (n_classes,)."""
        return np.unique(self.classes, return_index=True)[1].astype(np.int64)


def stuck_at_faults(circuit: Subject) -> Faults:
    """All single stuck-at faults of the pins of all cells.

    Structural equivalence is that of Bushnell and Agrawal, "Essentials of Electronic Testing", 2000, chapter 4.
    """
    cells = [circuit.library[instance.cell] for instance in circuit.netlist.instances]
    pins_of = np.array([len(cell.pins) for cell in cells], dtype=np.int64)
    sites = [site for number in range(len(cells)) for site in _cell_sites(circuit, number)]
    instances = np.repeat(np.arange(len(cells)), pins_of)
    pins = np.arange(len(instances)) - np.repeat(np.cumsum(pins_of) - pins_of, pins_of)
    pairs = [*_within_cells(cells), *_along_nets(circuit.netlist, pins_of)]
    count = 2 * len(instances)
    first, second = np.array(pairs, dtype=np.int32).reshape(-1, 2).T  # SciPy before 1.13 takes no other
    links = coo_array((np.ones(len(first), dtype=np.int8), (first, second)), shape=(count, count))
    classes = connected_components(links, directed=False)[1] if count else np.zeros(0)
    return Faults(
        np.repeat(instances, 2),
        np.repeat(pins, 2),
        np.tile(np.array([0, 1], dtype=np.int64), len(instances)),
        np.repeat(np.array(sites, dtype=np.int64), 2),
        classes.astype(np.int64),
    )


def _cell_sites(circuit: Subject, number: int) -> list[int]:
    fanouts = circuit.netlist.instances[number].fanouts
    return [*circuit.cell_pins[number], *(-1 - int(circuit.nodes[net]) for net in fanouts)]


def _within_cells(cells: Sequence[Cell]) -> list[tuple[int, int]]:
    """Pairs of faults of one cell with which it computes the same."""
    pairs: list[tuple[int, int]] = []
    known: dict[str, list[tuple[int, int]]] = {}
    first = 0
    for cell in cells:
        if cell.name not in known:
            known[cell.name] = _same_in_cell(cell)
        pairs += [(first + a, first + b) for a, b in known[cell.name]]
        first += 2 * len(cell.pins)
    return pairs


def _same_in_cell(cell: Cell) -> list[tuple[int, int]]:
    """Pairs of the cell's faults, numbered within it, each with the first one that does the same."""
    first: dict[tuple[int, ...], int] = {}
    pairs = []
    for number in range(2 * len(cell.pins)):
        pin, value = divmod(number, 2)
        found = first.setdefault(faulty_tables(cell, pin, value), number)
        if found != number:
            pairs.append((found, number))
    return pairs


def faulty_tables(cell: Cell, pin: int, value: int) -> tuple[int, ...]:
    """Truth tables of a cell's outputs, as `bespoke.cells.OutputPin` has them, while one of its pins is stuck."""
    inputs, states = len(cell.inputs), 1 << len(cell.inputs)
    if pin >= inputs:
        stuck = (1 << states) - 1 if value else 0
        return tuple(stuck if pin - inputs == number else each.truth for number, each in enumerate(cell.outputs))
    seen = [state | 1 << pin if value else state & ~(1 << pin) for state in range(states)]
    return tuple(sum((each.truth >> seen[state] & 1) << state for state in range(states)) for each in cell.outputs)


def _along_nets(netlist: MappedNetlist, pins_of: Integers) -> list[tuple[int, int]]:
    """Pairs of faults of a net's driver and of its only reader."""
    starts = 2 * (np.cumsum(pins_of) - pins_of)
    driver: dict[int, int] = {}
    readers: dict[int, list[int]] = {net: [-1, -1] for port in netlist.outputs for net in port.bits}
    for (_, fanins, fanouts), start in zip(netlist.instances, starts.tolist(), strict=True):
        for pin, net in enumerate(fanins):
            readers.setdefault(net, []).append(start + 2 * pin)
        for pin, net in enumerate(fanouts, start=len(fanins)):
            driver[net] = start + 2 * pin
    only = [(driver[net], found[0]) for net, found in readers.items() if net in driver and len(found) == 1]
    return [(a + value, b + value) for a, b in only for value in (0, 1)]
