"""Comparisons with levels: function, exact ranges, refusals."""

from __future__ import annotations

import numpy as np
import pytest
from random_models import all_words

from bespoke.errors import ModelFileError
from bespoke.model import Compare
from bespoke.numeric import Interval


def test_function_by_hand():
    stage = Compare([0, 1, 0], [2, 1, 0])
    assert stage.output_count == 3
    assert stage.apply(np.array([[1, 0], [2, 1], [7, 0]])).tolist() == [[0, 0, 1], [1, 1, 1], [1, 0, 1]]


@pytest.mark.parametrize("seed", range(20))
def test_ranges_are_exact(seed):
    rng = np.random.default_rng(seed)
    lows = rng.integers(-5, 6, 3)
    bits = tuple(rng.integers(0, 4, 3).tolist())
    words = all_words(bits) + lows
    inputs = [Interval(int(low), int(low) + (1 << b) - 1) for low, b in zip(lows, bits, strict=True)]
    stage = Compare(rng.integers(0, 3, 6), rng.integers(-7, 14, 6))
    found = [(column.min(), column.max()) for column in stage.apply(words).T]
    assert [(i.low, i.high) for i in stage.output_intervals(inputs)] == found


@pytest.mark.parametrize(
    ("sources", "levels", "message"),
    [
        ([0, 1], [1], "sources and levels do not fit"),
        ([[0]], [[1]], "sources and levels do not fit"),
        ([-1], [1], "sources and levels do not fit"),
        ([0], [1.5], "not a whole number; got 1.5"),
        (["0"], [1], "not a whole number; got '0'"),
        ([False], [1], "not a whole number; got False"),
    ],
)
def test_invariants(sources, levels, message):
    with pytest.raises(ModelFileError, match=message):
        Compare(sources, levels)


def test_inputs_that_do_not_exist():
    with pytest.raises(ModelFileError, match="a comparison reads an input that does not exist"):
        Compare([2], [1]).output_intervals([Interval(0, 1)] * 2)
    assert Compare([], []).output_intervals([]) == ()
