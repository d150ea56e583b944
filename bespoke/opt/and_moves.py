"""Functions of a few nodes that equal a wanted one wherever that matters, in circuits of AND gates."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from bespoke.compiled import borrowing
from bespoke.opt.and_circuit import LEFT, MARK, NOW, UNUSED, AndCircuit, mask_of
from bespoke.opt.words import ORDERS, Integers, Words, random_below

# Kinds of moves, each with the gates that it adds: a literal, or gates of literals a, b, c.
WIRE, AND, AND_OR, AND_AND, XOR, AND_XOR, CHOICE = range(7)
KIND, PHASE, FIRST, SECOND, THIRD = range(5)
ON, OFF = 0, 1
# They bound the work per node tried.
_MOST_MOVES = 200
_LITERALS = 40  # that cover the wanted function
_HALVES = 30  # that cover a part of it and nothing in excess of another literal
_OUTER_TRIES = 1  # literals tried as the outer fanin of two gates
_CHOOSERS = 2  # nodes tried as the chooser of a choice
_SIDES = 6  # literals for each side of a choice
_COVERING, _HALF = range(2)
_MOVES, WORDS, _POOL = 2, 3, 4
_SLOTS = 1 << 11
_SPREAD = np.uint64(0x9E3779B97F4A7C15)
_LEADING = np.uint64(53)
_ZERO, _ONE = np.uint64(0), np.uint64(1)


class MoveFinder(NamedTuple):
    """Room for the search of moves.

    Attributes
    ----------
    words, following : ndarray of int64, shape (n_words,), (n_orders,)
        Words of the values on which the node matters, those with most such inputs first; room to find them.
    sets : ndarray of uint64, shape (2, n_words)
        In these words the inputs on which the function has to be 1 (`ON`), and 0 (`OFF`).
    within : ndarray of uint64, shape (2, n_words)
        The same for an inner function.
    literals : ndarray of int64, shape (2, n_literals)
        Those that cover the function, and those that cover a part of it.
    excess : ndarray of uint64, shape (2, n_literals, n_words)
        What each of them covers of `OFF`; what each covers of the function.
    moves : ndarray of int64, shape (n_moves, 5)
        `KIND`, `PHASE` (1 if the complement is computed), up to three literals.
    counts : ndarray of int64, shape (5,)
        Number of literals per list, of moves, of words, of nodes in the pool.
    pool : ndarray of int64, shape (n_nodes,)
        Nodes that may be read.
    heads : ndarray of uint64, shape (n_nodes,)
        Their values on the first word.
    table, chain : ndarray of int64
        Hash table of the nodes by their values on the first words.
    random : ndarray of uint64, shape (1,)
        State of the random generator.
    """

    words: Integers
    following: Integers
    sets: Words
    within: Words
    literals: Integers
    excess: Words
    moves: Integers
    counts: Integers
    pool: Integers
    heads: Words
    table: Integers
    chain: Integers
    random: Words


def move_finder(nodes: int, words: int, seed: int) -> MoveFinder:
    """Room for circuits of so many nodes and words of values."""
    return MoveFinder(
        words=np.zeros(words, dtype=np.int64),
        following=np.zeros(ORDERS, dtype=np.int64),
        sets=np.zeros((2, words), dtype=np.uint64),
        within=np.zeros((2, words), dtype=np.uint64),
        literals=np.zeros((2, _LITERALS), dtype=np.int64),
        excess=np.zeros((2, _LITERALS, words), dtype=np.uint64),
        moves=np.zeros((_MOST_MOVES, 5), dtype=np.int64),
        counts=np.zeros(5, dtype=np.int64),
        pool=np.zeros(nodes, dtype=np.int64),
        heads=np.zeros(nodes, dtype=np.uint64),
        table=np.zeros(_SLOTS, dtype=np.int64),
        chain=np.zeros(nodes, dtype=np.int64),
        random=np.array([(seed + 1) * 0x9E3779B97F4A7C15 % 2**64], dtype=np.uint64),
    )


@borrowing
def find_moves(circuit: AndCircuit, finder: MoveFinder, walk: int, most: int) -> int:
    """Find moves of at most ``most`` new gates for the function in the sets, of nodes without the mark of the walk."""
    finder.counts[_MOVES] = 0
    _fill_pool(circuit, finder, walk)
    for phase in range(2):
        _find_covering(circuit, finder, phase)
        if most >= 1:
            _pairs(finder, phase)
        if most >= 2 and finder.counts[_COVERING]:
            for _ in range(_OUTER_TRIES):
                _outer(circuit, finder, phase, most)
    if most >= 3:
        for w in range(finder.counts[WORDS]):
            finder.within[ON, w], finder.within[OFF, w] = finder.sets[ON, w], finder.sets[OFF, w]
        _xors(circuit, finder, (XOR, 0, 0))
        for _ in range(_CHOOSERS):
            _choice(circuit, finder)
    return int(finder.counts[_MOVES])


@borrowing
def _fill_pool(circuit: AndCircuit, finder: MoveFinder, walk: int) -> None:
    """List the nodes that may be read, from one picked at random on."""
    nodes, size, first = circuit.net.shape[1], 0, finder.words[0]
    start = random_below(finder.random, nodes)
    for position in range(nodes):
        node = position + start
        node = node - nodes if node >= nodes else node
        if circuit.net[MARK, node] != walk and circuit.net[LEFT, node] != UNUSED:
            finder.pool[size], finder.heads[size] = node, circuit.values[NOW, node, first]
            size += 1
    finder.counts[_POOL] = size


@borrowing
def _add(finder: MoveFinder, kind: int, phase: int, a: int, b: int, c: int) -> None:
    count = finder.counts[_MOVES]
    if count == _MOST_MOVES:
        count = random_below(finder.random, _MOST_MOVES)
    else:
        finder.counts[_MOVES] += 1
    move = finder.moves[count]
    move[KIND], move[PHASE], move[FIRST], move[SECOND], move[THIRD] = kind, phase, a, b, c


@borrowing
def _covers(value: Words, mask: np.uint64, wanted: Words, finder: MoveFinder) -> bool:
    """Whether a literal is 1 wherever something is."""
    for k in range(finder.counts[WORDS]):  # noqa: SIM110  a generator is not compiled to a loop
        if wanted[k] & ~(value[finder.words[k]] ^ mask):
            return False
    return True


@borrowing
def _find_covering(circuit: AndCircuit, finder: MoveFinder, phase: int) -> None:
    """List literals that cover the function (or its complement, in phase 1) and not everything else."""
    count, found = finder.counts[WORDS], 0
    on, off = finder.sets[phase], finder.sets[1 - phase]
    size, first = finder.counts[_POOL], on[0]
    for position in range(size):
        head = finder.heads[position]
        if first & ~head and first & head:
            continue
        node = finder.pool[position]
        value = circuit.values[NOW, node]
        for turned in range(2):
            mask = mask_of(turned)
            if found == _LITERALS or first & ~(head ^ mask) or not _covers(value, mask, on, finder):
                continue
            inside, outside = _ZERO, _ZERO
            for k in range(count):
                extra = (value[finder.words[k]] ^ mask) & off[k]
                finder.excess[_COVERING, found, k] = extra
                inside |= extra
                outside |= extra ^ off[k]
            if not inside:
                _add(finder, WIRE, phase, 2 * node + turned, 0, 0)
            elif outside:
                finder.literals[_COVERING, found] = 2 * node + turned
                found += 1
    finder.counts[_COVERING] = found


@borrowing
def _disjoint(a: Words, b: Words, count: int) -> bool:
    for k in range(count):  # noqa: SIM110  a generator is not compiled to a loop
        if a[k] & b[k]:
            return False
    return True


@borrowing
def _pairs(finder: MoveFinder, phase: int) -> None:
    """Add gates of two covering literals."""
    literals, excess, count = finder.literals[_COVERING], finder.excess[_COVERING], finder.counts[WORDS]
    for i in range(finder.counts[_COVERING]):
        for j in range(i):
            if _disjoint(excess[i], excess[j], count):
                _add(finder, AND, phase, literals[i], literals[j], 0)


@borrowing
def _outer(circuit: AndCircuit, finder: MoveFinder, phase: int, most: int) -> None:
    """Add gates of a covering literal and a gate of two others, which removes its excess."""
    number, count = random_below(finder.random, finder.counts[_COVERING]), finder.counts[WORDS]
    literal, excess = finder.literals[_COVERING, number], finder.excess[_COVERING]
    for i in range(finder.counts[_COVERING]):
        for j in range(i):
            if number not in (i, j) and _all_disjoint(excess[number], excess[i], excess[j], count):
                _add(finder, AND_AND, phase, literal, finder.literals[_COVERING, i], finder.literals[_COVERING, j])
    for k in range(count):
        finder.within[ON, k], finder.within[OFF, k] = finder.sets[phase, k], excess[number, k]
    _find_halves(circuit, finder)
    for i in range(finder.counts[_HALF]):
        for j in range(i):
            if _together(finder.excess[_HALF, i], finder.excess[_HALF, j], finder.within[ON], count):
                _add(finder, AND_OR, phase, literal, finder.literals[_HALF, i], finder.literals[_HALF, j])
    if most >= 4:
        _xors(circuit, finder, (AND_XOR, phase, literal))


@borrowing
def _all_disjoint(a: Words, b: Words, c: Words, count: int) -> bool:
    for k in range(count):  # noqa: SIM110  a generator is not compiled to a loop
        if a[k] & b[k] & c[k]:
            return False
    return True


@borrowing
def _together(a: Words, b: Words, wanted: Words, count: int) -> bool:
    for k in range(count):  # noqa: SIM110  a generator is not compiled to a loop
        if wanted[k] & ~(a[k] | b[k]):
            return False
    return True


@borrowing
def _find_halves(circuit: AndCircuit, finder: MoveFinder) -> None:
    """List literals that cover a part of the inner function, and nothing that it must not."""
    count, found = finder.counts[WORDS], 0
    on, off = finder.within[ON], finder.within[OFF]
    size, first = finder.counts[_POOL], off[0]
    for position in range(size):
        head = finder.heads[position]
        if first & ~head and first & head:
            continue
        node = finder.pool[position]
        value = circuit.values[NOW, node]
        for turned in range(2):
            mask = mask_of(1 - turned)
            if found == _HALVES or first & ~(head ^ mask) or not _covers(value, mask, off, finder):
                continue
            inside = _ZERO
            for k in range(count):
                part = ~(value[finder.words[k]] ^ mask) & on[k]
                finder.excess[_HALF, found, k] = part
                inside |= part
            if inside:
                finder.literals[_HALF, found] = 2 * node + turned
                found += 1
    finder.counts[_HALF] = found


@borrowing
def _slot(a: np.uint64, b: np.uint64) -> np.int64:
    key = (a ^ (b * _SPREAD)) * _SPREAD
    key ^= key >> np.uint64(29)
    return np.int64((key * _SPREAD) >> _LEADING)


@borrowing
def _xors(circuit: AndCircuit, finder: MoveFinder, move: tuple[int, int, int]) -> None:
    """Add exclusive ORs of two nodes that equal the inner function."""
    on, off, table, chain = finder.within[ON], finder.within[OFF], finder.table, finder.chain
    values, count = circuit.values[NOW], finder.counts[WORDS]
    w, u = finder.words[0], finder.words[min(1, count - 1)]
    care_w, care_u = on[0] | off[0], on[min(1, count - 1)] | off[min(1, count - 1)]
    low = care_w & (~care_w + _ONE)
    wanted_w, wanted_u = on[0], on[min(1, count - 1)]
    if wanted_w & low:
        wanted_w, wanted_u = wanted_w ^ care_w, wanted_u ^ care_u
    table[:] = -1
    for position in range(finder.counts[_POOL]):
        node = finder.pool[position]
        a, b = values[node, w] & care_w, values[node, u] & care_u
        if a & low:
            a, b = a ^ care_w, b ^ care_u
        other = table[_slot(a ^ wanted_w, b ^ wanted_u)]
        while other != -1:
            turned = _xor_phase(values[node], values[other], finder)
            if turned >= 0:
                _add(finder, move[0], move[1], 2 * node + turned, 2 * other, move[2])
            other = chain[other]
        place = _slot(a, b)
        chain[node], table[place] = table[place], node


@borrowing
def _xor_phase(a: Words, b: Words, finder: MoveFinder) -> int:
    """0 or 1 if the exclusive OR of two nodes is the inner function or its complement, else -1."""
    on, off = finder.within[ON], finder.within[OFF]
    is_equal, is_complement = True, True
    for k in range(finder.counts[WORDS]):
        both = a[finder.words[k]] ^ b[finder.words[k]]
        wrong = ((both & off[k]) | (~both & on[k])) != _ZERO
        right = ((both & on[k]) | (~both & off[k])) != _ZERO
        is_equal, is_complement = is_equal and not wrong, is_complement and not right
        if not is_equal and not is_complement:
            return -1
    return 0 if is_equal else 1


@borrowing
def _choice(circuit: AndCircuit, finder: MoveFinder) -> None:
    """Add choices between two literals by a node picked at random."""
    size, values = finder.counts[_POOL], circuit.values[NOW]
    number = random_below(finder.random, size)
    chooser, care = finder.pool[number], finder.heads[number]
    for side in range(2):
        found, mask = 0, mask_of(1 - side)
        ones, zeros = finder.sets[ON, 0] & (care ^ mask), finder.sets[OFF, 0] & (care ^ mask)
        for position in range(size):
            node, head = finder.pool[position], finder.heads[position]
            if node == chooser or (((head & zeros) | (~head & ones)) and ((head & ones) | (~head & zeros))):
                continue
            turned = _side_phase(values[chooser], mask, values[node], finder)
            if turned >= 0 and found < _SIDES:
                finder.literals[side, found] = 2 * node + turned
                found += 1
        finder.counts[side] = found
        if not found:
            return
    for i in range(finder.counts[0]):
        for j in range(finder.counts[1]):
            if finder.literals[0, i] >> 1 != finder.literals[1, j] >> 1:
                _add(finder, CHOICE, 0, 2 * chooser, finder.literals[1, j], finder.literals[0, i])


@borrowing
def _side_phase(chooser: Words, mask: np.uint64, value: Words, finder: MoveFinder) -> int:
    """0 or 1 if a node or its complement is right where the chooser is, else -1."""
    on, off = finder.sets[ON], finder.sets[OFF]
    is_equal, is_complement = True, True
    for k in range(finder.counts[WORDS]):
        w = finder.words[k]
        care = chooser[w] ^ mask
        ones, zeros = on[k] & care, off[k] & care
        is_equal = is_equal and not ((value[w] & zeros) | (~value[w] & ones))
        is_complement = is_complement and not ((value[w] & ones) | (~value[w] & zeros))
        if not is_equal and not is_complement:
            return -1
    return 0 if is_equal else 1
