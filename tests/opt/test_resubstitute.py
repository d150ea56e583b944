from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pytest

from bespoke.netlist import SimpleGates, SimpleKind
from bespoke.opt import SearchEffort, resubstitute

INPUTS = 5
COUNT = 1 << INPUTS
ALL = (1 << COUNT) - 1
TABLES = [sum(1 << state for state in range(COUNT) if state >> i & 1) for i in range(INPUTS)]
INV, NAND, NOR, AND, OR = SimpleKind
GREEDY, ANNEALED = SearchEffort(work=60_000), SearchEffort(work=120_000, heat=0.6)


def gate(kind: int, a: int, b: int) -> int:
    return {INV: a ^ ALL, NAND: a & b ^ ALL, NOR: (a | b) ^ ALL, AND: a & b, OR: a | b}[SimpleKind(kind)]


def tables(gates: SimpleGates) -> list[int]:
    """Truth tables of the outputs over all inputs."""
    found = [0, ALL, *TABLES]
    for kind, a, b in zip(gates.kinds, gates.left, gates.right, strict=True):
        found.append(gate(kind, found[a], found[b]))
    return [found[output] for output in gates.outputs]


class Exact:
    """Truth tables as the description of signals; outputs must be right where ``care`` is 1."""

    def __init__(self, wanted: Sequence[int], care: int = ALL) -> None:
        self.wanted, self.care = wanted, care

    def source(self, signal: int) -> int:
        return [0, ALL, *TABLES][signal]

    def gate(self, kind: int, a: int, b: int) -> int:
        return gate(kind, a, b)

    def accepts(self, outputs: Sequence[int]) -> bool:
        return all(not (a ^ b) & self.care for a, b in zip(outputs, self.wanted, strict=True))


class Refusing(Exact):
    """Takes the circuit as it is, and no other."""

    def __init__(self, wanted: Sequence[int]) -> None:
        super().__init__(wanted)
        self.calls = 0

    def accepts(self, outputs: Sequence[int]) -> bool:
        self.calls += 1
        return self.calls == 1 and super().accepts(outputs)


def random_gates(seed: int, count: int = 40) -> SimpleGates:
    rng = np.random.default_rng(seed)
    kinds = rng.integers(0, 5, count)
    left = [int(rng.integers(2, 2 + INPUTS + g)) for g in range(count)]
    right = [
        a if kind == INV else int(rng.integers(2, 2 + INPUTS + g))
        for g, (kind, a) in enumerate(zip(kinds, left, strict=True))
    ]
    right = [
        b if b != a or kind == INV else 2 + (b - 1) % INPUTS for a, b, kind in zip(left, right, kinds, strict=True)
    ]
    outputs = tuple(range(INPUTS + count - 1, INPUTS + count + 2))
    return SimpleGates(INPUTS, tuple(map(int, kinds)), tuple(left), tuple(right), outputs)


@pytest.mark.parametrize("effort", [GREEDY, ANNEALED], ids=["greedy", "annealed"])
@pytest.mark.parametrize("seed", range(12))
def test_function_is_kept_and_cost_does_not_grow(seed: int, effort: SearchEffort) -> None:
    gates = random_gates(seed)
    smaller = resubstitute(gates, TABLES, COUNT, Exact(tables(gates)), effort)
    assert tables(smaller) == tables(gates)
    assert smaller.cost <= gates.cost


@pytest.mark.parametrize("effort", [GREEDY, ANNEALED], ids=["greedy", "annealed"])
@pytest.mark.parametrize("seed", range(6))
def test_the_abstraction_has_the_last_word(seed: int, effort: SearchEffort) -> None:
    gates = random_gates(seed)
    few = [table & 1 for table in TABLES]
    assert tables(resubstitute(gates, few, 1, Exact(tables(gates)), effort)) == tables(gates)
    unchanged = resubstitute(gates, TABLES, COUNT, Refusing(tables(gates)), effort)
    assert tables(unchanged) == tables(gates)


def test_a_circuit_that_is_not_accepted_stays_as_it_is() -> None:
    gates = random_gates(1)
    assert resubstitute(gates, TABLES, COUNT, Exact([~table & ALL for table in tables(gates)]), GREEDY) is gates


def test_redundant_gates_go() -> None:
    a, b = 2, 3
    kinds, left, right = (INV, AND, AND, OR), (b, a, a, 8), (b, b, 7, 9)
    gates = SimpleGates(INPUTS, tuple(map(int, kinds)), left, right, (10,))
    assert resubstitute(gates, TABLES, COUNT, Exact([TABLES[0]]), GREEDY) == SimpleGates(INPUTS, (), (), (), (a,))


def test_inputs_that_do_not_matter_make_gates_go() -> None:
    gates = SimpleGates(INPUTS, (int(AND),), (2,), (3,), (7,))
    inputs = [state for state in range(COUNT) if not state & 1 or state & 2]
    care = sum(1 << state for state in inputs)
    vectors = [sum((state >> i & 1) << place for place, state in enumerate(inputs)) for i in range(INPUTS)]
    smaller = resubstitute(gates, vectors, len(inputs), Exact(tables(gates), care), GREEDY)
    assert smaller == SimpleGates(INPUTS, (), (), (), (2,))


def test_heat_leaves_local_minima() -> None:
    starts = [random_gates(seed) for seed in range(6)]
    greedy, annealed = (
        sum(resubstitute(gates, TABLES, COUNT, Exact(tables(gates)), effort).cost for gates in starts)
        for effort in (SearchEffort(work=400_000), SearchEffort(work=400_000, heat=0.6))
    )
    assert annealed < greedy


def test_the_same_circuit_every_time() -> None:
    gates = random_gates(3)
    assert len({resubstitute(gates, TABLES, COUNT, Exact(tables(gates)), ANNEALED) for _ in range(2)}) == 1
