"""Growth of trees on bits, best split first: one sum for each feature, and those of a sibling by subtraction."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from bespoke.families.counting import sums_where_one
from bespoke.families.growth import Grown, Limits
from bespoke.families.learning import FloatArray
from bespoke.model import LEAF, IntArray

Bits = NDArray[np.uint8]
_LEAST_GAIN = 1e-9


class _Open(NamedTuple):
    """A leaf that may be split: its rows, the sums of its statistics where each feature is 1, and its best test."""

    node: int
    rows: IntArray
    sums: FloatArray
    feature: int
    gain: float


def grow_on_bits(bits: Bits, slope: FloatArray, limits: Limits, regularisation: float) -> Grown:
    """Grow one tree of a Newton step of the logistic loss.

    Parameters
    ----------
    bits : ndarray of uint8, shape (n_rows, n_features)
        0 and 1.
    slope : ndarray of float64, shape (n_rows,)
        What the probability of the second class lacks; the statistics of a node are its sum, that of the second
        derivative, and the number of rows.
    limits : Limits
        Leaves, and rows of a leaf.
    regularisation : float
        Added to the second derivative.
    """
    size = np.abs(slope)
    statistics = np.stack([slope, size * (1 - size), np.ones_like(slope)], axis=1)
    rows = np.arange(len(bits))
    nodes, totals = [[LEAF, 0, LEAF, LEAF]], [statistics.sum(axis=0)]
    waiting = [_opened(0, rows, sums_where_one(bits, rows, statistics), totals[0], limits, regularisation)]
    leaves = 1
    while waiting and leaves < limits.leaves:
        chosen = max(range(len(waiting)), key=lambda number: waiting[number].gain)
        if waiting[chosen].gain < _LEAST_GAIN:
            break
        node, rows, sums, feature, _ = waiting.pop(chosen)
        is_one = bits[rows, feature] > 0
        parts = [rows[~is_one], rows[is_one]]
        few = int(len(parts[1]) < len(parts[0]))
        found = sums_where_one(bits, parts[few], statistics)
        both = [found, sums - found] if few == 0 else [sums - found, found]
        nodes[node] = [feature, 0, len(nodes), len(nodes) + 1]
        for part, own in zip(parts, both, strict=True):
            totals.append(statistics[part].sum(axis=0))
            waiting.append(_opened(len(nodes), part, own, totals[-1], limits, regularisation))
            nodes.append([LEAF, 0, LEAF, LEAF])
        leaves += 1
    columns = np.array(nodes, dtype=np.int64).T
    return Grown(columns[0], columns[1], columns[2], columns[3], np.array(totals))


def _opened(
    node: int, rows: IntArray, sums: FloatArray, total: FloatArray, limits: Limits, regularisation: float
) -> _Open:
    """A leaf with its best test; a gain of 0 where there is none."""
    others = total - sums
    gains = (_worth(sums, regularisation) + _worth(others, regularisation)) / 2
    gains[(sums[:, 2] < limits.least_rows) | (others[:, 2] < limits.least_rows)] = -np.inf
    feature = int(gains.argmax())
    gain = float(gains[feature]) - float(_worth(total[None], regularisation)[0]) / 2
    return _Open(node, rows, sums, feature, max(gain, 0.0))


def _worth(sums: FloatArray, regularisation: float) -> FloatArray:
    return np.asarray(sums[:, 0] ** 2 / (np.maximum(sums[:, 1], 0.0) + regularisation), dtype=np.float64)


def reached(tree: Grown, bits: Bits) -> IntArray:
    """Leaf that each row gets to, shape (n_rows,)."""
    places = np.zeros(len(bits), dtype=np.int64)
    for node in np.flatnonzero(tree.feature != LEAF).tolist():  # nodes stand before those below them
        here = np.flatnonzero(places == node)
        is_one = bits[here, tree.feature[node]] > 0
        places[here] = np.where(is_one, tree.right[node], tree.left[node])
    return places
