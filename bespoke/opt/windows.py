"""Large circuits, some gates at a time: parts with few inputs are searched on all values of these.

Source: A. Mishchenko, R. Brayton, "SAT-Based Complete Don't-Care Computation for Network Optimization", DATE 2005
(windows around a node), here searched as a whole by annealed resubstitution and without don't-cares.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field
from heapq import heappop, heappush

import numpy as np

from bespoke.cells import GateCosts
from bespoke.netlist import SimpleGates
from bespoke.opt.boxes import address_vectors, care_on
from bespoke.opt.resubstitute import SearchEffort, resubstitute

MOST_WINDOWED_GATES = 20_000
_LEAST_GATES = 6  # of a window
_LEAST_GAIN = 1e-9
_Gate = tuple[int, int, int]  # kind and the signals that it reads


@dataclass(frozen=True, slots=True)
class WindowEffort:
    """How windows are chosen and searched.

    Attributes
    ----------
    inputs, gates : int
        Most of a window.
    looks : int
        Gates looked at in all passes over the circuit, of which there is at least one: from the inputs to the outputs
        and back in turn.
    search : SearchEffort
        Of each window.
    """

    inputs: int
    gates: int
    looks: int
    search: SearchEffort


# By --effort: some 2 and 6 s for 5,000 gates.
WINDOWS = {
    "fast": WindowEffort(6, 40, 5_000, SearchEffort(60_000, 0.5)),
    "high": WindowEffort(8, 60, 12_000, SearchEffort(100_000, 0.5)),
}


def searched_in_windows(gates: SimpleGates, costs: GateCosts, effort: WindowEffort) -> SimpleGates:
    """Cheaper gates with the function of a circuit; the same ones if it has more than `MOST_WINDOWED_GATES`.

    Parameters
    ----------
    gates : SimpleGates
    costs : GateCosts
    effort : WindowEffort
    """
    if len(gates.kinds) > MOST_WINDOWED_GATES:
        return gates
    network = _Network(gates)
    for number in range(max(1, effort.looks // max(1, len(gates.kinds)))):
        order = network.order()
        network.keep(order)
        seen: set[int] = set()
        for seed in order[:: -1 if number % 2 else 1]:
            if seed not in seen and seed in network.gates:
                window = network.window(seed, effort)
                seen |= window.members
                if len(window.members) >= _LEAST_GATES:
                    _improve(network, window, costs, effort.search)
    return network.as_gates()


@dataclass(frozen=True, slots=True)
class _Window:
    """Gates, what they read from outside, and what a window may grow by.

    Attributes
    ----------
    members, leaves : set of int
    free : list of int
        Heap of gates that read members and leaves alone, some of them members.
    beside : list of int
        Heap of the negative numbers of what reads members.
    """

    members: set[int] = field(default_factory=set)
    leaves: set[int] = field(default_factory=set)
    free: list[int] = field(default_factory=list)
    beside: list[int] = field(default_factory=list)


class _Network:
    """Gates by their signals, which keep their numbers while others come and go.

    Attributes
    ----------
    gates : dict of int to tuple of int
        Kind and the two signals that a gate reads.
    """

    def __init__(self, gates: SimpleGates) -> None:
        self.inputs, self.outputs = gates.input_count, list(gates.outputs)
        rows = zip(gates.kinds, gates.left, gates.right, strict=True)
        self.gates: dict[int, _Gate] = dict(enumerate(rows, start=2 + gates.input_count))
        self._next = 2 + gates.input_count + len(gates.kinds)
        self._readers: defaultdict[int, set[int]] = defaultdict(set)
        for gate in self.gates:
            self._connect(gate)

    def _connect(self, gate: int) -> None:
        for signal in self.gates[gate][1:]:
            self._readers[signal].add(gate)

    def _remove(self, gate: int) -> None:
        for signal in set(self.gates.pop(gate)[1:]):
            self._readers[signal].discard(gate)

    def keep(self, wanted: Iterable[int]) -> None:
        """Drop all other gates."""
        for gate in self.gates.keys() - set(wanted):
            self._remove(gate)

    def order(self) -> list[int]:
        """The gates that an output depends on, each after those that it reads."""
        return self._sorted([signal for signal in self.outputs if signal in self.gates], self.gates.keys())

    def window(self, seed: int, effort: WindowEffort) -> _Window:
        """The gates around one that need the fewest inputs, as long as these are few enough."""
        window = _Window()
        gate: int | None = seed
        while gate is not None and len(window.members) < effort.gates:
            self._take(gate, window)
            gate = self._following(window, effort.inputs)
        return window

    def _take(self, gate: int, window: _Window) -> None:
        """Let a window grow by a gate."""
        new = self._new(gate, window)
        for signal in new if gate in window.leaves else new | {gate}:
            for reader in self._readers[signal]:
                if not self._new(reader, window) - new - {gate}:
                    heappush(window.free, reader)
        for reader in self._readers[gate]:
            heappush(window.beside, -reader)
        window.members.add(gate)
        window.leaves.discard(gate)
        window.leaves.update(new)

    def _following(self, window: _Window, most: int) -> int | None:
        """A gate that reads nothing new, else what a window reads, else what reads it; None if all is too much."""
        while window.free:
            gate = heappop(window.free)
            if gate not in window.members:
                return gate
        inner = min(((len(self._new(gate, window)), -gate) for gate in window.leaves & self.gates.keys()), default=None)
        if inner is not None and len(window.leaves) - 1 + inner[0] <= most:
            return -inner[1]
        while window.beside and len(window.leaves) < most:
            gate = -heappop(window.beside)
            if gate not in window.members:
                return gate
        return None

    def _new(self, gate: int, window: _Window) -> set[int]:
        """What a gate reads that a window does not have."""
        return {s for s in self.gates[gate][1:] if s > 1 and s not in window.members and s not in window.leaves}

    def part(self, window: _Window) -> tuple[SimpleGates, list[int], list[int]]:
        """A window as a circuit of its own, with the signals that are its inputs and its outputs."""
        inputs, members = sorted(window.leaves), self._sorted(sorted(window.members), window.members)
        outside = set(self.outputs)
        outputs = [gate for gate in members if gate in outside or not self._readers[gate] <= window.members]
        numbers = {signal: number for number, signal in enumerate((0, 1, *inputs, *members))}
        kinds, left, right = zip(*(self.gates[gate] for gate in members), strict=True)
        left, right = (tuple(numbers[signal] for signal in row) for row in (left, right))
        return SimpleGates(len(inputs), kinds, left, right, tuple(numbers[gate] for gate in outputs)), inputs, outputs

    def _sorted(self, wanted: Iterable[int], among: AbstractSet[int]) -> list[int]:
        """Gates and, before each, those of some that it reads."""
        found: dict[int, None] = {}
        stack = list(wanted)[::-1]
        while stack:
            missing = [signal for signal in self.gates[stack[-1]][1:] if signal in among and signal not in found]
            if missing:
                stack += missing
            else:
                found[stack.pop()] = None
        return list(found)

    def closes_cycle(self, window: _Window, found: SimpleGates, inputs: Sequence[int], outputs: Sequence[int]) -> bool:
        """Whether other gates in the place of a window would read what depends on them."""
        behind = self._leaves_behind(outputs, window)
        needed = _needed(found)
        read = [{inputs[number] for number in needed[output]} for output in found.outputs]
        left = set(range(len(outputs)))
        while left:
            first = {place for place in left if not any(behind[other] & read[place] for other in left)}
            if not first:
                return True
            left -= first
        return False

    def _leaves_behind(self, outputs: Sequence[int], window: _Window) -> list[set[int]]:
        """For each output of a window the inputs of it that depend on that output."""
        after = {gate for output in outputs for gate in self._readers[output]} - window.members
        stack = list(after)
        while stack:
            new = self._readers[stack.pop()] - window.members - after
            after |= new
            stack += new
        found: list[set[int]] = [set() for _ in outputs]
        for leaf in window.leaves & after:
            between, stack = {leaf}, [leaf]
            while stack:
                new = {signal for signal in self.gates[stack.pop()][1:] if signal in after} - between
                between |= new
                stack += new
            for number, output in enumerate(outputs):
                if self._readers[output] & between:
                    found[number].add(leaf)
        return found

    def replace(self, window: _Window, found: SimpleGates, inputs: Sequence[int], outputs: Sequence[int]) -> None:
        """Put other gates in the place of a window."""
        signals = [0, 1, *inputs, *range(self._next, self._next + len(found.kinds))]
        others = {old: signals[new] for old, new in zip(outputs, found.outputs, strict=True)}
        readers = {gate for old in outputs for gate in self._readers[old]} - window.members
        rows = zip(found.kinds, found.left, found.right, strict=True)
        added = {self._next + n: (kind, signals[a], signals[b]) for n, (kind, a, b) in enumerate(rows)}
        for gate in readers:
            kind, a, b = self.gates[gate]
            added[gate] = kind, others.get(a, a), others.get(b, b)
        for gate in window.members | readers:
            self._remove(gate)
        self.gates.update(added)
        for gate in added:
            self._connect(gate)
        self.outputs = [others.get(signal, signal) for signal in self.outputs]
        self._next += len(found.kinds)

    def as_gates(self) -> SimpleGates:
        """The gates that an output depends on."""
        order = self.order()
        numbers = {signal: number for number, signal in enumerate((*range(2 + self.inputs), *order))}
        kinds, left, right = zip(*(self.gates[gate] for gate in order), strict=True) if order else ((), (), ())
        left, right, outputs = (tuple(numbers[signal] for signal in row) for row in (left, right, self.outputs))
        return SimpleGates(self.inputs, kinds, left, right, outputs)


def _needed(gates: SimpleGates) -> list[frozenset[int]]:
    """Numbers of the inputs that each signal depends on."""
    found = [frozenset[int](), frozenset[int](), *(frozenset((number,)) for number in range(gates.input_count))]
    for left, right in zip(gates.left, gates.right, strict=True):
        found.append(found[left] | found[right])
    return found


def _needs_no_more(gates: SimpleGates, others: SimpleGates) -> bool:
    """Whether no output depends on more inputs than in others; what is behind it then closes no cycle."""
    ours, theirs = _needed(gates), _needed(others)
    return all(ours[a] <= theirs[b] for a, b in zip(gates.outputs, others.outputs, strict=True))


def _improve(network: _Network, window: _Window, costs: GateCosts, effort: SearchEffort) -> None:
    """Search for cheaper gates of a window, and put them in its place."""
    part, inputs, outputs = network.part(window)
    if not outputs:  # all that read these gates read others now
        return
    vectors = address_vectors(np.arange(1 << len(inputs)), len(inputs))
    found = resubstitute(part, care_on(vectors, len(outputs)), effort, costs)
    # A gate that reads a constant is no cell.
    if part.cost(costs.simple) - found.cost(costs.simple) <= _LEAST_GAIN or min(found.outputs) < 2:
        return
    if _needs_no_more(found, part) or not network.closes_cycle(window, found, inputs, outputs):
        network.replace(window, found, inputs, outputs)
