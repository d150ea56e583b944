"""One-vs-one as OneVsOneClassifier decides: votes, and of equal votes the larger sum of decision values."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import combinations
from typing import ClassVar

import numpy as np

from bespoke.model import UNLIMITED, Affine, Decision, IntArray
from bespoke.numeric import Interval


@dataclass(frozen=True, slots=True)
class Duels(Decision):
    """The score of pair (i, j) votes for j if it is above 0, else for i; ties go to the larger sum, then the lowest.

    A score counts for the sum of j as it is and for that of i with the other sign. In an integer model `duel_stages`
    and an argmax take its place.
    """

    name: ClassVar[str] = "duels"

    @property
    def score_count(self) -> int:
        """One score per pair of classes."""
        return len(self.pairs())

    def pairs(self) -> tuple[tuple[int, int], ...]:
        """Class pairs in score order: (0, 1), (0, 2), ..., (1, 2), ..."""
        return tuple(combinations(range(len(self.classes)), 2))

    def decide(self, scores: IntArray) -> IntArray:
        """Index of the winner."""
        votes, sums = (scores > 0) @ self.signs(1, 0) + (scores <= 0) @ self.signs(0, 1), scores @ self.signs(1, -1)
        # scikit-learn's _ovr_decision_function: sums are brought below 1/3, where they decide between equal votes only
        return np.asarray((votes + sums / (3 * (np.abs(sums) + 1))).argmax(axis=1), dtype=np.int64)

    def signs(self, second: int, first: int) -> IntArray:
        """What the second and the first class of each pair have in its row, others 0, shape (n_pairs, n_classes)."""
        matrix = np.zeros((self.score_count, len(self.classes)), dtype=np.int64)
        for row, (i, j) in enumerate(self.pairs()):
            matrix[row, i], matrix[row, j] = first, second
        return matrix


def duel_stages(last: Affine, inputs: Sequence[Interval], decision: Duels) -> tuple[Affine, ...]:
    """Stages from the inputs of a layer of pair scores to a score of each class, the largest of which wins.

    The first lifts the pair scores above 0, the second puts beside each whether it was above 0, the last adds up:
    a vote counts for more than any difference of sums.

    Parameters
    ----------
    last : Affine
        The pair scores, without activation.
    inputs : sequence of Interval
        Ranges of its inputs.
    decision : Duels
    """
    ranges = last.sum_intervals(inputs)
    least = np.array([interval.low for interval in ranges], dtype=np.int64)
    lifted = replace(last, biases=last.biases - least, activation="relu")
    both, count = np.tile(np.eye(len(least), dtype=np.int64), (2, 1)), len(least)
    limits = np.repeat([UNLIMITED, 1], count)
    biases = np.concatenate([np.zeros_like(least), least])
    beside = Affine(both, biases, "relu", last.frac_bits, saturation_bits=limits)
    signs = decision.signs(1, -1)
    largest = np.array([max(abs(interval.low), abs(interval.high)) for interval in ranges], dtype=np.int64)
    vote = 1 + 2 * int((np.abs(signs).T @ largest).max())
    weights = np.concatenate([signs, vote * signs]).T
    added = Affine(weights, least @ signs + vote * decision.signs(0, 1).sum(axis=0), "identity", last.frac_bits)
    return lifted, beside, added
