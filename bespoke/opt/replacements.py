"""Gates and pairs of gates that compute a wanted function from signals of a circuit, judged by bit vectors."""

from __future__ import annotations

from random import Random
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from bespoke.netlist import SIMPLE_COSTS
from bespoke.opt.gate_network import AND, INV, NAND, NOR, OR

Words = NDArray[np.uint64]
Flags = NDArray[np.bool_]
WIRE = -1
_WORDS = 96
_PAIRS = 64
_LITERALS = 40
_OUTER = 8
_OUTER_TRIES = 3
_INNER = 8
_PAST = np.tri(_LITERALS, dtype=np.bool_)
_ONES = np.unpackbits(np.arange(1 << 16, dtype=np.uint16).view(np.uint8)).reshape(-1, 16).sum(axis=1, dtype=np.uint8)
# A wire's place is the last one.
_COSTS = (*SIMPLE_COSTS, 0.0)


class Move(NamedTuple):
    """A gate, or a wire, to take the place of another gate.

    Attributes
    ----------
    kind : int
        Kind of the gate, or `WIRE`.
    fanins : tuple of int
    inner_kind : int
        Kind of a second new gate, whose output is one more fanin; `WIRE` for none.
    inner_fanins : tuple of int
    """

    kind: int
    fanins: tuple[int, ...]
    inner_kind: int = WIRE
    inner_fanins: tuple[int, ...] = ()

    @property
    def cost(self) -> float:
        """Cost of the new gates."""
        return _COSTS[self.kind] + _COSTS[self.inner_kind]


class Literals(NamedTuple):
    """Signals and complements that cover some vectors, the tightest first.

    Attributes
    ----------
    signals : list of int
    complements : list of bool
    excess : ndarray of uint64, shape (n_literals, n_words)
        The unwanted vectors that each covers too.
    """

    signals: list[int]
    complements: list[bool]
    excess: Words


class _Part(NamedTuple):
    """Some vectors, each signal's values on them, and whether it is 1, and whether it is 0, on all of them."""

    wanted: Words
    seen: Words
    above: Flags
    clear: Flags


_NO_LITERALS = Literals([], [], np.zeros((0, _WORDS), dtype=np.uint64))


class Divisors:
    """Signals that may be read, with their values on some of the vectors that matter.

    Parameters
    ----------
    matrix : ndarray of uint64, shape (n_signals, n_words)
        Values of all signals.
    signals : ndarray of int64
        Those that may be read.
    care : ndarray of uint64, shape (n_words,)
        The vectors that matter. The words with most of them are looked at.
    random : Random
        Picks the pairs of gates to try.
    """

    def __init__(self, matrix: Words, signals: NDArray[np.int64], care: Words, random: Random) -> None:
        self.chosen = np.argpartition(_count(care[:, None]), -min(_WORDS, len(care)))[-_WORDS:]
        self.signals = signals
        self.sample: Words = matrix[signals[:, None], self.chosen]
        self._gates = signals > 1
        self._random = random

    def moves(self, on: Words, off: Words, limit: float) -> list[Move]:
        """Moves of a cost below ``limit`` for a function that is 1 on ``on``, 0 on ``off`` and free elsewhere.

        Both are arrays of shape (n_words,). What is found is right on the vectors looked at.
        """
        ones, zeros = self._part(on[self.chosen]), self._part(off[self.chosen])
        found = [Move(WIRE, (signal,)) for signal in self.signals[ones.above & zeros.clear].tolist()]
        if limit > SIMPLE_COSTS[INV]:
            found += [Move(INV, (signal,)) for signal in self.signals[ones.clear & zeros.above].tolist()]
        nands = self._literals(zeros, ones) if limit > SIMPLE_COSTS[NAND] else _NO_LITERALS
        ands = self._literals(ones, zeros) if limit > SIMPLE_COSTS[NOR] else _NO_LITERALS
        found += _gates_of(nands, ands, limit, _PAIRS)
        if limit > 2 * SIMPLE_COSTS[NAND]:
            found += self._pairs(nands, ands, (ones, zeros), limit)
        return found

    def _pairs(self, nands: Literals, ands: Literals, parts: tuple[_Part, _Part], limit: float) -> list[Move]:
        """Gates of a signal and another new gate, for some signals picked at random among the tightest."""
        ones, zeros = parts
        outer = [(NAND, nands, i) for i, inverse in enumerate(nands.complements[:_OUTER]) if not inverse]
        outer += [(NOR if inverse else AND, ands, i) for i, inverse in enumerate(ands.complements[:_OUTER])]
        found: list[Move] = []
        for kind, literals, place in self._random.sample(outer, min(_OUTER_TRIES, len(outer))):
            excess = self._part(literals.excess[place])
            inner = {NAND: (zeros, excess), AND: (ones, excess), NOR: (excess, ones)}[kind]
            gates = self._inner(*inner, limit - SIMPLE_COSTS[kind])
            found += [Move(kind, (literals.signals[place],), gate.kind, gate.fanins) for gate in gates]
        return found

    def _inner(self, ones: _Part, zeros: _Part, limit: float) -> list[Move]:
        nands = self._literals(zeros, ones) if limit > SIMPLE_COSTS[NAND] else _NO_LITERALS
        ands = self._literals(ones, zeros) if limit > SIMPLE_COSTS[NOR] else _NO_LITERALS
        return [move for move in _gates_of(nands, ands, limit, _INNER) if move.inner_kind == WIRE]

    def _part(self, wanted: Words) -> _Part:
        seen = self.sample & wanted
        return _Part(wanted, seen, above=_empty(seen ^ wanted), clear=_empty(seen))

    def _literals(self, cover: _Part, rest: _Part) -> Literals:
        """Signals and complements that cover some vectors, with those of the rest that they cover; tightest first."""
        above, clear = (cover.above & self._gates).nonzero()[0], (cover.clear & self._gates).nonzero()[0]
        excess = np.concatenate([rest.seen[above], rest.seen[clear] ^ rest.wanted])
        signals = self.signals[np.concatenate([above, clear])]
        order = _count(excess).argsort(kind="stable")[:_LITERALS]
        return Literals(signals[order].tolist(), (order >= len(above)).tolist(), excess[order])


def _count(words: Words) -> NDArray[np.int64]:
    """Number of ones in each row."""
    count: NDArray[np.int64] = _ONES[words.view(np.uint16)].sum(axis=1, dtype=np.int64)
    return count


def _empty(words: Words) -> Flags:
    """Whether each row is 0."""
    empty: Flags = ~np.asarray(words.any(axis=1))
    return empty


def _gates_of(nands: Literals, ands: Literals, limit: float, most: int) -> list[Move]:
    """Single gates, and gates with one inverted fanin, from literals that cover the off-set and the on-set."""
    found = [_nand(nands, i, j) for i, j in _disjoint(nands, most)]
    found += [_and(ands, i, j) for i, j in _disjoint(ands, most)]
    return [move for move in found if move.cost < limit]


def _disjoint(literals: Literals, most: int) -> list[tuple[int, int]]:
    """Places of pairs whose conjunction covers no unwanted vector, the tightest first."""
    count = len(literals.signals)
    if count < 2:
        return []
    both = (literals.excess[:, None] & literals.excess).any(axis=2)
    pairs = np.argwhere(~(both | _PAST[:count, :count]))[:most].tolist()
    return [(i, j) for i, j in pairs if literals.signals[i] != literals.signals[j]]


def _nand(literals: Literals, i: int, j: int) -> Move:
    """Gate for the complement of the conjunction of two literals."""
    a, b = literals.signals[i], literals.signals[j]
    if literals.complements[i] == literals.complements[j]:
        return Move(OR if literals.complements[i] else NAND, _ascending(a, b))
    true, false = (b, a) if literals.complements[i] else (a, b)
    return Move(NAND, (true,), INV, (false,))


def _and(literals: Literals, i: int, j: int) -> Move:
    """Gate for the conjunction of two literals."""
    a, b = literals.signals[i], literals.signals[j]
    if literals.complements[i] == literals.complements[j]:
        return Move(NOR if literals.complements[i] else AND, _ascending(a, b))
    true, false = (b, a) if literals.complements[i] else (a, b)
    return Move(NOR, (false,), INV, (true,))


def _ascending(a: int, b: int) -> tuple[int, int]:
    return (a, b) if a < b else (b, a)
