"""Cells of a mapped netlist as gates beside the lowered one, with nets that are proven equal over small cuts made one.

The mapper covers small parts of the lowered netlist by cells, so most of its nets have an equal one there. Vectors tell
which one it may be, a truth table over a few free nets below both proves it, and all that reads the net then reads the
equal one. So the work grows as the circuit does, and little or nothing is left for SAT.
"""

from __future__ import annotations

from bisect import bisect
from collections.abc import Sequence

import numpy as np

from bespoke.netlist import AND, FALSE, TRUE, Netlist, NetlistBuilder
from bespoke.proof.circuit import free_tables
from bespoke.proof.vectors import input_vectors, stimuli

_VECTORS = 2048  # two nets that are alike on all of them are told apart by their truth tables
_MOST_NETS = 16  # of the lowered netlist that are compared with one net, wherever they are
_MOST_LEAVES = 12
_MOST_GATES = 96
_ROUNDS = 14  # of leaves replaced by what they read


class JoinedNetlist(NetlistBuilder):
    """A lowered netlist to which gates are added, with the value of every net on some vectors.

    Parameters
    ----------
    netlist : Netlist

    Attributes
    ----------
    literals : list of int
        Literal here of each net of the lowered netlist.
    merged : int
        Number of nets that were proven equal to one of the lowered netlist.
    """

    def __init__(self, netlist: Netlist) -> None:
        super().__init__(f"{netlist.name}_joined")
        words = stimuli(netlist.inputs)
        words = words[np.linspace(0, len(words) - 1, min(_VECTORS, len(words))).astype(np.int64)]
        self._mask = (1 << len(words)) - 1
        self._values = [0, *input_vectors(netlist.inputs, words)]
        self._like: dict[int, list[int]] = {0: [FALSE]}
        self.merged = 0
        for port in netlist.inputs:
            self.add_input(port.name, port.width)
        self.literals = [2 * net for net in range(1 + netlist.input_count)]
        for kind, a, b in zip(netlist.kinds, netlist.fanin_a, netlist.fanin_b, strict=True):
            x, y = self.literals[a >> 1] ^ (a & 1), self.literals[b >> 1] ^ (b & 1)
            self.literals.append(self.gate(kind, x, y))
        self._lowered_count = len(self._values)
        for net in range(1, self._lowered_count):
            value, complement = self._normal(2 * net)
            self._like.setdefault(value, []).append(2 * net ^ complement)

    def of(self, literal: int) -> int:
        """Literal here of one of the lowered netlist."""
        return self.literals[literal >> 1] ^ (literal & 1)

    def _gate(self, kind: int, a: int, b: int) -> int:
        literal = super()._gate(kind, a, b)
        if literal >> 1 == len(self._values):
            x, y = self._value(a), self._value(b)
            self._values.append(x & y if kind == AND else x ^ y)
        return literal

    def _value(self, literal: int) -> int:
        value = self._values[literal >> 1]
        return value ^ self._mask if literal & 1 else value

    def _normal(self, literal: int) -> tuple[int, int]:
        """The value of a literal or of its complement, whichever is 0 on the first vector, and whether it is that."""
        value = self._value(literal)
        return (value ^ self._mask, 1) if value & 1 else (value, 0)

    def settled(self, literal: int) -> int:
        """A literal of the lowered netlist that is proven equal, if one is found; else the literal itself."""
        if literal >> 1 < self._lowered_count:
            return literal
        value, complement = self._normal(literal)
        alike = self._like.get(value)
        leaves = self._without_added({literal >> 1}) if alike else None
        if alike and leaves is not None:
            for candidate in alike if len(alike) <= _MOST_NETS else self._near(leaves, alike):
                if self._is_equal(literal, candidate ^ complement, leaves):
                    self.merged += 1
                    return candidate ^ complement
        return literal

    def _near(self, leaves: set[int], alike: Sequence[int]) -> list[int]:
        """Those of many literals, ascending, that are constant or that the highest leaves may be read by."""
        found = dict.fromkeys(alike[:1]) if alike[0] <= TRUE else {}
        for leaf in sorted(leaves, reverse=True)[:2]:
            place = bisect(alike, 2 * leaf)
            found |= dict.fromkeys(alike[place : place + _MOST_NETS])
        return list(found)

    def _is_equal(self, literal: int, other: int, leaves: set[int]) -> bool:
        """Whether truth tables over some cut show it; deeper cuts are tried while they stay small."""
        for _ in range(_ROUNDS):
            if len(leaves) > _MOST_LEAVES:
                return False
            tables = self._tables((literal, other), leaves)
            if tables is not None and tables[0] == tables[1]:
                return True
            wider = self._wider(leaves)
            if wider is None:
                return False
            leaves = wider
        return False

    def _wider(self, leaves: set[int]) -> set[int] | None:
        """Leaves with one of them replaced by what it reads: the one that adds fewest, of these the highest."""
        choices = [
            (len(read - leaves), -self._levels[leaf], leaf, read)
            for leaf, read in ((leaf, self._read_by(leaf)) for leaf in leaves if self._is_gate(leaf))
        ]
        if not choices:
            return None
        *_, leaf, read = min(choices, key=lambda choice: choice[:3])
        return (leaves - {leaf}) | read

    def _without_added(self, leaves: set[int]) -> set[int] | None:
        """Leaves in the lowered netlist instead of nets that were added to it; None if that takes many steps."""
        for _ in range(_MOST_GATES):
            top = max(leaves, default=0)
            if top < self._lowered_count:
                return leaves
            leaves = (leaves - {top}) | self._read_by(top)
        return None

    def _is_gate(self, net: int) -> bool:
        return self._levels[net] > 0

    def _read_by(self, net: int) -> set[int]:
        gate = net - (len(self._levels) - len(self._kinds))
        return {self._fanin_a[gate] >> 1, self._fanin_b[gate] >> 1} - {0}

    def _tables(self, literals: Sequence[int], leaves: set[int]) -> list[int] | None:
        """Truth tables of literals over free leaves; nets that lie below all of these are free, too.

        None if they are too large.
        """
        offset, floor = len(self._levels) - len(self._kinds), min(leaves, default=0)
        free, gates, stack = set(leaves), set[int](), [literal >> 1 for literal in literals]
        while stack:
            net = stack.pop()
            if net == 0 or net in free or net in gates:
                continue
            if net < floor or net < offset:
                free.add(net)
            else:
                gates.add(net)
                stack += (self._fanin_a[net - offset] >> 1, self._fanin_b[net - offset] >> 1)
            if len(free) > _MOST_LEAVES or len(gates) > _MOST_GATES:
                return None
        mask = (1 << (1 << len(free))) - 1
        values = dict(zip(sorted(free), free_tables(len(free)), strict=True)) | {0: 0}
        for net in sorted(gates):
            a, b = self._fanin_a[net - offset], self._fanin_b[net - offset]
            x = values[a >> 1] ^ (mask if a & 1 else 0)
            y = values[b >> 1] ^ (mask if b & 1 else 0)
            values[net] = x & y if self._kinds[net - offset] == AND else x ^ y
        return [values[literal >> 1] ^ (mask if literal & 1 else 0) for literal in literals]
