"""A tree without the tests that its paths have already decided."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from bespoke.model import LEAF, IntArray, IntegerTree


class Split(NamedTuple):
    """The test ``x[feature] >= bound`` and its two sides.

    A side is a split's number, or ``~code`` for a leaf, its code being its value's bits read as unsigned. ``low``
    and ``high`` are the least and the greatest ``x[feature]`` with which any path gets here.
    """

    feature: int
    bound: int
    low: int
    high: int
    below: int
    above: int


class PathTree(NamedTuple):
    """Splits, each after those on its sides; the side that is the whole tree; bits of a leaf's code."""

    splits: tuple[Split, ...]
    root: int
    width: int


def path_tree(model: IntegerTree) -> PathTree:
    """Drop decided tests and tests with equal sides; build equal subtrees once."""
    walk = _Walk(model)
    root = walk.run()
    return PathTree(tuple(walk.splits), root, walk.width)


class _Walk:
    """Depth-first walk with the limits of every feature on the way."""

    def __init__(self, model: IntegerTree) -> None:
        self.model = model
        self.width = model.output_interval().width
        self.low = [0] * model.coding.feature_count
        self.high = [(1 << bits) - 1 for bits in model.coding.bits]
        self.splits: list[Split] = []
        self.numbers: dict[tuple[int, int, int, int], int] = {}
        self.results: list[int] = []

    def run(self) -> int:
        """Walk; return the side that stands for the whole tree."""
        todo: list[tuple[str, int, int]] = [("enter", 0, 0)]
        while todo:
            step, node, saved = todo.pop()
            feature, threshold = int(self.model.feature[node]), int(self.model.threshold[node])
            if step == "enter":
                todo += self._enter(node, feature, threshold)
            elif step == "right":
                self.high[feature] = saved
                todo += [("leave", node, self.low[feature]), ("enter", int(self.model.right[node]), 0)]
                self.low[feature] = threshold + 1
            else:
                self.low[feature] = saved
                self._leave(feature, threshold + 1)
        return self.results.pop()

    def _enter(self, node: int, feature: int, threshold: int) -> list[tuple[str, int, int]]:
        if feature == LEAF:
            self.results.append(~(int(self.model.value[node]) & (1 << self.width) - 1))
            return []
        left, right = int(self.model.left[node]), int(self.model.right[node])
        if threshold >= self.high[feature]:
            return [("enter", left, 0)]
        if threshold < self.low[feature]:
            return [("enter", right, 0)]
        saved = self.high[feature]
        self.high[feature] = threshold
        return [("right", node, saved), ("enter", left, 0)]

    def _leave(self, feature: int, bound: int) -> None:
        above, below = self.results.pop(), self.results.pop()
        if above == below:
            self.results.append(above)
            return
        low, high = self.low[feature], self.high[feature]
        key = (feature, bound, below, above)
        number = self.numbers.setdefault(key, len(self.splits))
        if number == len(self.splits):
            self.splits.append(Split(feature, bound, low, high, below, above))
        else:
            old = self.splits[number]
            self.splits[number] = old._replace(low=min(low, old.low), high=max(high, old.high))
        self.results.append(number)


def leaf_boxes(tree: PathTree, bits: tuple[int, ...]) -> tuple[IntArray, IntArray, IntArray]:
    """Least and greatest inputs, (n_boxes, n_features), and leaf codes of boxes that cover the input space."""
    lows, highs, codes = [], [], []
    stack = [(tree.root, (0,) * len(bits), tuple((1 << b) - 1 for b in bits))]
    while stack:
        side, low, high = stack.pop()
        if side < 0:
            lows.append(low)
            highs.append(high)
            codes.append(~side)
            continue
        split = tree.splits[side]
        f, bound = split.feature, split.bound
        if low[f] < bound:
            stack.append((split.below, low, (*high[:f], min(high[f], bound - 1), *high[f + 1 :])))
        if high[f] >= bound:
            stack.append((split.above, (*low[:f], max(low[f], bound), *low[f + 1 :]), high))
    return np.array(lows, dtype=np.int64), np.array(highs, dtype=np.int64), np.array(codes, dtype=np.int64)
