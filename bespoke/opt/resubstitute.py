"""Gates replaced by cheaper functions of other signals, wherever that does not show at the outputs."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator, Sequence
from typing import Any, Protocol, TypeVar

import numpy as np

from bespoke.netlist import SimpleGates
from bespoke.opt.gate_network import SOURCE, GateNetwork, bitwise, settle
from bespoke.opt.replacements import WIRE, Divisors, Move, Octets

Value = TypeVar("Value")
_TRIALS = 24
_GRAIN = 128
_WINDOW = 300
_MOST_FREED = 40
_PATIENCE = 5
_EPSILON = 1e-9


class Abstraction(Protocol):
    """Sound description of signals over all inputs, which decides whether a changed circuit is still right."""

    def source(self, signal: int) -> Any:  # noqa: ANN401  each abstraction has values of its own
        """Value of a constant or an input."""

    def gate(self, kind: int, a: Any, b: Any) -> Any:  # noqa: ANN401  same
        """Value of a gate's output."""

    def accepts(self, outputs: Sequence[Any]) -> bool:
        """Whether the outputs' values show that each output has its function, for every input."""


def resubstitute(
    gates: SimpleGates, vectors: Sequence[int], vector_count: int, abstraction: Abstraction, *, work: int
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
    work : int
        How long to go on, counted in gates looked at (about 2 us each). Every gate is tried once, then gates are
        picked at random; changes at equal cost are made too then, since they open the way to others. The end comes
        sooner when all gates were tried in vain several times.

    Notes
    -----
    Resubstitution with observability don't-cares (Mishchenko et al., "Scalable don't-care-based logic optimization and
    resynthesis", ACM TRETS 2011).
    """
    search = _Search(GateNetwork(gates), vectors, vector_count, abstraction)
    if not search.is_right():
        return gates
    for signal, least in search.targets():
        if search.work >= work or search.is_stuck():
            break
        search.improve(signal, least=least)
    return search.network.freeze()


class _Search:
    def __init__(
        self, network: GateNetwork, vectors: Sequence[int], vector_count: int, abstraction: Abstraction
    ) -> None:
        self.network = network
        self.abstraction = abstraction
        self.mask = (1 << vector_count) - 1
        self.octets = -(-vector_count // (8 * _GRAIN)) * _GRAIN
        self.random = random.Random(0)  # noqa: S311  which change is tried first is no secret
        self.work = 0
        self.vain = 0
        self.refused: set[tuple[int, Move]] = set()
        gates = len(network.kinds) - network.sources
        self.values: list[int] = [0, self.mask, *vectors] + [0] * gates
        self.states: list[Any] = [abstraction.source(signal) for signal in range(network.sources)]
        self.states += [None] * gates
        for signal in network.order():
            self._evaluate(signal)
        self.matrix: Octets = np.stack([self._octets(value) for value in self.values], axis=1)

    def _evaluate(self, signal: int) -> None:
        kind, fanins = self.network.kinds[signal], self.network.fanins[signal]
        self.values[signal] = _result(kind, fanins, self.values, self._bitwise)
        self.states[signal] = _result(kind, fanins, self.states, self.abstraction.gate)

    def _octets(self, value: int) -> Octets:
        return np.frombuffer(value.to_bytes(self.octets, "little"), dtype=np.uint8)

    def _bitwise(self, kind: int, a: int, b: int) -> int:
        return bitwise(kind, a, b, self.mask)

    def is_right(self) -> bool:
        """Whether the abstraction accepts the circuit as it is."""
        return self.abstraction.accepts([self.states[output] for output in self.network.outputs])

    def is_stuck(self) -> bool:
        """Whether each gate was tried several times since the last gain."""
        return self.vain > _PATIENCE * (len(self.network.kinds) - self.network.sources)

    def targets(self) -> Iterator[tuple[int, float]]:
        """Gates to try, with the gain asked for: all from the outputs down, then at random and with no gain too."""
        for signal in self.network.order()[::-1]:
            if self.network.kinds[signal] > SOURCE:
                yield signal, _EPSILON
        while len(self.network.kinds) > self.network.sources:
            signal = self.random.randrange(self.network.sources, len(self.network.kinds))
            self.work += 1
            if self.network.kinds[signal] > SOURCE:
                yield signal, -_EPSILON

    def improve(self, signal: int, *, least: float) -> bool:
        """Try to replace a gate for a gain of more than ``least``; return whether that was done."""
        network = self.network
        cone = network.cone(signal)
        self.work += 400 + 2 * len(cone)
        care = self._care(signal, cone)
        on = self.values[signal] & care
        near = sorted(network.neighbours(signal, _WINDOW).difference(cone, (signal,)))
        divisors = Divisors(self.matrix, near, self._octets(care))
        freed = network.take(signal, _MOST_FREED)
        moves = divisors.moves(self._octets(on), self._octets(care ^ on), freed - least)
        reading: dict[int, float] = {}
        found = [(freed - move.cost - self._reading(move, reading), move) for move in moves]
        network.give_back()
        self.random.shuffle(found)
        found.sort(key=lambda item: -item[0])
        self.vain += 1
        for gain, move in found[:_TRIALS]:
            if gain > least and self._try(signal, move, cone, care):
                if gain > _EPSILON:
                    self.vain = 0
                return True
        return False

    def _try(self, signal: int, move: Move, cone: list[int], care: int) -> bool:
        """Make a change if it is a new one, right on all vectors, and accepted."""
        now = (self.network.kinds[signal], tuple(sorted(self.network.fanins[signal])))
        if move[:2] == now or (signal, move) in self.refused:
            return False
        value = _result(move.kind, move.fanins, self.values, self._bitwise)
        if move.inner_kind != WIRE:
            inner = _result(move.inner_kind, move.inner_fanins, self.values, self._bitwise)
            value = self._bitwise(move.kind, self.values[move.fanins[0]], inner)
        if not (value ^ self.values[signal]) & care and self._commit(signal, move, cone):
            return True
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
            if new == self.matrix.shape[1]:
                self.matrix = np.concatenate([self.matrix, np.zeros_like(self.matrix)], axis=1)
        self._evaluate(new)
        self._set_value(new, self.values[new])
        return new

    def _set_value(self, signal: int, value: int) -> None:
        self.values[signal] = value
        self.matrix[:, signal] = self._octets(value)


def _result(
    kind: int, fanins: tuple[int, ...], values: list[Value], gate: Callable[[int, Value, Value], Value]
) -> Value:
    """Output of a gate or wire."""
    a, b = values[fanins[0]], values[fanins[-1]]
    return a if kind == WIRE else gate(kind, a, b)
