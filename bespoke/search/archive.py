"""Non-dominated genomes."""

from __future__ import annotations

import numpy as np

from bespoke.model import IntArray
from bespoke.search.protocol import FloatArray


def non_dominated(objectives: FloatArray) -> IntArray:
    """Places of the non-dominated rows of objectives, shape (n, 2), all to be small; the first of equal rows.

    Returns
    -------
    ndarray of int64
        By rising second objective.
    """
    order = np.lexsort((np.arange(len(objectives)), objectives[:, 0], objectives[:, 1]))
    best = np.minimum.accumulate(objectives[order, 0])
    is_first = np.concatenate([[True], best[1:] < best[:-1]]) if len(order) else np.zeros(0, dtype=bool)
    return np.asarray(order[is_first], dtype=np.int64)


def spread(length: int, count: int) -> IntArray:
    """Places of at most ``count`` members of a front of some length, evenly spaced along it; the ends are kept."""
    if length <= count:
        return np.arange(length)
    return np.unique(np.rint(np.linspace(0, length - 1, count)).astype(np.int64))
