"""Smallest changes that lead a decision tree to another output, by the boxes of its leaves."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from bespoke.model import LEAF, IntArray, IntegerModel, Trees


class TreeChanges(NamedTuple):
    """Exact smallest changes of the inputs that change the output of a tree.

    Attributes
    ----------
    levels : ndarray of int64, shape (n_rows,)
        Levels by which at least one feature has to change, or -1 if no input has another output.
    features : ndarray of int64, shape (n_rows,)
        Number of features that have to change, whatever the levels, or -1.
    nearest, fewest : ndarray of int64, shape (n_rows, n_features)
        Inputs with another output that are so near, or differ in so few features; the row itself where none is.
    """

    levels: IntArray
    features: IntArray
    nearest: IntArray
    fewest: IntArray


def changes_of_tree(model: IntegerModel, words: IntArray) -> TreeChanges:
    """Find the smallest changes that lead a single decision tree to another output.

    Parameters
    ----------
    model : IntegerModel
        Whose only stage is one tree.
    words : ndarray of int64, shape (n_rows, n_features)
    """
    low, high, outputs = _leaf_boxes(model)
    own = model.predict(words)
    levels, features = (np.full(len(words), -1, dtype=np.int64) for _ in range(2))
    nearest, fewest = words.copy(), words.copy()
    for row, word in enumerate(words):
        others = np.flatnonzero(outputs != own[row])
        if len(others):
            inside = np.clip(word, low[others], high[others])
            distances, counts = np.abs(inside - word).max(axis=1), np.count_nonzero(inside != word, axis=1)
            levels[row], nearest[row] = distances.min(), inside[distances.argmin()]
            features[row], fewest[row] = counts.min(), inside[counts.argmin()]
    return TreeChanges(levels, features, nearest, fewest)


def _leaf_boxes(model: IntegerModel) -> tuple[IntArray, IntArray, IntArray]:
    """Least and greatest words, shape (n_leaves, n_features), and output word of each leaf that some input reaches."""
    tree = model.only_stage(Trees, "robustness of a tree")
    top = np.array([(1 << bits) - 1 for bits in model.coding.bits], dtype=np.int64)
    stack = [(0, np.zeros_like(top), top)]
    boxes = []
    while stack:
        node, low, high = stack.pop()
        feature, threshold = int(tree.feature[node]), int(tree.threshold[node])
        if feature == LEAF:
            boxes.append((low, high, node))
            continue
        if low[feature] <= threshold:
            below = high.copy()
            below[feature] = min(high[feature], threshold)
            stack.append((int(tree.left[node]), low, below))
        if high[feature] > threshold:
            above = low.copy()
            above[feature] = max(low[feature], threshold + 1)
            stack.append((int(tree.right[node]), above, high))
    lows, highs, nodes = zip(*boxes, strict=True)
    return np.array(lows), np.array(highs), model.decision.decide(tree.values[list(nodes)])
