"""A circuit of simple gates that can be changed in place."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TypeVar

from bespoke.netlist import SIMPLE_COSTS, SimpleGates, SimpleKind

SOURCE = -1
UNUSED = -2
INV, NAND, NOR, AND, OR = (int(kind) for kind in SimpleKind)
Value = TypeVar("Value")


class GateNetwork:
    """Simple gates with fanouts and reference counts.

    Signals are numbered as in `SimpleGates`, but a gate may read a higher signal and numbers are used again.

    Parameters
    ----------
    gates : SimpleGates

    Attributes
    ----------
    kinds : list of int
        Kind of the gate behind each signal, `SOURCE` for constants and inputs, `UNUSED` for a free number.
    fanins : list of tuple of int
        Signals read: one for an inverter, two for other gates.
    fanouts : list of set of int
        Gates that read each signal.
    references : list of int
        Gates and outputs that read each signal.
    outputs : list of int
    """

    def __init__(self, gates: SimpleGates) -> None:
        sources = gates.input_count + 2
        self.sources = sources
        self.kinds = [SOURCE] * sources + list(gates.kinds)
        pairs = zip(gates.kinds, gates.left, gates.right, strict=True)
        self.fanins: list[tuple[int, ...]] = [() for _ in range(sources)]
        self.fanins += [(a,) if kind == INV else (a, b) for kind, a, b in pairs]
        self.outputs = list(gates.outputs)
        self.fanouts: list[set[int]] = [set() for _ in self.kinds]
        self.references = [0] * len(self.kinds)
        self._free: list[int] = []
        self._taken: set[int] = set()
        for signal, fanins in enumerate(self.fanins):
            for fanin in fanins:
                self.fanouts[fanin].add(signal)
        for signal, readers in enumerate(self.fanouts):
            self.references[signal] = len(readers) + self.outputs.count(signal)
        for signal in range(len(self.kinds) - 1, sources - 1, -1):
            self.drop_if_unread(signal)

    @property
    def cost(self) -> float:
        """Cost of all gates, in NAND2 cells."""
        return sum(SIMPLE_COSTS[kind] for kind in self.kinds if kind >= 0)

    def gates(self) -> list[int]:
        """Signals of the gates."""
        return [signal for signal, kind in enumerate(self.kinds) if kind >= 0]

    def cone(self, root: int) -> list[int]:
        """Gates that depend on a signal, itself left out, each after those it reads."""
        order: list[int] = []
        seen: set[int] = set()
        stack = [root]
        while stack:
            signal = stack.pop()
            if signal < 0:
                order.append(~signal)
            elif signal not in seen:
                seen.add(signal)
                stack.append(~signal)
                stack += [reader for reader in self.fanouts[signal] if reader not in seen]
        order.pop()
        order.reverse()
        return order

    def neighbours(self, root: int, count: int) -> set[int]:
        """Constants and about ``count`` signals nearest to one, along fanins and fanouts."""
        found = {0, 1, root}
        front = [root]
        while front and len(found) < count:
            reached: list[int] = []
            for signal in front:
                reached += self.fanins[signal]
                if len(self.fanouts[signal]) < count:
                    reached += self.fanouts[signal]
            front = [signal for signal in dict.fromkeys(reached) if signal not in found]
            found.update(front)
        return found

    def order(self) -> list[int]:
        """All gates that the outputs need, each after those it reads."""
        order: list[int] = []
        seen: set[int] = set()
        stack = list(self.outputs)
        while stack:
            signal = stack.pop()
            if signal < 0:
                order.append(~signal)
            elif signal not in seen and self.kinds[signal] >= 0:
                seen.add(signal)
                stack.append(~signal)
                stack += self.fanins[signal]
        return order

    def take(self, root: int, most: int) -> float:
        """Take away a gate's references to its fanins, and theirs where that was the last; return the cost freed.

        After ``most`` gates, the rest is not looked at.
        """
        cost, stack = 0.0, [root]
        while stack and len(self._taken) < most:
            signal = stack.pop()
            self._taken.add(signal)
            cost += SIMPLE_COSTS[self.kinds[signal]]
            for fanin in self.fanins[signal]:
                self.references[fanin] -= 1
                if self.references[fanin] == 0 and self.kinds[fanin] >= 0:
                    stack.append(fanin)
        return cost

    def give_back(self) -> None:
        """Inverse of `take`."""
        for signal in self._taken:
            for fanin in self.fanins[signal]:
                self.references[fanin] += 1
        self._taken.clear()

    def cost_of_reading(self, root: int) -> float:
        """Cost of what had to be given back for one signal to be read."""
        needed: set[int] = set()
        cost, stack = 0.0, [root]
        while stack:
            signal = stack.pop()
            if signal in self._taken and not self.references[signal] and signal not in needed:
                needed.add(signal)
                cost += SIMPLE_COSTS[self.kinds[signal]]
                stack += self.fanins[signal]
        return cost

    def add(self, kind: int, fanins: tuple[int, ...]) -> int:
        """Signal of a new gate, which nothing reads yet."""
        if self._free:
            signal = self._free.pop()
        else:
            signal = len(self.kinds)
            self.kinds.append(UNUSED)
            self.fanins.append(())
            self.fanouts.append(set())
            self.references.append(0)
        self.kinds[signal], self.fanins[signal] = kind, fanins
        self._connect(signal)
        return signal

    def replace_gate(self, signal: int, kind: int, fanins: tuple[int, ...]) -> None:
        """Give a signal another gate."""
        old = self.fanins[signal]
        for fanin in set(old):
            self.fanouts[fanin].discard(signal)
        self.kinds[signal], self.fanins[signal] = kind, fanins
        self._connect(signal)
        for fanin in old:
            self.references[fanin] -= 1
            self.drop_if_unread(fanin)

    def replace_signal(self, signal: int, other: int) -> None:
        """Let everything that reads a signal read another one."""
        for reader in list(self.fanouts[signal]):
            self.fanins[reader] = tuple(other if fanin == signal else fanin for fanin in self.fanins[reader])
            self.fanouts[other].add(reader)
        self.outputs = [other if output == signal else output for output in self.outputs]
        self.references[other] += self.references[signal]
        self.references[signal] = 0
        self.fanouts[signal].clear()
        self.drop_if_unread(signal)

    def _connect(self, signal: int) -> None:
        for fanin in self.fanins[signal]:
            self.fanouts[fanin].add(signal)
            self.references[fanin] += 1

    def drop_if_unread(self, signal: int) -> None:
        """Remove a gate that nothing reads, and all that only it needs."""
        stack = [signal]
        while stack:
            signal = stack.pop()
            if self.references[signal] or self.kinds[signal] < INV:
                continue
            for fanin in self.fanins[signal]:
                self.fanouts[fanin].discard(signal)
                self.references[fanin] -= 1
                stack.append(fanin)
            self.kinds[signal], self.fanins[signal] = UNUSED, ()
            self._free.append(signal)

    def freeze(self) -> SimpleGates:
        """The circuit as immutable data."""
        number = {signal: signal for signal in range(self.sources)}
        order = self.order()
        number |= {signal: self.sources + position for position, signal in enumerate(order)}
        return SimpleGates(
            input_count=self.sources - 2,
            kinds=tuple(self.kinds[signal] for signal in order),
            left=tuple(number[self.fanins[signal][0]] for signal in order),
            right=tuple(number[self.fanins[signal][-1]] for signal in order),
            outputs=tuple(number[signal] for signal in self.outputs),
        )


def bitwise(kind: int, a: int, b: int, mask: int) -> int:
    """Output of a gate over bit vectors."""
    if kind == NAND:
        return a & b ^ mask
    if kind == INV:
        return a ^ mask
    if kind == NOR:
        return (a | b) ^ mask
    return a & b if kind == AND else a | b


def settle(
    network: GateNetwork,
    signals: Iterable[int],
    values: list[Value],
    changed: dict[int, Value],
    gate: Callable[[int, Value, Value], Value],
) -> None:
    """Add to ``changed`` the new values of all signals (in order) that change with those already in it."""
    for signal in signals:
        fanins = network.fanins[signal]
        a, b = fanins[0], fanins[-1]
        if a in changed or b in changed:
            new = gate(
                network.kinds[signal],
                changed[a] if a in changed else values[a],
                changed[b] if b in changed else values[b],
            )
            if new != values[signal]:
                changed[signal] = new
