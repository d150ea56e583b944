"""Trees grown from genes on training rows, and their outputs, in bit vectors over the rows."""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import replace
from typing import NamedTuple

import numpy as np

from bespoke.lowering.tree_paths import Split
from bespoke.model import LEAF, IntArray, IntegerTree

_ENTER, _ABOVE, _LEAVE = range(3)


class GrownTree(NamedTuple):
    """Splits, each after those on its sides; the side that is the whole tree; the value of leaf code 0.

    A side is a split's number, or ``~code`` for a leaf, the code being its value less ``offset``.
    """

    splits: tuple[Split, ...]
    root: int
    offset: int


class RowMasks:
    """Which rows have a feature at most some value, as bit vectors, row 0 the least significant bit.

    Parameters
    ----------
    words : ndarray of int64, shape (n_rows, n_features)
    """

    def __init__(self, words: IntArray) -> None:
        self.count = len(words)
        self.all = (1 << self.count) - 1
        self._values: list[list[int]] = []
        self._masks: list[list[int]] = []
        for column in np.asarray(words).T:
            values = np.unique(column)
            rows = np.packbits(column[None, :] <= values[:, None], axis=1, bitorder="little")
            self._values.append(values.tolist())
            self._masks.append([0, *(int.from_bytes(row.tobytes(), "little") for row in rows)])

    def at_most(self, feature: int, threshold: int) -> int:
        """Rows with ``x[feature] <= threshold``."""
        return self._masks[feature][bisect_right(self._values[feature], threshold)]


class Leaf(NamedTuple):
    """Code of a leaf of a grown tree, and the rows that reach it."""

    code: int
    rows: int


class LeafValues:
    """Values of leaves from the rows that reach them.

    Parameters
    ----------
    targets : ndarray of int64, shape (n_rows,)
        Wanted output words, none below ``offset``.
    offset : int
    is_classifier : bool
        Whether a leaf takes the most frequent class of its rows, the lowest of equally frequent ones, or their
        rounded mean, as in `bespoke.approx.prune_subtrees`.
    """

    def __init__(self, targets: IntArray, offset: int, *, is_classifier: bool) -> None:
        codes = np.asarray(targets, dtype=np.int64) - offset
        top = int(codes.max(initial=0))
        self.count = len(codes)
        self._is_classifier = is_classifier
        if is_classifier:
            flags = codes[None, :] == np.arange(top + 1)[:, None]
        else:
            flags = (codes[None, :] >> np.arange(top.bit_length())[:, None] & 1).astype(bool)
        rows = np.packbits(flags, axis=1, bitorder="little")
        self._planes = [int.from_bytes(row.tobytes(), "little") for row in rows]

    def code(self, rows: int) -> int:
        """Value less the offset, of a leaf with at least one row."""
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


class Growth:
    """Grows trees of the shape of a given one.

    Parameters
    ----------
    exact : IntegerTree
    words : ndarray of int64, shape (n_rows, n_features)
        Training inputs, at least one row.
    targets : ndarray of int64, shape (n_rows,)
        Wanted output words.
    """

    def __init__(self, exact: IntegerTree, words: IntArray, targets: IntArray) -> None:
        leaves = exact.value[exact.feature == LEAF]
        is_classifier = exact.decision.is_classifier
        self.offset = 0 if is_classifier else int(min(leaves.min(), targets.min()))
        self._rows = RowMasks(words)
        self._values = LeafValues(targets, self.offset, is_classifier=is_classifier)
        self._tops = [(1 << bits) - 1 for bits in exact.coding.bits]
        self._feature, self._left, self._right = (a.tolist() for a in (exact.feature, exact.left, exact.right))
        self._first_codes = _leftmost(exact, self.offset)

    def grow(self, thresholds: list[int], cuts: list[int], *, relabel: bool) -> GrownTree:
        """Tree with other thresholds, ending at the nodes that are cut.

        Tests that their path decides and tests between equal sides are left out, and equal subtrees stand once. A cut
        node takes its value from the training rows. With ``relabel`` all leaves do, and a test that all training rows
        at it pass alike is left out too.

        Parameters
        ----------
        thresholds, cuts : list of int
            One per node of the exact tree; those of leaves do not matter.
        relabel : bool
        """
        low, high = [0] * len(self._tops), self._tops.copy()
        splits: list[Split] = []
        numbers: dict[tuple[int, int, int, int], int] = {}
        results: list[int] = []
        todo: list[tuple[int, int, int, int]] = [(_ENTER, 0, self._rows.all, 0)]
        while todo:
            step, node, rows, saved = todo.pop()
            feature, threshold = self._feature[node], thresholds[node]
            if step == _LEAVE:
                low[feature] = saved
                results.append(_joined((feature, threshold + 1, low[feature], high[feature]), results, splits, numbers))
            elif step == _ABOVE:
                high[feature] = saved
                todo += [(_LEAVE, node, 0, low[feature]), (_ENTER, self._right[node], rows, 0)]
                low[feature] = threshold + 1
            elif feature == LEAF or cuts[node]:
                own = feature == LEAF and not relabel
                results.append(~(self._first_codes[node] if own or not rows else self._values.code(rows)))
            else:
                below = rows & self._rows.at_most(feature, threshold)
                if threshold >= high[feature] or (relabel and below == rows):
                    todo.append((_ENTER, self._left[node], rows, 0))
                elif threshold < low[feature] or (relabel and not below):
                    todo.append((_ENTER, self._right[node], rows, 0))
                else:
                    todo += [(_ABOVE, node, rows ^ below, high[feature]), (_ENTER, self._left[node], below, 0)]
                    high[feature] = threshold
        return GrownTree(tuple(splits), results.pop(), self.offset)


def _joined(
    test: tuple[int, int, int, int],
    results: list[int],
    splits: list[Split],
    numbers: dict[tuple[int, int, int, int], int],
) -> int:
    """Side of a split over the last two results, which it takes."""
    above, below = results.pop(), results.pop()
    if above == below:
        return above
    feature, bound, low, high = test
    number = numbers.setdefault((feature, bound, below, above), len(splits))
    if number == len(splits):
        splits.append(Split(feature, bound, low, high, below, above))
    else:
        old = splits[number]
        splits[number] = old._replace(low=min(low, old.low), high=max(high, old.high))
    return number


def _leftmost(exact: IntegerTree, offset: int) -> list[int]:
    """Code of the leftmost leaf below each node."""
    codes: list[int] = (exact.value - offset).tolist()
    for node in reversed(range(exact.node_count)):
        if exact.feature[node] != LEAF:
            codes[node] = codes[exact.left[node]]
    return codes


def leaves(tree: GrownTree, rows: RowMasks) -> list[Leaf]:
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


def output_words(found: list[Leaf], row_count: int, offset: int) -> IntArray:
    """Output words of a tree with the given leaves, shape (n_rows,)."""
    planes: dict[int, int] = {}
    for code, rows in found:
        planes[code] = planes.get(code, 0) | rows
    words = np.full(row_count, offset, dtype=np.int64)
    for code, rows in planes.items():
        words += code * flags_of(rows, row_count)
    return words


def flags_of(rows: int, row_count: int) -> IntArray:
    """1 for each row of a bit vector, 0 for the others, shape (n_rows,)."""
    packed = np.frombuffer(rows.to_bytes((row_count + 7) // 8, "little"), dtype=np.uint8)
    return np.unpackbits(packed, count=row_count, bitorder="little").astype(np.int64)


def integer_tree(tree: GrownTree, exact: IntegerTree) -> IntegerTree:
    """The model of a grown tree; subtrees that stand once are copied."""
    order = [tree.root]
    nodes: list[tuple[int, int, int, int, int]] = []
    for side in order:
        if side < 0:
            nodes.append((LEAF, 0, LEAF, LEAF, ~side + tree.offset))
            continue
        split = tree.splits[side]
        nodes.append((split.feature, split.bound - 1, len(order), len(order) + 1, 0))
        order += [split.below, split.above]
    feature, threshold, left, right, value = np.array(nodes, dtype=np.int64).T
    return replace(exact, feature=feature, threshold=threshold, left=left, right=right, value=value)
