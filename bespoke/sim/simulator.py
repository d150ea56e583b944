"""Bit-parallel simulation of generic and mapped netlists."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from bespoke.cells import Cell, CellLibrary
from bespoke.netlist import Activity, GateKind, MappedNetlist, Netlist
from bespoke.sim.packing import IntArray, pack_words, unpack_words

AND = int(GateKind.AND)


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
    mask = (1 << count) - 1
    values = [0, mask]
    for vector in inputs:
        values += (vector, vector ^ mask)
    for kind, a, b in zip(netlist.kinds, netlist.fanin_a, netlist.fanin_b, strict=True):
        value = values[a] & values[b] if kind == AND else values[a] ^ values[b]
        values += (value, value ^ mask)
    return values


def simulate_mapped(netlist: MappedNetlist, library: CellLibrary, words: IntArray) -> MappedRun:
    """Output words and activity of a mapped netlist.

    Parameters
    ----------
    netlist : MappedNetlist
    library : CellLibrary
    words : ndarray of int64, shape (n_vectors, n_input_ports)
        Consecutive rows are consecutive in time, which matters for the toggles.
    """
    count = len(words)
    values = net_values(netlist, library, pack_words(words, netlist.inputs), count)
    outputs = (values[net] for port in netlist.outputs for net in port.bits)
    return MappedRun(unpack_words(outputs, netlist.outputs, count), _activity(netlist, values, count))


def net_values(netlist: MappedNetlist, library: CellLibrary, inputs: Sequence[int], count: int) -> list[int]:
    """Bit vectors of all nets of a mapped netlist for packed inputs of ``count`` vectors."""
    mask = (1 << count) - 1
    values = [0, mask, *inputs]
    evaluators = {name: _evaluators(library[name]) for name in {i.cell for i in netlist.instances}}
    for cell, fanins, _ in netlist.instances:
        pins = [values[net] for net in fanins]
        values += [evaluate(mask, *pins) for evaluate in evaluators[cell]]
    return values


def _activity(netlist: MappedNetlist, values: Sequence[int], count: int) -> Activity:
    later = (1 << max(count - 1, 0)) - 1
    return Activity(
        vectors=count,
        ones=tuple(value.bit_count() for value in values),
        toggles=tuple(((value ^ value >> 1) & later).bit_count() for value in values),
        states=tuple(_state_counts([values[net] for net in i.fanins], count) for i in netlist.instances),
    )


def _state_counts(pins: Sequence[int], count: int) -> tuple[int, ...]:
    """Vectors in each joint state: refine the set of all vectors pin by pin, first pin least significant."""
    parts = [(1 << count) - 1]
    for pin in reversed(pins):
        parts = [part for old in parts for part in (old & ~pin, old & pin)]
    return tuple(part.bit_count() for part in parts)


# Truth tables (first pin least significant) of the cells that make up nearly every circuit.
_SHAPES: dict[tuple[int, int], Callable[..., int]] = {
    (1, 0b01): lambda mask, a: mask ^ a,
    (1, 0b10): lambda _, a: a,
    (2, 0b0111): lambda mask, a, b: mask ^ (a & b),
    (2, 0b0001): lambda mask, a, b: mask ^ (a | b),
    (2, 0b1000): lambda _, a, b: a & b,
    (2, 0b1110): lambda _, a, b: a | b,
    (2, 0b0110): lambda _, a, b: a ^ b,
    (2, 0b1001): lambda mask, a, b: mask ^ a ^ b,
}


def _evaluators(cell: Cell) -> list[Callable[..., int]]:
    pins = len(cell.inputs)
    return [_SHAPES.get((pins, output.truth)) or _from_truth(output.truth, pins) for output in cell.outputs]


def _from_truth(truth: int, pins: int) -> Callable[..., int]:
    """Evaluator by Shannon expansion over the pins, first pin innermost."""

    def evaluate(mask: int, *inputs: int) -> int:
        layer = [mask if truth >> state & 1 else 0 for state in range(1 << pins)]
        for pin in inputs:
            layer = [low ^ ((low ^ high) & pin) for low, high in zip(layer[::2], layer[1::2], strict=True)]
        return layer[0]

    return evaluate
