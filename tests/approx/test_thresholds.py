"""Thresholds of trees."""

from __future__ import annotations

import numpy as np
import pytest
from random_models import random_tree, random_words
from small_models import mlp, tree

from bespoke.approx import ThresholdOptions, approximate_thresholds
from bespoke.errors import OptionError, UnsupportedModelError

TREE = tree([(0, 6, 1, 2), (1, 9, 3, 4), (1, 3, 5, 6), 0, (0, 6, 7, 8), 1, 2, 0, 1])


def test_approximate_thresholds():
    # 7 in 2 bits is 8 / 4 = 2; 4 in 4 bits is 4, one step down 3; 10 in 3 bits is 5, two steps up 7.
    model, change = approximate_thresholds(TREE, ThresholdOptions((2, 4, 3), (0, -1, 2)))
    assert model.stages[0].threshold.tolist() == [7, 13, 2, 0, 7, 0, 0, 0, 0]
    assert change.count == 3


@pytest.mark.parametrize("seed", range(10))
def test_a_threshold_of_fewer_bits_reads_the_high_bits_only(seed):
    rng = np.random.default_rng(seed)
    before = random_tree(rng)
    old, found = before.stages[0], before.stages[0].tests()
    bits = tuple(int(rng.integers(0, before.coding.bits[feature] + 1)) for feature, _ in found)
    offsets = tuple(rng.integers(-5, 6, len(found)).tolist())
    model = approximate_thresholds(before, ThresholdOptions(bits, offsets)).model
    words = random_words(rng, before.coding, 60)
    for node in np.flatnonzero(old.feature >= 0):
        feature, threshold = int(old.feature[node]), int(old.threshold[node])
        number = found.index((feature, threshold))
        dropped = before.coding.bits[feature] - bits[number]
        border = np.floor((threshold + 1) / 2**dropped + 0.5) + offsets[number]
        border = np.clip(border, 0, 2 ** bits[number])
        assert ((words[:, feature] <= model.stages[0].threshold[node]) == (words[:, feature] >> dropped < border)).all()


def test_refusals():
    with pytest.raises(OptionError, match="thresholds: one entry per comparator"):
        approximate_thresholds(TREE, ThresholdOptions((1,), (0,)))
    with pytest.raises(UnsupportedModelError, match="thresholds: needs stages of one kind; got affine, affine"):
        approximate_thresholds(mlp(0), ThresholdOptions((), ()))
