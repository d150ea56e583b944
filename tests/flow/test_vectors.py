"""Vectors cover what they say."""

from __future__ import annotations

import numpy as np
import pytest
from random_models import random_coding

from bespoke.flow.stage_facts import border_words
from bespoke.flow.vectors import all_vectors, sample_vectors
from bespoke.model import Affine, Index, InputCoding, IntegerModel, Sign, Trees
from bespoke.model.tree_paths import leaf_boxes
from bespoke.sim import corners, every_input, random_inputs


def stump_chain(bits: int, thresholds: list[int]) -> IntegerModel:
    """A chain of nodes on one feature: left is leaf k, right goes on."""
    count = len(thresholds)
    feature, threshold, left, right, value = [], [], [], [], []
    for number, limit in enumerate(thresholds):
        feature += [0, -1]
        threshold += [limit, 0]
        left += [2 * number + 1, -1]
        right += [2 * number + 2, -1]
        value += [0, number % 2]
    feature, threshold, left = [*feature, -1], [*threshold, 0], [*left, -1]
    right, value = [*right, -1], [*value, count % 2]
    coding = InputCoding(("a", "b"), (bits, bits), (0.0, 0.0), (1.0, 1.0))
    return IntegerModel(coding, (Trees(feature, threshold, left, right, value),), Index((0, 1)))  # type: ignore[arg-type]


@pytest.mark.parametrize("bits", [(1,), (3, 2), (0, 2, 1), (4, 4)])
def test_every_input_occurs_once_and_neighbours_differ_in_one_bit(bits: tuple[int, ...]) -> None:
    words = every_input(bits)
    assert len({tuple(row) for row in words.tolist()}) == len(words) == 2 ** sum(bits)
    assert (words >= 0).all()
    assert (words < 2 ** np.array(bits)).all()
    changes = np.bitwise_xor(words[1:], words[:-1])
    assert all(sum(int(value).bit_count() for value in row) == 1 for row in changes.tolist())


def test_corners_hold_zero_maximum_and_each_feature_alone() -> None:
    rows = {tuple(row) for row in corners((2, 3)).tolist()}
    assert rows == {(0, 0), (3, 7), (3, 0), (0, 7)}


def test_random_inputs_depend_on_the_seed_alone_and_fill_the_range() -> None:
    first, again, other = (random_inputs((0, 3, 1), 200, seed) for seed in (1, 1, 2))
    assert np.array_equal(first, again)
    assert not np.array_equal(first, other)
    assert first.min(axis=0).tolist() == [0, 0, 0]
    assert first.max(axis=0).tolist() == [0, 7, 1]


def test_thresholds_are_tried_below_at_and_above() -> None:
    tree = stump_chain(10, [5, 100, 700])
    tried = set(border_words(tree)[:, 0].tolist())
    for threshold in (5, 100, 700):
        assert {threshold - 1, threshold, threshold + 1} <= tried


def test_leaf_boxes_reach_every_leaf_that_can_be_reached() -> None:
    tree = stump_chain(4, [3, 2, 9, 15])
    stage, ranges = tree.stages[0], tree.coding.intervals()
    boxes = sorted(leaf_boxes(stage.paths(ranges, range(stage.node_count)), ranges))
    # The second node asks again for what the first has excluded, and nothing exceeds 15: three leaves remain.
    assert [(low[0], high[0]) for low, high in boxes] == [(0, 3), (4, 9), (10, 15)]


def test_few_input_bits_are_tried_exhaustively() -> None:
    layer = Affine(np.array([[1, -1]]), np.array([0]), "identity", 0)
    coding = InputCoding(("a", "b"), (8, 8), (0.0, 0.0), (1.0, 1.0))
    model = IntegerModel(coding, (layer,), Sign((0, 1)))
    vectors = all_vectors(model, None, 0)
    assert "exhaustive" in vectors.counts
    assert len(vectors.words) == 1 << 16
    assert "exhaustive" not in sample_vectors(model, None, 0).counts


def test_more_input_bits_are_sampled_with_all_origins() -> None:
    tree = stump_chain(12, [5, 100])
    rows = np.array([[1, 2], [3, 4]])
    vectors = all_vectors(tree, rows, 7)
    assert "exhaustive" not in vectors.counts
    assert list(vectors.counts) == ["rows", "corners", "thresholds", "random"]
    assert sum(vectors.counts.values()) == len(vectors.words)
    assert np.array_equal(vectors.words[:2], rows)


def test_vectors_fit_any_coding() -> None:
    rng = np.random.default_rng(3)
    for _ in range(20):
        coding = random_coding(rng, max_features=6, max_bits=6)
        for words in (corners(coding.bits), random_inputs(coding.bits, 10, 0)):
            assert (words < 2 ** np.array(coding.bits)).all()
