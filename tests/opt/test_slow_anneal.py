"""Circuits annealed slowly: right on all values, whatever the chains have met."""

from __future__ import annotations

import numpy as np
import pytest
from clumsy_circuit import ALL, BITS, Exhaustive, Unknowing, clumsy, few_samples, outputs
from small_libraries import EGFET_COSTS

from bespoke.netlist import SimpleGates
from bespoke.opt import (
    Care,
    Samples,
    SearchEffort,
    annealed_slowly,
    as_simple_gates,
    boxes_of,
    care_on,
    resubstitute,
)

BRIEF = 1.5  # seconds


@pytest.fixture(autouse=True)
def _compiled() -> None:
    """The machine code is there before the clock starts."""
    gates = as_simple_gates(clumsy())
    resubstitute(gates, care_on(ALL[:, :1], 2), SearchEffort(1000), EGFET_COSTS)


@pytest.mark.slow
def test_what_is_found_is_right_on_all_values_and_smaller() -> None:
    gates = as_simple_gates(clumsy())
    rng, refute = np.random.default_rng(0), Exhaustive(gates)
    samples = few_samples(gates, refute, rng)
    found = annealed_slowly(gates, EGFET_COSTS, samples, BRIEF, rng)
    assert (outputs(found, ALL) == outputs(gates, ALL)).all()
    assert found.cost(EGFET_COSTS.simple) < 0.8 * gates.cost(EGFET_COSTS.simple)
    assert samples.care.vectors.shape[1] > 1  # it was wrong in between


@pytest.mark.slow
def test_what_is_not_known_to_be_right_is_left_and_ends_it() -> None:
    gates, rng, unknowing = as_simple_gates(clumsy()), np.random.default_rng(0), Unknowing()
    assert annealed_slowly(gates, EGFET_COSTS, few_samples(gates, unknowing, rng), BRIEF, rng) is gates
    assert unknowing.asked == 1


@pytest.mark.slow
def test_where_there_are_boxes_nobody_else_is_asked() -> None:
    gates = as_simple_gates(clumsy())
    refute, rng = Exhaustive(gates), np.random.default_rng(0)
    values = np.arange(1 << BITS)[:, None]
    flags = np.unpackbits(outputs(gates, ALL).view(np.uint8), axis=1, bitorder="little") > 0
    care = Care((BITS,), ALL[:, 3:4], boxes_of((BITS,), values, values, flags))
    found = annealed_slowly(gates, EGFET_COSTS, Samples(gates, care, 64, refute, rng), BRIEF, rng)
    assert (outputs(found, ALL) == outputs(gates, ALL)).all()
    assert found.cost(EGFET_COSTS.simple) < 0.8 * gates.cost(EGFET_COSTS.simple)
    assert not refute.asked
    other = care._replace(boxes=boxes_of((BITS,), values, values, ~flags))
    assert annealed_slowly(gates, EGFET_COSTS, Samples(gates, other, 64, refute, rng), BRIEF, rng) is gates


def test_an_empty_circuit_is_left() -> None:
    empty, rng = SimpleGates(BITS, (), (), (), (3,)), np.random.default_rng(0)
    samples = Samples(empty, care_on(ALL, 1), 1 << BITS, Exhaustive(empty), rng)
    assert annealed_slowly(empty, EGFET_COSTS, samples, BRIEF, rng) is empty
