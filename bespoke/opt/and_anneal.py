"""Nodes of a circuit of AND gates replaced by functions of others, wherever that does not show at its outputs."""

from __future__ import annotations

from math import log

import numpy as np

from bespoke.compiled import borrowing, entry
from bespoke.opt.and_circuit import (
    CHANGED,
    FREE_COUNT,
    GATE_COUNT,
    LEFT,
    NOW,
    ORDER,
    RIGHT,
    TAKEN_COUNT,
    THEN,
    WALK,
    AndCircuit,
    add_and,
    cone_of,
    connect_all,
    drop_if_unread,
    gates_read,
    give_back,
    mask_of,
    next_walk,
    replace_node,
    settle,
    take,
)
from bespoke.opt.and_moves import (
    AND,
    AND_AND,
    AND_OR,
    AND_XOR,
    CHOICE,
    FIRST,
    KIND,
    OFF,
    ON,
    PHASE,
    SECOND,
    THIRD,
    WIRE,
    WORDS,
    XOR,
    MoveFinder,
    find_moves,
)
from bespoke.opt.words import Integers, random_below, random_float, words_by_ones

_ROOM = 5  # gates that a move may add, and one
_ZERO = np.uint64(0)
_SIZES = (0, 1, 2, 2, 3, 4, 3)  # gates by kind of move


@borrowing
def _find_care(circuit: AndCircuit, finder: MoveFinder, node: int, cone: int) -> None:
    """Find on which inputs the outputs depend on the node, and where it is 1 and 0 there."""
    now, then, counts = circuit.values[NOW], circuit.values[THEN], finder.counts
    walk = next_walk(circuit)
    circuit.net[CHANGED, node] = walk
    for w in range(then.shape[1]):
        then[node, w] = ~now[node, w]
    settle(circuit, cone, walk)
    care = finder.within[ON]
    care[:] = _ZERO
    for output in circuit.outputs:
        if circuit.net[CHANGED, output >> 1] == walk:
            for w in range(len(care)):
                care[w] |= then[output >> 1, w] ^ now[output >> 1, w]
    counts[WORDS] = words_by_ones(care, finder.following, finder.words)
    for k in range(counts[WORDS]):
        w = finder.words[k]
        finder.sets[ON, k] = now[node, w] & care[w]
        finder.sets[OFF, k] = ~now[node, w] & care[w]


@borrowing
def _gates_of(circuit: AndCircuit, move: Integers) -> int:
    """Number of gates that a move adds, those taken away that it reads included."""
    size = _SIZES[move[KIND]]
    a, b, c = move[FIRST], move[SECOND], move[THIRD]
    if move[KIND] == WIRE:
        b = c = a
    elif move[KIND] in (AND, XOR):
        c = a
    return int(size + gates_read(circuit, a, b, c))


@borrowing
def _build(circuit: AndCircuit, move: Integers) -> int:
    """Literal of the gates of a move."""
    kind, a, b, c = move[KIND], move[FIRST], move[SECOND], move[THIRD]
    if kind == WIRE:
        found = a
    elif kind == AND:
        found = add_and(circuit, a, b)
    elif kind == AND_OR:
        found = add_and(circuit, a, add_and(circuit, b ^ 1, c ^ 1) ^ 1)
    elif kind == AND_AND:
        found = add_and(circuit, a, add_and(circuit, b, c))
    elif kind == CHOICE:
        found = add_and(circuit, add_and(circuit, a, b) ^ 1, add_and(circuit, a ^ 1, c) ^ 1) ^ 1
    else:
        found = add_and(circuit, add_and(circuit, a, b) ^ 1, add_and(circuit, a ^ 1, b ^ 1) ^ 1)
        if kind == AND_XOR:
            found = add_and(circuit, c, found)
    return int(found ^ move[PHASE])


@borrowing
def _is_same(circuit: AndCircuit, node: int, move: Integers) -> bool:
    """Whether a move is the node as it is."""
    if move[KIND] != AND or move[PHASE]:
        return False
    a, b, x, y = circuit.net[LEFT, node], circuit.net[RIGHT, node], move[FIRST], move[SECOND]
    return bool((a == x and b == y) or (a == y and b == x))


@borrowing
def _choose(circuit: AndCircuit, finder: MoveFinder, node: int, found: int, most: int) -> int:
    """A move picked at random among those of fewest gates if they save any, else among those of at most ``most``."""
    freed = circuit.counters[TAKEN_COUNT]
    chosen, least, ties = -1, most + 1, 0
    for number in range(found):
        move = finder.moves[number]
        if _is_same(circuit, node, move):
            continue
        size = _gates_of(circuit, move)
        if size > most:
            continue
        size = max(size, 0)
        rank = size if size < freed else most
        if rank < least:
            chosen, least, ties = number, rank, 1
        elif rank == least:
            ties += 1
            if random_below(finder.random, ties) == 0:
                chosen = number
    return chosen


@borrowing
def _commit(circuit: AndCircuit, node: int, literal: int, cone: int) -> None:
    """Let a literal stand for a node, and find the values of all that depends on it."""
    now, then = circuit.values[NOW], circuit.values[THEN]
    walk, mask = next_walk(circuit), mask_of(literal)
    differs = _ZERO
    for w in range(then.shape[1]):
        then[node, w] = now[literal >> 1, w] ^ mask
        differs |= then[node, w] ^ now[node, w]
    if differs:
        circuit.net[CHANGED, node] = walk
        settle(circuit, cone, walk)
        for position in range(cone):
            gate = circuit.lists[ORDER, position]
            if circuit.net[CHANGED, gate] == walk:
                for w in range(then.shape[1]):
                    now[gate, w] = then[gate, w]
    replace_node(circuit, node, literal)


@borrowing
def _improve(circuit: AndCircuit, finder: MoveFinder, node: int, loss: int) -> None:
    """Replace a node for a loss of at most so many gates, if there is a way."""
    cone = cone_of(circuit, node)
    walk = circuit.counters[WALK]
    _find_care(circuit, finder, node, cone)
    if finder.counts[WORDS] == 0:
        _commit(circuit, node, 0, cone)
        return
    freed = take(circuit, node)
    found = find_moves(circuit, finder, walk, freed + loss)
    number = _choose(circuit, finder, node, found, freed + loss)
    give_back(circuit)
    if number < 0:
        return
    literal = _build(circuit, finder.moves[number])
    if literal >> 1 == node or _reads(circuit, literal >> 1, node):
        drop_if_unread(circuit, literal >> 1)
    else:
        _commit(circuit, node, literal, cone)


@borrowing
def _reads(circuit: AndCircuit, gate: int, node: int) -> bool:
    """Whether a gate of a move was made of the node itself, which stands for one of its inner gates."""
    if circuit.net[LEFT, gate] < 0:
        return False
    for slot in range(2):
        fanin = circuit.net[LEFT + slot, gate] >> 1
        if fanin == node:
            return True
        if circuit.net[LEFT, fanin] >= 0 and (
            circuit.net[LEFT, fanin] >> 1 == node or circuit.net[RIGHT, fanin] >> 1 == node
        ):
            return True
    return False


@entry
def anneal(
    circuit: AndCircuit, finder: MoveFinder, sources: int, trials: int, heats: tuple[float, float]
) -> tuple[Integers, Integers]:
    """Try nodes picked at random; return the fanins, (2, n_nodes), and outputs of the circuit of fewest gates met.

    Parameters
    ----------
    circuit : AndCircuit
        Is changed; every state of it has the same outputs on all its inputs.
    finder : MoveFinder
    sources : int
        Number of the constant and the inputs.
    trials : int
        The end comes sooner where the circuit has no room for more gates.
    heats : tuple of float
        Mean loss, in gates, that a change may bring, in the beginning and at the end.
    """
    size = circuit.net.shape[1]
    connect_all(circuit, sources)
    best, best_outputs = circuit.net[: RIGHT + 1].copy(), circuit.outputs.copy()
    least = circuit.counters[GATE_COUNT]
    for trial in range(trials):
        if circuit.counters[FREE_COUNT] < _ROOM or not circuit.counters[GATE_COUNT]:
            break
        heat = heats[0] + (heats[1] - heats[0]) * trial / trials
        node = sources + random_below(finder.random, size - sources)
        while circuit.net[LEFT, node] < 0:
            node = sources + random_below(finder.random, size - sources)
        _improve(circuit, finder, node, int(-log(1.0 - random_float(finder.random)) * heat))
        if circuit.counters[GATE_COUNT] < least:
            least = circuit.counters[GATE_COUNT]
            best[:], best_outputs[:] = circuit.net[: RIGHT + 1], circuit.outputs
    return best, best_outputs
