"""Static and dynamic power of tiny netlists, by hand."""

from __future__ import annotations

import pytest
from round_library import LIBRARY, mapped

from bespoke.errors import StimuliError
from bespoke.estimate import Boundary, analyse_timing, dynamic_energy_nj, static_power_uw
from bespoke.netlist import Activity

NAND = mapped(2, [("NAND", (2, 3))], (4,))


def energy(netlist, activity, output_load_pf=0.0):
    timing = analyse_timing(netlist, LIBRARY, Boundary(output_load_pf, 0.0))
    return dynamic_energy_nj(netlist, LIBRARY, activity, timing)


def test_static_power_is_the_mean_over_the_states():
    activity = Activity(10, (0,) * 5, (0,) * 5, ((1, 2, 3, 4),))
    assert static_power_uw(NAND, LIBRARY, activity) == [pytest.approx((1 * 1 + 2 * 2 + 3 * 3 + 4 * 40) / 10)]


def test_load_energy_is_half_c_v_squared():
    # BARE has no internal energy: 5 toggles over 10 steps, 100 pF, 2 V: 0.5 * 100 pF * 4 V2 / 2 = 100 pJ.
    netlist = mapped(1, [("BARE", (2,))], (3,))
    activity = Activity(11, (0, 0, 5, 5), (0, 0, 5, 5), ((6, 5),))
    assert energy(netlist, activity, 100.0) == [pytest.approx(0.1)]


def test_internal_energy_is_shared_by_the_toggles_of_the_pins():
    # A toggles three times, B once: (3 * 15 + 1 * 35) / 4 = 20 nJ per toggle; 2 toggles over 4 steps.
    activity = Activity(5, (0, 5, 3, 1, 2), (0, 0, 3, 1, 2), ((1, 1, 1, 2),))
    assert energy(NAND, activity) == [pytest.approx(10.0)]


def test_conditions_are_weighted_by_how_often_they_hold():
    # B = 0 in 3 of 4 vectors: 0.75 * 100 + 0.25 * 200 = 125 nJ per toggle, one toggle a step.
    netlist = mapped(2, [("XOR", (2, 3))], (4,))
    activity = Activity(4, (0, 4, 2, 1, 2), (0, 0, 3, 0, 3), ((1, 2, 1, 0),))
    assert energy(netlist, activity) == [pytest.approx(125.0)]


def test_a_quiet_output_costs_nothing():
    activity = Activity(5, (0, 5, 3, 1, 2), (0, 0, 3, 1, 0), ((1, 1, 1, 2),))
    assert energy(NAND, activity, 100.0) == [0.0]


def test_one_vector_has_no_toggle():
    activity = Activity(1, (0, 1, 0, 0, 1), (0,) * 5, ((1, 0, 0, 0),))
    assert energy(NAND, activity) == [0.0]
    assert static_power_uw(NAND, LIBRARY, activity) == [1.0]


@pytest.mark.parametrize(
    ("activity", "message"),
    [
        (Activity(0, (0,) * 5, (0,) * 5, ((0,) * 4,)), "the activity saw no input vector; got 0; allowed: >= 1"),
        (
            Activity(1, (0,) * 4, (0,) * 4, ((1, 0, 0, 0),)),
            "activity of another netlist: nets differ; got 4; allowed: 5",
        ),
        (Activity(1, (0,) * 5, (0,) * 5, ()), "activity of another netlist: instances differ; got 0; allowed: 1"),
    ],
)
def test_foreign_activity(activity, message):
    with pytest.raises(StimuliError) as caught:
        static_power_uw(NAND, LIBRARY, activity)
    assert message in str(caught.value)
