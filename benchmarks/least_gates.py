"""Least number of two-input AND gates, with inverters for free, of functions given as tables, by SAT.

The formula says that a circuit of ``r`` gates has the functions: it is unsatisfiable for all ``r`` below the least one.
It is that of A. Kojevnikov et al., "Finding efficient circuits using SAT-solvers", SAT 2009, with what D. Knuth adds to
it (*The Art of Computer Programming* 4, fascicle 6, 2015; compared in W. Haaswijk et al., "SAT-based exact synthesis:
encodings, topology families, and parallelism", IEEE TCAD 2020). It leaves some circuit of the least size: gates are
normal (0 where all inputs are), read pairs of nets in co-lexicographic order, are all read, none together with one of
its own fanins, and read symmetric inputs in their order. A normal gate that is an AND but for inverters has an odd
number of ones on the other three rows.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import combinations, count, product
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

Flags = NDArray[np.bool_]
Clause = list[int]
ROWS = ((0, 1), (1, 0), (1, 1))  # of two fanins, besides that on which a normal gate is 0
KINDS = ((0, 0, 1), (0, 1, 0), (1, 0, 0), (1, 1, 1))


class Least(NamedTuple):
    """What is known of the least number of gates.

    Attributes
    ----------
    gates : int
        All smaller numbers are refuted; it is the least one if ``finished``.
    finished : bool
        Whether the solver came to an end within its conflicts.
    conflicts : int
        Taken in all.
    """

    gates: int
    finished: bool
    conflicts: int


def least_gates(values: Flags, known: int, conflicts: int) -> Least:
    """Least number of gates of functions, shape (n_outputs, 2**n).

    Parameters
    ----------
    values : ndarray of bool
        By address; variable ``i`` is bit ``i`` of it.
    known : int
        Gates of a circuit that is known to have the function; fewer are looked for.
    conflicts : int
        The solver gives up after so many.
    """
    from pysat.solvers import Cadical195

    tables = normal_tables(values)
    inputs = values.shape[1].bit_length() - 1
    support = sum(bool((_cofactor(tables, bit, 0) != _cofactor(tables, bit, 1)).any()) for bit in range(inputs))
    taken = 0
    for gates in range(max(support - 1, len(tables), 0) if len(tables) else 0, known):
        formula = Formula(tables, gates)
        with Cadical195(bootstrap_with=formula.clauses()) as solver:
            solver.conf_budget(max(1, conflicts - taken))
            answer = solver.solve_limited()
            taken += solver.accum_stats()["conflicts"]
            if answer:
                formula.check(set(solver.get_model()))
        if answer is not False:
            return Least(gates, answer is True, taken)
    return Least(known, True, taken)


def normal_tables(values: Flags) -> Flags:
    """The different functions that take gates, each complemented where it is 1 at address 0."""
    addresses = np.arange(values.shape[1])
    inputs = values.shape[1].bit_length() - 1
    free = [addresses < 0, *(addresses >> bit & 1 == 1 for bit in range(inputs))]
    known = {flags.tobytes() for flags in free}
    found = {row.tobytes(): row for row in values ^ values[:, :1] if row.tobytes() not in known}
    return np.array(list(found.values()), dtype=np.bool_).reshape(-1, values.shape[1])


def _cofactor(tables: Flags, bit: int, value: int) -> Flags:
    return tables[:, np.arange(tables.shape[1]) >> bit & 1 == value]


class Formula:
    """The clauses for a number of gates, over variables from 1 on.

    Attributes
    ----------
    selects : dict
        By gate and its two fanins, the smaller net first: whether it reads them. Nets are the inputs, then the gates.
    ones : dict
        By gate: its values on `ROWS`.
    values : dict
        By gate and address: its value.
    shows : dict
        By output and gate: whether the output is that gate.
    """

    def __init__(self, tables: Flags, gates: int) -> None:
        self.tables = tables
        self.inputs = tables.shape[1].bit_length() - 1
        self.gates = range(self.inputs, self.inputs + gates)
        number = count(1)
        self.selects = {(i, j, k): next(number) for i in self.gates for j, k in combinations(range(i), 2)}
        self.ones = {i: [next(number) for _ in ROWS] for i in self.gates}
        self.values = {(i, t): next(number) for i in self.gates for t in range(1, tables.shape[1])}
        self.shows = {(h, i): next(number) for h in range(len(tables)) for i in self.gates}

    def clauses(self) -> list[Clause]:
        """All of them."""
        parts = (self._kinds(), self._outputs(), self._function(), self._uses(), self._order(), self._symmetries())
        return [clause for part in parts for clause in part]

    def check(self, model: set[int]) -> None:
        """Raise AssertionError unless the circuit of a model has the function."""
        addresses = np.arange(self.tables.shape[1])
        nets = [addresses >> bit & 1 for bit in range(self.inputs)]
        for i in self.gates:
            ((j, k),) = [(j, k) for (gate, j, k), name in self.selects.items() if gate == i and name in model]
            kind = [int(name in model) for name in self.ones[i]]
            assert tuple(kind) in KINDS
            nets.append(np.array([0, *kind])[2 * nets[j] + nets[k]])
        assert all(any((net == row).all() for net in nets) for row in self.tables)

    def _kinds(self) -> Iterator[Clause]:
        for i in self.gates:
            yield from _exactly_one([self.selects[i, j, k] for j, k in combinations(range(i), 2)])
            a, b, c = self.ones[i]
            yield from ([a, b, c], [-a, -b, c], [-a, b, -c], [a, -b, -c])

    def _outputs(self) -> Iterator[Clause]:
        for h, row in enumerate(self.tables):
            yield from _exactly_one([self.shows[h, i] for i in self.gates])
            for i, t in product(self.gates, range(1, len(row))):
                yield [-self.shows[h, i], self.values[i, t] if row[t] else -self.values[i, t]]

    def _function(self) -> Iterator[Clause]:
        """What a gate is where its fanins are what they are."""
        for (i, j, k), selected in self.selects.items():
            for t in range(1, self.tables.shape[1]):
                value = self.values[i, t]
                for p, q in product((0, 1), repeat=2):
                    state = [self._unless(net, t, bit) for net, bit in ((j, p), (k, q))]
                    if None in state:
                        continue
                    clause = [-selected, *(name for name in state if name)]
                    if (p, q) in ROWS:
                        kind = self.ones[i][ROWS.index((p, q))]
                        yield from ([*clause, -value, kind], [*clause, value, -kind])
                    else:
                        yield [*clause, -value]

    def _unless(self, net: int, address: int, bit: int) -> int | None:
        """Literal that is false where a net has a value: 0 where it always has it, None where it never has."""
        if net < self.inputs:
            return 0 if address >> net & 1 == bit else None
        return -self.values[net, address] if bit else self.values[net, address]

    def _uses(self) -> Iterator[Clause]:
        """All gates are read, and none together with one of its fanins: one gate would do for both."""
        for net in self.gates:
            readers = [name for (_, j, k), name in self.selects.items() if net in (j, k)]
            yield readers + [self.shows[h, net] for h in range(len(self.tables))]
        for (i, j, k), name in self.selects.items():
            for later in self.gates[i - self.inputs + 1 :]:
                yield from ([-name, -self.selects[later, j, i]], [-name, -self.selects[later, k, i]])

    def _order(self) -> Iterator[Clause]:
        """A gate that does not read the one before it reads a later pair, or the same one as another kind of gate."""
        for i in self.gates[:-1]:
            pairs = sorted(combinations(range(i), 2), key=lambda pair: pair[::-1])
            for place, later in enumerate(pairs):
                for earlier in pairs[:place]:
                    yield [-self.selects[i, *later], -self.selects[i + 1, *earlier]]
                both = [-self.selects[i, *later], -self.selects[i + 1, *later]]
                for number, first in enumerate(KINDS):
                    for second in KINDS[: number + 1]:
                        yield both + self._is_not(i, first) + self._is_not(i + 1, second)

    def _is_not(self, gate: int, kind: Sequence[int]) -> Clause:
        return [-name if one else name for name, one in zip(self.ones[gate], kind, strict=True)]

    def _symmetries(self) -> Iterator[Clause]:
        """The second one of two inputs that may change places is read after the first one, or with it."""
        for p, q in combinations(range(self.inputs), 2):
            if not self._may_change(p, q):
                continue
            for (i, j, k), name in self.selects.items():
                if q in (j, k) and p not in (j, k):
                    yield [-name, *(v for (gate, *fanins), v in self.selects.items() if gate < i and p in fanins)]

    def _may_change(self, p: int, q: int) -> bool:
        addresses = np.arange(self.tables.shape[1])
        differ = (addresses >> p ^ addresses >> q) & 1
        return bool((self.tables == self.tables[:, addresses ^ (differ << p | differ << q)]).all())


def _exactly_one(names: Sequence[int]) -> Iterator[Clause]:
    yield list(names)
    yield from ([-a, -b] for a, b in combinations(names, 2))
