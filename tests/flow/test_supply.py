"""The supply voltage of each circuit: the one of least power that is fast enough."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from sklearn.datasets import load_iris
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import MinMaxScaler
from sklearn.svm import LinearSVC

from bespoke.cells import load_libraries
from bespoke.errors import OptionError, VoltageError
from bespoke.estimate import estimate
from bespoke.flow import ApproximateOptions, CompileOptions, Constraint, ParetoFront, approximate, compile_model
from bespoke.flow.design import Design
from bespoke.flow.supply import scaled_figures, supplies
from bespoke.report.front import front_table
from bespoke.sim import simulate_mapped

X, Y = load_iris(return_X_y=True)
MODEL = make_pipeline(MinMaxScaler(), LinearSVC(random_state=0)).fit(X, Y)
BITS: dict[str, Any] = {"input_bits": 4, "weight_bits": 8, "input_encoding": "floor"}
QUICK: dict[str, Any] = {
    "population": 8,
    "islands": 1,
    "epochs": 2,
    "generations": 20,
    "finalists": 3,
    "jobs": 1,
    "prune": False,
    "test_size": 0.0,
    **BITS,
}
LIMIT_MS = 56.0


@pytest.fixture(scope="module")
def front() -> ParetoFront:
    return approximate(MODEL, X, Y, **QUICK, max_loss=0.1, max_delay_ms=LIMIT_MS, vdd=(0.6, 1.0))


def at_all(design: Design) -> list[tuple[float, float, float]]:
    """Voltage, power and delay at each voltage from 0.6 to 1.0 V, estimated anew."""
    words = design.model.coding.quantise(X)
    activity = simulate_mapped(design.circuit.mapped, design.circuit.library, words).activity
    found = [estimate(design.circuit.mapped, at, activity) for at in load_libraries("egfet") if 0.59 < at.vdd < 1.01]
    return [(one.vdd, one.power_mw, one.delay_ms) for one in found]


@pytest.mark.slow
def test_each_design_has_the_coolest_voltage_that_is_fast_enough(front: ParetoFront) -> None:
    chosen = set()
    for design in (front.exact, *front.designs):
        figures = at_all(design)
        assert [vdd for vdd, _, _ in figures] == [0.6, 0.8, 1.0]
        fast = [(power, vdd) for vdd, power, delay in figures if delay <= LIMIT_MS]
        wanted = min(fast)[1] if fast else min(figures, key=lambda one: one[2])[0]
        assert design.estimate.vdd == design.circuit.library.vdd == wanted
        chosen.add(wanted)
    assert len(chosen) > 1


@pytest.mark.slow
def test_the_front_tells_the_voltage_and_the_chosen_design_is_fast_enough(front: ParetoFront) -> None:
    assert front.exact.estimate.delay_ms > LIMIT_MS
    assert front.chosen is not None
    assert front.chosen.estimate.delay_ms <= LIMIT_MS
    assert front.exact.estimate.area_mm2 == compile_model(MODEL, X, Y, test_size=0.0, **BITS).estimate.area_mm2
    for row, design in zip(front.rows()[-len(front.designs) :], front.designs, strict=True):
        assert row["vdd"] == design.estimate.vdd
    columns, lines = front_table(front)
    position = columns.index(">supply")
    shown = [line[position] for line in lines]
    assert sorted(shown) == sorted(f"{row['vdd']:g} V" for row in front.rows())


def test_what_is_expected_of_smaller_circuits() -> None:
    exact = compile_model(MODEL, X, Y).estimate
    low, high = replace(exact, power_mw=1.0, delay_ms=40.0), replace(exact, power_mw=4.0, delay_ms=10.0)
    shares = np.array([1.0, 0.25, 0.01])
    powers, delays = scaled_figures([low, high], shares, 20.0)
    assert powers == pytest.approx([4.0, 0.25, 0.01])
    assert delays == pytest.approx([10.0, 20.0, 4.0])
    powers, delays = scaled_figures([low, high], shares, 3.0)
    assert delays == pytest.approx([10.0, 5.0, 1.0])
    assert powers == pytest.approx([4.0, 1.0, 0.04])
    assert scaled_figures([low, high], shares, None)[0] == pytest.approx(shares)


@pytest.mark.slow
def test_the_period_binds_a_compilation() -> None:
    with pytest.raises(VoltageError, match="too slow at every supply voltage"):
        compile_model(MODEL, X, Y, vdd=(0.6, 1.0), period_ms=1.0)
    assert compile_model(MODEL, X, Y, vdd=(0.6, 1.0), delay_limit_ms=1.0).estimate.vdd == 1.0


def test_ranges() -> None:
    def voltages(technology: str, low: float, high: float) -> list[float]:
        options = CompileOptions(technology=technology, vdd=(low, high), period_ms=1.0)
        return [library.vdd for library in supplies(options)]

    assert voltages("egfet", 0.6, 1.0) == [0.6, 0.8, 1.0]
    assert voltages("cnt_tft", 3, 3) == [3.0]
    with pytest.raises(VoltageError, match=r"got 0\.1 to 0\.5 V; allowed: 0\.6 V"):
        voltages("egfet", 0.1, 0.5)
    with pytest.raises(OptionError, match="the range is empty"):
        voltages("egfet", 1.0, 0.6)
    with pytest.raises(OptionError, match="depends on the period"):
        CompileOptions(vdd=(0.6, 1.0))


def test_limits_of_an_approximation_reach_the_choice_of_the_voltage() -> None:
    options = ApproximateOptions().with_settings(vdd="best", max_delay_ms=20.0)
    assert options.constraint == Constraint(max_delay_ms=20.0)
    assert options.design_options.delay_limit_ms == 20.0
    assert options.with_settings(period_ms=10.0).design_options.delay_limit_ms == 10.0
