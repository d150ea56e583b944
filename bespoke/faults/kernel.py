"""Compiled simulation of a graph: 64 input vectors a word, and only what a fault reaches."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from bespoke.compiled import compiled
from bespoke.faults.graph import Graph, Integers

Words = NDArray[np.uint64]
Floats = NDArray[np.float64]
ZERO, ONE, ALL = np.uint64(0), np.uint64(1), np.uint64(0xFFFFFFFFFFFFFFFF)
NONE = -1


class Judge(NamedTuple):
    """What the loss of an output word is.

    Attributes
    ----------
    targets : ndarray of float64, shape (n_vectors,)
        Wanted output words, or points between them.
    is_value : bool
        Whether the loss is the squared distance; otherwise it is 1 for any other word.
    is_signed : bool
        Whether the most significant output bit is a sign.
    """

    targets: Floats
    is_value: bool
    is_signed: bool


class State(NamedTuple):
    """Values while faults are there.

    Attributes
    ----------
    good : ndarray of uint64, shape (n_nodes, n_words)
        Without a fault.
    values : ndarray of uint64, shape (n_nodes, n_words)
        As ``good`` but for the touched nodes.
    touched : ndarray of int64, shape (n_nodes + 1,)
        Numbers of the nodes that differ; the last entry is how many there are.
    frozen : ndarray of uint8, shape (n_nodes,)
        1 for a node that keeps its value.
    pending : ndarray of uint64
        One bit per gate that is to be evaluated.
    row : ndarray of uint64, shape (n_words,)
    """

    good: Words
    values: Words
    touched: Integers
    frozen: NDArray[np.uint8]
    pending: Words
    row: Words


@compiled
def new_state(graph: Graph, inputs: Words) -> State:
    """The state without a fault, for packed inputs of shape (n_input_bits, n_words)."""
    nodes, width = len(graph.reader_start) - 1, inputs.shape[1]
    good = np.zeros((nodes, width), np.uint64)
    good[1] = ALL
    good[2 : graph.first_gate] = inputs
    row = np.zeros(width, np.uint64)
    for gate in range(len(graph.table_start)):
        evaluate(graph, good, gate, NONE, row)
        good[graph.first_gate + gate] = row
    frozen, pending = np.zeros(nodes, np.uint8), np.zeros(len(graph.table_start) // 64 + 1, np.uint64)
    return State(good, good.copy(), np.zeros(nodes + 1, np.int64), frozen, pending, row)


@compiled
def evaluate(graph: Graph, values: Words, gate: int, flipped: int, row: Words) -> None:
    """Values of a gate, one of its pins (counted from 0, -1 for none) complemented."""
    first, table = graph.pin_start[gate], graph.table_start[gate]
    count = graph.pin_start[gate + 1] - first
    if count == 2:
        _evaluate_two(graph, values, gate, flipped, row)
        return
    layer = np.zeros(1 << count, np.uint64)
    for word in range(len(row)):
        for state in range(1 << count):
            layer[state] = ALL if graph.tables[table + state] else ZERO
        for pin in range(count):
            value = values[graph.pins[first + pin], word] ^ (ALL if pin == flipped else ZERO)
            for state in range(1 << (count - pin - 1)):
                layer[state] = (layer[2 * state] & ~value) | (layer[2 * state + 1] & value)
        row[word] = layer[0]


@compiled
def _evaluate_two(graph: Graph, values: Words, gate: int, flipped: int, row: Words) -> None:
    """By the Reed-Muller form of the truth table."""
    first, table = graph.pin_start[gate], graph.table_start[gate]
    a, b = graph.pins[first], graph.pins[first + 1]
    flip_a, flip_b = ALL if flipped == 0 else ZERO, ALL if flipped == 1 else ZERO
    t0, t1, t2, t3 = graph.tables[table], graph.tables[table + 1], graph.tables[table + 2], graph.tables[table + 3]
    constant, of_a = ALL if t0 else ZERO, ALL if t0 != t1 else ZERO
    of_b, of_both = ALL if t0 != t2 else ZERO, ALL if (t0 ^ t1 ^ t2 ^ t3) else ZERO
    for word in range(len(row)):
        x, y = values[a, word] ^ flip_a, values[b, word] ^ flip_b
        row[word] = constant ^ (of_a & x) ^ (of_b & y) ^ (of_both & x & y)


@compiled
def change(graph: Graph, state: State, node: int) -> None:
    """Give a node the values of ``state.row``; what reads it is pending if they are new."""
    values = state.values[node]
    is_new = False
    for word in range(len(values)):
        is_new |= values[word] != state.row[word]
        values[word] = state.row[word]
    if is_new:
        state.touched[state.touched[-1]] = node
        state.touched[-1] += 1
        for reader in range(graph.reader_start[node], graph.reader_start[node + 1]):
            wake(state, graph.owners[graph.readers[reader]])


@compiled
def wake(state: State, gate: int) -> None:
    """A gate is to be evaluated."""
    state.pending[gate >> 6] |= ONE << np.uint64(gate & 63)


@compiled
def spread(graph: Graph, state: State) -> None:
    """Evaluate what is pending, each gate after those that it reads, until nothing is."""
    for block in range(len(state.pending)):
        while state.pending[block] != ZERO:
            bits = state.pending[block]
            lowest = bits & (~bits + ONE)
            state.pending[block] = bits ^ lowest
            gate = (block << 6) + _position(lowest)
            node = graph.first_gate + gate
            if not state.frozen[node]:
                evaluate(graph, state.values, gate, NONE, state.row)
                change(graph, state, node)


@compiled
def _position(bit: np.uint64) -> int:
    """Number of the only bit that is set."""
    position = 0
    for width in (32, 16, 8, 4, 2, 1):
        if bit >> np.uint64(width) != ZERO:
            bit >>= np.uint64(width)
            position += width
    return position


@compiled
def restore(state: State) -> None:
    """All values as without a fault."""
    for number in range(state.touched[-1]):
        node = state.touched[number]
        state.values[node] = state.good[node]
    state.touched[-1] = 0


@compiled
def changed_rows(graph: Graph, state: State, changed: Words) -> None:
    """Vectors on which an output bit differs, as a set."""
    changed[:] = ZERO
    for node in graph.outputs:
        for word in range(len(changed)):
            changed[word] |= state.values[node, word] ^ state.good[node, word]


@compiled
def loss(graph: Graph, values: Words, judge: Judge, vector: int) -> float:
    """Loss on one vector."""
    word, shift = vector >> 6, np.uint64(vector & 63)
    found = 0
    for position, node in enumerate(graph.outputs):
        found |= int(values[node, word] >> shift & ONE) << position
    if judge.is_signed and len(graph.outputs):
        half = 1 << (len(graph.outputs) - 1)
        found = (found ^ half) - half
    distance = found - judge.targets[vector]
    if judge.is_value:
        return float(distance * distance)
    return 1.0 if distance else 0.0
