"""Growth of trees on words, best split first, with the price of levels that no test reads yet.

Sources: Friedman, Hastie, Tibshirani, "Additive Logistic Regression", Annals of Statistics 28, 2000 (growth best split
first, gains of Newton steps); Armeniakos et al., DATE 2024 (levels that are paid for already are preferred).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bespoke.families.counting import sums_by_word
from bespoke.families.learning import FloatArray
from bespoke.model import IntArray
from bespoke.model.trees import LEAF, leaves_reached

# Worth of nodes from sums of their rows' statistics, shape (..., n_statistics) -> (...); a split gains what it adds.
Worth = Callable[[FloatArray], FloatArray]
_LEAST_GAIN = 1e-12


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Limits:
    """When growth ends.

    Attributes
    ----------
    leaves : int
        Most leaves.
    least_rows : int
        Fewest rows of a leaf.
    depth : int
        Most tests on a path.
    """

    leaves: int
    least_rows: int = 1
    depth: int = 64


@dataclass(frozen=True, slots=True, eq=False)
class Grown:
    """A tree as columns of its nodes, as in `bespoke.model.Trees`, and the sums of statistics at each node.

    Attributes
    ----------
    feature, threshold, left, right : ndarray of int64, shape (n_nodes,)
    sums : ndarray of float64, shape (n_nodes, n_statistics)
    """

    feature: IntArray
    threshold: IntArray
    left: IntArray
    right: IntArray
    sums: FloatArray


def grow(
    words: IntArray,
    statistics: FloatArray,
    worth: Worth,
    limits: Limits,
    toll: FloatArray,
    allowed: Callable[[], NDArray[np.bool_]] | None = None,
) -> Grown:
    """Grow one tree.

    Parameters
    ----------
    words : ndarray of int64, shape (n_rows, n_features)
    statistics : ndarray of float64, shape (n_rows, n_statistics)
        What the worth of nodes is made of, such as the class as a unit vector; a last column counts rows.
    worth : callable
    limits : Limits
    toll : ndarray of float64, shape (n_features, n_levels + 1)
        What the first test of each level must gain beyond; 0 once a level is paid for, which is written into it.
    allowed : callable, optional
        Features that a node may test, asked anew for each node, shape (n_features,).
    """
    return _Growth(words, statistics, worth, limits, toll, allowed).tree()


class _Growth:
    def __init__(
        self,
        words: IntArray,
        statistics: FloatArray,
        worth: Worth,
        limits: Limits,
        toll: FloatArray,
        allowed: Callable[[], NDArray[np.bool_]] | None,
    ) -> None:
        self._words, self._statistics = np.ascontiguousarray(words), np.ascontiguousarray(statistics)
        self._worth, self._limits = worth, limits
        self._toll, self._allowed = toll, allowed
        self._nodes: list[tuple[int, int, int, int]] = []
        self._sums: list[FloatArray] = []
        self._rows: list[IntArray] = []
        self._depth: list[int] = []
        self._gains: list[FloatArray] = []
        self._open: list[int] = []

    def tree(self) -> Grown:
        self._add(np.arange(len(self._words)), 0)
        while len(self._nodes) - sum(node[0] != LEAF for node in self._nodes) < self._limits.leaves and self._split():
            pass
        columns = np.array(self._nodes, dtype=np.int64).T
        return Grown(columns[0], columns[1], columns[2], columns[3], np.array(self._sums))

    def _add(self, rows: IntArray, depth: int) -> int:
        number = len(self._nodes)
        self._nodes.append((LEAF, 0, LEAF, LEAF))
        self._sums.append(self._statistics[rows].sum(axis=0))
        self._rows.append(rows)
        self._depth.append(depth)
        if depth < self._limits.depth and len(rows) >= 2 * self._limits.least_rows:
            self._open.append(number)
            self._gains.append(self._gains_of(rows, self._sums[-1]))
        return number

    def _gains_of(self, rows: IntArray, total: FloatArray) -> FloatArray:
        """Gain of each test ``word >= level``, shape (n_features, n_levels + 1); -inf where a side has too few rows."""
        found = sums_by_word(self._words, rows, self._statistics, self._toll.shape[1])
        above = found[:, ::-1].cumsum(axis=1)[:, ::-1]
        below = total - above
        gains = self._worth(above) + self._worth(below) - self._worth(total)
        least = self._limits.least_rows
        gains[(above[..., -1] < least) | (below[..., -1] < least)] = -np.inf
        if self._allowed is not None:
            gains[~self._allowed()] = -np.inf
        return np.asarray(gains, dtype=np.float64)

    def _split(self) -> bool:
        """Split the open node whose best test gains most; False if none gains."""
        if not self._open:
            return False
        nets = np.array([float((gains - self._toll).max()) for gains in self._gains])
        index = int(nets.argmax())
        if not nets[index] > _LEAST_GAIN:
            return False
        node, gains = self._open.pop(index), self._gains.pop(index)
        feature, level = (int(each) for each in np.unravel_index((gains - self._toll).argmax(), gains.shape))
        self._toll[feature, level] = 0.0
        rows = self._rows[node]
        is_above = self._words[rows, feature] >= level
        left = self._add(rows[~is_above], self._depth[node] + 1)
        right = self._add(rows[is_above], self._depth[node] + 1)
        self._nodes[node] = (feature, level - 1, left, right)
        return True


def gini(sums: FloatArray) -> FloatArray:
    """Rows less their Gini impurity, from class counts and the count of rows: ``sum(c**2) / n``."""
    counts, rows = sums[..., :-1], sums[..., -1]
    return np.asarray((counts**2).sum(axis=-1) / np.maximum(rows, 1.0), dtype=np.float64)


def entropy(sums: FloatArray) -> FloatArray:
    """Less the entropy in bits of the classes, over all rows: ``sum(c log2(c / n))``."""
    counts, rows = sums[..., :-1], sums[..., -1:]
    shares = counts / np.maximum(rows, 1.0)
    logs = np.log2(np.where(shares > 0, shares, 1.0))
    return np.asarray((counts * logs).sum(axis=-1), dtype=np.float64)


def newton(regularisation: float) -> Worth:
    """Half of what a Newton step of a leaf lowers the loss: ``g**2 / (h + regularisation) / 2``."""

    def worth(sums: FloatArray) -> FloatArray:
        return np.asarray(sums[..., 0] ** 2 / (sums[..., 1] + regularisation) / 2, dtype=np.float64)

    return worth


def class_statistics(targets: IntArray, class_count: int) -> FloatArray:
    """Unit vectors of the classes, and a one that counts rows, shape (n_rows, class_count + 1)."""
    return np.concatenate([np.eye(class_count)[targets], np.ones((len(targets), 1))], axis=1)


def leaves_of(tree: Grown, words: NDArray[Any]) -> IntArray:
    """Leaf that each row of words, shape (n_rows, n_features), reaches, shape (n_rows,)."""
    columns = (tree.feature, tree.threshold, tree.left, tree.right)
    return leaves_reached(columns, np.zeros(1, dtype=np.int64), words)[:, 0]
