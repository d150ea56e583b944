"""Paths through a tree without the tests that they have already decided."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Generic, NamedTuple, TypeVar

from bespoke.numeric import Interval

Node = TypeVar("Node")


class Branch(NamedTuple, Generic[Node]):
    """What a walk finds at an inner node: go left where ``x[feature] <= threshold``."""

    feature: int
    threshold: int
    left: Node
    right: Node


Visit = Callable[[Node], int | Branch[Node]]


class Split(NamedTuple):
    """The test ``x[feature] >= bound`` and its two sides.

    A side is a split's number, or ``~code`` for a leaf. ``low`` and ``high`` are the least and the greatest
    ``x[feature]`` with which any path gets here.
    """

    feature: int
    bound: int
    low: int
    high: int
    below: int
    above: int


class PathTree(NamedTuple):
    """Splits, each after those on its sides, and the side that is the whole tree."""

    splits: tuple[Split, ...]
    root: int


def path_tree(visit: Visit[Node], root: Node, ranges: Sequence[Interval]) -> PathTree:
    """Walk a tree along the paths that inputs can take.

    Tests that their path decides and tests between equal sides are left out, and equal subtrees stand once.

    Parameters
    ----------
    visit : callable
        What stands at a node: the code of a leaf, at least 0, or a test. It is called once per node that a path gets
        to, a parent before its children and all to the left before all to the right.
    root : object
        Node that the walk starts with.
    ranges : sequence of Interval
        Range of each input.
    """
    low, high = [interval.low for interval in ranges], [interval.high for interval in ranges]
    splits: list[Split] = []
    numbers: dict[tuple[int, int, int, int], int] = {}
    # Branches on the way to the node, the limit that each has changed, whether its side below is complete; those sides.
    path: list[tuple[Branch[Node], int, bool]] = []
    sides: list[int] = []
    node = root
    while True:
        found = visit(node)
        if isinstance(found, Branch):
            feature, threshold = found.feature, found.threshold
            if threshold >= high[feature]:
                node = found.left
            elif threshold < low[feature]:
                node = found.right
            else:
                path.append((found, high[feature], False))
                high[feature], node = threshold, found.left
            continue
        side = ~found
        while path and path[-1][2]:
            (feature, threshold, _, _), limit, _ = path.pop()
            low[feature], below = limit, sides.pop()
            if side != below:
                side = _number(Split(feature, threshold + 1, limit, high[feature], below, side), splits, numbers)
        if not path:
            return PathTree(tuple(splits), side)
        branch, limit, _ = path.pop()
        high[branch.feature] = limit
        path.append((branch, low[branch.feature], True))
        sides.append(side)
        low[branch.feature], node = branch.threshold + 1, branch.right


def _number(split: Split, splits: list[Split], numbers: dict[tuple[int, int, int, int], int]) -> int:
    """Number of a split, which may stand already; then it gets the wider limits of both."""
    number = numbers.setdefault((split.feature, split.bound, split.below, split.above), len(splits))
    if number == len(splits):
        splits.append(split)
    else:
        old = splits[number]
        splits[number] = old._replace(low=min(split.low, old.low), high=max(split.high, old.high))
    return number
