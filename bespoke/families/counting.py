"""Sums of statistics by feature and word: what growth of trees spends its time on."""

from __future__ import annotations

import numpy as np

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
