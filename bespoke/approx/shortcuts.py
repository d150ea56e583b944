"""Models behind a tree that answers some rows by itself, or all rows in some modes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from bespoke.approx.modes import with_control
from bespoke.model import Index, IntArray, IntegerModel, Shortcut, Trees
from bespoke.model.trees import LEAF

Columns = tuple[IntArray, IntArray, IntArray, IntArray]
_NO_ANSWER = (0, 0)
_ALONE = np.array([LEAF])
NO_TREE = Trees(_ALONE, np.array([0]), _ALONE, _ALONE, np.array([_NO_ANSWER]))  # answers nothing


def answering(columns: Columns, labels: IntArray, answers: NDArray[np.bool_] | None = None) -> Trees:
    """The tree of a shortcut.

    Parameters
    ----------
    columns : tuple of ndarray of int64, shape (n_nodes,)
        Features, thresholds, left and right children of the nodes, as in `bespoke.model.Trees`.
    labels : ndarray of int64, shape (n_nodes,)
        Class index at each leaf.
    answers : ndarray of bool, shape (n_nodes,), optional
        Which leaves answer; all by default.
    """
    is_answer = (columns[2] == LEAF) & (True if answers is None else answers)
    return Trees(*columns, np.stack([is_answer, np.where(is_answer, labels, 0)], axis=1).astype(np.int64))


def with_shortcut(model: IntegerModel, tree: Trees) -> IntegerModel:
    """The model behind a tree that answers some rows."""
    return replace(model, stages=(_behind(tree, model),), decision=Index(model.decision.classes))


def _behind(tree: Trees, model: IntegerModel) -> Shortcut:
    return Shortcut(tree, model.stages, model.coding.feature_count, model.decision)


def with_tree_modes(model: IntegerModel, trees: Sequence[Trees]) -> IntegerModel:
    """The model with one more input, last, that says the mode: the first one is the model itself.

    Parameters
    ----------
    model : IntegerModel
        A classifier.
    trees : sequence of Trees
        Those of the other modes, of which input value ``k`` names the one with index ``k - 1``; see `answering`.
    """
    coding = with_control(model.coding, max(1, len(trees).bit_length()))
    found = NO_TREE
    for mode, tree in enumerate(trees, start=1):
        found = _choice(model.coding.feature_count, mode, found, tree)
    return replace(model, coding=coding, stages=(_behind(found, model),), decision=Index(model.decision.classes))


def _choice(feature: int, level: int, below: Trees, above: Trees) -> Trees:
    """The tree that is one tree where a word is below a level, and the other where it is not."""
    firsts = (1, 1 + below.node_count)
    left, right = (
        [np.where(child == LEAF, LEAF, child + first) for child, first in zip(children, firsts, strict=True)]
        for children in ((below.left, above.left), (below.right, above.right))
    )
    return Trees(
        np.concatenate([[feature], below.feature, above.feature]),
        np.concatenate([[level - 1], below.threshold, above.threshold]),
        np.concatenate([[firsts[0]], *left]),
        np.concatenate([[firsts[1]], *right]),
        np.concatenate([[_NO_ANSWER], below.values, above.values]),
    )
