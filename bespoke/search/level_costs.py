"""What the converters in front of candidates cost, in the unit in which their gates are counted."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from bespoke.model import IntArray
from bespoke.search.genes import FloatArray

NO_BIT = -1  # lowest bit of a feature that nothing reads


@dataclass(frozen=True, slots=True, eq=False)
class LevelCosts:
    """Converters by what is read of each feature.

    Attributes
    ----------
    levels : ndarray of float, shape (n_features, n_levels + 1)
        Of comparing a feature with each level, beside what each feature costs that is compared at all; 0 at level 0.
    inputs : ndarray of float, shape (n_features,)
        Of a feature that is compared at all.
    words : ndarray of float, shape (n_features, most bits + 2)
        Of a feature of which all bits from a lowest one on are read; 0 in the last place, for none.
    is_unary : ndarray of bool, shape (n_features,)
        Whether the levels that are read are all that a feature costs; else it comes as a word.
    """

    levels: FloatArray
    inputs: FloatArray
    words: FloatArray
    is_unary: NDArray[np.bool_]

    @property
    def digest(self) -> str:
        """SHA-256 of all figures."""
        arrays = (self.levels, self.inputs, self.words, self.is_unary.astype(np.float64))
        return hashlib.sha256(
            b"".join(np.ascontiguousarray(each, dtype="<f8").tobytes() for each in arrays)
        ).hexdigest()

    def of_words(self, lowest: IntArray) -> FloatArray:
        """Cost, shape (n,), where the bits from ``lowest`` (n, n_features) on are read; `NO_BIT` for none."""
        costs = self.words[np.arange(len(self.words)), lowest]
        return np.asarray(costs.sum(axis=1), dtype=np.float64)

    def of_levels(self, read: Iterable[tuple[int, int]]) -> float:
        """Cost where features are compared with levels, given as pairs; each level of a feature is there once."""
        lowest: dict[int, int] = {}
        total = 0.0
        for feature, level in set(read):
            own = (level & -level).bit_length() - 1
            lowest[feature] = min(own, lowest.get(feature, own))
            if self.is_unary[feature]:
                total += float(self.levels[feature, level])
        for feature, bit in lowest.items():
            total += float(self.inputs[feature] if self.is_unary[feature] else self.words[feature, bit])
        return total
