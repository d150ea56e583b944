"""Functional yield against enumeration, and its distribution of defects."""

from __future__ import annotations

import itertools
from math import exp

import numpy as np
import pytest
from scipy import stats

from bespoke.cells import load_library
from bespoke.faults import (
    Demand,
    FunctionalYield,
    Rows,
    Subject,
    fault_chances,
    fault_set_effects,
    functional_yield,
    stuck_at_faults,
    subject,
)
from bespoke.netlist import Instance, MappedNetlist, Port

ALL_GOOD = FunctionalYield(2.0, np.array([0, 1, 2, 4]), np.ones(4), 100)


@pytest.fixture(scope="module")
def small() -> tuple[Subject, Rows]:
    """``y = a b + c`` of cells that differ in area."""
    instances = (Instance("NAND2X1", (2, 3), (5,)), Instance("INVX1", (4,), (6,)), Instance("NAND2X1", (5, 6), (7,)))
    netlist = MappedNetlist("small", "egfet", (Port("x", (2, 3, 4)),), (Port("y", (7,)),), instances)
    words = np.arange(8)
    targets = (((words & 3) == 3) | (words > 3)).astype(np.float64)
    return subject(netlist, load_library("egfet")), Rows(words[:, None], targets)


@pytest.mark.slow
def test_the_share_with_two_defects_is_that_of_all_pairs(small: tuple[Subject, Rows]) -> None:
    circuit, rows = small
    faults = stuck_at_faults(circuit)
    chances = fault_chances(circuit, faults)
    assert chances.sum() == pytest.approx(1.0)
    pairs = list(itertools.product(range(len(faults)), repeat=2))
    sets = [list({int(faults.sites[at]): int(faults.values[at]) for at in pair}.items()) for pair in pairs]
    good = fault_set_effects(circuit, sets, rows).losses <= 2.0
    exact = sum(chances[first] * chances[second] for (first, second), kept in zip(pairs, good, strict=True) if kept)
    found = functional_yield(circuit, [Demand(rows, 2.0)], samples=20_000, seed=1)
    assert found.shares[2] == pytest.approx(exact, abs=0.01)
    assert found.counts[:3].tolist() == [0, 1, 2]
    assert found.area_cm2 == pytest.approx((2 * 0.24786 + 0.22842) / 100)


def test_samples_are_those_of_the_seed(small: tuple[Subject, Rows]) -> None:
    demands = [Demand(small[1], 2.0)]
    first, again, other = (
        functional_yield(small[0], demands, samples=50, seed=seed).shares.tolist() for seed in (1, 1, 2)
    )
    assert first == again != other


def test_without_a_bad_circuit_the_yield_is_one_up_to_the_largest_number() -> None:
    share, low, high = ALL_GOOD.at(0.1)
    assert share == pytest.approx(stats.poisson.cdf(4, 0.2))
    assert low < share < high <= 1.0


def test_shares_between_two_numbers_are_interpolated() -> None:
    shares = np.array([1.0, 0.8, 0.6, 0.2])
    given, full = FunctionalYield(1.0, np.array([0, 1, 2, 4]), shares, 100), np.array([1.0, 0.8, 0.6, 0.4, 0.2])
    assert given.at(1.5)[0] == pytest.approx(stats.poisson.pmf(np.arange(5), 1.5) @ full)


def test_exact_shares_leave_no_interval() -> None:
    share, low, high = FunctionalYield(1.0, np.array([0, 1]), np.array([1.0, 0.25]), 100).at(1e-4)
    assert share == pytest.approx(exp(-1e-4) * (1 + 0.25e-4))
    assert (low, high) == pytest.approx((share, share), abs=1e-8)


def test_clustered_defects_leave_more_circuits_without_one() -> None:
    counts, shares = np.arange(3), np.array([1.0, 0.0, 0.0])
    poisson, clustered = (FunctionalYield(1.0, counts, shares, 100, alpha).at(1.0)[0] for alpha in (None, 2.0))
    assert poisson == pytest.approx(exp(-1.0))
    assert clustered == pytest.approx((1 + 1.0 / 2) ** -2)  # Stapper's formula
    assert FunctionalYield(1.0, counts, shares, 100, 1e7).at(1.0)[0] == pytest.approx(poisson, abs=1e-6)


@pytest.mark.parametrize("share", [0.95, 0.8, 0.5])
def test_the_density_for_a_yield_has_it(share: float) -> None:
    found = FunctionalYield(3.0, np.arange(3), np.array([1.0, 0.5, 0.2]), 100)
    assert found.at(found.density_for(share))[0] == pytest.approx(share)


def test_a_circuit_without_cells_is_always_good() -> None:
    wire = MappedNetlist("wire", "egfet", (Port("x", (2,)),), (Port("y", (2,)),), ())
    words = np.array([[0], [1]])
    rows = Rows(words, words[:, 0] * 1.0)
    found = functional_yield(subject(wire, load_library("egfet")), [Demand(rows, 0.0)], samples=9, seed=1)
    assert found.at(100.0) == (1.0, 1.0, 1.0)
    assert found.density_for(0.8) == float("inf")
