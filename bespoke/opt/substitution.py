"""One gate of a circuit replaced by a cheaper function of other signals, if that does not show at the outputs."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from bespoke.cells import GateCosts
from bespoke.compiled import borrowing
from bespoke.netlist import SimpleGates
from bespoke.opt.boxes import (
    NOW,
    THEN,
    Boxes,
    Care,
    Spans,
    copy_words,
    differ,
    fill_sources,
    gate_words,
    has_changed,
    is_wanted,
    keep_span,
    span_of_gate,
    spans_for,
)
from bespoke.opt.circuit import (
    INV,
    KIND,
    LEFT,
    NEAR,
    ORDER,
    RIGHT,
    WIRE,
    Circuit,
    add_gate,
    circuit_of,
    cone_of,
    connect_all,
    cost_of_reading,
    drop_if_unread,
    give_back,
    has_room,
    neighbours_of,
    next_walk,
    replace_gate,
    replace_signal,
    take,
)
from bespoke.opt.divisors import (
    FIRST,
    INNER_FIRST,
    INNER_KIND,
    INNER_SECOND,
    MOVE_KIND,
    OFF,
    ON,
    SECOND,
    Divisors,
    divisors_for,
    divisors_on,
    find_moves,
)
from bespoke.opt.words import ORDERS, Integers, Words, random_float, words_by_ones

# What a gate is tried with.
_WORDS = 96  # words of concrete inputs that candidates are judged on, of those on which the gate matters most
_TRIALS = 24  # candidates handed to the boxes, cheapest first
_MOST_FREED = 40  # gates that only it needs, counted as saved
# Hash table of refused changes: a multiple of the golden ratio spreads the keys, whose leading bits are the position.
_TABLE = 1024
_REFUSED = 300  # entries after which it is emptied: searches stay short in a table that is a third full
_HASH = np.uint64(0x9E3779B97F4A7C15)
_SPREAD, _LEADING = np.uint64(29), np.uint64(54)
_NO_ENTRY = np.uint64(0)
_NUDGE = 1e-7  # in NAND2 cells: less than any difference in cost, so that it orders equal candidates at random
_SPARE = 64  # gates more than twice those of the circuit, for the smallest ones


class SearchState(NamedTuple):
    """A circuit, what its signals are, and room for trials.

    Attributes
    ----------
    circuit : Circuit
    boxes : Boxes
    values : ndarray of uint64, shape (2, n_signals, n_words)
        Each signal on the concrete inputs, now and after a change.
    spans : Spans
    changed : ndarray of int64, shape (n_signals,)
        The walk in which a signal's value or span after a change was written.
    care : ndarray of uint64, shape (n_words,)
        Concrete inputs on which an output depends on the gate in work.
    chosen, following : ndarray of int64
        Words of the concrete inputs that are looked at; room to find them.
    divisors : Divisors
    refused : ndarray of uint64, shape (n_positions + 2,)
        Hash table of changes that the boxes refused; their number; state of the random generator.
    """

    circuit: Circuit
    boxes: Boxes
    values: Words
    spans: Spans
    changed: Integers
    care: Words
    chosen: Integers
    following: Integers
    divisors: Divisors
    refused: Words


def state_for(gates: SimpleGates, care: Care, costs: GateCosts, seed: int, window: int) -> SearchState:
    """State for a circuit, with the seed of its random generator. `prepare` completes it.

    A gate may read ``window`` signals near it.
    """
    bits, vectors, boxes = care
    circuit = circuit_of(gates, spare=len(gates.kinds) + _SPARE, costs=costs.simple)
    size, words = circuit.net.shape[1], vectors.shape[1]
    values = np.zeros((2, size, words), dtype=np.uint64)
    values[NOW, 1] = ~values[NOW, 0]
    values[NOW, 2 : 2 + len(vectors)] = vectors
    refused = np.zeros(_TABLE + 2, dtype=np.uint64)
    refused[-1] = (2 * seed + 1) * int(_HASH) % 2**64
    return SearchState(
        circuit=circuit,
        boxes=boxes,
        values=values,
        spans=spans_for(boxes, bits, size),
        changed=np.zeros(size, dtype=np.int64),
        care=np.zeros(words, dtype=np.uint64),
        chosen=np.zeros(min(words, _WORDS), dtype=np.int64),
        following=np.zeros(ORDERS, dtype=np.int64),
        divisors=divisors_for(window, min(words, _WORDS), circuit.costs),
        refused=refused,
    )


@borrowing
def prepare(state: SearchState, sources: int) -> bool:
    """Find what all signals are; return whether the circuit has its function on all boxes.

    Each gate has to stand after those it reads.
    """
    connect_all(state.circuit)
    fill_sources(state.boxes, state.spans, sources)
    for gate in range(sources, state.circuit.net.shape[1]):
        if state.circuit.net[KIND, gate] >= 0:
            _evaluate(state, gate)
    return _outputs_are_right(state, 0)


@borrowing
def improve(state: SearchState, signal: int, least: float) -> int:
    """Try to replace a gate for a gain of more than ``least``; return the number of gates that depend on it."""
    circuit = state.circuit
    cone = cone_of(circuit, signal)
    near = circuit.lists[NEAR, : neighbours_of(circuit, signal, len(state.divisors.sample))]
    _find_care(state, signal, cone)
    divisors = _sample(state, signal, near)
    freed = take(circuit, signal, _MOST_FREED)
    found = find_moves(divisors, near, freed - least, state.refused[-1:])
    keys = divisors.keys
    for i in range(found):
        keys[i] = _cost(circuit, divisors.moves[i]) - freed + _NUDGE * random_float(state.refused[-1:])
    give_back(circuit)
    for _ in range(min(found, _TRIALS)):
        move = np.argmin(keys[:found])
        if -keys[move] <= least - _NUDGE or _try(state, signal, divisors.moves[move], cone):
            break
        keys[move] = np.inf
    return cone


@borrowing
def _cost(circuit: Circuit, move: Integers) -> float:
    """Cost of a move: of its gates, and of gates taken away that they read."""
    reading = cost_of_reading(circuit, move[FIRST], move[INNER_FIRST], move[INNER_SECOND])
    if move[INNER_KIND] == WIRE:
        reading = cost_of_reading(circuit, move[FIRST], move[SECOND], move[SECOND])
    return float(reading + circuit.costs[move[MOVE_KIND]] + circuit.costs[move[INNER_KIND]])


@borrowing
def _evaluate(state: SearchState, gate: int) -> None:
    """Find a gate's value and span."""
    net, values = state.circuit.net, state.values[NOW]
    kind, a, b = net[KIND, gate], net[LEFT, gate], net[RIGHT, gate]
    gate_words(kind, values[a], values[b], values[gate])
    span_of_gate(state.boxes, state.spans, (kind, a, b), (NOW, NOW, NOW), gate)


@borrowing
def _find_care(state: SearchState, signal: int, cone: int) -> None:
    """Find the concrete inputs on which an output changes with the signal."""
    care, values = state.care, state.values
    walk = _begin(state, signal)
    gate_words(INV, values[NOW, signal], values[NOW, signal], values[THEN, signal])
    _settle(state, cone, walk, False)
    care[:] = 0
    for output in state.circuit.outputs:
        if state.changed[output] == walk:
            for w in range(len(care)):
                care[w] |= values[THEN, output, w] ^ values[NOW, output, w]


@borrowing
def _begin(state: SearchState, signal: int) -> int:
    """Number of a new walk, in which the signal changes."""
    walk = next_walk(state.circuit)
    state.changed[signal] = walk
    return walk


@borrowing
def _settle(state: SearchState, cone: int, walk: int, by_spans: bool) -> None:  # noqa: FBT001  compiled for both
    """Find the values, or the spans, then of all gates of the cone that change."""
    net, changed, values = state.circuit.net, state.changed, state.values
    for position in range(cone):
        gate = state.circuit.lists[ORDER, position]
        a, b = net[LEFT, gate], net[RIGHT, gate]
        when_a, when_b = THEN if changed[a] == walk else NOW, THEN if changed[b] == walk else NOW
        if when_a + when_b != NOW:
            if by_spans:
                span_of_gate(state.boxes, state.spans, (net[KIND, gate], a, b), (when_a, when_b, THEN), gate)
            else:
                gate_words(net[KIND, gate], values[when_a, a], values[when_b, b], values[THEN, gate])
            if has_changed(state.spans, gate) if by_spans else differ(values[THEN, gate], values[NOW, gate]):
                changed[gate] = walk


@borrowing
def _outputs_are_right(state: SearchState, walk: int) -> bool:
    """Whether the outputs are as wanted on all boxes, those that changed in a walk as they are then."""
    for number, output in enumerate(state.circuit.outputs):
        when = THEN if walk > 0 and state.changed[output] == walk else NOW
        if not is_wanted(state.boxes, state.spans, when, number, output):
            return False
    return True


@borrowing
def _sample(state: SearchState, signal: int, near: Integers) -> Divisors:
    """Choose the words with most concrete inputs that matter; copy what is near, and the wanted function, there."""
    care, chosen, divisors, values = state.care, state.chosen, state.divisors, state.values[NOW]
    divisors = divisors_on(divisors, words_by_ones(care, state.following, chosen))
    for i in range(divisors.sets.shape[1]):
        divisors.sets[ON, i] = care[chosen[i]] & values[signal, chosen[i]]
        divisors.sets[OFF, i] = care[chosen[i]] & ~values[signal, chosen[i]]
    for position in range(len(near)):
        _copy_chosen(values[near[position]], chosen, divisors.sample[position])
    return divisors


@borrowing
def _copy_chosen(words: Words, chosen: Integers, out: Words) -> None:
    for i in range(len(out)):
        out[i] = words[np.uint64(chosen[i])]


@borrowing
def _try(state: SearchState, signal: int, move: Integers, cone: int) -> bool:
    """Make a change if it is a new one, right on all concrete inputs, and right on all boxes."""
    circuit = state.circuit
    kind, a, b = circuit.net[KIND, signal], circuit.net[LEFT, signal], circuit.net[RIGHT, signal]
    if move[INNER_KIND] == WIRE and move[MOVE_KIND] == kind and move[FIRST] == min(a, b) and move[SECOND] == max(a, b):
        return False
    key = _key(signal, move)
    position = _position_of(state.refused, key)
    if state.refused[position] == key or not has_room(circuit):
        return False
    inner, second = -1, move[SECOND]
    if move[INNER_KIND] != WIRE:
        inner = second = add_gate(circuit, move[INNER_KIND], move[INNER_FIRST], move[INNER_SECOND])
        _evaluate(state, inner)
    gate = move[MOVE_KIND], move[FIRST], second
    if _is_right_on_vectors(state, signal, gate):
        if _commit(state, signal, gate, cone):
            return True
        _refuse(state.refused, key)
    if inner >= 0:
        drop_if_unread(circuit, inner)
    return False


@borrowing
def _key(signal: int, move: Integers) -> np.uint64:
    key = np.uint64(signal + 1)
    for number in move:
        key = (key ^ np.uint64(number + 1)) * _HASH
        key ^= key >> _SPREAD
    return key | np.uint64(1)


@borrowing
def _position_of(table: Words, key: np.uint64) -> np.int64:
    """Where a key stands in the hash table, or would stand."""
    position = np.int64(key >> _LEADING)
    while table[position] != _NO_ENTRY and table[position] != key:
        position = (position + 1) % _TABLE
    return position


@borrowing
def _refuse(table: Words, key: np.uint64) -> None:
    """Remember a change that was refused; for a while, since it may be right when other gates have changed."""
    if table[_TABLE] > _REFUSED:
        for position in range(_TABLE + 1):
            table[position] = _NO_ENTRY
    table[_TABLE] += np.uint64(1)
    table[_position_of(table, key)] = key


@borrowing
def _is_right_on_vectors(state: SearchState, signal: int, gate: tuple[int, int, int]) -> bool:
    """Whether a gate has the signal's value where it matters; that value is kept as the one then."""
    values, care = state.values, state.care
    gate_words(gate[0], values[NOW, gate[1]], values[NOW, gate[2]], values[THEN, signal])
    wrong = np.uint64(0)
    for w in range(len(care)):
        wrong |= (values[THEN, signal, w] ^ values[NOW, signal, w]) & care[w]
    return not wrong


@borrowing
def _commit(state: SearchState, signal: int, gate: tuple[int, int, int], cone: int) -> bool:
    """Make a change, whose value then is known, if the boxes accept it."""
    circuit, order, values = state.circuit, state.circuit.lists[ORDER], state.values
    walk = _begin(state, signal)
    span_of_gate(state.boxes, state.spans, gate, (NOW, NOW, THEN), signal)
    _settle(state, cone, walk, True)
    if not _outputs_are_right(state, walk):
        return False
    for position in range(-1, cone):
        changing = order[position] if position >= 0 else signal
        if state.changed[changing] == walk:
            keep_span(state.spans, changing)
    walk = _begin(state, signal)
    _settle(state, cone, walk, False)
    for position in range(-1, cone):
        changing = order[position] if position >= 0 else signal
        if state.changed[changing] == walk:
            copy_words(values[THEN, changing], values[NOW, changing])
    if gate[0] == WIRE:
        replace_signal(circuit, signal, gate[1])
    else:
        replace_gate(circuit, signal, gate[0], gate[1], gate[2])
    return True
