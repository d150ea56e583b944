"""Classes as intervals of a number."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from bespoke.model import IntArray


class ClassRange(NamedTuple):
    """Class of the numbers from ``start`` to the start of the next interval; the first one has no start."""

    label: int
    start: int


def best_intervals(numbers: IntArray, targets: IntArray, class_count: int, toll: float = 0.0) -> list[ClassRange]:
    """Intervals with the most right rows, each class at most once, in the order of their mean numbers.

    By dynamic programming over the numbers that occur.

    Parameters
    ----------
    numbers, targets : ndarray of int64, shape (n_rows,)
        At least one row.
    class_count : int
    toll : float
        Right rows that each interval must win beyond.
    """
    values, places = np.unique(numbers, return_inverse=True)
    counts = np.zeros((len(values) + 1, class_count), dtype=np.int64)
    np.add.at(counts, (places.reshape(-1) + 1, targets), 1)
    below = counts.cumsum(axis=0)
    means = [numbers[targets == label].mean() if below[-1, label] else np.inf for label in range(class_count)]
    order = [label for label in np.argsort(means, kind="stable").tolist() if below[-1, label]]
    best = np.full(len(values) + 1, -np.inf)  # most right rows among the numbers below each place
    best[0] = 0.0
    cuts: list[IntArray] = []
    for label in order:
        # The gain of an interval from i to j is what is below j less what is below i.
        starts = best - below[:, label]
        first = np.maximum.accumulate(starts)
        where = np.maximum.accumulate(np.where(starts == first, np.arange(len(starts)), 0))
        total = first + below[:, label] - toll
        is_longer = total > best
        cuts.append(np.where(is_longer, where, -1))
        best = np.where(is_longer, total, best)
    found, end = [], len(values)
    for label, cut in zip(reversed(order), reversed(cuts), strict=True):
        start = int(cut[end])
        if 0 <= start < end:
            found.append(ClassRange(label, int(values[start])))
            end = start
    return found[::-1]
