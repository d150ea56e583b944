"""Gates and pairs of gates that compute a wanted function from signals of a circuit, judged by bit vectors."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from bespoke.compiled import borrowing
from bespoke.opt.circuit import AND, INV, NAND, NOR, OR, WIRE
from bespoke.opt.words import Floats, Integers, Words, bit_count, random_below

MOVE_KIND, FIRST, SECOND, INNER_KIND, INNER_FIRST, INNER_SECOND = range(6)
ON, OFF, _EXCESS = range(3)
# They bound the work per gate tried, which grows with the square of the first: a list of literals is cut where they
# cover so much in excess that few partners are left for them.
_LITERALS = 40  # signals and complements in a list, tightest first
_PAIRS = 64  # gates of two literals of a list
_OUTER = 8  # of a list's tightest literals, one is picked as a fanin of an outer gate,
_OUTER_TRIES = 3  # so many times,
_INNER = 8  # with so many inner gates as the other fanin
_NANDS, _ANDS, _INNER_NANDS, _INNER_ANDS = range(4)
_FOUND = 4
_SIGNAL, _COMPLEMENT, _SIZE = range(3)


class Divisors(NamedTuple):
    """Signals that may be read, and what can be made from them.

    Attributes
    ----------
    sample : ndarray of uint64, shape (n_near, n_words)
        Values of the signals on the vectors looked at.
    sets : ndarray of uint64, shape (3, n_words)
        Of those, the ones on which the function is 1 (`ON`), on which it is 0 (`OFF`), and those covered in excess by
        an outer gate.
    literals : ndarray of int64, shape (4, 3, n_literals + 1)
        Lists of signals and complements that cover some vectors, the tightest first.
    excess : ndarray of uint64, shape (4, n_literals + 1, n_words)
        The unwanted vectors that each covers too.
    moves : ndarray of int64, shape (n_moves, 6)
        What was found: kind and fanins of a gate or wire; kind and fanins of a second new gate that it reads instead
        of its second fanin, `WIRE` for none.
    counts : ndarray of int64, shape (5,)
        Number of literals per list, and of moves.
    costs : ndarray of float, shape (6,)
        Of gates, as in `Circuit`.
    keys : ndarray of float, shape (n_moves,)
        Room for what moves are ordered by.
    """

    sample: Words
    sets: Words
    literals: Integers
    excess: Words
    moves: Integers
    counts: Integers
    costs: Floats
    keys: Floats


def divisors_for(window: int, words: int, costs: Floats) -> Divisors:
    """Room for ``window`` signals and ``words`` words of their values."""
    most = window + 2 * _PAIRS + 2 * _OUTER_TRIES * _INNER
    return Divisors(
        sample=np.zeros((window, words), dtype=np.uint64),
        sets=np.zeros((3, words), dtype=np.uint64),
        literals=np.zeros((4, 3, _LITERALS + 1), dtype=np.int64),
        excess=np.zeros((4, _LITERALS, words), dtype=np.uint64),
        moves=np.zeros((most, 6), dtype=np.int64),
        counts=np.zeros(5, dtype=np.int64),
        costs=costs,
        keys=np.zeros(most),
    )


@borrowing
def divisors_on(divisors: Divisors, words: int) -> Divisors:
    """The same room for so many words, at most those that it has; what was in it is lost."""
    signals, lists, literals = len(divisors.sample), len(divisors.literals), divisors.excess.shape[1]
    return Divisors(
        divisors.sample.reshape(-1)[: signals * words].reshape(signals, words),
        divisors.sets.reshape(-1)[: 3 * words].reshape(3, words),
        divisors.literals,
        divisors.excess.reshape(-1)[: lists * literals * words].reshape(lists, literals, words),
        divisors.moves,
        divisors.counts,
        divisors.costs,
        divisors.keys,
    )


@borrowing
def find_moves(divisors: Divisors, near: Integers, limit: float, random: Words) -> int:
    """Find moves of a cost below ``limit`` for the function given by the sets; return their number.

    ``near`` are the signals to read. What is found is right on the vectors looked at.
    """
    nands, ands = _least_cost(divisors, _NANDS), _least_cost(divisors, _ANDS)
    divisors.counts[:] = 0
    _wires(divisors, near, limit)
    if limit > nands:
        _find_literals(divisors, near, _NANDS, OFF, ON)
        _gates(divisors, _NANDS, limit)
    if limit > ands:
        _find_literals(divisors, near, _ANDS, ON, OFF)
        _gates(divisors, _ANDS, limit)
    if limit > 2 * min(nands, ands):
        for _ in range(_OUTER_TRIES):
            _pair(divisors, near, limit, random)
    return int(divisors.counts[_FOUND])


@borrowing
def _least_cost(divisors: Divisors, kept: int) -> float:
    """Cost of the cheapest gate of literals of a list."""
    if kept in (_NANDS, _INNER_NANDS):
        return float(min(divisors.costs[NAND], divisors.costs[OR]))
    return float(min(divisors.costs[NOR], divisors.costs[AND]))


@borrowing
def _add(divisors: Divisors, gate: tuple[int, int, int], inner: tuple[int, int, int]) -> None:
    move = divisors.moves[divisors.counts[_FOUND]]
    move[MOVE_KIND], move[FIRST], move[SECOND] = gate
    move[INNER_KIND], move[INNER_FIRST], move[INNER_SECOND] = inner
    divisors.counts[_FOUND] += 1


@borrowing
def _covers(sample: Words, wanted: Words) -> bool:
    for w in range(len(wanted)):  # noqa: SIM110  a generator is not compiled to a loop
        if wanted[w] & ~sample[w]:
            return False
    return True


@borrowing
def _misses(sample: Words, wanted: Words) -> bool:
    for w in range(len(wanted)):  # noqa: SIM110  same
        if wanted[w] & sample[w]:
            return False
    return True


@borrowing
def _wires(divisors: Divisors, near: Integers, limit: float) -> None:
    ones, zeros = divisors.sets[ON], divisors.sets[OFF]
    for index, signal in enumerate(near):
        sample = divisors.sample[index]
        if _covers(sample, ones) and _misses(sample, zeros):
            _add(divisors, (WIRE, signal, signal), (WIRE, signal, signal))
        elif limit > divisors.costs[INV] and _misses(sample, ones) and _covers(sample, zeros):
            _add(divisors, (INV, signal, signal), (WIRE, signal, signal))


@borrowing
def _find_literals(divisors: Divisors, near: Integers, kept: int, cover: int, rest: int) -> None:
    """Signals and complements that cover one set, with what they cover of another one; tightest first."""
    literals, covered, unwanted = divisors.literals[kept], divisors.sets[cover], divisors.sets[rest]
    count = 0
    for index in range(len(near)):
        sample = divisors.sample[index]
        above = _covers(sample, covered)
        if near[index] > 1 and (above or _misses(sample, covered)):
            size = np.int64(0)
            for w in range(len(unwanted)):
                size += bit_count(unwanted[w] & (sample[w] if above else ~sample[w]))
            count = _insert(literals, count, (index, 0 if above else 1, size))
    divisors.counts[kept] = count
    for i in range(count):
        sample, excess = divisors.sample[literals[_SIGNAL, i]], divisors.excess[kept, i]
        for w in range(len(unwanted)):
            excess[w] = unwanted[w] & (~sample[w] if literals[_COMPLEMENT, i] else sample[w])
        literals[_SIGNAL, i] = near[literals[_SIGNAL, i]]


@borrowing
def _insert(literals: Integers, count: int, literal: tuple[int, int, np.int64]) -> int:
    """Put a literal where it belongs among the tightest; return their number."""
    i = count
    while i > 0 and literals[_SIZE, i - 1] > literal[_SIZE]:
        for row in range(3):
            literals[row, i] = literals[row, i - 1]
        i -= 1
    for row in range(3):
        literals[row, i] = literal[row]
    return int(min(count + 1, literals.shape[1] - 1))


@borrowing
def _gates(divisors: Divisors, kept: int, limit: float) -> None:
    """Add single gates, and gates with one inverted fanin, whose literals cover no unwanted vector together."""
    literals, excess, found = divisors.literals[kept], divisors.excess[kept], 0
    for i in range(divisors.counts[kept]):
        for j in range(i + 1, divisors.counts[kept]):
            a, b = literals[_SIGNAL, i], literals[_SIGNAL, j]
            if found < _PAIRS and a != b and _misses(excess[i], excess[j]):
                found += 1
                inverted = literals[_COMPLEMENT, i]
                if inverted == literals[_COMPLEMENT, j]:
                    kind = _conjunction(kept == _NANDS, inverted)
                    if limit > divisors.costs[kind]:
                        _add(divisors, (kind, min(a, b), max(a, b)), (WIRE, a, a))
                elif limit > divisors.costs[INV] + divisors.costs[NAND if kept == _NANDS else NOR]:
                    true, false = (b, a) if inverted else (a, b)
                    kind, outer, inner = (NAND, true, false) if kept == _NANDS else (NOR, false, true)
                    _add(divisors, (kind, outer, outer), (INV, inner, inner))


@borrowing
def _conjunction(negated: bool, inverted: int) -> int:  # noqa: FBT001  a kind of gate is two flags
    """Kind of the gate for a conjunction or its complement, of two signals or of their complements."""
    if inverted:
        return OR if negated else NOR
    return NAND if negated else AND


@borrowing
def _pair(divisors: Divisors, near: Integers, limit: float, random: Words) -> None:
    """Add gates of a signal and another new gate, for a signal picked at random among the tightest."""
    nands, ands = min(divisors.counts[_NANDS], _OUTER), min(divisors.counts[_ANDS], _OUTER)
    if nands + ands == 0:
        return
    index = random_below(random, nands + ands)
    kept, index = (_NANDS, index) if index < nands else (_ANDS, index - nands)
    inverted = divisors.literals[kept, _COMPLEMENT, index]
    kind = _conjunction(kept == _NANDS, inverted)
    if kind == OR or limit <= divisors.costs[kind]:
        return
    for w in range(divisors.sets.shape[1]):
        divisors.sets[_EXCESS, w] = divisors.excess[kept, index, w]
    ones, zeros = (OFF, _EXCESS) if kind == NAND else ((_EXCESS, ON) if kind == NOR else (ON, _EXCESS))
    outer = kind, divisors.literals[kept, _SIGNAL, index]
    _inner(divisors, near, (_INNER_NANDS, zeros, ones), outer, limit - divisors.costs[kind])
    _inner(divisors, near, (_INNER_ANDS, ones, zeros), outer, limit - divisors.costs[kind])


@borrowing
def _inner(
    divisors: Divisors, near: Integers, sets: tuple[int, int, int], outer: tuple[int, int], limit: float
) -> None:
    """Add pairs of an outer gate and an inner one that covers one set and misses another one, or the complement."""
    kept, cover, rest = sets
    if limit <= _least_cost(divisors, kept):
        return
    _find_literals(divisors, near, kept, cover, rest)
    literals, excess, found = divisors.literals[kept], divisors.excess[kept], 0
    for i in range(divisors.counts[kept]):
        kind = _conjunction(kept == _INNER_NANDS, literals[_COMPLEMENT, i])
        for j in range(i + 1, divisors.counts[kept]):
            if found == _INNER or limit <= divisors.costs[kind]:
                break
            a, b = literals[_SIGNAL, i], literals[_SIGNAL, j]
            if a != b and literals[_COMPLEMENT, i] == literals[_COMPLEMENT, j] and _misses(excess[i], excess[j]):
                found += 1
                _add(divisors, (outer[0], outer[1], outer[1]), (kind, min(a, b), max(a, b)))
