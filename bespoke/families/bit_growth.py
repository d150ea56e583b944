"""Growth of trees on bits, best split first: one sum for each feature, and those of a sibling by subtraction."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from bespoke.families.counting import sums_where_one
from bespoke.families.growth import Grown, Limits, Worth, newton
from bespoke.families.learning import FloatArray
from bespoke.model import LEAF, IntArray

Bits = NDArray[np.uint8]
_LEAST_GAIN = 1e-9
_LEAST_SUMS = np.array([-np.inf, 0.0, -np.inf])


class _Open(NamedTuple):
    """A leaf that may be split: its rows, the sums of its statistics where each feature is 1, and its best test."""

    node: int
    rows: IntArray
    sums: FloatArray
    feature: int
    gain: float
    depth: int


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
    regularisation : float
        Added to the second derivative.
    """
    size = np.abs(slope)
    statistics = np.stack([slope, size * (1 - size), np.ones_like(slope)], axis=1)
    worth, rows = newton(regularisation), np.arange(len(bits))
    nodes, totals = [[LEAF, 0, LEAF, LEAF]], [statistics.sum(axis=0)]
    waiting = [_opened((0, 0), rows, sums_where_one(bits, rows, statistics), totals[0], limits, worth)]
    leaves = 1
    while waiting and leaves < limits.leaves:
        chosen = max(range(len(waiting)), key=lambda number: waiting[number].gain)
        if waiting[chosen].gain < _LEAST_GAIN:
            break
        node, rows, sums, feature, _, depth = waiting.pop(chosen)
        is_one = bits[rows, feature] > 0
        parts = [rows[~is_one], rows[is_one]]
        few = int(len(parts[1]) < len(parts[0]))
        found = sums_where_one(bits, parts[few], statistics)
        both = [found, sums - found] if few == 0 else [sums - found, found]
        nodes[node] = [feature, 0, len(nodes), len(nodes) + 1]
        for part, own in zip(parts, both, strict=True):
            totals.append(statistics[part].sum(axis=0))
            waiting.append(_opened((len(nodes), depth + 1), part, own, totals[-1], limits, worth))
            nodes.append([LEAF, 0, LEAF, LEAF])
        leaves += 1
    columns = np.array(nodes, dtype=np.int64).T
    return Grown(columns[0], columns[1], columns[2], columns[3], np.array(totals))


def _opened(
    place: tuple[int, int], rows: IntArray, sums: FloatArray, total: FloatArray, limits: Limits, worth: Worth
) -> _Open:
    """The leaf of a node and depth with its best test; a gain of 0 where there is none."""
    node, depth = place
    others = total - sums
    # What is left of a second derivative after subtraction may fall below 0.
    gains = worth(np.maximum(sums, _LEAST_SUMS)) + worth(np.maximum(others, _LEAST_SUMS))
    gains[(sums[:, 2] < limits.least_rows) | (others[:, 2] < limits.least_rows)] = -np.inf
    feature = int(gains.argmax())
    gain = float(gains[feature]) - float(worth(total)) if depth < limits.depth else 0.0
    return _Open(node, rows, sums, feature, max(gain, 0.0), depth)
