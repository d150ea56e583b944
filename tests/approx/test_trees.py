"""Trees with thresholds of fewer bits, and with fewer nodes."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from random_models import random_tree, random_words
from small_models import mlp, tree

from bespoke.approx import approximate_thresholds, single_tree, weak_subtrees
from bespoke.errors import UnsupportedModelError
from bespoke.model import LEAF, Argmax, Trees, Value

TREE = tree([(0, 6, 1, 2), (1, 9, 3, 4), (1, 3, 5, 6), 0, (0, 6, 7, 8), 1, 2, 0, 1])


def pruned(model, loss, words, targets):
    """The model with its weak subtrees replaced by the best leaves."""
    stage, weak = model.stages[0], weak_subtrees(model, loss, words, targets)
    feature, values = stage.feature.copy(), stage.values.copy()
    order, children = [0], []
    reached = {0: np.arange(len(words))}
    for node in order:
        rows = reached[node]
        if weak[node]:
            feature[node] = LEAF
            wanted = targets[rows] if len(rows) else np.zeros(1, dtype=np.int64)
            values[node] = np.bincount(wanted).argmax() if model.decision.classes else np.floor(wanted.mean() + 0.5)
        inner = feature[node] != LEAF
        children.append((len(order), len(order) + 1) if inner else (LEAF, LEAF))
        if inner:
            goes_left = words[rows, feature[node]] <= stage.threshold[node]
            reached[stage.left[node]], reached[stage.right[node]] = rows[goes_left], rows[~goes_left]
            order += [stage.left[node], stage.right[node]]
    left, right = np.array(children).T
    thresholds = np.where(feature[order] == LEAF, 0, stage.threshold[order])
    return replace(model, stages=(Trees(feature[order], thresholds, left, right, values[order]),))


def test_prune_least_loss_first():
    before = tree([(0, 7, 1, 2), (1, 7, 3, 4), (1, 3, 5, 6), 0, 1, 1, 2])
    words = np.array([[0, 0]] * 10 + [[0, 9]] * 3 + [[9, 0]] * 5 + [[9, 9]] * 9)
    targets = np.array([0] * 10 + [1] * 3 + [1] * 5 + [2] * 9)
    # Node 1 as a leaf of class 0 costs 3 errors, node 2 as class 2 costs 5, the root as class 0 costs 8 more.
    sizes = {loss: pruned(before, loss, words, targets) for loss in (0, 2, 3, 7, 8, 16, 17)}
    counts = {loss: model.stages[0].node_count for loss, model in sizes.items()}
    assert counts == {0: 7, 2: 7, 3: 5, 7: 5, 8: 3, 16: 3, 17: 1}
    for loss, model in sizes.items():
        assert (model.predict(words) != targets).sum() <= loss
    assert sizes[8].stages[0].values[:, 0].tolist() == [0, 0, 2]


def test_prune_by_random_targets_keeps_its_promise():
    for seed in range(30):
        rng = np.random.default_rng(seed)
        before = random_tree(rng, 40)
        words = random_words(rng, before.coding, 150)
        classes = len(before.decision.classes)
        targets = rng.integers(0, classes, 150) if classes else rng.integers(-100, 100, 150)
        model = pruned(before, 5, words, targets)

        def loss(of, words=words, targets=targets, classes=classes):
            error = of.predict(words) - targets
            return (error != 0).sum() if classes else (error**2).sum()

        assert loss(model) <= loss(before) + 5


def test_values_take_the_mean():
    stage = replace(tree([(0, 7, 1, 2), 0, 0]).stages[0], values=np.array([0, 4, 9]))
    before = replace(tree([0]), stages=(stage,), decision=Value(frac_bits=2))
    words, targets = np.array([[0, 0], [0, 0], [9, 9]]), np.array([4, 4, 9])
    assert pruned(before, 16, words, targets).stages[0].node_count == 3
    # The mean 17 / 3 rounds to 6: errors 2, 2, 3.
    assert pruned(before, 17, words, targets).stages[0].values.tolist() == [[6]]


def test_only_inner_nodes_that_are_not_below_others():
    before = tree([(0, 7, 1, 2), (1, 7, 3, 4), (1, 3, 5, 6), 0, 1, 1, 2])
    words = np.array([[0, 0], [0, 9], [9, 0], [9, 9]])
    assert weak_subtrees(before, 9, words, np.array([0, 1, 1, 2])).tolist() == [True] + [False] * 6


def test_single_trees_only():
    forest = Trees([-1, -1], [0, 0], [-1, -1], [-1, -1], [0, 1], [0, 1])
    for model in (replace(tree([0]), stages=(forest,)), replace(tree([0]), decision=Argmax((0,)))):
        with pytest.raises(UnsupportedModelError, match="test: needs one tree"):
            single_tree(model, "test")


def test_approximate_thresholds():
    # 7 in 2 bits is 8 / 4 = 2; 4 in 4 bits is 4, one step down 3; 10 in 3 bits is 5, two steps up 7.
    model = approximate_thresholds(TREE, (2, 4, 3), (0, -1, 2))
    assert model.stages[0].threshold.tolist() == [7, 13, 2, 0, 7, 0, 0, 0, 0]


@pytest.mark.parametrize("seed", range(10))
def test_a_threshold_of_fewer_bits_reads_the_high_bits_only(seed):
    rng = np.random.default_rng(seed)
    before = random_tree(rng)
    old, found = before.stages[0], before.stages[0].tests()
    bits = tuple(int(rng.integers(0, before.coding.bits[feature] + 1)) for feature, _ in found)
    offsets = tuple(rng.integers(-5, 6, len(found)).tolist())
    model = approximate_thresholds(before, bits, offsets)
    words = random_words(rng, before.coding, 60)
    for node in np.flatnonzero(old.feature >= 0):
        feature, threshold = int(old.feature[node]), int(old.threshold[node])
        number = found.index((feature, threshold))
        dropped = before.coding.bits[feature] - bits[number]
        border = np.floor((threshold + 1) / 2**dropped + 0.5) + offsets[number]
        border = np.clip(border, 0, 2 ** bits[number])
        assert ((words[:, feature] <= model.stages[0].threshold[node]) == (words[:, feature] >> dropped < border)).all()


def test_thresholds_of_trees_only():
    with pytest.raises(UnsupportedModelError, match="thresholds: needs other stages; got affine, affine"):
        approximate_thresholds(mlp(0), (), ())
