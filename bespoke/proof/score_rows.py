"""The last layer as a set of scores: what was subtracted from all, and which never win."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from bespoke.model import Layer
from bespoke.numeric import Interval
from bespoke.proof.sums import SumClaim, row_claim
from bespoke.proof.word import Word


@dataclass(frozen=True, slots=True)
class ScoreRows:
    """The last layer on its proven input words; ``name`` precedes the number of a sum in the certificate."""

    name: str
    layer: Layer
    inputs: tuple[Word, ...]

    def claims(self, offset: int, common: Sequence[int] = ()) -> tuple[SumClaim, ...]:
        """Claims of all scores plus ``offset``, less a linear function ``common`` of the inputs (bias last)."""
        less = [*common] if len(common) == len(self.inputs) + 1 else [0] * (len(self.inputs) + 1)
        rows = zip(self.layer.weights.tolist(), self.layer.biases.tolist(), strict=True)
        return tuple(
            row_claim(
                f"{self.name}{row}",
                [weight - part for weight, part in zip(weights, less[:-1], strict=True)],
                self.inputs,
                bias + offset - less[-1],
            )
            for row, (weights, bias) in enumerate(rows)
        )

    def never_wins(self, label: int, multipliers: Sequence[int]) -> bool:
        """Whether ``sum(m_j * (s_j - s_label + (j < label))) >= 1`` for all inputs, with every m_j >= 0.

        Then some ``s_j - s_label + (j < label)`` is at least 1 at every input: class j is ahead of ``label``.
        """
        weights, biases = self.layer.weights.tolist(), self.layer.biases.tolist()
        if len(multipliers) != len(biases) or min(multipliers) < 0 or not 0 <= label < len(biases):
            return False
        totals = [0] * len(self.inputs)
        constant = 0
        for j, factor in enumerate(multipliers):
            constant += factor * (biases[j] - biases[label] + (j < label))
            totals = [t + factor * (a - b) for t, a, b in zip(totals, weights[j], weights[label], strict=True)]
        return Interval.of_sum(totals, [word.interval for word in self.inputs], constant).low >= 1
