"""Which models of a search become circuits."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import chain
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from bespoke.flow.constraint import Constraint

FloatArray = NDArray[np.float64]
_PER_LIMIT = 3  # estimates and pruning may change the order of the nearest few
_ROOM = 1.25  # estimated area over a limit that pruning may still bring below it


class Sizes(NamedTuple):
    """Estimated area in mm2, power in mW and delay in ms of each candidate, shape (n,)."""

    areas: FloatArray
    powers: FloatArray
    delays: FloatArray

    def fit(self, index: int, constraint: Constraint, room: float) -> bool:
        """Whether a candidate may keep the limits on size if it gets smaller by ``room``."""
        return constraint.fits(*(float(figures[index]) / room for figures in self))


def pick_finalists(gains: FloatArray, sizes: Sizes, constraint: Constraint, least_gain: float, count: int) -> list[int]:
    """Indices of at most ``count`` candidates, the most wanted first.

    Parameters
    ----------
    gains : ndarray of float, shape (n,)
        Assured gain of each candidate.
    sizes : Sizes
    constraint : Constraint
    least_gain : float
        What the constraint asks of the gain.
    count : int
    """
    front = _front(gains, sizes.areas)
    wanted: list[Sequence[int]] = []
    if constraint.limits_accuracy:
        wanted.append([index for index in front if gains[index] >= least_gain][:_PER_LIMIT])
    if constraint.limits_size:
        for room in (1.0, _ROOM):
            fitting = [index for index in front if sizes.fit(index, constraint, room)]
            wanted.append(fitting[-_PER_LIMIT:][::-1])
        wanted.append(front[:1])
    chosen = list(dict.fromkeys(chain.from_iterable(wanted)))[:count]
    rest = [index for index in front if index not in chosen]
    return chosen + list(_spread(rest, count - len(chosen)))


def _front(gains: FloatArray, areas: FloatArray) -> list[int]:
    """Non-dominated candidates by rising area."""
    best, found = -np.inf, []
    for index in np.lexsort((-gains, areas)).tolist():
        if gains[index] > best:
            best = gains[index]
            found.append(index)
    return found


def _spread(indices: Sequence[int], count: int) -> Iterator[int]:
    if count > 0 and indices:
        for number in np.unique(np.rint(np.linspace(0, len(indices) - 1, min(count, len(indices))))):
            yield indices[int(number)]
