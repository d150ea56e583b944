"""Gates replaced by cheaper functions of other signals, wherever that does not show at the outputs."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Protocol, TypeVar

import numpy as np

from bespoke.netlist import SimpleGates
from bespoke.opt.gate_network import SOURCE, GateNetwork, bitwise, settle
from bespoke.opt.replacements import WIRE, Divisors, Move, Words

Value = TypeVar("Value")
_TRIALS = 24
_WORD = 64
_WINDOW = 120
_MOST_FREED = 40
_PATIENCE = 5
_REFUSED = 300
_ROUND = 50
_EPSILON = 1e-9


@dataclass(frozen=True, slots=True)
class SearchEffort:
    """How long to search.

    Every gate is tried once, then gates are picked at random.

    Attributes
    ----------
    work : int
        Gates looked at (about 2 us each). Without heat, the end comes sooner when all gates were tried in vain several
        times.
    heat : float
        Loss, in NAND2 cells, that a change may bring in the mean in the beginning of the random phase; it falls to 0
        at the end (simulated annealing). Changes without gain or loss are always made: they open the way to others.
    """

    work: int
    heat: float = 0.0


class Abstraction(Protocol):
    """Sound description of signals over all inputs, which decides whether a changed circuit is still right."""

    def source(self, signal: int) -> Any:  # noqa: ANN401  each abstraction has values of its own
        """Value of a constant or an input."""

    def gate(self, kind: int, a: Any, b: Any) -> Any:  # noqa: ANN401  same
        """Value of a gate's output."""

    def accepts(self, outputs: Sequence[Any]) -> bool:
        """Whether the outputs' values show that each output has its function, for every input."""


def resubstitute(
    gates: SimpleGates, vectors: Sequence[int], vector_count: int, abstraction: Abstraction, effort: SearchEffort
) -> SimpleGates:
    """Make a circuit cheaper by changes that an abstraction accepts.

    Parameters
    ----------
    gates : SimpleGates
    vectors : sequence of int
        Bit vector per input: concrete inputs, which tell most wrong changes at once.
    vector_count : int
    abstraction : Abstraction
        Has the last word on each change.
    effort : SearchEffort

    Returns
    -------
    SimpleGates
        The cheapest circuit met.

    Notes
    -----
    Resubstitution with observability don't-cares (Mishchenko et al., "Scalable don't-care-based logic optimization and
    resynthesis", ACM TRETS 2011), with heat as a local search of simulated annealing (S. Kirkpatrick et al.,
    "Optimization by simulated annealing", Science 220, 1983).
    """
    search = _Search(GateNetwork(gates), vectors, vector_count, abstraction)
    if not search.is_right():
        return gates
    best, best_cost = gates, gates.cost
    for number, (signal, is_first) in enumerate(search.targets(), 1):
        left = 1.0 - search.work / effort.work
        loss = 0.0 if is_first else search.random.expovariate(1.0) * effort.heat * left
        search.improve(signal, least=_EPSILON if is_first else -_EPSILON - loss)
        if number % _ROUND == 0 and search.network.cost < best_cost - _EPSILON:
            best, best_cost, search.vain = search.network.freeze(), search.network.cost, 0
        if left <= 0 or (not effort.heat and search.vain > _PATIENCE * search.gate_count):
            break
    return search.network.freeze() if search.network.cost < best_cost - _EPSILON else best


class _Search:
    def __init__(
        self, network: GateNetwork, vectors: Sequence[int], vector_count: int, abstraction: Abstraction
    ) -> None:
        self.network = network
        self.abstraction = abstraction
        self.mask = (1 << vector_count) - 1
        self.octets = -(-vector_count // _WORD) * (_WORD // 8)
        self.random = random.Random(0)  # noqa: S311  which change is tried first is no secret
        self.work = 0
        self.vain = 0
        self.refused: set[tuple[int, Move]] = set()
        self.values: list[int] = [0, self.mask, *vectors] + [0] * self.gate_count
        self.states: list[Any] = [abstraction.source(signal) for signal in range(network.sources)]
        self.states += [None] * self.gate_count
        for signal in network.order():
            self._evaluate(signal)
        self.matrix: Words = np.stack([self._words(value) for value in self.values])

    def _evaluate(self, signal: int) -> None:
        kind, fanins = self.network.kinds[signal], self.network.fanins[signal]
        self.values[signal] = _result(kind, fanins, self.values, self._bitwise)
        self.states[signal] = _result(kind, fanins, self.states, self.abstraction.gate)

    def _words(self, value: int) -> Words:
        return np.frombuffer(value.to_bytes(self.octets, "little"), dtype="<u8")

    def _bitwise(self, kind: int, a: int, b: int) -> int:
        return bitwise(kind, a, b, self.mask)

    def is_right(self) -> bool:
        """Whether the abstraction accepts the circuit as it is."""
        return self.abstraction.accepts([self.states[output] for output in self.network.outputs])

    @property
    def gate_count(self) -> int:
        """Number of gates, unused ones included."""
        return len(self.network.kinds) - self.network.sources

    def targets(self) -> Iterator[tuple[int, bool]]:
        """Gates to try, and whether it is for the first time: all from the outputs down, then at random."""
        for signal in self.network.order()[::-1]:
            if self.network.kinds[signal] > SOURCE:
                yield signal, True
        while any(self.network.kinds[output] > SOURCE for output in self.network.outputs):
            signal = self.random.randrange(self.network.sources, len(self.network.kinds))
            self.work += 1
            if self.network.kinds[signal] > SOURCE:
                yield signal, False

    def improve(self, signal: int, *, least: float) -> bool:
        """Try to replace a gate for a gain of more than ``least``; return whether that was done."""
        network = self.network
        cone = network.cone(signal)
        self.work += 400 + 2 * len(cone)
        care = self._care(signal, cone)
        on = self.values[signal] & care
        near = np.array(sorted(network.neighbours(signal, _WINDOW).difference(cone, (signal,))))
        divisors = Divisors(self.matrix, near, self._words(care), self.random)
        freed = network.take(signal, _MOST_FREED)
        moves = divisors.moves(self._words(on), self._words(care ^ on), freed - least)
        reading: dict[int, float] = {}
        found = [(freed - move.cost - self._reading(move, reading), move) for move in moves]
        network.give_back()
        self.random.shuffle(found)
        found.sort(key=lambda item: -item[0])
        self.vain += 1
        return any(gain > least and self._try(signal, move, cone, care) for gain, move in found[:_TRIALS])

    def _try(self, signal: int, move: Move, cone: list[int], care: int) -> bool:
        """Make a change if it is a new one, right on all vectors, and accepted."""
        now = (self.network.kinds[signal], tuple(sorted(self.network.fanins[signal])))
        if move[:2] == now or (signal, move) in self.refused:
            return False
        value = _result(move.kind, move.fanins, self.values, self._bitwise)
        if move.inner_kind != WIRE:
            inner = _result(move.inner_kind, move.inner_fanins, self.values, self._bitwise)
            value = self._bitwise(move.kind, self.values[move.fanins[0]], inner)
        if (value ^ self.values[signal]) & care:
            return False
        if self._commit(signal, move, cone):
            return True
        # What was refused once may be right later, when other gates have changed.
        if len(self.refused) > _REFUSED:
            self.refused.clear()
        self.refused.add((signal, move))
        return False

    def _reading(self, move: Move, known: dict[int, float]) -> float:
        """Cost of gates that would be freed without the move's fanins."""
        cost = 0.0
        for fanin in (*move.fanins, *move.inner_fanins):
            if not self.network.references[fanin]:
                if fanin not in known:
                    known[fanin] = self.network.cost_of_reading(fanin)
                cost += known[fanin]
        return cost

    def _care(self, signal: int, cone: list[int]) -> int:
        """Vectors on which an output changes with the signal."""
        changed = {signal: self.values[signal] ^ self.mask}
        settle(self.network, cone, self.values, changed, self._bitwise)
        care = 0
        for output in self.network.outputs:
            if output in changed:
                care |= changed[output] ^ self.values[output]
        return care

    def _commit(self, signal: int, move: Move, cone: list[int]) -> bool:
        """Make a change if the abstraction accepts it."""
        network, fanins = self.network, move.fanins
        inner = None
        if move.inner_kind != WIRE:
            inner = self._add(move.inner_kind, move.inner_fanins)
            fanins = (*fanins, inner)
        changed = {signal: _result(move.kind, fanins, self.states, self.abstraction.gate)}
        settle(network, cone, self.states, changed, self.abstraction.gate)
        accepted = self.abstraction.accepts([changed.get(output, self.states[output]) for output in network.outputs])
        if accepted:
            values = {signal: _result(move.kind, fanins, self.values, self._bitwise)}
            settle(network, cone, self.values, values, self._bitwise)
            for number, state in changed.items():
                self.states[number] = state
            for number, value in values.items():
                self._set_value(number, value)
            if move.kind == WIRE:
                network.replace_signal(signal, fanins[0])
            else:
                network.replace_gate(signal, move.kind, fanins)
        elif inner is not None:
            network.drop_if_unread(inner)
        return accepted

    def _add(self, kind: int, fanins: tuple[int, ...]) -> int:
        new = self.network.add(kind, fanins)
        if new == len(self.values):
            self.values.append(0)
            self.states.append(None)
            if new == len(self.matrix):
                self.matrix = np.concatenate([self.matrix, np.zeros_like(self.matrix)])
        self._evaluate(new)
        self._set_value(new, self.values[new])
        return new

    def _set_value(self, signal: int, value: int) -> None:
        self.values[signal] = value
        self.matrix[signal] = self._words(value)


def _result(
    kind: int, fanins: tuple[int, ...], values: list[Value], gate: Callable[[int, Value, Value], Value]
) -> Value:
    """Output of a gate or wire."""
    a, b = values[fanins[0]], values[fanins[-1]]
    return a if kind == WIRE else gate(kind, a, b)
