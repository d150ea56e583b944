"""A circuit of two-input AND gates with free inverters, in arrays that can be changed in place."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from bespoke.compiled import borrowing
from bespoke.netlist import AndGraph
from bespoke.opt.words import Integers, Words

SOURCE, UNUSED = -1, -2
LEFT, RIGHT, READERS, MARK, CHANGED, _FREE, _TAKEN, _FIRST = _ROWS = range(8)
ORDER, _STACK, _FOLLOWING, _PREVIOUS = _LISTS = range(4)
FREE_COUNT, WALK, TAKEN_COUNT, GATE_COUNT = range(4)
NOW, THEN = 0, 1
_NONE = -1
_ALL = np.uint64(0xFFFFFFFFFFFFFFFF)
_NO = np.uint64(0)


class AndCircuit(NamedTuple):
    """AND gates with what reads them and their values on all inputs.

    Literals are ``2 * node + complement``; node 0 is the constant 0, and nodes ``1 .. n_inputs`` are the inputs. A gate
    may read a higher node, and numbers of nodes are used again. Each gate has two edges, ``2 * gate`` and
    ``2 * gate + 1``.

    Attributes
    ----------
    net : ndarray of int64, shape (n_rows, n_nodes)
        Per node the literals `LEFT` (`SOURCE` for the constant and inputs, `UNUSED` for a free number) and `RIGHT` that
        it reads; the number of `READERS`; the walk that it was last met and last `CHANGED` in; the first edge that
        reads it.
    lists : ndarray of int64, shape (n_rows, n_places)
        The `ORDER` of gates that depend on a node; per edge the next and the last one that read the same node; room for
        walks.
    outputs : ndarray of int64, shape (n_outputs,)
        Literals.
    counters : ndarray of int64, shape (4,)
        Numbers of free nodes, of walks, of gates taken away, of gates.
    values : ndarray of uint64, shape (2, n_nodes, n_words)
        Each node for all inputs, now and after a change.
    """

    net: Integers
    lists: Integers
    outputs: Integers
    counters: Integers
    values: Words


def and_circuit(graph: AndGraph, vectors: Words, spare: int) -> AndCircuit:
    """Circuit of a graph with room for more gates; ``vectors`` has a row per input. `connect_all` completes it."""
    sources = 1 + len(vectors)
    used = sources + len(graph.ands)
    size = used + spare
    net = np.full((len(_ROWS), size), _NONE, dtype=np.int64)
    net[LEFT] = UNUSED
    net[LEFT, :sources] = SOURCE
    net[LEFT : RIGHT + 1, sources:used] = np.array(graph.ands, dtype=np.int64).reshape(-1, 2).T
    net[READERS : CHANGED + 1] = 0
    net[_FREE, :spare] = np.arange(size - 1, used - 1, -1)
    lists = np.zeros((len(_LISTS), 4 * size + 8), dtype=np.int64)
    values = np.zeros((2, size, vectors.shape[1]), dtype=np.uint64)
    values[:, 1:sources] = vectors
    counters = np.array([spare, 0, 0, 0], dtype=np.int64)
    return AndCircuit(net, lists, np.array(graph.outputs, dtype=np.int64), counters, values)


@borrowing
def connect_all(circuit: AndCircuit, sources: int) -> None:
    """Let all gates read their fanins, find their values, and drop those that nothing needs.

    Each gate has to stand after those it reads.
    """
    for gate in range(sources, circuit.net.shape[1]):
        if circuit.net[LEFT, gate] >= 0:
            connect(circuit, gate)
            circuit.counters[GATE_COUNT] += 1
            find_value(circuit, gate)
    for output in circuit.outputs:
        circuit.net[READERS, output >> 1] += 1
    for gate in range(circuit.net.shape[1]):
        drop_if_unread(circuit, gate)


@borrowing
def mask_of(literal: int) -> np.uint64:
    """What the values of a literal's node are turned with."""
    return _ALL if literal & 1 else _NO


@borrowing
def find_value(circuit: AndCircuit, gate: int) -> None:
    """Find a gate's value now."""
    a, b = circuit.net[LEFT, gate], circuit.net[RIGHT, gate]
    _and_words(
        circuit.values[NOW, a >> 1], circuit.values[NOW, b >> 1], (mask_of(a), mask_of(b)), circuit.values[NOW, gate]
    )


@borrowing
def _and_words(a: Words, b: Words, masks: tuple[np.uint64, np.uint64], out: Words) -> None:
    first, second = masks
    for w in range(len(out)):
        out[w] = (a[w] ^ first) & (b[w] ^ second)


@borrowing
def settle(circuit: AndCircuit, cone: int, walk: int) -> None:
    """Find the values then of all gates of the cone that change; nodes that changed are marked with the walk."""
    net, now, then = circuit.net, circuit.values[NOW], circuit.values[THEN]
    changed = net[CHANGED]
    for position in range(cone):
        gate = circuit.lists[ORDER, position]
        a, b = net[LEFT, gate], net[RIGHT, gate]
        x, y = a >> 1, b >> 1
        if changed[x] != walk and changed[y] != walk:
            continue
        first = then[x] if changed[x] == walk else now[x]
        second = then[y] if changed[y] == walk else now[y]
        _and_words(first, second, (mask_of(a), mask_of(b)), then[gate])
        if _differ(then[gate], now[gate]):
            changed[gate] = walk


@borrowing
def _differ(a: Words, b: Words) -> bool:
    for w in range(len(a)):  # noqa: SIM110  a generator is not compiled to a loop
        if a[w] != b[w]:
            return True
    return False


@borrowing
def connect(circuit: AndCircuit, gate: int) -> None:
    """Let a gate read its fanins."""
    for slot in range(2):
        edge, fanin = 2 * gate + slot, circuit.net[LEFT + slot, gate] >> 1
        head = circuit.net[_FIRST, fanin]
        circuit.lists[_FOLLOWING, edge], circuit.lists[_PREVIOUS, edge] = head, _NONE
        if head != _NONE:
            circuit.lists[_PREVIOUS, head] = edge
        circuit.net[_FIRST, fanin] = edge
        circuit.net[READERS, fanin] += 1


@borrowing
def _disconnect(circuit: AndCircuit, gate: int) -> None:
    for slot in range(2):
        edge, fanin = 2 * gate + slot, circuit.net[LEFT + slot, gate] >> 1
        before, after = circuit.lists[_PREVIOUS, edge], circuit.lists[_FOLLOWING, edge]
        if before == _NONE:
            circuit.net[_FIRST, fanin] = after
        else:
            circuit.lists[_FOLLOWING, before] = after
        if after != _NONE:
            circuit.lists[_PREVIOUS, after] = before
        circuit.net[READERS, fanin] -= 1


@borrowing
def drop_if_unread(circuit: AndCircuit, node: int) -> None:
    """Remove a gate that nothing reads, and all that only it needs."""
    stack, count = circuit.lists[_STACK], 1
    stack[0] = node
    while count:
        count -= 1
        gate = stack[count]
        if circuit.net[READERS, gate] or circuit.net[LEFT, gate] < 0:
            continue
        _disconnect(circuit, gate)
        stack[count], stack[count + 1] = circuit.net[LEFT, gate] >> 1, circuit.net[RIGHT, gate] >> 1
        count += 2
        circuit.net[LEFT, gate] = UNUSED
        circuit.net[_FREE, circuit.counters[FREE_COUNT]] = gate
        circuit.counters[FREE_COUNT] += 1
        circuit.counters[GATE_COUNT] -= 1


@borrowing
def add_and(circuit: AndCircuit, a: int, b: int) -> int:
    """Literal of an AND gate, which may be there already; nothing reads a new one yet."""
    if a in (1, b):
        return b
    if b == 1:
        return a
    if a == 0 or b == 0 or a == b ^ 1:
        return 0
    edge = circuit.net[_FIRST, a >> 1]
    while edge != _NONE:
        gate, slot = edge >> 1, edge & 1
        if circuit.net[LEFT + slot, gate] == a and circuit.net[RIGHT - slot, gate] == b:
            return int(2 * gate)
        edge = circuit.lists[_FOLLOWING, edge]
    circuit.counters[FREE_COUNT] -= 1
    circuit.counters[GATE_COUNT] += 1
    gate = circuit.net[_FREE, circuit.counters[FREE_COUNT]]
    circuit.net[LEFT, gate], circuit.net[RIGHT, gate] = a, b
    circuit.net[MARK, gate] = 0
    connect(circuit, gate)
    find_value(circuit, gate)
    return int(2 * gate)


@borrowing
def replace_node(circuit: AndCircuit, node: int, literal: int) -> None:
    """Let everything that reads a node read a literal."""
    while circuit.net[_FIRST, node] != _NONE:
        gate = circuit.net[_FIRST, node] >> 1
        _disconnect(circuit, gate)
        for slot in range(2):
            if circuit.net[LEFT + slot, gate] >> 1 == node:
                circuit.net[LEFT + slot, gate] = literal ^ circuit.net[LEFT + slot, gate] & 1
        connect(circuit, gate)
    for position, output in enumerate(circuit.outputs):
        if output >> 1 == node:
            circuit.outputs[position] = literal ^ output & 1
            circuit.net[READERS, node] -= 1
            circuit.net[READERS, literal >> 1] += 1
    drop_if_unread(circuit, node)


@borrowing
def next_walk(circuit: AndCircuit) -> int:
    """Number of a new walk, which no node is marked with."""
    circuit.counters[WALK] += 1
    return int(circuit.counters[WALK])


@borrowing
def cone_of(circuit: AndCircuit, root: int) -> int:
    """List the gates that depend on a node as ``ORDER``, each after those it reads; return their number.

    The node and they are marked with the number of the last walk.
    """
    walk, stack, order = next_walk(circuit), circuit.lists[_STACK], circuit.lists[ORDER]
    marks = circuit.net[MARK]
    position, depth = len(order), 1
    stack[0] = root
    while depth:
        depth -= 1
        node = stack[depth]
        if node < 0:
            position -= 1
            order[position] = ~node
        elif marks[node] != walk:
            marks[node] = walk
            stack[depth] = ~node
            depth += 1
            edge = circuit.net[_FIRST, node]
            while edge != _NONE:
                if marks[edge >> 1] != walk:
                    stack[depth] = edge >> 1
                    depth += 1
                edge = circuit.lists[_FOLLOWING, edge]
    count = len(order) - position - 1
    for i in range(count):
        order[i] = order[position + 1 + i]
    return count


@borrowing
def take(circuit: AndCircuit, root: int) -> int:
    """Take away a gate's references to its fanins, and theirs where that was the last; return the number of gates.

    `give_back` is the inverse.
    """
    count, done = 1, 0
    circuit.net[_TAKEN, 0] = root
    while done < count:
        gate = circuit.net[_TAKEN, done]
        done += 1
        for slot in range(2):
            fanin = circuit.net[LEFT + slot, gate] >> 1
            circuit.net[READERS, fanin] -= 1
            if circuit.net[READERS, fanin] == 0 and circuit.net[LEFT, fanin] >= 0:
                circuit.net[_TAKEN, count] = fanin
                count += 1
    circuit.counters[TAKEN_COUNT] = count
    return count


@borrowing
def give_back(circuit: AndCircuit) -> None:
    """Give all references back that were taken away."""
    for position in range(circuit.counters[TAKEN_COUNT]):
        gate = circuit.net[_TAKEN, position]
        for slot in range(2):
            circuit.net[READERS, circuit.net[LEFT + slot, gate] >> 1] += 1
    circuit.counters[TAKEN_COUNT] = 0


@borrowing
def gates_read(circuit: AndCircuit, a: int, b: int, c: int) -> int:
    """Number of gates taken away that three literals to be read need."""
    count, depth, stack = 0, 3, circuit.lists[_STACK]
    walk = next_walk(circuit)
    stack[0], stack[1], stack[2] = a >> 1, b >> 1, c >> 1
    while depth:
        depth -= 1
        node = stack[depth]
        if circuit.net[READERS, node] or circuit.net[LEFT, node] < 0 or circuit.net[MARK, node] == walk:
            continue
        circuit.net[MARK, node] = walk
        count += 1
        stack[depth], stack[depth + 1] = circuit.net[LEFT, node] >> 1, circuit.net[RIGHT, node] >> 1
        depth += 2
    return count
