"""Nets of one circuit that are equal for reasons close by, merged: what SAT sweeping need not find out."""

from __future__ import annotations

from collections.abc import Sequence

from bespoke.netlist import FALSE, Netlist, NetlistBuilder
from bespoke.proof.circuit import AND, Circuit, value_masks
from bespoke.proof.vectors import IntArray, input_vectors

MAX_CUT = 9
_MAX_EXPANSIONS = 40


def merged(circuit: Circuit, outputs: Sequence[int], words: IntArray) -> tuple[Netlist, list[int]]:
    """Copy of a circuit in which nets that are proven equal are one net, and the output literals in it.

    Nets that agree on the input words, shape (n_vectors, n_ports), are candidates. Two of them are merged if they
    are equal as functions of a small cut below both, by exhaustion; what is merged is proven, and what is not
    merged may still be equal.
    """
    merger = _Merger(circuit, words)
    for net in circuit.cone(outputs, set(circuit.primary)):
        merger.add(net)
    return merger.builder.build(), [merger.literal(output) for output in outputs]


class _Merger:
    """Copies gates in topological order; ``known`` maps nets of the circuit to literals of the copy."""

    def __init__(self, circuit: Circuit, words: IntArray) -> None:
        self.builder = NetlistBuilder("merged")
        bits = self.builder.add_input("inputs", len(circuit.primary)).bits
        self._source = circuit
        self._known = {0: FALSE, **dict(zip(circuit.primary, bits, strict=True))}
        self._first_gate = circuit.first_gate
        self._mask = (1 << len(words)) - 1
        self._kinds = [AND] * circuit.first_gate
        self._fanins = [(0, 0)] * circuit.first_gate
        self._values = [0, *input_vectors(circuit.netlist.inputs, words)]
        self._classes: dict[int, int] = {}
        for net, value in enumerate(self._values):
            self._classes.setdefault(self._normal(value), net)

    def literal(self, literal: int) -> int:
        """Literal of the copy."""
        return self._known[literal >> 1] ^ (literal & 1)

    def add(self, net: int) -> None:
        """Copy one gate, or find its equal."""
        kind = self._source.kinds[net]
        x, y = self.literal(self._source.a[net]), self.literal(self._source.b[net])
        literal = (self.builder.and_ if kind == AND else self.builder.xor)(x, y)
        if literal >> 1 == len(self._kinds):
            literal = self._represented(literal, kind, (x, y) if kind == AND else (x & ~1, y & ~1))
        self._known[net] = literal

    def _represented(self, literal: int, kind: int, fanins: tuple[int, int]) -> int:
        """The literal of a new gate, or one of an older gate that is proven equal."""
        net = literal >> 1
        a, b = (self._value(fanin) for fanin in fanins)
        value = a & b if kind == AND else a ^ b
        self._kinds.append(kind)
        self._fanins.append(fanins)
        self._values.append(value)
        older = self._classes.setdefault(self._normal(value), net)
        if older == net:
            return literal
        differs = (value ^ self._values[older]) & 1
        return 2 * older ^ differs ^ (literal & 1) if self._equal(net, older, differs) else literal

    def _value(self, literal: int) -> int:
        return self._values[literal >> 1] ^ (self._mask if literal & 1 else 0)

    def _normal(self, value: int) -> int:
        return value ^ self._mask if value & 1 else value

    def _equal(self, net: int, older: int, differs: int) -> bool:
        """Whether two nets are equal, or complementary if ``differs``, over some small cut.

        The cut starts at both nets; the leaf whose fanins add the fewest leaves is opened next.
        """
        leaves = {net, older}
        gates: set[int] = set()
        for _ in range(_MAX_EXPANSIONS):
            opened = self._cheapest(leaves)
            if not opened:
                return False
            leaves.remove(opened)
            leaves.update(self._below(opened))
            gates.add(opened)
            if len(leaves) > MAX_CUT:
                return False
            if net in gates and self._equal_on(net, older, differs, (sorted(leaves), sorted(gates))):
                return True
        return False

    def _below(self, net: int) -> set[int]:
        return {fanin >> 1 for fanin in self._fanins[net] if fanin >> 1}

    def _cheapest(self, leaves: set[int]) -> int:
        """The gate among the leaves that adds the fewest leaves, the highest of equals; 0 if there is none."""
        gates = [leaf for leaf in leaves if leaf >= self._first_gate]
        return min(gates, key=lambda leaf: (len(self._below(leaf) - leaves), -leaf), default=0)

    def _equal_on(self, net: int, older: int, differs: int, window: tuple[list[int], list[int]]) -> bool:
        leaves, gates = window
        mask = (1 << (1 << len(leaves))) - 1
        values = {0: 0, **dict(zip(leaves, value_masks(len(leaves)), strict=True))}
        for gate in gates:
            a, b = self._fanins[gate]
            x = values[a >> 1] ^ (mask if a & 1 else 0)
            y = values[b >> 1] ^ (mask if b & 1 else 0)
            values[gate] = x & y if self._kinds[gate] == AND else x ^ y
        return values[net] ^ values[older] == (mask if differs else 0)
