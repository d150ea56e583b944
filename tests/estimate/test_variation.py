"""Delays and static powers of varied circuits, by hand and beside the timing analysis."""

from __future__ import annotations

import numpy as np
import pytest
from random_mapped import random_mapped
from round_library import LIBRARY, mapped

from bespoke.cells import load_library
from bespoke.estimate import Spread, analyse_timing, static_power_uw, varied
from bespoke.sim import simulate_mapped

TWO = mapped(1, [("INV", (2,)), ("INV", (3,))], (4,))
ACTIVITY = simulate_mapped(TWO, LIBRARY, np.array([[0], [1]])).activity


def test_the_delay_of_each_arc_is_divided_by_the_current_of_its_cell() -> None:
    # Both inverters drive 10 pF: 2 ms to rise, 0.6 ms to fall, one after the other in either order.
    found = varied(TWO, LIBRARY, ACTIVITY, [np.array([[1.0, 0.5, 1.0], [1.0, 1.0, 0.25]])])
    assert found.delays_ms == pytest.approx([2.6, 4.0 + 0.6, 0.6 + 8.0])
    powers = np.array(static_power_uw(TWO, LIBRARY, ACTIVITY)) / 1000
    weights = [[1.0, 1.0], [0.5, 1.0], [1.0, 0.25]]
    assert found.static_power_mw == pytest.approx([powers @ each for each in weights])


@pytest.mark.parametrize("seed", range(4))
def test_without_variation_it_is_the_timing_analysis(seed: int) -> None:
    library = load_library("egfet")
    rng = np.random.default_rng(seed)
    netlist = random_mapped(rng, library)
    words = rng.integers(0, 2, (20, len(netlist.inputs)))
    activity = simulate_mapped(netlist, library, words).activity
    found = varied(netlist, library, activity, Spread(0.0, 0.0).currents(len(netlist.instances), 3, rng))
    assert found.delays_ms == pytest.approx([analyse_timing(netlist, library).delay_ms] * 3)
    assert found.static_power_mw == pytest.approx([sum(static_power_uw(netlist, library, activity)) / 1000] * 3)


def test_what_all_cells_share_scales_the_whole_circuit() -> None:
    found = varied(TWO, LIBRARY, ACTIVITY, Spread(0.2, 0.0).currents(2, 300, np.random.default_rng(0)))
    whole = analyse_timing(TWO, LIBRARY).delay_ms
    assert len(found.delays_ms) == 300
    power = sum(static_power_uw(TWO, LIBRARY, ACTIVITY)) / 1000
    assert found.delays_ms * found.static_power_mw == pytest.approx(np.full(300, whole * power))
    assert np.std(np.log(found.delays_ms)) == pytest.approx(0.2, abs=0.03)
