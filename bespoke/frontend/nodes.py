"""Nodes of float decision trees whose leaves hold vectors."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bespoke.errors import ModelFileError
from bespoke.model import LEAF, IntArray


@dataclass(frozen=True, eq=False)
class NodeTable:
    """Nodes of one or more trees.

    Attributes
    ----------
    feature, left, right : ndarray of int64, shape (n_nodes,)
        -1 at a leaf.
    threshold : ndarray of float64, shape (n_nodes,)
        Inputs up to it go left; it may be infinite.
    values : ndarray of float64, shape (n_nodes, n_scores)
        Vector of a leaf; 0 at an inner node.
    """

    feature: IntArray
    threshold: NDArray[np.float64]
    left: IntArray
    right: IntArray
    values: NDArray[np.float64]

    @property
    def links(self) -> tuple[NDArray[Any], ...]:
        """All but the values, as `bespoke.model.leaves_reached` reads them."""
        return self.feature, self.threshold, self.left, self.right

    @property
    def is_leaf(self) -> NDArray[np.bool_]:
        """Whether each node is a leaf, shape (n_nodes,)."""
        return np.asarray(self.feature == LEAF)

    def with_values(self, values: NDArray[np.float64]) -> NodeTable:
        """The same tests with other vectors, shape (n_nodes, n_scores), in the leaves."""
        return replace(self, values=np.where(self.is_leaf[:, None], values, 0.0))

    def scaled(self, factor: float) -> NodeTable:
        """The same tree with multiples of its vectors."""
        return replace(self, values=self.values * factor)

    def placed(self, columns: IntArray, count: int) -> NodeTable:
        """The same tree with its vectors' numbers in some columns of vectors of ``count`` numbers, 0 in others."""
        values = np.zeros((len(self.values), count))
        values[:, columns] = self.values
        return replace(self, values=values)

    def on_features(self, features: IntArray) -> NodeTable:
        """The tree of some features as one of all: input ``j`` is feature ``features[j]``."""
        return replace(self, feature=np.where(self.is_leaf, LEAF, features[self.feature]))


def reached(tree: NodeTable, where: str) -> NodeTable:
    """The nodes of a single tree that hang on node 0, each after its parent.

    Raises
    ------
    ModelFileError
        If a child does not exist or hangs on two nodes.
    """
    left, right, count = tree.left.tolist(), tree.right.tolist(), len(tree.feature)
    order, seen, stack = [], [False] * count, [0]
    while stack:
        node = stack.pop()
        if not 0 <= node < count or seen[node]:
            raise ModelFileError("every node but the root needs exactly one parent", where=where, got=node)
        seen[node] = True
        order.append(node)
        if tree.feature[node] != LEAF:
            stack += [right[node], left[node]]
    kept, number = np.array(order, dtype=np.int64), np.full(count + 1, LEAF, dtype=np.int64)
    number[kept] = np.arange(len(kept))
    sides = (number[np.where(tree.is_leaf, LEAF, side)] for side in (tree.left, tree.right))
    table = replace(tree, left=next(sides), right=next(sides))
    return NodeTable(*(column[kept] for column in (*table.links, table.values)))


def joined(trees: Sequence[NodeTable]) -> tuple[NodeTable, IntArray]:
    """One table of several trees, and the first node of each."""
    roots = np.cumsum([0, *(len(tree.feature) for tree in trees)], dtype=np.int64)[:-1]
    rows = [(t.feature, t.threshold, *_moved(t, root), t.values) for t, root in zip(trees, roots, strict=True)]
    return NodeTable(*map(np.concatenate, zip(*rows, strict=True))), roots


def _moved(tree: NodeTable, root: int) -> tuple[IntArray, IntArray]:
    left, right = (np.where(side == LEAF, LEAF, side + root) for side in (tree.left, tree.right))
    return left, right
