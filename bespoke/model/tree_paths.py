"""Decided paths and trees: the boxes of the leaves of the one, and the other made of it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

import numpy as np

from bespoke.model.paths import PathTree
from bespoke.model.trees import LEAF, Trees
from bespoke.numeric import Interval

Corner = tuple[int, ...]


def leaf_boxes(paths: PathTree, ranges: Sequence[Interval]) -> Iterator[tuple[Corner, Corner]]:
    """Least and greatest inputs of every leaf that some input reaches."""
    stack = [(paths.root, tuple(r.low for r in ranges), tuple(r.high for r in ranges))]
    while stack:
        side, low, high = stack.pop()
        if side < 0:
            yield low, high
            continue
        split = paths.splits[side]
        f, bound = split.feature, split.bound
        if low[f] < bound:
            stack.append((split.below, low, (*high[:f], min(high[f], bound - 1), *high[f + 1 :])))
        if high[f] >= bound:
            stack.append((split.above, (*low[:f], max(low[f], bound), *low[f + 1 :]), high))


def tree_of(paths: PathTree, vector_of: Callable[[int], Sequence[int]]) -> Trees:
    """Single tree with the given vector at each leaf code; subtrees that stand once are copied."""
    sides = [paths.root]
    nodes: list[tuple[int, int, int, int]] = []
    vectors: list[Sequence[int]] = []
    for side in sides:
        if side < 0:
            nodes.append((LEAF, 0, LEAF, LEAF))
            vectors.append(vector_of(~side))
        else:
            split = paths.splits[side]
            nodes.append((split.feature, split.bound - 1, len(sides), len(sides) + 1))
            vectors.append(())
            sides += [split.below, split.above]
    width = max(len(vector) for vector in vectors)
    feature, threshold, left, right = np.array(nodes, dtype=np.int64).T
    return Trees(feature, threshold, left, right, np.array([(*v, *(0,) * (width - len(v))) for v in vectors]))
