"""Cells that a circuit makes no use of while some of its nets are constant."""

from __future__ import annotations

from collections.abc import Mapping

from bespoke.cells import CellLibrary
from bespoke.netlist import Instance, MappedNetlist


def idle_cells(mapped: MappedNetlist, library: CellLibrary, fixed: Mapping[int, int]) -> list[bool]:
    """Which instances no output depends on, whatever all of them together put out; shape (n_instances,).

    Their supply may be off. Constants are followed from cell to cell, which finds no others than those. A cell that
    holds a constant which a cell in use reads is in use, too.

    Parameters
    ----------
    mapped : MappedNetlist
    library : CellLibrary
        Has the functions of the cells.
    fixed : mapping of int to int
        Value, 0 or 1, of each net that is constant.

    Raises
    ------
    LibraryError
        If the library lacks a cell.
    """
    known = {0: 0, 1: 1, **fixed}
    reads: list[set[int]] = []
    for instance in mapped.instances:
        read = known.keys() & instance.fanins
        for net, output in zip(instance.fanouts, library[instance.cell].outputs, strict=True):
            needed, value = _restricted(output.truth, instance, known)
            read |= needed
            if not needed and net not in known:
                known[net] = value
        reads.append(read)
    needed_nets = {net for port in mapped.outputs for net in port.bits}
    found = []
    for instance, read in zip(reversed(mapped.instances), reversed(reads), strict=True):
        is_idle = needed_nets.isdisjoint(instance.fanouts)
        found.append(is_idle)
        if not is_idle:
            needed_nets |= read
    return found[::-1]


def _restricted(truth: int, instance: Instance, known: Mapping[int, int]) -> tuple[set[int], int]:
    """Nets that an output depends on while others are constant, and its value if there are none."""
    pins = range(len(instance.fanins))
    constant = {pin: known[net] for pin in pins if (net := instance.fanins[pin]) in known}
    states = [s for s in range(1 << len(pins)) if all(s >> pin & 1 == value for pin, value in constant.items())]
    values = {state: truth >> state & 1 for state in states}
    needed = {
        instance.fanins[pin]
        for pin in pins
        if pin not in constant and any(value != values[state ^ 1 << pin] for state, value in values.items())
    }
    return needed, values[states[0]]
