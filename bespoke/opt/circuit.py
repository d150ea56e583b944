"""A circuit of simple gates in arrays, that can be changed in place."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from bespoke.compiled import borrowing
from bespoke.netlist import SimpleGates, SimpleKind
from bespoke.opt.words import Floats, Integers

SOURCE = -1
UNUSED = -2
WIRE = 5
INV, NAND, NOR, AND, OR = (int(kind) for kind in SimpleKind)
_NONE = -1
KIND, LEFT, RIGHT, REFERENCES, _MARK, _FREE, _TAKEN, _FIRST = _ROWS = range(8)
ORDER, NEAR, _STACK, _FOLLOWING, _PREVIOUS = _LISTS = range(5)
_FREE_COUNT, _WALK, _TAKEN_COUNT = range(3)


class Circuit(NamedTuple):
    """Simple gates with what reads them.

    Signals are numbered as in `SimpleGates`, but a gate may read a higher signal and numbers are used again. Each gate
    has two edges, ``2 * gate`` and ``2 * gate + 1``; an inverter uses the first one, and has its fanin twice.

    Attributes
    ----------
    net : ndarray of int64, shape (n_rows, n_signals)
        Per signal its `KIND` (`SOURCE` for constants and inputs, `UNUSED` for a free number), its fanins `LEFT` and
        `RIGHT`, the number of `REFERENCES` to it, the first edge that reads it.
    lists : ndarray of int64, shape (n_rows, n_places)
        The `ORDER` of gates that depend on one; what is `NEAR` one; per edge the next and the last one that read the
        same signal; room for walks.
    outputs : ndarray of int64, shape (n_outputs,)
    counters : ndarray of int64
        Numbers of free signals, of walks, of gates taken away.
    costs : ndarray of float, shape (6,)
        In NAND2 cells by kind of gate, and of a `WIRE`.
    """

    net: Integers
    lists: Integers
    outputs: Integers
    counters: Integers
    costs: Floats


def circuit_of(gates: SimpleGates, spare: int, costs: Sequence[float]) -> Circuit:
    """Circuit with room for more gates, which cost ``costs`` by kind; `connect_all` completes it."""
    sources = gates.input_count + 2
    used = sources + len(gates.kinds)
    size = used + spare
    net = np.full((len(_ROWS), size), _NONE, dtype=np.int64)
    net[KIND] = UNUSED
    net[KIND, :sources], net[KIND, sources:used] = SOURCE, gates.kinds
    net[LEFT, sources:used], net[RIGHT, sources:used] = gates.left, gates.right
    net[REFERENCES] = net[_MARK] = 0
    net[_FREE, :spare] = np.arange(size - 1, used - 1, -1)
    lists = np.zeros((len(_LISTS), 4 * size + 8), dtype=np.int64)
    outputs, counters = np.array(gates.outputs, dtype=np.int64), np.array([spare, 0, 0], dtype=np.int64)
    return Circuit(net, lists, outputs, counters, np.array([*costs, 0.0]))


def simple_gates(net: Integers, outputs: Integers, sources: int) -> SimpleGates:
    """The gates that outputs need, as immutable data. None of them reads a constant, or one signal twice."""
    rows = net[[KIND, LEFT, RIGHT]].T.tolist()
    same = list(range(len(rows)))  # the signal that has the value of each
    for signal in _needed(rows, outputs.tolist()):
        kind, a, b = rows[signal]
        rows[signal] = kind, a, _ = _folded(kind, same[a], same[b])
        same[signal] = a if kind == WIRE else signal
    wanted = [same[signal] for signal in outputs.tolist()]
    order = _needed(rows, wanted)
    number = {signal: signal for signal in range(sources)}
    number |= {signal: sources + position for position, signal in enumerate(order)}
    return SimpleGates(
        input_count=sources - 2,
        kinds=tuple(rows[signal][0] for signal in order),
        left=tuple(number[rows[signal][1]] for signal in order),
        right=tuple(number[rows[signal][2]] for signal in order),
        outputs=tuple(number[signal] for signal in wanted),
    )


def _needed(rows: Sequence[Sequence[int]], outputs: Sequence[int]) -> list[int]:
    """Gates that outputs need, each after those it reads."""
    order: list[int] = []
    seen: set[int] = set()
    stack = list(outputs)
    while stack:
        signal = stack.pop()
        if signal < 0:
            order.append(~signal)
        elif signal not in seen and rows[signal][0] >= 0:
            seen.add(signal)
            stack += [~signal, rows[signal][1], rows[signal][2]]
    return order


def _folded(kind: int, a: int, b: int) -> tuple[int, int, int]:
    """A gate; an inverter or a `WIRE` instead, if it reads a constant or the same signal twice."""
    deciding = int(kind in (NOR, OR))
    is_inverted = kind in (INV, NAND, NOR)
    left = {a, b} - {1 - deciding}
    if deciding in left or not left:
        signal = (deciding if left else 1 - deciding) ^ is_inverted
        return WIRE, signal, signal
    if len(left) == 1:
        signal = left.pop()
        return INV if is_inverted else WIRE, signal, signal
    return kind, a, b


@borrowing
def connect_all(circuit: Circuit) -> None:
    """Let all gates read their fanins; drop those that nothing needs."""
    for gate in range(circuit.net.shape[1]):
        if circuit.net[KIND, gate] >= 0:
            connect(circuit, gate)
    for output in circuit.outputs:
        circuit.net[REFERENCES, output] += 1
    for gate in range(circuit.net.shape[1]):
        drop_if_unread(circuit, gate)


@borrowing
def cost_of(circuit: Circuit) -> float:
    """Cost of all gates, in NAND2 cells."""
    cost = 0.0
    for kind in circuit.net[KIND]:
        if kind >= 0:
            cost += circuit.costs[kind]
    return cost


@borrowing
def edges_of(kind: int) -> int:
    """Number of edges of a gate."""
    return 1 if kind == INV else 2


@borrowing
def connect(circuit: Circuit, gate: int) -> None:
    """Let a gate read its fanins."""
    for slot in range(edges_of(circuit.net[KIND, gate])):
        edge, fanin = 2 * gate + slot, circuit.net[LEFT + slot, gate]
        head = circuit.net[_FIRST, fanin]
        circuit.lists[_FOLLOWING, edge], circuit.lists[_PREVIOUS, edge] = head, _NONE
        if head != _NONE:
            circuit.lists[_PREVIOUS, head] = edge
        circuit.net[_FIRST, fanin] = edge
        circuit.net[REFERENCES, fanin] += 1


@borrowing
def _disconnect(circuit: Circuit, gate: int) -> None:
    for slot in range(edges_of(circuit.net[KIND, gate])):
        edge, fanin = 2 * gate + slot, circuit.net[LEFT + slot, gate]
        before, after = circuit.lists[_PREVIOUS, edge], circuit.lists[_FOLLOWING, edge]
        if before == _NONE:
            circuit.net[_FIRST, fanin] = after
        else:
            circuit.lists[_FOLLOWING, before] = after
        if after != _NONE:
            circuit.lists[_PREVIOUS, after] = before
        circuit.net[REFERENCES, fanin] -= 1


@borrowing
def drop_if_unread(circuit: Circuit, signal: int) -> None:
    """Remove a gate that nothing reads, and all that only it needs."""
    stack, count = circuit.lists[_STACK], 1
    stack[0] = signal
    while count:
        count -= 1
        gate = stack[count]
        if circuit.net[REFERENCES, gate] or circuit.net[KIND, gate] < 0:
            continue
        _disconnect(circuit, gate)
        for slot in range(edges_of(circuit.net[KIND, gate])):
            stack[count] = circuit.net[LEFT + slot, gate]
            count += 1
        circuit.net[KIND, gate] = UNUSED
        circuit.net[_FREE, circuit.counters[_FREE_COUNT]] = gate
        circuit.counters[_FREE_COUNT] += 1


@borrowing
def has_room(circuit: Circuit) -> bool:
    """Whether a gate can be added."""
    return bool(circuit.counters[_FREE_COUNT] > 0)


@borrowing
def add_gate(circuit: Circuit, kind: int, a: int, b: int) -> int:
    """Signal of a new gate, which nothing reads yet."""
    circuit.counters[_FREE_COUNT] -= 1
    gate = circuit.net[_FREE, circuit.counters[_FREE_COUNT]]
    circuit.net[KIND, gate] = kind
    circuit.net[LEFT, gate], circuit.net[RIGHT, gate] = a, b
    connect(circuit, gate)
    return int(gate)


@borrowing
def replace_gate(circuit: Circuit, gate: int, kind: int, a: int, b: int) -> None:
    """Give a signal another gate."""
    old_a, old_b = circuit.net[LEFT, gate], circuit.net[RIGHT, gate]
    _disconnect(circuit, gate)
    circuit.net[KIND, gate] = kind
    circuit.net[LEFT, gate], circuit.net[RIGHT, gate] = a, b
    connect(circuit, gate)
    drop_if_unread(circuit, old_a)
    drop_if_unread(circuit, old_b)


@borrowing
def replace_signal(circuit: Circuit, signal: int, other: int) -> None:
    """Let everything that reads a signal read another one."""
    while circuit.net[_FIRST, signal] != _NONE:
        gate = circuit.net[_FIRST, signal] >> 1
        _disconnect(circuit, gate)
        for slot in range(2):
            if circuit.net[LEFT + slot, gate] == signal:
                circuit.net[LEFT + slot, gate] = other
        connect(circuit, gate)
    for position, output in enumerate(circuit.outputs):
        if output == signal:
            circuit.outputs[position] = other
            circuit.net[REFERENCES, signal] -= 1
            circuit.net[REFERENCES, other] += 1
    drop_if_unread(circuit, signal)


@borrowing
def next_walk(circuit: Circuit) -> int:
    """Number of a new walk, which no signal is marked with."""
    circuit.counters[_WALK] += 1
    return int(circuit.counters[_WALK])


@borrowing
def cone_of(circuit: Circuit, root: int) -> int:
    """List the gates that depend on a signal as ``ORDER``, each after those it reads; return their number.

    The signal and they are marked with the number of the last walk.
    """
    walk, stack, order = next_walk(circuit), circuit.lists[_STACK], circuit.lists[ORDER]
    marks = circuit.net[_MARK]
    position, depth = len(order), 1
    stack[0] = root
    while depth:
        depth -= 1
        signal = stack[depth]
        if signal < 0:
            position -= 1
            order[position] = ~signal
        elif marks[signal] != walk:
            marks[signal] = walk
            stack[depth] = ~signal
            depth += 1
            edge = circuit.net[_FIRST, signal]
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
def neighbours_of(circuit: Circuit, root: int, most: int) -> int:
    """List constants and signals near one as ``NEAR``, nearest first; return their number.

    Signals with the mark of the last walk are passed through, but left out.
    """
    cone, marks, stack = circuit.counters[_WALK], circuit.net[_MARK], circuit.lists[_STACK]
    walk, found = next_walk(circuit), circuit.lists[NEAR]
    found[0], found[1] = 0, 1
    count, head, tail = 2, 0, 1
    stack[0] = root
    marks[0] = marks[1] = walk
    while head < tail and count < most:
        signal = stack[head]
        head += 1
        row = LEFT if circuit.net[KIND, signal] >= 0 else RIGHT + 1
        edge = circuit.net[_FIRST, signal] if circuit.net[REFERENCES, signal] < most else _NONE
        while row <= RIGHT or edge != _NONE:
            if row <= RIGHT:
                near, row = circuit.net[row, signal], row + 1
            else:
                near, edge = edge >> 1, circuit.lists[_FOLLOWING, edge]
            if marks[near] != walk:
                if marks[near] != cone and count < most:
                    found[count] = near
                    count += 1
                marks[near] = walk
                stack[tail] = near
                tail += 1
    return count


@borrowing
def take(circuit: Circuit, root: int, most: int) -> float:
    """Take away a gate's references to its fanins, and theirs where that was the last; return the cost freed.

    After ``most`` gates, the rest is not looked at. `give_back` is the inverse.
    """
    cost, count, done = circuit.costs[circuit.net[KIND, root]], 1, 0
    circuit.net[_TAKEN, 0] = root
    while done < count:
        gate = circuit.net[_TAKEN, done]
        done += 1
        for slot in range(edges_of(circuit.net[KIND, gate])):
            fanin = circuit.net[LEFT + slot, gate]
            circuit.net[REFERENCES, fanin] -= 1
            if circuit.net[REFERENCES, fanin] == 0 and circuit.net[KIND, fanin] >= 0 and count < most:
                circuit.net[_TAKEN, count] = fanin
                cost += circuit.costs[circuit.net[KIND, fanin]]
                count += 1
    circuit.counters[_TAKEN_COUNT] = count
    return float(cost)


@borrowing
def give_back(circuit: Circuit) -> None:
    """Give all references back that were taken away."""
    for position in range(circuit.counters[_TAKEN_COUNT]):
        gate = circuit.net[_TAKEN, position]
        for slot in range(edges_of(circuit.net[KIND, gate])):
            circuit.net[REFERENCES, circuit.net[LEFT + slot, gate]] += 1
    circuit.counters[_TAKEN_COUNT] = 0


@borrowing
def cost_of_reading(circuit: Circuit, a: int, b: int, c: int) -> float:
    """Cost of the gates taken away that three signals to be read need."""
    cost, depth, stack = 0.0, 3, circuit.lists[_STACK]
    walk = next_walk(circuit)
    stack[0], stack[1], stack[2] = a, b, c
    while depth:
        depth -= 1
        signal = stack[depth]
        if circuit.net[REFERENCES, signal] or circuit.net[KIND, signal] < 0 or circuit.net[_MARK, signal] == walk:
            continue
        circuit.net[_MARK, signal] = walk
        cost += circuit.costs[circuit.net[KIND, signal]]
        for slot in range(edges_of(circuit.net[KIND, signal])):
            stack[depth] = circuit.net[LEFT + slot, signal]
            depth += 1
    return cost
