"""Input coding: raw features to integers."""

from __future__ import annotations

import numpy as np
import pytest

from bespoke.errors import FeatureCountError, ModelFileError
from bespoke.model import InputCoding


def coding(**changes):
    fields = {"names": ("a", "b"), "bits": (4, 2), "low": (0.0, 10.0), "span": (1.0, 4.0), **changes}
    return InputCoding(**fields)


def test_floor():
    raw = [[0.0, 10.0], [0.0624, 10.99], [0.0625, 11.0], [0.999, 13.99], [1.0, 14.0]]
    assert coding().quantise(raw).tolist() == [[0, 0], [0, 0], [1, 1], [15, 3], [15, 3]]


def test_nearest():
    raw = [[0.0, 10.0], [0.031, 10.49], [0.03125, 10.5], [1.0, 14.0]]
    assert coding(rounding="nearest").quantise(raw).tolist() == [[0, 0], [0, 0], [1, 1], [15, 3]]


def test_values_outside_are_clipped():
    assert coding().quantise([[-5.0, -1e9], [7.0, 1e9]]).tolist() == [[0, 0], [15, 3]]


def test_grid_points_come_back():
    for bits in range(1, 17):
        one = InputCoding(("a",), (bits,), (0.0,), (1.0,))
        words = np.arange(1 << bits)
        assert np.array_equal(one.quantise(words[:, np.newaxis] / (1 << bits))[:, 0], words)


def test_no_bits():
    one = InputCoding(("a",), (0,), (0.0,), (1.0,))
    assert one.quantise([[-1.0], [0.5], [3.0]]).tolist() == [[0], [0], [0]]
    assert one.intervals()[0].width == 0


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"bits": (4,)}, "differ in length"),
        ({"bits": (4, 17)}, "input bits out of range"),
        ({"bits": (4, -1)}, "input bits out of range"),
        ({"span": (1.0, 0.0)}, "positive span"),
        ({"span": (1.0, float("inf"))}, "finite"),
        ({"low": (float("nan"), 0.0)}, "finite"),
        ({"rounding": "up"}, "unknown rounding; got up"),
        ({"names": ("a", 5)}, "feature names must be texts"),
    ],
)
def test_invariants(changes, message):
    with pytest.raises(ModelFileError, match=message):
        coding(**changes)


@pytest.mark.parametrize("raw", [[[1.0]], [1.0, 2.0], [[1.0, 2.0, 3.0]]])
def test_wrong_shape(raw):
    with pytest.raises(FeatureCountError, match=r"allowed: \(n_samples, 2\)"):
        coding().quantise(raw)


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"bits": [4, 2.5]}, "not a whole number; got 2.5"),
        ({"bits": [True, 2]}, "not a whole number; got True"),
        ({"bits": ["4", 2]}, "not a whole number; got '4'"),
        ({"low": ["0", 0.0]}, "not a number; got '0'"),
        ({"span": [True, 1.0]}, "not a number; got True"),
        ({"names": ["a", None]}, "feature names must be texts"),
    ],
)
def test_plain_data_of_other_types_are_refused(changes, message):
    assert InputCoding.from_json(coding().to_json()) == coding()
    with pytest.raises(ModelFileError, match=message):
        InputCoding.from_json({**coding().to_json(), **changes})
