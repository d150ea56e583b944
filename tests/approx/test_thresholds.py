"""Thresholds of trees."""

from __future__ import annotations

import numpy as np
import pytest
from random_models import random_tree, random_words
from small_models import mlp, tree

from bespoke.approx import (
    MergeOptions,
    ThresholdOptions,
    approximate_thresholds,
    comparators,
    merge_thresholds,
)
from bespoke.errors import OptionError, UnsupportedModelError

TREE = tree([(0, 6, 1, 2), (1, 9, 3, 4), (1, 3, 5, 6), 0, (0, 6, 7, 8), 1, 2, 0, 1])


def test_comparators_are_distinct():
    assert comparators(TREE) == ((0, 6), (1, 3), (1, 9))
    with pytest.raises(UnsupportedModelError, match="comparators: the step needs a tree; got mlp"):
        comparators(mlp(0))


def test_approximate_thresholds():
    # 7 in 2 bits is 8 / 4 = 2; 4 in 4 bits is 4, one step down 3; 10 in 3 bits is 5, two steps up 7.
    model, change = approximate_thresholds(TREE, ThresholdOptions((2, 4, 3), (0, -1, 2)))
    assert model.threshold.tolist() == [7, 13, 2, 0, 7, 0, 0, 0, 0]
    assert change.count == 3


@pytest.mark.parametrize("seed", range(10))
def test_a_threshold_of_fewer_bits_reads_the_high_bits_only(seed):
    rng = np.random.default_rng(seed)
    before = random_tree(rng)
    found = comparators(before)
    bits = tuple(int(rng.integers(0, before.coding.bits[feature] + 1)) for feature, _ in found)
    offsets = tuple(rng.integers(-5, 6, len(found)).tolist())
    model = approximate_thresholds(before, ThresholdOptions(bits, offsets)).model
    words = random_words(rng, before.coding, 60)
    for node in np.flatnonzero(before.feature >= 0):
        feature, threshold = int(before.feature[node]), int(before.threshold[node])
        place = found.index((feature, threshold))
        dropped = before.coding.bits[feature] - bits[place]
        border = np.floor((threshold + 1) / 2**dropped + 0.5) + offsets[place]
        border = np.clip(border, 0, 2 ** bits[place])
        assert ((words[:, feature] <= model.threshold[node]) == (words[:, feature] >> dropped < border)).all()


def test_merge_thresholds():
    before = tree([(0, 6, 1, 2), (0, 3, 3, 4), (0, 9, 5, 6), 0, (0, 4, 7, 8), 1, (0, 12, 9, 10), 0, 1, 2, 0])
    # 3 to 6 are a run, 9 to 12 are one; each threshold occurs once, so the lowest wins.
    model, change = merge_thresholds(before, MergeOptions(3))
    assert model.threshold.tolist() == [3, 3, 9, 0, 3, 0, 9, 0, 0, 0, 0]
    assert comparators(model) == ((0, 3), (0, 9))
    assert change.count == 3
    # Features do not mix, and the most frequent threshold wins.
    model = merge_thresholds(TREE, MergeOptions(6)).model
    assert comparators(model) == ((0, 6), (1, 3))
    assert merge_thresholds(TREE, MergeOptions(5)).change.count == 0


def test_refusals():
    with pytest.raises(OptionError, match="thresholds: one entry per comparator"):
        approximate_thresholds(TREE, ThresholdOptions((1,), (0,)))
    with pytest.raises(OptionError, match="merging: must not be negative"):
        merge_thresholds(TREE, MergeOptions(-1))
