"""Bits held constant by mode: function, exact ranges, levels, refusals."""

from __future__ import annotations

import numpy as np
import pytest
from random_models import all_words

from bespoke.errors import ModelFileError
from bespoke.model import Masks
from bespoke.numeric import Interval

THREE = Masks(1, [0, 0, 1], [[-1, -1, -1], [6, -1, -1], [4, 0, -1]], [[0, 0, 0], [0, 0, 0], [1, 2, 0]])


def test_function_by_hand():
    words = np.array([[7, 0], [7, 1], [7, 2], [7, 3], [2, 2]])
    assert THREE.apply(words).tolist() == [[7, 7, 0], [6, 7, 1], [5, 2, 2], [5, 2, 3], [1, 2, 2]]


@pytest.mark.parametrize("seed", range(30))
def test_ranges_are_exact_and_levels_suffice(seed):
    rng = np.random.default_rng(seed)
    lows = rng.integers(0, 6, 3)
    bits = tuple(rng.integers(0, 4, 3).tolist())
    words = all_words(bits) + lows
    inputs = [Interval(int(low), int(low) + (1 << b) - 1) for low, b in zip(lows, bits, strict=True)]
    held = rng.integers(0, 16, (3, 4)) * (rng.random((3, 4)) < 0.4)
    stage = Masks(0, rng.integers(0, 3, 4), rng.integers(0, 16, (3, 4)) & ~held, held)
    outputs = stage.apply(words)
    assert [(i.low, i.high) for i in stage.output_intervals(inputs)] == [(c.min(), c.max()) for c in outputs.T]
    for feature, levels in enumerate(stage.read_levels(inputs)):
        lower = np.array([max([int(lows[feature]), *[v for v in levels if v <= x]]) for x in words[:, feature]])
        changed = words.copy()
        changed[:, feature] = lower
        assert np.array_equal(stage.apply(changed), outputs)


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        ((0, [0], [[-1, -1]], [[0, 0]]), "do not fit"),
        ((0, [0], np.zeros((0, 1)), np.zeros((0, 1))), "do not fit"),
        ((-1, [0], [[-1]], [[0]]), "must not be negative"),
        ((0, [0], [[-2]], [[0]]), "must not be negative"),
        ((0, [0], [[3]], [[1]]), "both kept and held"),
        ((0, [0], [[-1]], [[1]]), "both kept and held"),
    ],
)
def test_what_is_no_stage(fields, message):
    with pytest.raises(ModelFileError, match=message):
        Masks(*fields)


@pytest.mark.parametrize(
    ("inputs", "message"),
    [
        ([Interval(0, 3)], "does not exist"),
        ([Interval(0, 3), Interval(-1, 0)], "cannot be a mode"),
        ([Interval(0, 3), Interval(0, 256)], "cannot be a mode"),
        ([Interval(-1, 3), Interval(0, 1)], "must not be negative"),
    ],
)
def test_what_does_not_fit(inputs, message):
    with pytest.raises(ModelFileError, match=message):
        THREE.output_intervals(inputs)
