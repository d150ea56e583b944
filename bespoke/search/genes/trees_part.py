"""What genes know of a stage that is a single tree."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from bespoke.approx import single_tree
from bespoke.model import LEAF, IntArray, IntegerModel, Trees
from bespoke.search.genes.gene import Site, Values


class TreeDraft(NamedTuple):
    """What a candidate changes in a tree.

    Attributes
    ----------
    bounds : ndarray of int64, shape (n_inner,)
        ``threshold + 1`` of each inner node.
    is_leaf : ndarray of bool, shape (n_inner,)
        Where a leaf stands for a subtree.
    relabel : bool
        Whether every leaf takes its value from the training rows that reach it; else the tree's own keep theirs.
    """

    bounds: IntArray
    is_leaf: NDArray[np.bool_]
    relabel: bool


class TreesPart:
    """The tree of the exact model, and the training rows.

    Parameters
    ----------
    exact : IntegerModel
        A single tree.
    words : ndarray of int64, shape (n_rows, n_features)
        Training inputs, at least one row.
    targets : ndarray of int64, shape (n_rows,)
        Wanted output words.

    Attributes
    ----------
    tree : Trees
    inner : ndarray of int64, shape (n_inner,)
        Node of each test; arrays of shape (n_inner,) are in this order.
    feature, bounds, tops : ndarray of int64, shape (n_inner,)
        Feature of each test, its ``threshold + 1``, and the greatest one that makes sense.
    comparator_features, comparator_bits : ndarray of int64, shape (n_comparators,)
        Feature of each comparator, and the bits of that feature; in the order of `Trees.tests`.
    values : list of ndarray of int64
        Training words of each feature, each once, ascending.
    above : ndarray of bool, shape (n_inner, n_inner)
        Which tests are above which: ``[test, ancestor]``.
    """

    def __init__(self, exact: IntegerModel, words: IntArray, targets: IntArray) -> None:
        self.exact, self.words, self.targets = exact, words, targets
        self.tree = single_tree(exact, "search")
        self.inner = np.flatnonzero(self.tree.feature != LEAF)
        self.feature = self.tree.feature[self.inner]
        self.tops = (1 << np.array(exact.coding.bits, dtype=np.int64))[self.feature]
        self.bounds = np.clip(self.tree.threshold[self.inner] + 1, 0, self.tops)
        self.comparator_features = np.array([feature for feature, _ in self.tree.tests()], dtype=np.int64)
        self.comparator_bits = np.array(exact.coding.bits, dtype=np.int64)[self.comparator_features]
        self.values = [np.unique(column) for column in np.asarray(words).T]
        self.above = _ancestors(self.tree)[np.ix_(self.inner, self.inner)]

    def draft(self) -> TreeDraft:
        """The exact tree."""
        return TreeDraft(self.bounds, np.zeros(len(self.inner), dtype=bool), relabel=False)

    def active(self, subtrees: IntArray) -> IntArray:
        """Tests that are not below a leaf, given which of them leaves stand for."""
        return np.flatnonzero(~(self.above & (subtrees == 1)).any(axis=1))


class TreeSite(Site[TreesPart]):
    """A random test of one genome that is not below a leaf.

    Attributes
    ----------
    bounds, subtrees : ndarray of int64
        Genes that can be written to.
    test : int
    active, alike : ndarray of int64
        All tests that are not below a leaf, and those of them with the same feature.
    """

    def __init__(self, part: TreesPart, genes: Values, random: np.random.Generator) -> None:
        super().__init__(part, genes, random)
        self.bounds, self.subtrees = genes["bounds"], genes["subtrees"]
        self.active = part.active(self.subtrees)
        self.test = int(random.choice(self.active))
        self.alike = self.active[part.feature[self.active] == part.feature[self.test]]

    @property
    def bits(self) -> int:
        """Bits of the feature."""
        return int(self.part.tops[self.test]).bit_length() - 1

    def set_bounds(self, tests: IntArray | int, bound: int) -> None:
        """Change bounds, within the feature's range."""
        self.bounds[tests] = min(max(bound, 0), 1 << self.bits)


def _ancestors(tree: Trees) -> NDArray[np.bool_]:
    """Which nodes are above which, shape (n_nodes, n_nodes): ``[node, ancestor]``."""
    above = np.zeros((tree.node_count, tree.node_count), dtype=bool)
    for node in np.flatnonzero(tree.feature != LEAF):
        for child in (tree.left[node], tree.right[node]):
            above[child] = above[node]
            above[child, node] = True
    return above
