"""Trees whose tests are chosen anew in turn, by the rows that the whole tree then has right and by what it draws."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from bespoke.families.counting import sums_by_word
from bespoke.families.family import Family, Parameters
from bespoke.families.growth import Grown, Limits, class_statistics, gini, grow
from bespoke.families.learning import FloatArray, Learning
from bespoke.families.size import TEST_CELLS
from bespoke.families.tree import tolls
from bespoke.model import LEAF, Index, IntArray, IntegerModel, Origin, Trees

_LEAVES = (6, 10, 16, 25, 40, 64, 100)
# Share of all rows that may be wrong to save 1 mW, and to save a test.
_TOLLS = (0.15, 0.05, 0.015, 0.005, 0.0015)
_TEST_SHARES = (0.0, 0.001, 0.003)
# Toll of growth, as `bespoke.families.tree` has it, for each that follows.
_GROWTH = 2.0
_ROUNDS = 12


class Alternating(Family):
    """A grown tree, each of whose tests becomes the best one while all others stay, until none is better."""

    name = "alternating"
    source = "Carreira-Perpinan, Tavallali, Alternating Optimization of Decision Trees, NeurIPS 2018"

    def candidates(self) -> Iterator[Parameters]:
        """Leaves to start from, and what levels and tests must save."""
        for leaves in _LEAVES:
            for toll in _TOLLS:
                for share in _TEST_SHARES:
                    yield {"leaves": leaves, "toll": toll, "test_share": share}

    def fit(self, learning: Learning, parameters: Parameters, random: np.random.Generator) -> IntegerModel:
        """Grow a tree and change its tests."""
        del random
        statistics = class_statistics(learning.targets, learning.class_count)
        growth_toll = tolls(learning, statistics, gini, _GROWTH * parameters["toll"])
        grown = grow(learning.words, statistics, gini, Limits(leaves=parameters["leaves"]), growth_toll)
        rows = len(learning.targets)
        prices = parameters["toll"] * rows * learning.prices.level_mw
        gates = parameters["toll"] * rows * learning.prices.gate_mw * TEST_CELLS
        tree = _Alternation(learning, prices, gates + parameters["test_share"] * rows).run(_node(grown, 0))
        return IntegerModel(learning.coding, (_columns(tree),), Index(learning.classes), Origin(self.name, ""))


@dataclass(slots=True)
class _Node:
    """A leaf with its class, or a test ``word >= level`` with what follows if not, and if so."""

    label: int
    feature: int = LEAF
    level: int = 0
    sides: tuple[_Node, ...] = ()

    def tests(self) -> Iterator[_Node]:
        """Tests from here on down."""
        if self.sides:
            yield self
            for side in self.sides:
                yield from side.tests()

    def predict(self, words: IntArray) -> IntArray:
        """Class of each row."""
        found = np.full(len(words), self.label, dtype=np.int64)
        if self.sides:
            is_above = words[:, self.feature] >= self.level
            for part, side in zip((~is_above, is_above), self.sides, strict=True):
                found[part] = side.predict(words[part])
        return found


class _Alternation:
    def __init__(self, learning: Learning, prices: FloatArray, test_price: float) -> None:
        self._words, self._targets = np.ascontiguousarray(learning.words), learning.targets
        self._classes = class_statistics(learning.targets, learning.class_count)[:, :-1].copy()
        self._prices, self._test_price = prices, test_price
        self._read = np.zeros(prices.shape, dtype=np.int64)

    def run(self, tree: _Node) -> _Node:
        """The tree after as many rounds as change it."""
        self._count(tree, 1)
        rows, before = np.arange(len(self._words)), None
        for _ in range(_ROUNDS):
            tree = self._improved(tree, rows)
            after = [(test.feature, test.level) for test in tree.tests()]
            if after == before:
                break
            before = after
        return tree

    def _improved(self, node: _Node, rows: IntArray) -> _Node:
        """What stands in the place of a node, to which such rows come."""
        if not node.sides:
            return self._leaf(node, rows)
        is_above = self._words[rows, node.feature] >= node.level
        parts = (rows[~is_above], rows[is_above])
        node.sides = tuple(self._improved(side, part) for side, part in zip(node.sides, parts, strict=True))
        self._read[node.feature, node.level] -= 1
        right = self._right(node.sides, rows) - np.where(self._read > 0, 0.0, self._prices) - self._test_price
        right[node.feature, node.level] += 1e-9  # of equally good tests the one that is there stays
        right[:, 0] = -np.inf
        feature, level = (int(each) for each in np.unravel_index(right.argmax(), right.shape))
        alone = self._alone(node.sides, rows)
        kept = max(alone, key=lambda each: each[0])
        if kept[0] >= right[feature, level]:
            for side in kept[2]:
                self._count(side, -1)
            return kept[1]
        self._read[feature, level] += 1
        node.feature, node.level = feature, level
        is_above = self._words[rows, feature] >= level
        parts = (rows[~is_above], rows[is_above])
        if not any(side.sides for side in node.sides):
            node.sides = tuple(self._leaf(side, part) for side, part in zip(node.sides, parts, strict=True))
        return node

    def _leaf(self, leaf: _Node, rows: IntArray) -> _Node:
        """A leaf with the leading class of the rows that come to it."""
        return _Node(int(self._classes[rows].sum(axis=0).argmax())) if len(rows) else leaf

    def _right(self, sides: tuple[_Node, ...], rows: IntArray) -> FloatArray:
        """Rows right by each test, shape (n_features, n_levels + 1), where leaves take their leading class."""
        levels = self._prices.shape[1]
        if not any(side.sides for side in sides):
            found = sums_by_word(self._words, rows, self._classes, levels)
            above = found[:, ::-1].cumsum(axis=1)[:, ::-1]
            return np.asarray(above.max(axis=-1) + (above[:, :1] - above).max(axis=-1))
        below, above = (self._is_right(side, rows) for side in sides)
        gained = np.zeros((len(self._words), 1))
        gained[rows, 0] = above - below
        found = sums_by_word(self._words, rows[above != below], gained, levels)
        return np.asarray(found[:, ::-1, 0].cumsum(axis=1)[:, ::-1] + below.sum())

    def _is_right(self, node: _Node, rows: IntArray) -> FloatArray:
        return np.asarray(node.predict(self._words[rows]) == self._targets[rows], dtype=np.float64)

    def _alone(self, sides: tuple[_Node, ...], rows: IntArray) -> list[tuple[float, _Node, tuple[_Node, ...]]]:
        """What could stand without the test: rows right and price saved, the node, and what is dropped."""
        counts = self._classes[rows].sum(axis=0)
        found = [(float(counts.max()) + self._saved(sides), _Node(int(counts.argmax())), sides)]
        for side, other in (sides, sides[::-1]):
            found.append((float(self._is_right(side, rows).sum()) + self._saved((other,)), side, (other,)))
        return found

    def _saved(self, dropped: tuple[_Node, ...]) -> float:
        """Price of tests that nothing else reads."""
        tests = [(test.feature, test.level) for side in dropped for test in side.tests()]
        levels = {test for test in tests if self._read[test] == tests.count(test)}
        return len(tests) * self._test_price + sum(float(self._prices[test]) for test in levels)

    def _count(self, node: _Node, step: int) -> None:
        for test in node.tests():
            self._read[test.feature, test.level] += step


def _node(grown: Grown, number: int) -> _Node:
    label = int(grown.sums[number, :-1].argmax())
    if grown.feature[number] == LEAF:
        return _Node(label)
    sides = tuple(_node(grown, int(side[number])) for side in (grown.left, grown.right))
    return _Node(label, int(grown.feature[number]), int(grown.threshold[number]) + 1, sides)


def _columns(tree: _Node) -> Trees:
    """The tree as columns of its nodes, each before those below it."""
    columns: list[list[int]] = []
    queue = [tree]
    for node in queue:
        after = len(queue)
        queue += node.sides
        below = [after, after + 1] if node.sides else [LEAF, LEAF]
        columns.append([node.feature, max(0, node.level - 1), *below, node.label])
    return Trees(*np.array(columns, dtype=np.int64).T)
