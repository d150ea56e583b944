"""Trees that answer for a large classifier."""

from __future__ import annotations

import numpy as np
import pytest
from small_models import svm

from bespoke.cells import GateCosts, load_library
from bespoke.flow.small_trees import LEAVES, Lesson, sure_trees, tree_cost, unseen_answers, whole_tree
from bespoke.model import leaves_reached

LARGE = svm([[5, -3], [1, 7], [-6, 2]], [0, 20, 30], bits=(4, 4))
RNG = np.random.default_rng(0)
WORDS = RNG.integers(0, 16, (600, 2))
# Where the first word is small the class is certain, elsewhere it is a matter of chance that the classifier knows.
WANTED = np.where(WORDS[:, 0] < 6, 2, RNG.integers(0, 2, 600))
LESSON = Lesson(LARGE, WORDS, WANTED, WANTED)


def test_a_tree_answers_where_it_is_sure() -> None:
    for tree, easy in sure_trees(LESSON, 0.0):
        answers, labels = tree.apply(WORDS).T
        assert easy == np.mean(answers)
        assert (labels[answers > 0] == WANTED[answers > 0]).all()
    assert np.mean(WORDS[:, 0] < 6) == pytest.approx(easy, abs=0.1)


def test_a_loss_is_kept_on_both_halves() -> None:
    shares = []
    for tree, easy in sure_trees(LESSON, 0.02):
        for half in (slice(0, None, 2), slice(1, None, 2)):
            answers, labels = tree.apply(WORDS[half]).T
            assert np.mean((answers > 0) & (labels != WANTED[half])) <= 0.02
        shares.append(easy)


def test_a_leaf_that_few_unseen_rows_reach_does_not_answer() -> None:
    for tree, _ in sure_trees(LESSON, 1.0):
        alone = leaves_reached((tree.feature, tree.threshold, tree.left, tree.right), tree.roots, WORDS[1::2])[:, 0]
        seen = np.bincount(alone, minlength=tree.node_count)
        assert (seen[tree.values[:, 0] > 0] >= 10).all()
        assert (tree.values[seen >= 10, 0] == 1).all()


def test_a_loss_lets_more_rows_be_easy() -> None:
    shares = [easy for _, easy in sure_trees(LESSON, 0.02)]
    assert max(shares) > max(easy for _, easy in sure_trees(LESSON, 0.0))


def test_answers_on_unseen_rows_are_no_better_than_chance_allows() -> None:
    found = unseen_answers(LESSON, LEAVES[-1])
    assert 0.35 < np.mean((found == WANTED)[WORDS[:, 0] >= 6]) < 0.65
    assert (found == WANTED)[WORDS[:, 0] < 6].all()
    assert np.mean(whole_tree(LESSON, LEAVES[-1]).apply(WORDS)[:, 1] == WANTED) > np.mean(found == WANTED)


def test_larger_trees_cost_more() -> None:
    costs = GateCosts.of(load_library("egfet"))
    found = [tree_cost(whole_tree(LESSON, leaves), LARGE, costs) for leaves in LEAVES[:5]]
    assert found == sorted(found)
    assert found[0] > 0
