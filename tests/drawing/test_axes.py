"""Axes have round ticks within their range, in plain figures."""

from __future__ import annotations

import numpy as np
import pytest

from bespoke.drawing.axes import fitted_axis


@pytest.mark.parametrize("is_log", [True, False])
def test_every_value_has_a_place_and_every_tick_too(is_log: bool) -> None:
    random = np.random.default_rng(3)
    for scale in 10.0 ** random.uniform(-6, 6, 200):
        values = (scale * random.uniform(0.5, 2, random.integers(1, 5))).tolist()
        axis = fitted_axis("x", values, (50.0, 600.0), is_log=is_log)
        places = [axis.at(value) for value in values]
        assert all(50 <= place <= 600 for place in places)
        ticks = axis.ticks(8)
        assert 2 <= len(ticks) <= 9
        assert all(49.9 <= place <= 600.1 for place, _ in ticks)
        assert [place for place, _ in ticks] == sorted(place for place, _ in ticks)
        assert len({text for _, text in ticks}) == len(ticks)
        assert not any("e" in text for _, text in ticks)


def test_ticks_of_decades_are_log_steps() -> None:
    assert [text for _, text in fitted_axis("x", [0.02, 300], (0.0, 1.0), is_log=True).ticks(9)] == [
        "0.03", "0.1", "0.3", "1", "3", "10", "30", "100", "300",
    ]  # fmt: skip


def test_linear_ticks_have_equal_decimals() -> None:
    ticks = fitted_axis("y", [0.56, 0.61], (100.0, 0.0), is_log=False).ticks(7)
    assert [text for _, text in ticks] == ["0.56", "0.57", "0.58", "0.59", "0.60", "0.61"]


def test_values_that_are_not_positive_need_a_linear_axis() -> None:
    assert not fitted_axis("x", [0.0, 3.0], (0.0, 1.0), is_log=True).is_log
