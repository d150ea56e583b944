from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
import pytest
from small_libraries import EGFET_COSTS

from bespoke.netlist import SimpleGates, SimpleKind
from bespoke.opt import Care, SearchEffort, boxes_of, packed, resubstitute
from bespoke.opt.boxes import Boxes
from bespoke.opt.circuit import simple_gates
from bespoke.opt.resubstitute import walk
from bespoke.opt.words import Words

INPUTS = 5
COUNT = 1 << INPUTS
ALL = (1 << COUNT) - 1
TABLES = [sum(1 << state for state in range(COUNT) if state >> i & 1) for i in range(INPUTS)]
INV, NAND, NOR, AND, OR = SimpleKind
GREEDY, ANNEALED = SearchEffort(work=60_000), SearchEffort(work=120_000, heat=0.6)


def gate(kind: int, a: int, b: int) -> int:
    return {INV: a ^ ALL, NAND: a & b ^ ALL, NOR: (a | b) ^ ALL, AND: a & b, OR: a | b}[SimpleKind(kind)]


def cost(gates: SimpleGates) -> float:
    return gates.cost(EGFET_COSTS.simple)


def tables(gates: SimpleGates) -> list[int]:
    """Truth tables of the outputs over all inputs."""
    found = [0, ALL, *TABLES]
    for kind, a, b in zip(gates.kinds, gates.left, gates.right, strict=True):
        found.append(gate(kind, found[a], found[b]))
    return [found[output] for output in gates.outputs]


def every_state(gates: SimpleGates, states: Sequence[int] = range(COUNT)) -> Boxes:
    """Boxes of one input each, whose outputs must stay as they are."""
    inputs = np.array([[state >> i & 1 for i in range(INPUTS)] for state in states])
    wanted = np.array([[table >> state & 1 for state in states] for table in tables(gates)]) > 0
    return boxes_of((1,) * INPUTS, inputs, inputs, wanted)


def one_feature(gates: SimpleGates) -> Boxes:
    """The same with all inputs as the bits of one feature."""
    states = np.arange(COUNT)[:, None]
    wanted = np.array([[table >> state & 1 for state in range(COUNT)] for table in tables(gates)]) > 0
    return boxes_of((INPUTS,), states, states, wanted)


def vectors(states: Sequence[int] = range(COUNT)) -> Words:
    """Values of each input, repeated to whole words."""
    repeated = np.resize(np.array(states), 64)
    return packed(np.array([repeated >> i & 1 for i in range(INPUTS)]) > 0)


def smaller(gates: SimpleGates, boxes: Boxes, effort: SearchEffort, known: Words | None = None) -> SimpleGates:
    bits = (INPUTS,) if len(boxes.start) == 2 else (1,) * INPUTS
    care = Care(bits, vectors() if known is None else known, boxes)
    return resubstitute(gates, care, effort, EGFET_COSTS)


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
@pytest.mark.parametrize("described", [every_state, one_feature])
@pytest.mark.parametrize("seed", range(12))
def test_function_is_kept_and_cost_does_not_grow(
    seed: int, described: Callable[[SimpleGates], Boxes], effort: SearchEffort
) -> None:
    gates = random_gates(seed)
    found = smaller(gates, described(gates), effort)
    assert tables(found) == tables(gates)
    assert cost(found) <= cost(gates)


@pytest.mark.parametrize("effort", [GREEDY, ANNEALED], ids=["greedy", "annealed"])
@pytest.mark.parametrize("seed", range(12))
def test_the_boxes_have_the_last_word(seed: int, effort: SearchEffort) -> None:
    gates = random_gates(seed)
    assert tables(smaller(gates, every_state(gates), effort, vectors([0]))) == tables(gates)


def test_a_circuit_that_is_not_accepted_stays_as_it_is() -> None:
    gates = random_gates(1)
    right = every_state(gates)
    assert smaller(gates, right._replace(wanted=right.wanted[::-1].copy()), GREEDY) is gates


def test_redundant_gates_go() -> None:
    a, b = 2, 3
    kinds, left, right = (INV, AND, AND, OR), (b, a, a, 8), (b, b, 7, 9)
    gates = SimpleGates(INPUTS, tuple(map(int, kinds)), left, right, (10,))
    assert smaller(gates, every_state(gates), GREEDY) == SimpleGates(INPUTS, (), (), (), (a,))


def test_inputs_that_do_not_matter_make_gates_go() -> None:
    gates = SimpleGates(INPUTS, (int(AND),), (2,), (3,), (7,))
    states = [state for state in range(COUNT) if not state & 1 or state & 2]
    found = smaller(gates, every_state(gates, states), GREEDY, vectors(states))
    assert found == SimpleGates(INPUTS, (), (), (), (2,))


def test_wide_boxes_allow_less_than_single_inputs() -> None:
    low, high = np.array([[0, 0], [0, 1], [1, 0]]), np.array([[0, 0], [0, 1], [1, 1]])
    gates = SimpleGates(2, (int(AND), int(AND)), (2, 2), (3, 4), (5,))
    boxes = boxes_of((1, 1), low, high, np.array([[False, False, True]]))
    assert resubstitute(gates, Care((1, 1), vectors()[:2], boxes), GREEDY, EGFET_COSTS) is gates


@pytest.mark.parametrize("kind", SimpleKind)
@pytest.mark.parametrize("pair", [(0, 2), (2, 1), (0, 1), (1, 1), (2, 2)])
def test_no_gate_that_is_left_reads_a_constant_or_one_signal_twice(kind: SimpleKind, pair: tuple[int, int]) -> None:
    a, b = pair if kind != INV else (pair[0], pair[0])
    read = 2 + INPUTS  # the gate, and one that reads it and another input
    gates = SimpleGates(INPUTS, (int(kind), int(NAND)), (a, read), (b, 3), (read, read + 1))
    net = np.array([[-1] * read + list(gates.kinds), [-1] * read + list(gates.left), [-1] * read + list(gates.right)])
    plain = simple_gates(net, np.array(gates.outputs), read)
    assert tables(plain) == tables(gates)
    assert all(a > 1 and b > 1 for a, b in zip(plain.left, plain.right, strict=True))
    assert all(a != b for a, b, kind in zip(plain.left, plain.right, plain.kinds, strict=True) if kind != INV)


def test_a_walk_ends_where_its_heat_is_not_over_and_depends_on_its_seed() -> None:
    gates = random_gates(3)
    care = Care((1,) * INPUTS, vectors(), every_state(gates))
    efforts = [SearchEffort(40_000, 3.0, last_heat=3.0, seed=seed) for seed in (0, 0, 1, 2, 3, 4)]
    walks = [walk(gates, care, effort, EGFET_COSTS) for effort in efforts]
    assert walks[0] == walks[1]
    assert all(tables(met.last) == tables(met.cheapest) == tables(gates) for met in walks)
    assert len({met.last for met in walks}) > 1
    assert any(cost(met.last) > cost(met.cheapest) for met in walks)


@pytest.mark.slow
def test_heat_leaves_local_minima() -> None:
    starts = [random_gates(seed) for seed in range(6)]
    greedy, annealed = (
        sum(cost(smaller(gates, every_state(gates), effort)) for gates in starts)
        for effort in (SearchEffort(work=400_000), SearchEffort(work=400_000, heat=0.6))
    )
    assert annealed < greedy


def test_the_same_circuit_every_time() -> None:
    gates = random_gates(3)
    assert len({smaller(gates, every_state(gates), ANNEALED) for _ in range(2)}) == 1
