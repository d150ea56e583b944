"""Trees that answer for a large classifier: all rows in a small mode, or those of which they are sure."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from bespoke.approx import answering
from bespoke.cells import GateCosts
from bespoke.families.growth import Grown, Limits, class_statistics, entropy, grow, leaves_of
from bespoke.model import IntArray, IntegerModel, Trees
from bespoke.model.trees import LEAF

LEAVES = (2, 3, 4, 6, 8, 12, 16, 24, 32, 48, 64, 96, 128, 192, 256)
_LEAST_ROWS = 3  # of a leaf, where trees grow, and
_LEAST_SEEN = 10  # of one that answers for others, where they do not


class Lesson(NamedTuple):
    """Rows on which a classifier is known.

    Attributes
    ----------
    model : IntegerModel
        The classifier.
    words : ndarray of int64, shape (n_rows, n_features)
    wanted : ndarray of int64, shape (n_rows,)
        Class index of each row, and
    given : ndarray of int64, shape (n_rows,)
        that which the classifier gives.
    """

    model: IntegerModel
    words: IntArray
    wanted: IntArray
    given: IntArray

    def selected(self, rows: slice | NDArray[np.bool_]) -> Lesson:
        """Some of the rows."""
        return self._replace(words=self.words[rows], wanted=self.wanted[rows], given=self.given[rows])

    def half(self, first: int) -> Lesson:
        """Every other row."""
        return self.selected(slice(first, None, 2))

    def grown(self, leaves: int) -> Grown:
        """A tree of at most so many leaves."""
        statistics = class_statistics(self.wanted, len(self.model.decision.classes))
        bits = self.model.coding.bits
        limits = Limits(leaves=leaves, least_rows=_LEAST_ROWS)
        return grow(self.words, statistics, entropy, limits, np.zeros((len(bits), (1 << max(bits)) + 1)))

    def gains(self, answers: IntArray) -> IntArray:
        """Per row 1, 0 or -1: rows right that are gained by these answers, shape (n_rows,), over those given."""
        return np.equal(answers, self.wanted).astype(np.int64) - np.equal(self.given, self.wanted)


def labels_of(grown: Grown) -> IntArray:
    """The leading class at each node, the first of equally many."""
    return np.asarray(grown.sums[:, :-1].argmax(axis=1), dtype=np.int64)


def unseen_answers(lesson: Lesson, leaves: int) -> IntArray:
    """What trees of some size answer on rows that they have not seen, shape (n_rows,)."""
    found = np.empty(len(lesson.wanted), dtype=np.int64)
    for seen in (0, 1):
        grown = lesson.half(seen).grown(leaves)
        found[1 - seen :: 2] = labels_of(grown)[leaves_of(grown, lesson.half(1 - seen).words)]
    return found


def whole_tree(lesson: Lesson, leaves: int) -> Trees:
    """A tree that answers all rows."""
    grown = lesson.grown(leaves)
    return answering((grown.feature, grown.threshold, grown.left, grown.right), labels_of(grown))


def sure_trees(lesson: Lesson, loss: float) -> Iterator[tuple[Trees, float]]:
    """Trees of all sizes that answer where they lose nothing, and the share of rows that each answers.

    Trees grow on every other row. A leaf answers if enough of the rows between reach it, and it gains at least as many
    rows as it loses on either half; then the leaves that lose least a row do, as long as all that is lost on each half
    is at most ``loss`` of it.
    """
    halves = lesson.half(0), lesson.half(1)
    for leaves in LEAVES:
        grown = halves[0].grown(leaves)
        labels, count = labels_of(grown), len(grown.feature)
        reached = [leaves_of(grown, half.words) for half in halves]
        gains = [np.bincount(at, half.gains(labels[at]), count) for at, half in zip(reached, halves, strict=True)]
        rows = np.bincount(reached[1], minlength=count)
        lost = np.maximum(-np.array(gains), 0.0)
        may = (grown.left == LEAF) & (rows >= _LEAST_SEEN)
        order = np.flatnonzero(may)[np.argsort((lost.sum(axis=0) / np.maximum(rows, 1))[may], kind="stable")]
        within = lost[:, order].cumsum(axis=1) <= loss * np.array([[len(half.wanted)] for half in halves])
        is_sure = np.zeros(count, dtype=bool)
        is_sure[order[within.all(axis=0)]] = True
        tree = answering((grown.feature, grown.threshold, grown.left, grown.right), labels, is_sure)
        yield tree, float(np.mean(is_sure[np.concatenate(reached)]))


def tree_cost(tree: Trees, model: IntegerModel, costs: GateCosts) -> float:
    """About what a tree takes: a chain of gates for each comparison, and a gate a test for each bit of the answer.

    Tests between sides that do not differ take nothing.
    """
    codes = np.unique(tree.values, axis=0, return_inverse=True)[1].reshape(-1).tolist()
    splits = tree.paths(model.coding.intervals(), codes).splits
    comparisons = sum(
        model.coding.bits[feature] - (level & -level).bit_length()
        for feature, level in {(split.feature, split.bound) for split in splits}
    )
    width = 1 + (len(model.decision.classes) - 1).bit_length()
    return costs.and_ * (comparisons + width * len(splits))
