"""Circuits that change gate by gate, for samples of Boolean functions; 64 rows of them are looked at at a time.

Sources, beside those of the family: Goldman and Punch, "Reducing Wasted Evaluations in Cartesian Genetic Programming",
EuroGP 2013 (gates in use change); Kirkpatrick, Gelatt and Vecchi, Science 220, 1983 (worse changes stay at first).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import cast

import numpy as np
from numpy.typing import NDArray

from bespoke.compiled import compiled, entry
from bespoke.families.family import Parameters
from bespoke.families.learning import FloatArray, Learning
from bespoke.families.votes import Votes
from bespoke.model import Gates, IntArray, IntegerModel, Origin
from bespoke.netlist import AND, TRUE, rebuild

# Leaves of the tree to start from, and what share of all rows a gate must have right.
_LEAVES, _GATE_SHARES = (16, 30, 60), (0.0005, 0.0002)
# Rounds of features of that tree; AND gates that an exclusive or counts as where gates are limited.
_FRINGE, _XOR_GATES = 8, 3
# Changes, and the share of the rows that a worse one may cost in the beginning with a probability of 1 / e.
_MOVES, _HEAT = 400_000, 0.0001
Planes = NDArray[np.uint64]


class Evolved(Votes):
    """The circuit of a tree, whose gates change one at a time; a gate is as dear as a share of the rows."""

    name = "evolved"
    source = (
        "Miller, Thomson, Cartesian Genetic Programming, EuroGP 2000; Rai et al., DATE 2021 (that begins with trees)"
    )

    def candidates(self) -> Iterator[Parameters]:
        """Leaves to start from, and what a gate must save."""
        yield from ({"leaves": leaves, "gate_share": share} for leaves in _LEAVES for share in _GATE_SHARES)

    def fit(self, learning: Learning, parameters: Parameters, random: np.random.Generator) -> IntegerModel:
        """Evolve one circuit."""
        model = super().fit(learning, {"trees": 1, "leaves": parameters["leaves"], "fringe": _FRINGE}, random)
        start, count = cast(Gates, model.stages[0]).netlist, len(learning.targets)
        rows = np.arange(-(-count // 64) * 64) % count  # some count twice
        bits = np.vstack([np.zeros(count), learning.words.T[np.array(learning.coding.bits) > 0], learning.targets])
        packed = np.packbits(bits.take(rows, axis=1) > 0, axis=1).view(np.uint64)
        # The last gate is the output.
        own = ((*start.fanin_a, *start.outputs[0].bits), (*start.fanin_b, TRUE), (*start.kinds, AND))
        gates = np.array(own).T.copy()
        planes = np.concatenate([packed[:-1], np.zeros((len(gates), len(rows) // 64), dtype=np.uint64)])
        _evolve(planes, packed[-1], gates, random.random((_MOVES, 5)), parameters["gate_share"] * len(rows))
        a, b, kinds = (tuple(column) for column in gates.T.tolist())
        outputs = (replace(start.outputs[0], bits=(2 * len(planes) - 2,)),)
        evolved = rebuild(replace(start, kinds=kinds, fanin_a=a, fanin_b=b, outputs=outputs))
        return replace(model, stages=(Gates(evolved),), origin=Origin(self.name, ""))


@entry
def _evolve(planes: Planes, wanted: Planes, gates: IntArray, random: FloatArray, price: float) -> None:
    """Change gates; worse changes stay ever less often."""
    size, first, tried = len(gates), len(planes) - len(gates), gates.copy()
    in_use, live = np.ones(len(planes), dtype=np.bool_), np.ones(len(planes), dtype=np.bool_)
    current = _cost(planes, wanted, gates, price, in_use, np.inf)
    for move in range(len(random)):
        kind, gate, place = random[move, 0], int(random[move, 1] * size), int(random[move, 2] * 2.1)
        while kind < 0.9 and not in_use[first + gate]:
            gate = (gate + 1) % size
        literal = int(random[move, 3] * 2 * (first + gate))
        while kind < 0.6 and not in_use[literal >> 1]:
            literal = (literal + 2) % (2 * (first + gate))
        tried[gate, place] = tried[gate, place] ^ 1 if kind < 0.2 or place > 1 else literal
        limit = current - _HEAT * 64 * len(wanted) * (1 - move / len(random)) * np.log(1 - random[move, 4])
        found = _cost(planes, wanted, tried, price, live, limit)
        if found <= limit:
            current, gates[gate], in_use[:] = found, tried[gate], live
        tried[gate] = gates[gate]


@compiled
def _cost(
    planes: Planes, wanted: Planes, gates: IntArray, price: float, live: NDArray[np.bool_], limit: float
) -> float:
    """Rows that are wrong and the prices of gates in use; more than a limit, if the prices alone are."""
    first, cost = len(planes) - len(gates), 0.0
    live[1:-1] = False
    for gate in range(len(gates) - 1, -1, -1):
        if live[first + gate]:
            live[gates[gate, 0] >> 1] = live[gates[gate, 1] >> 1] = True
            cost += price * (1 + (_XOR_GATES - 1) * gates[gate, 2])
    for gate in range(len(gates) if cost <= limit else 0):
        if live[first + gate]:
            a, b, is_xor, out = gates[gate, 0], gates[gate, 1], gates[gate, 2] > 0, planes[first + gate]
            x, y, not_x, not_y = planes[a >> 1], planes[b >> 1], -np.uint64(a & 1), -np.uint64(b & 1)
            for word in range(len(wanted)):
                u, v = x[word] ^ not_x, y[word] ^ not_y
                out[word] = u ^ v if is_xor else u & v
    for ones in planes[-1] ^ wanted:  # counted as in Warren, Hacker's Delight, 2nd edition, 2012, section 5-1
        pairs = ones - ((ones >> np.uint64(1)) & np.uint64(0x5555555555555555))
        fours = (pairs & np.uint64(0x3333333333333333)) + ((pairs >> np.uint64(2)) & np.uint64(0x3333333333333333))
        cost += float(((fours + (fours >> np.uint64(4))) & np.uint64(0x0F0F0F0F0F0F0F0F)) % np.uint64(255))
    return cost
