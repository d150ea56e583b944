"""A circuit with gates to spare, all values of its inputs, and who knows it on all of them."""

from __future__ import annotations

import itertools

import numpy as np

from bespoke.netlist import Netlist, NetlistBuilder, SimpleGates
from bespoke.opt import Samples, Words, care_on, packed

BITS = 10
ALL = packed((np.arange(1 << BITS) >> np.arange(BITS)[:, None] & 1) > 0)


def clumsy() -> Netlist:
    """Majority and conjunction of ten inputs, with gates to spare."""
    builder = NetlistBuilder("classifier")
    x = builder.add_input("x", BITS).bits
    pairs = [builder.and_(a, b) for a, b in itertools.combinations(x[:5], 2)]
    both = [builder.and_(a, b) for a, b in itertools.combinations(pairs, 2)]
    builder.add_output("y", [builder.any_of(both), builder.and_(builder.all_of(x), builder.any_of(x[5:]))])
    return builder.build()


def outputs(gates: SimpleGates, values: Words) -> np.ndarray:
    signals = gates.signals(list(values), ~np.zeros_like(values[0]))
    return np.stack([signals[output] for output in gates.outputs])


class Exhaustive:
    """Refutes by all values, of which it gives the first word that shows it."""

    def __init__(self, right: SimpleGates) -> None:
        self.wanted, self.asked = outputs(right, ALL), 0

    def __call__(self, gates: SimpleGates, _seconds: float) -> Words:
        self.asked += 1
        wrong = np.flatnonzero((outputs(gates, ALL) ^ self.wanted).any(axis=0))
        return ALL[:, wrong[:1]]


class Unknowing:
    """Knows of no gates whether they are right."""

    def __init__(self) -> None:
        self.asked = 0

    def __call__(self, _gates: SimpleGates, _seconds: float) -> None:
        self.asked += 1


def few_samples(gates: SimpleGates, refute: Exhaustive | Unknowing, rng: np.random.Generator) -> Samples:
    """A sixteenth of the values of a clumsy circuit."""
    return Samples(gates, care_on(ALL[:, 3:4], len(gates.outputs)), 64, refute, rng)
