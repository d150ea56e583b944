"""Gates and pairs of gates that compute a wanted function from signals of a circuit, judged by bit vectors."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from bespoke.netlist import SIMPLE_COSTS
from bespoke.opt.gate_network import AND, INV, NAND, NOR, OR

Octets = NDArray[np.uint8]
Flags = NDArray[np.bool_]
WIRE = -1
_OCTETS = 128
_PAIRS = 64
_LITERALS = 40
_OUTER = 4
_INNER = 8
_ONES = np.unpackbits(np.arange(256, dtype=np.uint8)[:, None], axis=1).sum(axis=1, dtype=np.uint8)


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
        return sum(SIMPLE_COSTS[kind] for kind in (self.kind, self.inner_kind) if kind != WIRE)


class Literals(NamedTuple):
    """Signals and complements that cover some vectors, the tightest first.

    Attributes
    ----------
    signals : list of int
    complements : list of bool
    excess : ndarray of uint8, shape (n_literals, n_octets)
        The unwanted vectors that each covers too.
    """

    signals: list[int]
    complements: list[bool]
    excess: Octets


_NO_LITERALS = Literals([], [], np.zeros((0, _OCTETS), dtype=np.uint8))


class Divisors:
    """Signals that may be read, with their values on some of the vectors that matter.

    Parameters
    ----------
    matrix : ndarray of uint8, shape (n_octets, n_signals)
        Values of all signals.
    signals : list of int
        Those that may be read.
    care : ndarray of uint8, shape (n_octets,)
        The vectors that matter. The octets with most of them are looked at.
    """

    def __init__(self, matrix: Octets, signals: list[int], care: Octets) -> None:
        fullest = np.argsort(8 - _ONES[care], kind="stable")
        self.chosen = fullest[:_OCTETS]
        self.signals = np.array(signals)
        self.sample = matrix[self.chosen[:, None], self.signals]
        self._gates = self.signals > 1

    def moves(self, on: Octets, off: Octets, limit: float) -> list[Move]:
        """Moves of a cost below ``limit`` for a function that is 1 on ``on``, 0 on ``off`` and free elsewhere.

        Both are arrays of shape (n_octets,). What is found is right on the vectors looked at.
        """
        on, off = on[self.chosen, None], off[self.chosen, None]
        found = self._single(on, off, limit)
        nands = self._literals(off, on) if limit > SIMPLE_COSTS[NAND] else _NO_LITERALS
        ands = self._literals(on, off) if limit > SIMPLE_COSTS[NOR] else _NO_LITERALS
        found += _gates_of(nands, ands, limit, _PAIRS)
        if limit > 2 * SIMPLE_COSTS[NAND]:
            found += self._outer_nands(nands, off, limit)
        if limit > SIMPLE_COSTS[NOR] + SIMPLE_COSTS[NAND]:
            found += self._outer_ands(ands, on, limit)
        return found

    def _single(self, on: Octets, off: Octets, limit: float) -> list[Move]:
        above_on, clear_on = self._covers(on)
        above_off, clear_off = self._covers(off)
        found = [Move(WIRE, (signal,)) for signal in self.signals[above_on & clear_off].tolist()]
        if limit > SIMPLE_COSTS[INV]:
            found += [Move(INV, (signal,)) for signal in self.signals[clear_on & above_off].tolist()]
        return found

    def _outer_nands(self, literals: Literals, off: Octets, limit: float) -> list[Move]:
        """NAND gates of a signal and another new gate."""
        found: list[Move] = []
        for signal, complement, excess in list(zip(*literals, strict=True))[:_OUTER]:
            if not complement:
                inner = self._inner(off, excess[:, None], limit - SIMPLE_COSTS[NAND])
                found += [Move(NAND, (signal,), *gate[:2]) for gate in inner]
        return found

    def _outer_ands(self, literals: Literals, on: Octets, limit: float) -> list[Move]:
        """NOR and AND gates of a signal and another new gate."""
        found: list[Move] = []
        for signal, complement, excess in list(zip(*literals, strict=True))[:_OUTER]:
            kind = NOR if complement else AND
            wanted = (excess[:, None], on) if complement else (on, excess[:, None])
            inner = self._inner(wanted[0], wanted[1], limit - SIMPLE_COSTS[kind])
            found += [Move(kind, (signal,), *gate[:2]) for gate in inner]
        return found

    def _inner(self, on: Octets, off: Octets, limit: float) -> list[Move]:
        nands = self._literals(off, on) if limit > SIMPLE_COSTS[NAND] else _NO_LITERALS
        ands = self._literals(on, off) if limit > SIMPLE_COSTS[NOR] else _NO_LITERALS
        return [move for move in _gates_of(nands, ands, limit, _INNER) if move.inner_kind == WIRE]

    def _covers(self, wanted: Octets) -> tuple[Flags, Flags]:
        """Whether each signal is 1, and whether it is 0, on all wanted vectors."""
        seen = self.sample & wanted
        above: Flags = np.bitwise_or.reduce(seen ^ wanted, axis=0) == 0
        clear: Flags = np.bitwise_or.reduce(seen, axis=0) == 0
        return above, clear

    def _literals(self, cover: Octets, rest: Octets) -> Literals:
        """Signals and complements that cover some vectors, with those of the rest that they cover; tightest first."""
        above, clear = (np.flatnonzero(flags & self._gates) for flags in self._covers(cover))
        excess = np.concatenate([self.sample[:, above] & rest, ~self.sample[:, clear] & rest], axis=1)
        signals = self.signals[np.concatenate([above, clear])]
        order = np.argsort(_ONES[excess].sum(axis=0, dtype=np.int64), kind="stable")[:_LITERALS]
        return Literals(
            signals[order].tolist(), (order >= len(above)).tolist(), np.ascontiguousarray(excess[:, order].T)
        )


def _gates_of(nands: Literals, ands: Literals, limit: float, most: int) -> list[Move]:
    """Single gates, and gates with one inverted fanin, from literals that cover the off-set and the on-set."""
    found = [_nand(nands, i, j) for i, j in _disjoint(nands, most)]
    found += [_and(ands, i, j) for i, j in _disjoint(ands, most)]
    return [move for move in found if move.cost < limit]


def _disjoint(literals: Literals, most: int) -> list[tuple[int, int]]:
    """Places of pairs whose conjunction covers no unwanted vector, the tightest first."""
    count = len(literals.signals)
    rows = literals.excess.view(np.uint64)
    both = np.tri(count, dtype=bool).T
    for words in rows.T:
        both |= (words[:, None] & words) != 0
    pairs = np.argwhere(~both)[:most].tolist()
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
