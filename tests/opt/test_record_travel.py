"""Circuits that are searched for some seconds: right on all values, and gone on from what is near the cheapest."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from clumsy_circuit import ALL, BITS, Exhaustive, Unknowing, clumsy, few_samples, outputs
from small_libraries import EGFET_COSTS

from bespoke.netlist import SimpleGates, SimpleKind
from bespoke.opt import Samples, SearchEffort, as_simple_gates, care_on, record_travel, resubstitute, travelled
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
        samples = few_samples(gates, refute, rng)
        found = travelled(gates, EGFET_COSTS, samples, BRIEF, rng)
        assert (outputs(found, ALL) == outputs(gates, ALL)).all()
        assert found.cost(EGFET_COSTS.simple) < 0.8 * gates.cost(EGFET_COSTS.simple)
        assert refute.asked > 1


@pytest.mark.slow
def test_what_is_not_known_to_be_right_is_left_and_ends_it() -> None:
    gates, rng, unknowing = as_simple_gates(clumsy()), np.random.default_rng(0), Unknowing()
    assert travelled(gates, EGFET_COSTS, few_samples(gates, unknowing, rng), 60, rng) is gates
    assert unknowing.asked == record_travel.TRAVELLERS


def test_an_empty_circuit_is_not_searched() -> None:
    empty, rng = inverters(0), np.random.default_rng(0)
    samples = Samples(empty, care_on(ALL, 1), 1 << BITS, Exhaustive(empty), rng)
    assert travelled(empty, EGFET_COSTS, samples, 60, rng) is empty


class Clock:
    """Moves on by 100 s with each walk."""

    def __init__(self) -> None:
        self.seconds = 0.0

    def monotonic(self) -> float:
        return self.seconds


class Judge:
    """Has verdicts on inverters, by their number, once each; notes when it was asked."""

    known = ALL[:, :1]

    def __init__(self, verdicts: dict[int, str]) -> None:
        self._verdicts = verdicts
        self.asked: list[tuple[int, int]] = []

    def verdict(self, found: SimpleGates, seconds: float) -> str:
        self.asked.append((len(found.kinds), round(seconds)))
        return self._verdicts.pop(len(found.kinds))


def walked(monkeypatch: pytest.MonkeyPatch, ends: list[int], judge: Judge) -> tuple[int, list[int]]:
    """What is found with 1000 s from 4 inverters when walks end so; where they begin."""
    clock, begun, left = Clock(), [], iter(ends)

    def way(gates: SimpleGates, *_: Any) -> Walk:
        begun.append(len(gates.kinds))
        clock.seconds += 100
        end = inverters(next(left))
        return Walk(end, min(gates, end, key=lambda each: len(each.kinds)), True)

    monkeypatch.setattr(record_travel, "walk", way)
    monkeypatch.setattr(record_travel, "time", clock)
    monkeypatch.setattr(record_travel, "thread_count", lambda: 1)
    found = travelled(inverters(4), EGFET_COSTS, judge, 1000, np.random.default_rng(0))  # type: ignore[arg-type]
    return len(found.kinds), begun


def test_each_goes_on_from_its_last_right_one_until_the_cheapest_is_too_far(monkeypatch: pytest.MonkeyPatch) -> None:
    """An inverter costs .92 cells: one more than the cheapest is near while .61 of the time are left."""
    judge = Judge({5: "right", 3: "right", 1: "right", 0: "wrong"})
    found, begun = walked(monkeypatch, [6, 5, 3, 6, 4, 6, 1, 0, 2, 6], judge)
    assert begun == [4, 4, 4, 5, 3, 3, 3, 3, 1, 1]
    assert judge.asked == [(5, 800), (3, 600), (1, 200), (0, 200)]
    assert found == 1


def test_it_ends_where_nothing_is_known_twice_without_a_right_one(monkeypatch: pytest.MonkeyPatch) -> None:
    judge = Judge({3: "open", 2: "right", 1: "open", 0: "open"})
    assert walked(monkeypatch, [3, 2, 1, 0], judge) == (2, [4, 4, 2, 2])
    assert [count for count, _ in judge.asked] == [3, 2, 1, 0]
