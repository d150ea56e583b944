"""Circuits that are searched on samples: right on all values, or left as they are."""

from __future__ import annotations

import numpy as np
import pytest
from clumsy_circuit import ALL, BITS, Exhaustive, clumsy, few_samples, outputs

from bespoke.cells import GateCosts, load_library
from bespoke.netlist import SimpleGates
from bespoke.opt import (
    Rounds,
    Samples,
    SearchEffort,
    Words,
    as_simple_gates,
    care_on,
    resubstitute,
    searched_on_samples,
)

COSTS = GateCosts.of(load_library("egfet"))
SHORT = Rounds(60, 60_000, (0.3, 0.6), 8)


@pytest.mark.slow
def test_what_is_found_is_right_on_all_values_and_smaller() -> None:
    gates = as_simple_gates(clumsy())
    for seed in range(2):
        rng, refute = np.random.default_rng(seed), Exhaustive(gates)
        samples = few_samples(gates, refute, rng)
        found = searched_on_samples(gates, COSTS, samples, SHORT, rng)
        assert (outputs(found, ALL) == outputs(gates, ALL)).all()
        assert found.cost(COSTS.simple) < 0.8 * gates.cost(COSTS.simple)
        assert refute.asked > 1


@pytest.mark.slow
@pytest.mark.parametrize("answer", [None, ALL[:, 3:4]])  # not known; values on which it is right all the same
def test_what_is_not_known_to_be_right_is_left(answer: Words | None) -> None:
    gates = as_simple_gates(clumsy())
    rng = np.random.default_rng(0)
    asked: list[SimpleGates] = []
    samples = Samples(
        gates, care_on(ALL[:, 3:4], len(gates.outputs)), 64, lambda found, _: asked.append(found) or answer, rng
    )
    assert searched_on_samples(gates, COSTS, samples, SHORT, rng) is gates
    assert (len(asked) == 1) == (answer is None)  # what is not known once is not asked again


def test_values_that_refute_become_known() -> None:
    gates = as_simple_gates(clumsy())
    constant = SimpleGates(BITS, (), (), (), (0, 0))
    samples = Samples(
        gates, care_on(ALL[:, :1], len(gates.outputs)), 1, Exhaustive(gates), np.random.default_rng(0)
    )  # of the value 0 alone
    before = samples.known
    assert samples.verdict(constant, 1.0) == "wrong"
    after = samples.known
    assert (outputs(gates, before) == 0).all()
    assert outputs(gates, after).any()


def test_an_empty_circuit_is_not_searched() -> None:
    empty, rng = SimpleGates(BITS, (), (), (), (3,)), np.random.default_rng(0)
    samples = Samples(empty, care_on(ALL, len(empty.outputs)), 1 << BITS, Exhaustive(empty), rng)
    assert searched_on_samples(empty, COSTS, samples, Rounds(1 << 40, 1, (0.3,), 1 << 40), rng) is empty


@pytest.mark.slow
def test_some_gates_alone_are_tried() -> None:
    gates = as_simple_gates(clumsy())
    care, effort = care_on(ALL, 2), SearchEffort(50_000, 0.5, first=10, count=1)
    one = resubstitute(gates, care, effort, COSTS)
    rest = resubstitute(gates, care, SearchEffort(50_000, 0.5), COSTS)
    assert rest.cost(COSTS.simple) < one.cost(COSTS.simple) <= gates.cost(COSTS.simple)
    assert [e.count for e in Rounds(1, 5, (0.3,), 1, part=30).efforts(1.0, 30, np.random.default_rng(0))] == [None]
    efforts = Rounds(1, 5, (0.3, 0.6), 1, part=30).efforts(0.5, 100, np.random.default_rng(0))
    assert all(0 <= e.first <= 70 and e.count == 30 for e in efforts)
    assert [e.heat for e in efforts] == [0.15, 0.3]
