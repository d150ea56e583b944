"""Sums of statistics by feature and word, or where bits are 1: what growth of trees spends its time on."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from bespoke.compiled import entry
from bespoke.families.learning import FloatArray
from bespoke.model import IntArray


@entry
def sums_by_word(words: IntArray, rows: IntArray, statistics: FloatArray, levels: int) -> FloatArray:
    """Sums of the statistics of some rows for each feature and each word, shape (n_features, levels, n_statistics)."""
    features, columns = words.shape[1], statistics.shape[1]
    found = np.zeros((features, levels, columns))
    for row in rows:
        for feature in range(features):
            cell = found[feature, words[row, feature]]
            for column in range(columns):
                cell[column] += statistics[row, column]
    return found


@entry
def sums_where_one(bits: NDArray[np.uint8], rows: IntArray, statistics: FloatArray) -> FloatArray:
    """Sums of three statistics of the rows where each feature is 1, shape (n_features, 3)."""
    features = bits.shape[1]
    first, second, third = np.zeros(features), np.zeros(features), np.zeros(features)
    for row in rows:
        a, b, c = statistics[row]
        for feature in range(features):
            one = float(bits[row, feature])
            first[feature] += one * a
            second[feature] += one * b
            third[feature] += one * c
    return np.stack((first, second, third), axis=1)
