"""Timing simulation by hand, and against static timing analysis."""

from __future__ import annotations

import numpy as np
import pytest
from small_models import WORDS, mlp

from bespoke.cells import GateCosts, load_library
from bespoke.estimate import TICKS_PER_MS, TimedOutputs, analyse_timing, settle, timed_outputs
from bespoke.lowering import lower
from bespoke.model import Boundary
from bespoke.sim import mapped_outputs, port_bits
from bespoke.techmap import map_cheapest

RISING = np.array([[0], [1]], dtype=np.uint8)


def timed(functions: list[tuple[tuple[int, ...], int, list[list[list[int]]]]], output: int) -> TimedOutputs:
    """Functions of net 2, the only input, that drive nets 3, 4, ...; delays by fanin, cause and effect."""
    fanins = np.full((len(functions), 2), -1)
    delays = np.full((len(functions), 2, 2, 2), -1)
    for row, (nets, _, own) in enumerate(functions):
        fanins[row, : len(nets)] = nets
        delays[row, : len(nets)] = own
    truths = np.array([truth for _, truth, _ in functions], dtype=np.uint64)
    nets = np.arange(3, 3 + len(functions))
    return TimedOutputs(fanins, nets, truths, delays, np.array([2]), np.array([output]), 3 + len(functions))


INVERTER = 0b01
AND = 0b1000


def test_an_inverter_has_the_delay_of_its_edge() -> None:
    circuit = timed([((2,), INVERTER, [[[-1, 7], [4, -1]]])], 3)
    found = settle(circuit, np.array([[0], [1], [1], [0]], dtype=np.uint8), np.array([3, 4, 6, 7]))
    assert found.last.tolist() == [7, 0, 4]
    assert found.toggles.tolist() == [1, 0, 1]
    assert found.values[:, :, 0].tolist() == [[1, 1, 1, 0], [0, 0, 0, 0], [0, 1, 1, 1]]


@pytest.mark.parametrize(("fall_of_the_inverter", "toggles", "last"), [(5, 0, 0), (9, 2, 12)])
def test_pulses_shorter_than_the_delay_are_lost(fall_of_the_inverter: int, toggles: int, last: int) -> None:
    # x and not x: 1 until the inverter has followed.
    inverter = ((2,), INVERTER, [[[-1, fall_of_the_inverter], [4, -1]]])
    both = ((2, 3), AND, [[[6, -1], [-1, 3]], [[6, -1], [-1, 3]]])
    found = settle(timed([inverter, both], 4), RISING, np.array([0, 6, 11, 12]))
    assert (found.toggles[0], found.last[0]) == (toggles, last)
    assert found.values[0, :, 0].tolist() == ([0, 1, 1, 0] if toggles else [0, 0, 0, 0])


@pytest.mark.slow
def test_no_row_settles_later_than_static_timing_says_and_all_end_right() -> None:
    library, model = load_library("egfet"), mlp()
    mapped = map_cheapest([lower(model, GateCosts.of(library), Boundary.of(model, "binary")).netlist], library)
    words = WORDS[::5]
    delay_ms = analyse_timing(mapped, library).delay_ms
    end = np.array([round(delay_ms * TICKS_PER_MS) + len(mapped.instances)])
    found = settle(timed_outputs(mapped, library), port_bits(words, mapped.inputs), end)
    assert 0.3 * end < found.last.max() <= end
    outputs = found.values[:, 0] @ (1 << np.arange(found.values.shape[2]))
    assert outputs.tolist() == mapped_outputs(mapped, library, words)[1:, 0].tolist()
