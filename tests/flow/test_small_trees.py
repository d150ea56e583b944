"""Trees that answer for a large classifier."""

from __future__ import annotations

import numpy as np
import pytest
from small_models import svm

from bespoke.cells import GateCosts, load_library
from bespoke.flow.small_trees import LEAVES, Lesson, sure_trees, tree_cost, unseen_answers, whole_tree

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


def test_a_loss_is_kept_on_the_half_that_the_tree_has_not_seen() -> None:
    shares = []
    for tree, easy in sure_trees(LESSON, 0.02):
        answers, labels = tree.apply(WORDS[1::2]).T
        assert np.mean((answers > 0) & (labels != WANTED[1::2])) <= 0.02
        shares.append(easy)
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
