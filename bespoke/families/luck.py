"""What the best of many candidates promises too much, because it was chosen by the rows that it is judged by."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from bespoke.families.learning import FloatArray
from bespoke.families.race import Candidate

_DRAWS = 200
_REPEAT = 0  # the repetition by which candidates are chosen


def luck(candidates: Sequence[Candidate], seed: int = 0) -> FloatArray:
    """Accuracy to take off, for each candidate, if it is the best of those that draw no more power.

    Rows are drawn with replacement; the candidate that is best on them is as good as the rows that were not drawn say.

    Source: Tsamardinos, Greasidou, Borboudakis, "Bootstrapping the out-of-sample predictions for efficient and accurate
    cross-validation", Machine Learning 107, 2018.

    Parameters
    ----------
    candidates : sequence of Candidate
        By rising power, all judged by the whole first repetition.
    seed : int
        Of the draws.

    Returns
    -------
    ndarray of float, shape (n_candidates,)
        At least 0.
    """
    right = np.array([_rows(each) for each in candidates], dtype=np.float64)
    rows = right.shape[1]
    drawn = np.random.default_rng(seed).multinomial(rows, np.full(rows, 1 / rows), size=_DRAWS)
    left = drawn == 0
    seen = drawn @ right.T / rows
    unseen = left @ right.T / np.maximum(left.sum(axis=1, keepdims=True), 1)
    found = np.zeros(len(candidates))
    draws = np.arange(_DRAWS)
    best = np.zeros(_DRAWS, dtype=np.int64)
    for index in range(len(candidates)):
        best = np.where(seen[:, index] > seen[draws, best], index, best)
        found[index] = max(0.0, float((seen[draws, best] - unseen[draws, best]).mean()))
    return found


def _rows(candidate: Candidate) -> NDArray[np.bool_]:
    """Which rows of the first repetition are right, in the order of its parts."""
    parts = sorted(number for repeat, number in candidate.right if repeat == _REPEAT)
    return np.concatenate([candidate.right[_REPEAT, number] for number in parts])
