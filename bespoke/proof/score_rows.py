"""The last affine as a set of scores: what was subtracted from all, and which never win."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from bespoke.model import Affine
from bespoke.numeric import Interval
from bespoke.proof.sums import SumClaim, sum_claims
from bespoke.proof.word import Word

# Weights and common parts below this differ by an int64.
_LARGEST = 1 << 62


@dataclass(frozen=True, slots=True)
class ScoreRows:
    """The last affine on its proven input words, as stage ``number`` in the certificate."""

    number: int
    affine: Affine
    inputs: tuple[Word, ...]

    def claims(self, offset: int, common: Sequence[int] = ()) -> tuple[SumClaim, ...]:
        """Claims of all scores plus ``offset``, less a linear function ``common`` of the columns (bias last)."""
        largest = max(map(abs, (*common, *self.affine.weights.ravel().tolist())), default=0)
        if len(common) != self.affine.weights.shape[1] + 1 or largest >= _LARGEST:
            return sum_claims(self.number, self.affine, self.inputs, offset)
        affine = replace(self.affine, weights=self.affine.weights - np.array(common[:-1], dtype=np.int64))
        return sum_claims(self.number, affine, self.inputs, offset - common[-1])

    def never_wins(self, label: int, multipliers: Sequence[int]) -> bool:
        """Whether ``sum(m_j * (s_j - s_label + (j < label))) >= 1`` for all inputs, with every m_j >= 0.

        Then some ``s_j - s_label + (j < label)`` is at least 1 at every input: class j is ahead of ``label``.
        """
        weights, biases = self.affine.weights.tolist(), self.affine.biases.tolist()
        columns = self.affine.column_intervals([word.interval for word in self.inputs])
        if len(multipliers) != len(biases) or min(multipliers) < 0 or not 0 <= label < len(biases):
            return False
        totals = [0] * len(columns)
        constant = 0
        for j, factor in enumerate(multipliers):
            constant += factor * (biases[j] - biases[label] + (j < label))
            totals = [t + factor * (a - b) for t, a, b in zip(totals, weights[j], weights[label], strict=True)]
        return Interval.of_sum(totals, columns, constant).low >= 1
