"""What genes know of a stage that is a single tree."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from bespoke.approx import single_tree
from bespoke.model import LEAF, IntArray, IntegerModel, Trees
from bespoke.search.genes.gene import Values


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
        self.values = [np.unique(column) for column in np.asarray(words).T]
        self.above = _ancestors(self.tree)[np.ix_(self.inner, self.inner)]

    @property
    def units(self) -> int:
        """Number of tests."""
        return len(self.inner)

    def draft(self) -> TreeDraft:
        """The exact tree."""
        return TreeDraft(self.bounds, np.zeros(len(self.inner), dtype=bool), relabel=False)

    def active(self, subtrees: IntArray) -> IntArray:
        """Tests that are not below a leaf, given which of them leaves stand for."""
        return np.flatnonzero(~(self.above & (subtrees == 1)).any(axis=1))

    def site(self, values: Values, random: np.random.Generator) -> TreeSite:
        """A random test that is not below a leaf."""
        active = self.active(values["subtrees"])
        test = int(random.choice(active))
        alike = active[self.feature[active] == self.feature[test]]
        return TreeSite(self, values["bounds"], values["subtrees"], test, active, alike, random)


class TreeSite(NamedTuple):
    """A test of one genome, the genes as views that can be written to.

    ``active`` are all tests that are not below a leaf, ``alike`` those of the same feature.
    """

    part: TreesPart
    bounds: IntArray
    subtrees: IntArray
    test: int
    active: IntArray
    alike: IntArray
    random: np.random.Generator

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
