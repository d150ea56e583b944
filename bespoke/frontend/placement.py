"""Thresholds of trees on the input grid, between the words of training rows."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from bespoke.frontend.floatmodel import FloatArray
from bespoke.frontend.options import Thresholds
from bespoke.model import IntArray


def between_rows(threshold: FloatArray, highest: IntArray, values: NDArray[np.floating], words: IntArray) -> IntArray:
    """Highest words that go left, moved to where they part the training rows as the thresholds do.

    A threshold between two neighbouring values of the training rows becomes a word from that of the lower value to
    just below that of the upper one, nearest to where it lies. Where both have the same word, that goes where most of
    its rows go.

    Parameters
    ----------
    threshold : ndarray of float, shape (n,)
        Of one feature at the model's inputs.
    highest : ndarray of int64, shape (n,)
        Highest word whose grid value goes left.
    values : ndarray, shape (n_samples,)
        The feature of the training rows at the model's inputs, in the precision in which they are compared.
    words : ndarray of int64, shape (n_samples,)
        Their words, which do not fall as values rise.

    Returns
    -------
    ndarray of int64, shape (n,)
    """
    order = np.argsort(values, kind="stable")
    values, words = values[order].astype(np.float64), words[order]
    left = np.searchsorted(values, threshold, side="right")
    inner = (left > 0) & (left < len(values))
    below, above = words[np.maximum(left - 1, 0)], words[np.minimum(left, len(words) - 1)]
    first, end = np.searchsorted(words, below, side="left"), np.searchsorted(words, below, side="right")
    shared = np.where(2 * left >= first + end, below, below - 1)
    placed = np.where(below < above, np.clip(highest, below, above - 1), shared)
    return np.where(inner, placed, highest)


def moves(placement: Thresholds, values: FloatArray, words: IntArray) -> bool:
    """Whether thresholds on a feature of the training rows move; ``auto`` is whole numbers of different words."""
    if placement != "auto":
        return placement == "rows"
    distinct = np.unique(values)
    return bool(np.all(distinct == np.floor(distinct)) and len(np.unique(words)) == len(distinct))
