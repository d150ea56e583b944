"""Circuits that are searched on the values that their inputs take: right on these, with fewer gates."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import product

import numpy as np
import pytest

from bespoke.cells import GateCosts, load_library
from bespoke.netlist import Netlist, NetlistBuilder, SimpleGates
from bespoke.opt import annealed_on_values, as_simple_gates, netlist_of, sample_search, value_search
from bespoke.sim import simulate

COSTS = GateCosts.of(load_library("egfet"))


@pytest.fixture(autouse=True)
def _usual_effort(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(value_search, "MOST_ANNEALED_GATES", 3000)


def sum_of_steps(features: int, levels: int) -> Netlist:
    """Whether more than half of the wires are on; the first feature is not read."""
    builder = NetlistBuilder("classifier")
    names = [f"x{feature}_ge_{level}" for feature in range(features + 1) for level in range(1, levels + 1)]
    wires = [builder.add_input(name, 1).bits[0] for name in names][levels:]
    counts = [1, *[0] * len(wires)]  # whether so many are on
    for wire in wires:
        shifted = [0, *counts[:-1]]
        pairs = zip(counts, shifted, strict=True)
        counts = [builder.or_(builder.and_(same, wire ^ 1), builder.and_(less, wire)) for same, less in pairs]
    total = 0
    for count in counts[len(wires) // 2 + 1 :]:
        total = builder.or_(total, count)
    builder.add_output("prediction", [total])
    return builder.build()


class Codes:
    """Ones, then zeros, of so many wires for each feature."""

    def __init__(self, levels: int) -> None:
        self.levels = levels

    def __call__(self, places: Sequence[int], most: int) -> list[np.ndarray] | None:
        features = len(places) // self.levels
        assert list(places) == list(range(self.levels, self.levels * (features + 1)))
        if (self.levels + 1) ** features > most:
            return None
        return [np.tri(self.levels + 1, self.levels, -1, dtype=np.int64)] * features

    def rows(self, features: int) -> np.ndarray:
        codes = np.tri(self.levels + 1, self.levels, -1, dtype=np.int64)
        return np.array([np.concatenate(row) for row in product(codes, repeat=features)])


def check(netlist: Netlist, gates: SimpleGates, rows: np.ndarray) -> None:
    assert (simulate(netlist_of(gates, netlist), rows) == simulate(netlist, rows)).all()


def all_values(places: Sequence[int], most: int) -> list[np.ndarray] | None:
    """Those of wires that have nothing to do with each other."""
    return [np.array([[0], [1]])] * len(places) if 1 << len(places) <= most else None


@pytest.mark.slow
@pytest.mark.parametrize(("features", "levels"), [(3, 3), (7, 3)])  # few values, and those that are met in rounds
def test_circuits_are_right_on_what_their_inputs_take_and_smaller(features: int, levels: int) -> None:
    netlist, codes = sum_of_steps(features, levels), Codes(levels)
    gates = as_simple_gates(netlist)
    found = annealed_on_values(gates, COSTS, codes, np.random.default_rng(0))
    for each in found:
        check(netlist, each, codes.rows(features + 1))
        assert each.cost(COSTS.simple) < 0.7 * gates.cost(COSTS.simple)
    assert len(found) == (2 if features == 3 else 1)


@pytest.mark.slow
def test_what_is_wrong_on_a_single_value_is_never_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    """With few values to begin with, most rounds are wrong."""
    monkeypatch.setattr(value_search, "_FEW_VALUES", 1)
    monkeypatch.setattr(sample_search, "_FIRST_VALUES", 2)
    monkeypatch.setattr(sample_search, "_MORE_VALUES", 1)
    netlist, codes = sum_of_steps(3, 3), Codes(3)
    for seed in range(5):
        (found,) = annealed_on_values(as_simple_gates(netlist), COSTS, codes, np.random.default_rng(seed))
        check(netlist, found, codes.rows(4))


def test_gates_may_be_wrong_on_what_inputs_never_take() -> None:
    builder = NetlistBuilder("classifier")
    first, second, third = (builder.add_input(f"x_ge_{number}", 1).bits[0] for number in range(1, 4))
    builder.add_output("prediction", [builder.or_(builder.and_(first, second), builder.and_(second, third))])
    gates = as_simple_gates(builder.build())

    def code(_places: Sequence[int], _most: int) -> list[np.ndarray]:
        return [np.tri(4, 3, -1, dtype=np.int64)]

    rng = np.random.default_rng(0)
    assert {found.outputs for found in annealed_on_values(gates, COSTS, code, rng)} == {(3,)}
    assert all(found.kinds for found in annealed_on_values(gates, COSTS, all_values, rng))


def test_an_output_may_be_an_input_that_no_gate_reads() -> None:
    builder = NetlistBuilder("wires")
    first, *others = builder.add_input("x", 3).bits
    builder.add_output("y", [first, builder.all_of(others), 1, others[0] ^ 1, 0, first])
    netlist = builder.build()
    found = annealed_on_values(as_simple_gates(netlist), COSTS, all_values, np.random.default_rng(0))
    for gates in found:
        check(netlist, gates, np.arange(8)[:, None])
    assert len(found) == 2


def refused(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[SimpleGates]]:
    netlist = sum_of_steps(3, 3)
    gates, rng = as_simple_gates(netlist), np.random.default_rng(0)
    yield annealed_on_values(SimpleGates(2, (), (), (), (2,)), COSTS, all_values, rng)
    yield annealed_on_values(gates, COSTS, lambda *_: None, rng)
    monkeypatch.setattr(value_search, "MOST_ANNEALED_GATES", len(gates.kinds))
    yield annealed_on_values(gates, COSTS, Codes(3), rng)


def test_large_circuits_wires_and_many_values_are_left_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    assert list(refused(monkeypatch)) == [[], [], []]
