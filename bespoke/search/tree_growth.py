"""Trees grown from genes on training rows, and their outputs, in bit vectors over the rows."""

from __future__ import annotations

from bisect import bisect_right
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from bespoke.model import LEAF, IntArray
from bespoke.model.paths import Branch, PathTree, path_tree
from bespoke.search.genes import TreeDraft, TreesPart

_Node = tuple[int, int]  # number, and the rows that reach it as a bit vector


class Leaf(NamedTuple):
    """Code of a leaf of a grown tree, and the rows that reach it."""

    code: int
    rows: int


class Rows:
    """Rows with their targets, sets of them as bit vectors, row 0 the least significant bit.

    Parameters
    ----------
    words : ndarray of int64, shape (n_rows, n_features)
    codes : ndarray of int64, shape (n_rows,)
        Wanted codes of leaves, at least 0.
    is_classifier : bool
        Whether a leaf takes the most frequent code of its rows, the lowest of equally frequent ones, or their rounded
        mean.
    """

    def __init__(self, words: IntArray, codes: IntArray, *, is_classifier: bool = True) -> None:
        self.count = len(words)
        self.all = (1 << self.count) - 1
        values = [np.unique(column) for column in words.T]
        self._values = [own.tolist() for own in values]
        flags = [column <= own[:, None] for column, own in zip(words.T, values, strict=True)]
        self._at_most = [[0, *_bit_vectors(each)] for each in flags]
        self._is_classifier = is_classifier
        top = int(codes.max(initial=0))
        bits = np.arange(top.bit_length())[:, None]
        self._planes = _bit_vectors(codes == np.arange(top + 1)[:, None] if is_classifier else codes >> bits & 1 == 1)

    def at_most(self, feature: int, threshold: int) -> int:
        """Rows with ``x[feature] <= threshold``."""
        return self._at_most[feature][bisect_right(self._values[feature], threshold)]

    def code(self, rows: int) -> int:
        """Code of a leaf with at least one row."""
        counts = [(rows & plane).bit_count() for plane in self._planes]
        if self._is_classifier:
            return counts.index(max(counts))
        count, total = rows.bit_count(), sum(count << bit for bit, count in enumerate(counts))
        return (2 * total + count) // (2 * count)

    def supported(self, leaf: Leaf) -> int:
        """Rows of a leaf that are of its class, if that class would lead without any one of them too; else none."""
        counts = [(leaf.rows & plane).bit_count() for plane in self._planes]
        if leaf.code >= len(counts) or counts[leaf.code] < 2:
            return 0
        own = counts[leaf.code] - 1
        is_ahead = all(own > other for code, other in enumerate(counts) if code != leaf.code)
        return leaf.rows & self._planes[leaf.code] if is_ahead else 0

    def flags(self, rows: int) -> IntArray:
        """1 for each row of a set, 0 for the others, shape (n_rows,)."""
        packed = np.frombuffer(rows.to_bytes((self.count + 7) // 8, "little"), dtype=np.uint8)
        return np.unpackbits(packed, count=self.count, bitorder="little").astype(np.int64)


def _bit_vectors(flags: NDArray[np.bool_]) -> list[int]:
    rows = np.packbits(flags, axis=1, bitorder="little")
    return [int.from_bytes(row.tobytes(), "little") for row in rows]


class Growth:
    """Grows trees of the shape of a given one.

    Parameters
    ----------
    part : TreesPart

    Attributes
    ----------
    offset : int
        Output word of leaf code 0.
    """

    def __init__(self, part: TreesPart) -> None:
        tree, targets = part.tree, part.targets
        words = tree.values[:, 0]
        is_classifier = part.exact.decision.is_classifier
        self.offset = 0 if is_classifier else int(min(words[tree.feature == LEAF].min(), targets.min()))
        self._rows = Rows(part.words, targets - self.offset, is_classifier=is_classifier)
        self._ranges = part.exact.ranges[0]
        self._feature, self._left, self._right = (a.tolist() for a in (tree.feature, tree.left, tree.right))
        self._inner = part.inner.tolist()
        # Of an inner node that of its leftmost leaf.
        self._first_codes: list[int] = (words - self.offset).tolist()
        for node in reversed(self._inner):
            self._first_codes[node] = self._first_codes[self._left[node]]

    def grow(self, draft: TreeDraft) -> PathTree:
        """Tree with the bounds and leaves of a draft; the code of a leaf is its output word less the offset.

        Tests that their path decides and tests between equal sides are left out, and equal subtrees stand once. A leaf
        in the place of a subtree takes its value from the training rows. With ``relabel`` all leaves do, and a test
        that all training rows at it pass alike is left out too.
        """
        thresholds, is_leaf = [0] * len(self._feature), [True] * len(self._feature)
        for node, bound, leaf in zip(self._inner, draft.bounds.tolist(), draft.is_leaf.tolist(), strict=True):
            thresholds[node], is_leaf[node] = bound - 1, leaf
        features, left, right = self._feature, self._left, self._right
        at_most, relabel = self._rows.at_most, draft.relabel

        def visit(reached: _Node) -> int | Branch[_Node]:
            node, rows = reached
            while not is_leaf[node]:
                feature, threshold = features[node], thresholds[node]
                below = rows & at_most(feature, threshold)
                if not relabel or (below and below != rows):
                    return Branch(feature, threshold, (left[node], below), (right[node], rows ^ below))
                node = left[node] if below == rows else right[node]
            own = not relabel and features[node] == LEAF
            return self._first_codes[node] if own or not rows else self._rows.code(rows)

        return path_tree(visit, (0, self._rows.all), self._ranges)


def leaves(tree: PathTree, rows: Rows) -> list[Leaf]:
    """Leaves that rows reach; a leaf under two splits, or of a subtree that stands once, may be there in parts."""
    reach = [0] * len(tree.splits)
    found: list[Leaf] = []
    if tree.root < 0:
        return [Leaf(~tree.root, rows.all)]
    reach[tree.root] = rows.all
    for number in range(len(tree.splits) - 1, -1, -1):
        arriving = reach[number]
        if not arriving:
            continue
        split = tree.splits[number]
        below = arriving & rows.at_most(split.feature, split.bound - 1)
        for side, part in ((split.below, below), (split.above, arriving ^ below)):
            if side >= 0:
                reach[side] |= part
            elif part:
                found.append(Leaf(~side, part))
    return found


def output_words(found: list[Leaf], rows: Rows, offset: int) -> IntArray:
    """Output words of a tree with the given leaves, shape (n_rows,)."""
    reached: dict[int, int] = {}
    for code, some in found:
        reached[code] = reached.get(code, 0) | some
    words = np.full(rows.count, offset, dtype=np.int64)
    for code, some in reached.items():
        words += code * rows.flags(some)
    return words
