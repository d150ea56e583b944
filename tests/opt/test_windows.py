"""Large circuits that are searched part by part: the same function, fewer gates."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pytest

from bespoke.cells import GateCosts, load_library
from bespoke.netlist import SimpleGates, SimpleKind
from bespoke.opt import SearchEffort, WindowEffort, searched_in_windows, windows

COSTS = GateCosts.of(load_library("egfet"))
EFFORT = WindowEffort(5, 20, 3_000, SearchEffort(5_000, 0.5))


@pytest.fixture(autouse=True)
def _usual_effort(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(windows, "MOST_WINDOWED_GATES", 20_000)


def random_gates(inputs: int, count: int, rng: np.random.Generator) -> SimpleGates:
    """Gates that read what stands little before them, so that windows feed back into themselves."""
    kinds = rng.integers(len(SimpleKind), size=count)
    places = np.arange(count) + 2 + inputs
    left = places - 1 - rng.integers(np.minimum(places - 2, 12))
    right = np.where(kinds == SimpleKind.INV, left, places - 1 - rng.integers(np.minimum(places - 2, 40)))
    outputs = (*rng.integers(2 + inputs, 2 + inputs + count, size=3).tolist(), 2, 1 + inputs + count)
    return SimpleGates(inputs, *(tuple(row.tolist()) for row in (kinds, left, right)), outputs)


def outputs(gates: SimpleGates) -> list[int]:
    """On all values of the inputs."""
    count = 1 << gates.input_count
    vectors = [sum((value >> bit & 1) << value for value in range(count)) for bit in range(gates.input_count)]
    signals = gates.signals(vectors, (1 << count) - 1)
    return [signals[output] for output in gates.outputs]


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(8))
def test_other_gates_have_the_same_function_and_are_fewer(seed: int) -> None:
    gates = random_gates(9, 150, np.random.default_rng(seed))
    found = searched_in_windows(gates, COSTS, EFFORT)
    assert outputs(found) == outputs(gates)
    assert found.cost(COSTS.simple) < gates.cost(COSTS.simple)
    assert found == searched_in_windows(gates, COSTS, EFFORT)


def test_gates_that_would_read_themselves_are_not_taken() -> None:
    """A window of gates 4 and 6, which reads gate 5, which reads gate 4."""
    kinds = (SimpleKind.NAND, SimpleKind.INV, SimpleKind.NOR)
    network = windows._Network(SimpleGates(2, kinds, (2, 4, 4), (3, 4, 5), (4, 6)))
    window = windows._Window({4, 6}, {2, 3, 5})
    part, inputs, wanted = network.part(window)
    assert (inputs, wanted) == ([2, 3, 5], [4, 6])
    assert not network.closes_cycle(window, part, inputs, wanted)
    reading = SimpleGates(3, (SimpleKind.NAND, SimpleKind.AND, SimpleKind.NOR), (2, 5, 6), (3, 4, 4), (6, 7))
    assert network.closes_cycle(window, reading, inputs, wanted)
    assert windows._needs_no_more(part, part)
    assert windows._needs_no_more(part, reading)
    assert not windows._needs_no_more(reading, part)


def test_no_gate_comes_to_read_a_constant() -> None:
    """A part that is a constant, and a chain of gates behind it that is too long for the same window."""
    chain = [(SimpleKind.NAND, 10 + n, 2 + n % 2) for n in range(30)]
    kinds, left, right = zip(
        (SimpleKind.INV, 2, 2), (SimpleKind.NAND, 2, 4), (SimpleKind.INV, 5, 5), (SimpleKind.AND, 5, 6),
        (SimpleKind.OR, 6, 7), (SimpleKind.NOR, 8, 4), (SimpleKind.OR, 9, 3), *chain,
        (SimpleKind.AND, 40, 5), strict=True,
    )  # fmt: skip
    gates = SimpleGates(2, kinds, left, right, (41,))
    found = searched_in_windows(gates, COSTS, WindowEffort(2, 6, 1_000, SearchEffort(5_000, 0.5)))
    assert outputs(found) == outputs(gates)
    assert min((2, *found.left, *found.right)) > 1


@pytest.mark.parametrize("gates", [SimpleGates(2, (), (), (), (3, 1)), SimpleGates(1, (0,), (2,), (2,), (3,))])
def test_wires_and_what_is_smallest_stay(gates: SimpleGates) -> None:
    assert searched_in_windows(gates, COSTS, EFFORT) == gates


def test_dead_gates_go_and_huge_circuits_stay(monkeypatch: pytest.MonkeyPatch) -> None:
    gates = SimpleGates(2, (SimpleKind.NAND, SimpleKind.INV), (2, 2), (3, 2), (4,))
    assert searched_in_windows(gates, COSTS, EFFORT) == SimpleGates(2, (SimpleKind.NAND,), (2,), (3,), (4,))
    monkeypatch.setattr(windows, "MOST_WINDOWED_GATES", 1)
    assert searched_in_windows(gates, COSTS, EFFORT) == gates


def test_gates_that_nothing_reads_any_longer_are_passed_over() -> None:
    """``f & l | f & ~l``, whose ``l`` is left behind when the gates around it are replaced."""
    gates: list[tuple[int, int, int]] = []

    def add(kind: SimpleKind, left: int, right: int) -> int:
        gates.append((kind, left, right))
        return 10 + len(gates)

    def parity(signals: Sequence[int]) -> int:
        total, *others = signals
        for signal in others:
            both = add(SimpleKind.NAND, total, signal)
            total = add(SimpleKind.NAND, add(SimpleKind.NAND, total, both), add(SimpleKind.NAND, signal, both))
        return total

    first, last = parity(range(2, 7)), parity(range(7, 11))
    kept, other = add(SimpleKind.AND, last, first), add(SimpleKind.AND, add(SimpleKind.INV, last, last), first)
    output = add(SimpleKind.OR, kept, other)
    kinds, left, right = zip(*gates, strict=True)
    found = searched_in_windows(SimpleGates(9, kinds, left, right, (output,)), COSTS, EFFORT)
    assert len(found.kinds) == 16
