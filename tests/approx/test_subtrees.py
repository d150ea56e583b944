"""Trees with fewer nodes."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from random_models import all_words, random_tree, random_words
from small_models import tree

from bespoke.approx import SubtreeOptions, prune_subtrees, simplify_tree
from bespoke.errors import OptionError
from bespoke.model import Decision

GRID = all_words((4, 4))


def test_simplify_by_hand():
    # The right side tests 0 <= 4 again where x0 > 6, and both leaves under node 1 are equal.
    before = tree([(0, 6, 1, 2), (1, 9, 3, 4), (0, 4, 5, 6), 1, 1, 0, 2])
    model, change = simplify_tree(before)
    assert model.node_count == 3
    assert model.value.tolist() == [0, 1, 2]
    assert change.count == 2
    assert (model.predict(GRID) == before.predict(GRID)).all()


@pytest.mark.parametrize("seed", range(40))
def test_simplify_keeps_the_function(seed):
    rng = np.random.default_rng(seed)
    before = random_tree(rng, 60)
    model = simplify_tree(before).model
    words = random_words(rng, before.coding, 2000)
    assert (model.predict(words) == before.predict(words)).all()
    assert model.node_count <= before.node_count
    assert simplify_tree(model).change.count == 0


def test_prune_least_loss_first():
    before = tree([(0, 7, 1, 2), (1, 7, 3, 4), (1, 3, 5, 6), 0, 1, 1, 2])
    words = np.array([[0, 0]] * 10 + [[0, 9]] * 3 + [[9, 0]] * 5 + [[9, 9]] * 9)
    targets = np.array([0] * 10 + [1] * 3 + [1] * 5 + [2] * 9)
    # Node 1 as a leaf of class 0 costs 3 errors, node 2 as class 2 costs 5, the root as class 0 costs 8 more.
    sizes = {
        loss: prune_subtrees(before, SubtreeOptions(loss), words, targets).model for loss in (0, 2, 3, 7, 8, 16, 17)
    }
    assert {loss: model.node_count for loss, model in sizes.items()} == {0: 7, 2: 7, 3: 5, 7: 5, 8: 3, 16: 3, 17: 1}
    for loss, model in sizes.items():
        assert (model.predict(words) != targets).sum() <= loss
    assert sizes[8].value.tolist() == [0, 0, 2]


def test_prune_by_random_targets_keeps_its_promise():
    for seed in range(30):
        rng = np.random.default_rng(seed)
        before = random_tree(rng, 40)
        words = random_words(rng, before.coding, 150)
        classes = len(before.decision.classes)
        targets = rng.integers(0, classes, 150) if classes else rng.integers(-100, 100, 150)
        model = prune_subtrees(before, SubtreeOptions(5), words, targets).model

        def loss(of, words=words, targets=targets, classes=classes):
            error = of.predict(words) - targets
            return (error != 0).sum() if classes else (error**2).sum()

        assert loss(model) <= loss(before) + 5


def test_values_take_the_mean():
    before = replace(tree([(0, 7, 1, 2), 0, 0]), value=np.array([0, 4, 9]), decision=Decision("value", (), 2))
    words, targets = np.array([[0, 0], [0, 0], [9, 9]]), np.array([4, 4, 9])
    assert prune_subtrees(before, SubtreeOptions(16), words, targets).model.node_count == 3
    # The mean 17 / 3 rounds to 6: errors 2, 2, 3.
    assert prune_subtrees(before, SubtreeOptions(17), words, targets).model.value.tolist() == [6]


def test_refusal():
    with pytest.raises(OptionError, match="added loss: must not be negative"):
        SubtreeOptions(-1)
