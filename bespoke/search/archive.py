"""Non-dominated genomes."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from bespoke.model import IntArray
from bespoke.search.outputs import FloatArray


def non_dominated(objectives: FloatArray) -> IntArray:
    """Positions of the non-dominated rows of objectives, shape (n, 2), all to be small; the first of equal rows.

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
    """Positions of at most ``count`` members of a front of some length, evenly spaced along it; the ends are kept."""
    if length <= count:
        return np.arange(length)
    return np.unique(np.rint(np.linspace(0, length - 1, count)).astype(np.int64))


def distinct(genomes: Sequence[IntArray]) -> IntArray:
    """The genomes in their order, each once."""
    return np.array(list({genome.tobytes(): genome for genome in genomes}.values()))
