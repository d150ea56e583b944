"""Circuits that are searched for some seconds: right on all values, and gone on from what is near the cheapest."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from clumsy_circuit import ALL, BITS, Exhaustive, clumsy, outputs
from small_libraries import EGFET_COSTS

from bespoke.netlist import SimpleGates, SimpleKind
from bespoke.opt import Samples, SearchEffort, Words, as_simple_gates, care_on, record_travel, resubstitute, travelled
from bespoke.opt.resubstitute import Walk

BRIEF = 3.0  # seconds


@pytest.fixture(autouse=True)
def _compiled() -> None:
    """The machine code is there before the clock starts."""
    gates = as_simple_gates(clumsy())
    resubstitute(gates, care_on(ALL[:, :1], 2), SearchEffort(1000), EGFET_COSTS)


def inverters(count: int) -> SimpleGates:
    """The first input, behind so many inverters more than needed."""
    first = 2 + BITS
    reads = (2, *(first + number for number in range(count - 1))) if count else ()
    output = first + count - 1 if count else 2
    return SimpleGates(BITS, (SimpleKind.INV,) * count, reads, reads, (output,))


@pytest.mark.slow
def test_what_is_found_is_right_on_all_values_and_smaller(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(record_travel, "_WORK", 60_000)
    gates = as_simple_gates(clumsy())
    for seed in range(2):
        rng, refute = np.random.default_rng(seed), Exhaustive(gates)
        samples = Samples(gates, care_on(ALL[:, 3:4], 2), 64, refute, rng)  # a sixteenth of the values
        found = travelled(gates, EGFET_COSTS, samples, BRIEF, rng)
        assert (outputs(found, ALL) == outputs(gates, ALL)).all()
        assert found.cost(EGFET_COSTS.simple) < 0.8 * gates.cost(EGFET_COSTS.simple)
        assert refute.asked > 1


@pytest.mark.slow
def test_what_is_not_known_to_be_right_is_left_and_ends_it() -> None:
    gates = as_simple_gates(clumsy())
    rng = np.random.default_rng(0)
    asked: list[SimpleGates] = []

    def unknown(found: SimpleGates, _seconds: float) -> Words | None:
        asked.append(found)
        return None

    samples = Samples(gates, care_on(ALL[:, 3:4], 2), 64, unknown, rng)
    assert travelled(gates, EGFET_COSTS, samples, 60, rng) is gates
    assert len(asked) == 1


def test_an_empty_circuit_is_not_searched() -> None:
    empty, rng = inverters(0), np.random.default_rng(0)
    samples = Samples(empty, care_on(ALL, 1), 1 << BITS, Exhaustive(empty), rng)
    assert travelled(empty, EGFET_COSTS, samples, 60, rng) is empty


def test_walks_go_on_from_what_costs_little_more_and_from_the_cheapest_otherwise(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    begun: list[int] = []
    judged: list[int] = []
    ends = iter([6, 6, 5, 6, 3, 6, 1, 6, 0, 6])  # an inverter costs .92 cells: one more is near, two are too far

    def way(gates: SimpleGates, *_: Any) -> Walk:
        begun.append(len(gates.kinds))
        end = inverters(next(ends))
        return Walk(end, min(gates, end, key=lambda each: len(each.kinds)), True)

    class Judge:
        known, care = ALL[:, :1], None

        def verdict(self, found: SimpleGates, seconds: float) -> str:
            judged.append(len(found.kinds))
            assert seconds <= 1000
            return "right" if len(judged) < 4 else "open"

    monkeypatch.setattr(record_travel, "walk", way)
    monkeypatch.setattr(record_travel, "thread_count", lambda: 1)
    found = travelled(inverters(4), EGFET_COSTS, Judge(), 1000, np.random.default_rng(0))  # type: ignore[arg-type]
    assert begun == [4, 4, 4, 4, 5, 4, 3, 4, 1, 1]
    assert judged == [5, 3, 1, 0]
    assert len(found.kinds) == 1
