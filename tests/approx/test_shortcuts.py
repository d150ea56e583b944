"""Models behind trees that answer."""

from __future__ import annotations

import numpy as np
from random_models import all_words
from small_models import svm

from bespoke.approx import answering, with_shortcut, with_tree_modes

LARGE = svm([[5, -3], [1, 7], [-6, 2]], [0, 20, 30], bits=(4, 4))
# x < 8 gives class 2, other rows class 1.
SMALL = tuple(np.array(column) for column in ([0, -1, -1], [7, 0, 0], [1, -1, -1], [2, -1, -1]))
LABELS = np.array([0, 2, 1])


def test_a_leaf_that_does_not_answer_leaves_it_to_the_model() -> None:
    words = all_words((4, 4))
    some = with_shortcut(LARGE, answering(SMALL, LABELS, np.array([False, True, False])))
    assert np.array_equal(some.predict(words), np.where(words[:, 0] < 8, 2, LARGE.predict(words)))
    assert some.decision.classes == LARGE.decision.classes


def test_each_mode_is_its_tree_and_the_first_the_model() -> None:
    alone = tuple(np.array([value]) for value in (-1, 0, -1, -1))
    modal = with_tree_modes(LARGE, [answering(SMALL, LABELS), answering(alone, np.array([1]))])
    words = all_words((4, 4, 2))
    plain, mode = words[:, :2], words[:, 2]
    first = np.where(mode == 1, np.where(plain[:, 0] < 8, 2, 1), 1)
    assert np.array_equal(modal.predict(words), np.where(mode == 0, LARGE.predict(plain), first))
    assert (modal.mode_count, modal.coding.names[-1], modal.coding.controls) == (3, "mode", 1)
