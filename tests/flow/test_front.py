"""Fronts hold what does not dominate another, and answer limits."""

from __future__ import annotations

import sys
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from bespoke.analysis import Stated
from bespoke.errors import ConstraintError, FrontError, OptionError, ToolMissingError
from bespoke.flow import Accuracies, Constraint, FrontPoint, ParetoFront
from bespoke.flow.approximate import pick_finalists
from bespoke.flow.front import non_dominated_points, objectives_of


def point(area: float, gain: float, power: float = 1.0, delay: float = 1.0, good: float = 1.0) -> FrontPoint:
    """A point with as much of a design as a front reads."""
    estimate = SimpleNamespace(area_mm2=area, power_mw=power, static_power_mw=power, delay_ms=delay, vdd=1.0)
    row = {"train": 0.9 + gain, "test": 0.8 + gain, **vars(estimate), "gates": 3, "edits": 0}
    row |= {"converters": "none", "levels": 0, "converter_area_mm2": 0.0, "converter_power_mw": 0.0}
    sizes = {"area": area, "power": power, "delay": delay}
    design: Any = SimpleNamespace(
        estimate=estimate, accuracies=Accuracies(), approximation=None, row=lambda: row, sizes=sizes, analyses={},
        size=sizes.__getitem__, keeps=lambda limits: limits.fits(*sizes.values(), 1.0 - good), good_share=good,
        functional_yield=Stated(good, good, good), yield_row=dict,
    )  # fmt: skip
    return FrontPoint(design, gain, area)


EXACT = point(1000, 0.0, 30.0)
POINTS = (point(100, -0.05, 3.0), point(200, -0.02, 9.0), point(300, -0.01, 8.0), EXACT)
FRONT = ParetoFront(EXACT.design, 0.9, POINTS, Constraint(max_loss=0.01))


@pytest.mark.parametrize(
    "points",
    [
        POINTS[::-1],
        (point(100, -0.05), point(200, -0.05)),
        (point(100, -0.05), point(100, -0.04)),
        (point(100, -0.01), point(200, -0.02)),
    ],
)
def test_dominated_or_unordered_points_are_no_front(points: tuple[FrontPoint, ...]) -> None:
    with pytest.raises(FrontError, match="must rise"):
        ParetoFront(EXACT.design, 0.9, points)


def test_non_dominated_points_make_a_front() -> None:
    random = np.random.default_rng(1)
    points = [point(float(area), float(gain)) for area, gain in random.integers(0, 12, (60, 2))]
    kept = non_dominated_points(points)
    ParetoFront(EXACT.design, 0.9, kept)
    for one in points:
        assert one in kept or any(other.is_as_good_as(one) for other in kept)
        better = [other for other in points if other.is_as_good_as(one) and not one.is_as_good_as(other)]
        assert not (one in kept and better)


def test_gates_count_on_a_front_where_they_are_limited() -> None:
    many, few = point(100, -0.01), point(120, -0.01, 2.0)
    for each, gates in ((many, 12), (few, 10)):
        each.design.circuit = SimpleNamespace(and_nodes=gates)  # type: ignore[misc]
    assert non_dominated_points([few, many], objectives_of(Constraint(), "area")) == (many,)
    limits = Constraint(max_gates=10)
    kept = non_dominated_points([few, many], objectives_of(limits, "area"))
    assert ParetoFront(many.design, 0.9, kept, limits).points == (many, few)


def test_a_cooler_circuit_that_is_larger_stays_on_the_front() -> None:
    hot, cool = point(100, -0.005, 8.0), point(120, -0.008, 4.0)
    front = ParetoFront(EXACT.design, 0.9, non_dominated_points([EXACT, cool, hot]))
    assert front.best(max_loss=0.01) is hot.design
    assert front.best(max_loss=0.01, max_power_mw=5) is cool.design
    assert front.best(max_area_cm2=2) is hot.design


def test_a_circuit_of_a_better_yield_that_is_larger_stays_on_the_front() -> None:
    small, sure = point(100, -0.005, good=0.8), point(120, -0.008, good=0.9)
    points = non_dominated_points([EXACT, sure, point(130, -0.008, good=0.85), small])
    assert points == (small, sure, EXACT)
    front = ParetoFront(EXACT.design, 0.9, points)
    assert front.best(max_loss=0.01) is small.design
    assert front.best(max_loss=0.01, min_yield=0.85) is sure.design
    assert front.best(min_yield=0.95) is EXACT.design


def test_a_faster_circuit_stays_on_the_front_if_the_delay_counts() -> None:
    slow, fast, hot = point(100, -0.005, 4.0, 20.0), point(120, -0.008, 5.0, 9.0), point(150, -0.009, 6.0, 8.0)
    assert fast not in non_dominated_points([EXACT, slow, fast])
    points = non_dominated_points([EXACT, slow, fast, hot], ("area", "power", "delay"))
    assert points == (slow, fast, hot, EXACT)
    with pytest.raises(FrontError, match="must rise"):
        ParetoFront(EXACT.design, 0.9, points)
    limited = ParetoFront(EXACT.design, 0.9, points, Constraint(max_loss=0.01, max_delay_ms=10))
    assert limited.chosen is fast.design
    fastest = ParetoFront(EXACT.design, 0.9, points, Constraint(max_loss=0.01), "delay")
    assert fastest.chosen is EXACT.design
    with pytest.raises(ConstraintError, match=r"max_delay_ms 0.5; .* fastest: 1 ms"):
        limited.best(max_delay_ms=0.5)


def test_the_coolest_is_chosen_if_power_is_to_be_small() -> None:
    hot, cool = point(100, -0.005, 8.0), point(120, -0.008, 4.0)
    points = non_dominated_points([EXACT, cool, hot])
    for minimise, design in (("area", hot.design), ("power", cool.design)):
        assert ParetoFront(EXACT.design, 0.9, points, Constraint(max_loss=0.01), minimise).chosen is design


@pytest.mark.parametrize(
    ("limits", "position"),
    [
        ({"max_loss": 0.01}, 2),
        ({"max_loss": 0.03}, 1),
        ({"max_loss": 0.0}, 3),
        ({"min_accuracy": 0.88}, 1),
        ({"min_accuracy": 0.85, "max_loss": 0.01}, 2),
        ({"max_area_cm2": 2.5}, 1),
        ({"max_power_mw": 8.5}, 2),
        ({"max_power_mw": 8.5, "max_loss": 0.03}, 2),
        ({"max_power_mw": 3}, 0),
    ],
)
def test_the_best_of_what_is_asked(limits: dict[str, float], position: int) -> None:
    assert FRONT.best(**limits) is POINTS[position].design


def test_chosen_answers_the_own_constraint() -> None:
    assert FRONT.chosen is POINTS[2].design
    assert replace(FRONT, constraint=Constraint(max_area_cm2=0.5)).chosen is None
    with pytest.raises(ConstraintError, match=r"smallest: 1 cm2, coolest: 3 mW"):
        FRONT.best(max_area_cm2=0.5)
    with pytest.raises(OptionError, match="max_loss"):
        FRONT.best(max_loss=-1)


def test_rows_name_the_exact_and_the_chosen_design() -> None:
    rows = FRONT.rows()
    assert [row["folder"] for row in rows] == ["front/01", "front/02", ".", "front/04"]
    assert [row["exact"] for row in rows] == [False, False, False, True]
    rows = replace(FRONT, points=POINTS[:3]).rows()
    assert [row["folder"] for row in rows] == ["front/00", "front/01", "front/02", "."]
    assert rows[0]["exact"]


@pytest.mark.slow
def test_views(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "pandas", None)
    with pytest.raises(ToolMissingError, match="pandas is not installed"):
        FRONT.to_frame()
    monkeypatch.setitem(sys.modules, "pandas", SimpleNamespace(DataFrame=lambda rows: rows))
    assert FRONT.to_frame() == FRONT.rows()
    pytest.importorskip("matplotlib")
    FRONT.plot(tmp_path / "front.png")
    assert (tmp_path / "front.png").read_bytes().startswith(b"\x89PNG")


def test_finalists_are_those_that_the_constraint_needs_and_some_along_the_front() -> None:
    areas = np.array([100.0, 90, 80, 70, 60, 50, 40, 30, 20, 10])
    gains = np.linspace(0.0, -0.09, 10)
    sizes = (areas, areas / 10, np.sqrt(areas))
    accurate = pick_finalists(gains, sizes, Constraint(max_loss=0.045), -0.045, 5)
    assert accurate[:3] == [4, 3, 2]
    assert len(accurate) == len(set(accurate)) == 5
    small = pick_finalists(gains, sizes, Constraint(max_power_mw=4.0), -np.inf, 4)
    assert small == [6, 7, 8, 5]
    dominated = np.where(np.arange(10) == 5, -1.0, gains)
    fast = pick_finalists(gains, sizes, Constraint(max_delay_ms=6.4), -np.inf, 4)
    assert fast[0] == 6
    sure = pick_finalists(gains, (*sizes, areas / 401), Constraint(min_yield=0.9), -np.inf, 4)
    assert sure[0] == 6
    assert 5 not in pick_finalists(dominated, sizes, Constraint(max_loss=1), -1.0, 10)
