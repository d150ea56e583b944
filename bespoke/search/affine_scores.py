"""Scores of a whole population of weighted-sum models on the same rows."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from bespoke.approx import AffineBatch
from bespoke.model import IntArray

_EXACT_FLOAT32 = 1 << 24


class AffineScores:
    """Evaluates candidates on fixed input words.

    Parameters
    ----------
    words : ndarray of int64, shape (n_rows, n_features)
    bits : sequence of int
        Of each feature.
    """

    def __init__(self, words: IntArray, bits: Sequence[int]) -> None:
        self._bits = np.arange(max(bits, default=0))
        self._planes = (words[:, :, None] >> self._bits & 1).astype(np.int8).reshape(len(words), -1)

    def __call__(self, stages: Sequence[AffineBatch]) -> IntArray:
        """Scores, shape (n_candidates, n_rows, n_scores), of candidates given stage by stage."""
        values = _activated(self._first_sums(stages[0]), stages[0])
        for stage in stages[1:]:
            sums = _exact_product(values, stage.weights.transpose(0, 2, 1)) + stage.biases[:, None, :]
            values = _activated(sums, stage)
        return values

    def _first_sums(self, stage: AffineBatch) -> IntArray:
        count, outputs, inputs = stage.weights.shape
        seen = stage.masks[..., None] >> self._bits & 1
        weights = ((stage.weights[..., None] << self._bits) * seen).reshape(count * outputs, inputs * len(self._bits))
        small = np.abs(weights).sum(axis=1).max(initial=0) < _EXACT_FLOAT32
        kind = np.float32 if small else np.float64
        sums = (self._planes.astype(kind) @ weights.T.astype(kind)).astype(np.int64)
        sums = sums.reshape(len(sums), count, outputs).transpose(1, 0, 2)
        return np.asarray(sums + stage.biases[:, None, :], dtype=np.int64)


def _exact_product(values: IntArray, weights: IntArray) -> IntArray:
    """``values @ weights`` of integers below 2**53 by floating-point products, which are several times as fast."""
    product: NDArray[np.float64] = np.matmul(values.astype(np.float64), weights.astype(np.float64))
    return product.astype(np.int64)


def _activated(sums: IntArray, stage: AffineBatch) -> IntArray:
    if stage.activation == "step":
        return np.greater_equal(sums, 0).astype(np.int64)
    if stage.activation == "identity":
        return np.asarray(sums >> stage.dropped_bits[:, None, :], dtype=np.int64)
    top = (1 << stage.saturation_bits[:, None, :]) - 1
    return np.asarray(np.minimum(np.maximum(sums, 0) >> stage.dropped_bits[:, None, :], top), dtype=np.int64)
