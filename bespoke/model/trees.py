"""Decision trees whose leaves hold integer vectors."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any, ClassVar

import numpy as np
from numpy.typing import NDArray

from bespoke.errors import ModelFileError
from bespoke.model.paths import Branch, PathTree, path_tree
from bespoke.model.stage import IntArray, Stage, read_only
from bespoke.numeric import Interval

LEAF = -1


def _one_root() -> IntArray:
    return np.zeros(1, dtype=np.int64)


@dataclass(frozen=True, slots=True, eq=False)
class Trees(Stage):
    """Binary decision trees; at an inner node, go left where ``x[feature] <= threshold``.

    The output is the vector of the leaf that an input reaches, added up over the trees.

    Attributes
    ----------
    feature : ndarray of int64, shape (n_nodes,)
        Input tested, -1 at a leaf. Children have higher numbers than their parent, and the nodes of a tree stand
        together.
    threshold : ndarray of int64, shape (n_nodes,)
        On the integer grid of the input; 0 at a leaf.
    left, right : ndarray of int64, shape (n_nodes,)
        Child numbers, -1 at a leaf.
    values : ndarray of int64, shape (n_nodes, n_outputs)
        Vector of a leaf; 0 at an inner node. One number per node stands for vectors of one.
    roots : ndarray of int64, shape (n_trees,)
        First node of each tree, ascending from 0.
    """

    name: ClassVar[str] = "trees"

    feature: IntArray
    threshold: IntArray
    left: IntArray
    right: IntArray
    values: IntArray
    roots: IntArray = field(default_factory=_one_root)

    def __post_init__(self) -> None:
        self._set_read_only(*self.__slots__)
        if self.values.ndim == 1:
            object.__setattr__(self, "values", read_only(self.values[:, None]))
        self._check_nodes()

    def _check_nodes(self) -> None:
        count = self.node_count
        columns = (self.feature, self.threshold, self.left, self.right)
        if not count or self.values.shape[:-1] != (count,) or any(array.shape != (count,) for array in columns):
            raise ModelFileError("node arrays differ in length", where="tree")
        if self.roots[:1].tolist() != [0] or np.any(np.diff(self.roots) <= 0) or self.roots[-1] >= count:
            raise ModelFileError("roots must ascend from 0", where="tree", got=self.roots.tolist())
        inner = self.feature != LEAF
        nodes = np.arange(count)[inner]
        children = np.concatenate([self.left[inner], self.right[inner]])
        if np.any(children <= np.concatenate([nodes, nodes])) or np.any(children >= count):
            raise ModelFileError("a child's number must be above its parent's", where="tree")
        if not np.array_equal(np.sort(children), np.setdiff1d(np.arange(count), self.roots)):
            raise ModelFileError("every node but the root needs exactly one parent", where="tree")
        tree = np.searchsorted(self.roots, np.arange(count), side="right")
        if np.any(tree[children] != np.concatenate([tree[nodes], tree[nodes]])):
            raise ModelFileError("the nodes of a tree must stand together", where="tree")
        if np.any(self.left[~inner] != LEAF) or np.any(self.right[~inner] != LEAF):
            raise ModelFileError("a leaf has children", where="tree")
        if np.any(self.feature[inner] < 0):
            raise ModelFileError("a node tests a feature that does not exist", where="tree")

    @property
    def node_count(self) -> int:
        """Number of nodes, leaves included."""
        return len(self.feature)

    @property
    def output_count(self) -> int:
        """Length of the vectors in the leaves."""
        return int(self.values.shape[1])

    def single(self) -> Iterator[Trees]:
        """Each tree by itself."""
        for first, end in zip(self.roots, (*self.roots[1:], self.node_count), strict=True):
            part = slice(first, end)
            left, right = (np.where(side[part] == LEAF, LEAF, side[part] - first) for side in (self.left, self.right))
            yield Trees(self.feature[part], self.threshold[part], left, right, self.values[part])

    def tests(self) -> tuple[tuple[int, int], ...]:
        """Distinct (input, threshold) of all inner nodes, ascending."""
        inner = self.feature != LEAF
        pairs = zip(self.feature[inner].tolist(), self.threshold[inner].tolist(), strict=True)
        return tuple(sorted(set(pairs)))

    def paths(self, ranges: Sequence[Interval], codes: Sequence[int]) -> PathTree:
        """The decided paths of a single tree; ``codes`` has one code per node, of which those of leaves are used."""
        columns = (self.feature, self.threshold, self.left, self.right)
        branches = [Branch(*row) for row in zip(*(column.tolist() for column in columns), strict=True)]

        def visit(node: int) -> int | Branch[int]:
            return codes[node] if branches[node].feature == LEAF else branches[node]

        return path_tree(visit, 0, ranges)

    def read_levels(self, inputs: Sequence[Interval]) -> tuple[tuple[int, ...], ...]:
        """Bounds of the tests that some path gets to undecided, between sides that differ."""
        found: list[set[int]] = [set() for _ in inputs]
        for tree in self.single():
            codes = np.unique(tree.values, axis=0, return_inverse=True)[1].reshape(-1).tolist()
            for split in tree.paths(inputs, codes).splits:
                found[split.feature].add(split.bound)
        return tuple(tuple(sorted(levels)) for levels in found)

    def leaf_intervals(self) -> tuple[Interval, ...]:
        """Range of each output over the leaves of a single tree."""
        leaves = self.values[self.feature == LEAF]
        ends = zip(leaves.min(axis=0).tolist(), leaves.max(axis=0).tolist(), strict=True)
        return tuple(Interval(low, high) for low, high in ends)

    def output_intervals(self, inputs: Sequence[Interval]) -> tuple[Interval, ...]:
        """Sums over the trees of the ranges over their leaves, for any inputs."""
        if self.feature.max() >= len(inputs):
            raise ModelFileError("a node tests a feature that does not exist", where="tree")
        parts = [tree.leaf_intervals() for tree in self.single()]
        return tuple(sum(column[1:], start=column[0]) for column in zip(*parts, strict=True))

    def apply(self, inputs: IntArray) -> IntArray:
        """Sums of the vectors of the leaves reached."""
        columns = (self.feature, self.threshold, self.left, self.right)
        leaves = leaves_reached(columns, self.roots, np.asarray(inputs, dtype=np.int64))
        return np.asarray(self.values[leaves].sum(axis=1), dtype=np.int64)


def leaves_reached(columns: Sequence[NDArray[Any]], roots: IntArray, inputs: NDArray[Any]) -> IntArray:
    """Leaf of each tree, shape (n_samples, n_trees), for inputs of shape (n_samples, n_inputs).

    ``columns`` are the features, thresholds, left and right children of all nodes, as in `Trees`; the thresholds may be
    real numbers.
    """
    feature, threshold, left, right = columns
    node = np.tile(roots, (len(inputs), 1))
    rows = np.arange(len(inputs))[:, None]
    while (inner := feature[node] != LEAF).any():
        goes_left = inputs[rows, feature[node]] <= threshold[node]
        node = np.where(inner, np.where(goes_left, left[node], right[node]), node)
    return node
