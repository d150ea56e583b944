"""Power sources and the choice of a supply voltage."""

from __future__ import annotations

from dataclasses import replace

import pytest
from round_library import LIBRARY, mapped

from bespoke.cells import load_libraries
from bespoke.errors import OptionError, VoltageError
from bespoke.estimate import best_supply, estimate, power_source
from bespoke.netlist import Activity

CHAIN = mapped(1, [("INVX1", (2,)), ("INVX1", (3,))], (4,))
ACTIVITY = Activity(4, (0, 4, 2, 2, 2), (0, 0, 3, 3, 3), ((2, 2), (2, 2)))


@pytest.mark.parametrize(
    ("power_mw", "name"),
    [
        (0.0, "harvester"),
        (0.1, "harvester"),
        (0.11, "Blue Spark"),
        (3.0, "Blue Spark"),
        (3.1, "Molex"),
        (30.0, "Molex"),
    ],
)
def test_smallest_source_that_suffices(power_mw, name):
    assert power_source(power_mw).name == name


@pytest.mark.parametrize("power_mw", [30.1, 1e9, float("inf"), float("nan")])
def test_no_source(power_mw):
    assert power_source(power_mw) is None


def at_voltages(figures):
    """Libraries at 1, 2, ... V, and estimates with the given (power, delay)."""
    base = estimate(mapped(1, [], ()), LIBRARY, Activity(1, (0, 1, 0), (0, 0, 0), ()))
    libraries = [replace(LIBRARY, vdd=float(v)) for v in range(1, len(figures) + 1)]

    def estimate_at(library):
        power, delay = figures[int(library.vdd) - 1]
        return replace(base, vdd=library.vdd, power_mw=power, delay_ms=delay)

    return estimate_at, libraries


@pytest.mark.parametrize(("period_ms", "vdd"), [(100.0, 1.0), (50.0, 1.0), (49.0, 2.0), (20.0, 3.0), (11.0, 3.0)])
def test_least_power_that_meets_the_period(period_ms, vdd):
    assert best_supply(*at_voltages([(1, 50), (2, 30), (3, 11)]), period_ms=period_ms).vdd == vdd


def test_a_higher_voltage_may_be_the_cheaper_one():
    assert best_supply(*at_voltages([(5, 50), (2, 30)]), period_ms=60.0).vdd == 2.0


def test_too_slow_at_every_voltage():
    with pytest.raises(VoltageError) as caught:
        best_supply(*at_voltages([(1, 50), (2, 30), (3, 11.5)]), period_ms=5.0)
    assert str(caught.value) == (
        "round: the circuit is too slow at every supply voltage; got a period of 5 ms; "
        "allowed: at least 11.5 ms (at 3 V)"
    )


@pytest.mark.parametrize("period_ms", [0.0, -1.0, float("nan")])
def test_bad_period(period_ms):
    with pytest.raises(OptionError, match="the period must be positive"):
        best_supply(*at_voltages([(1, 1)]), period_ms=period_ms)


def test_no_library():
    with pytest.raises(VoltageError, match="no supply voltage to choose from"):
        best_supply(lambda _: None, [], period_ms=1.0)


def test_egfet_takes_the_lowest_voltage_where_time_allows():
    def estimate_at(library):
        return estimate(CHAIN, library, ACTIVITY, period_ms=50.0)

    assert best_supply(estimate_at, load_libraries("egfet"), period_ms=50.0).vdd == 0.6
