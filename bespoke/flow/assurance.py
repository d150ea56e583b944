"""How sure it is, from the training rows alone, that a circuit is as good as the exact one."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from bespoke.model import IntArray
from bespoke.search import Metric, assured_gains

FloatArray = NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class Assurance:
    """Judge of circuits against the exact one on the same rows.

    Attributes
    ----------
    targets : ndarray of int64, shape (n_rows,)
        Wanted output words.
    exact : ndarray of int64, shape (n_rows,)
        Output words of the exact circuit.
    metric : {"accuracy", "balanced_accuracy", "r2"}
    caution : float
        Standard errors that are taken from a gain.
    """

    targets: IntArray
    exact: IntArray
    metric: Metric
    caution: float

    @property
    def exact_score(self) -> float:
        """Score of the exact circuit under the metric."""
        return float(self.scores(self.exact[None])[0])

    def scores(self, outputs: IntArray) -> FloatArray:
        """Plain score, shape (n,), of output words (n, n_rows)."""
        return np.asarray(1.0 - self.errors(outputs) @ self._weights(), dtype=np.float64)

    def gains(self, outputs: IntArray) -> FloatArray:
        """Assured gain over the exact circuit, shape (n,), of output words (n, n_rows).

        For the accuracy that of `bespoke.search.assured_gains`; for other metrics the same formula for paired
        differences with weights ``w`` of the rows: ``sum(w d) - caution * sqrt(sum((w d)**2) - sum(w d)**2 / n)``.
        """
        errors = self.errors(np.concatenate([self.exact[None], outputs]))
        if self.metric == "accuracy":
            return assured_gains(errors.astype(np.int64), self.caution)[1:]
        parts = (errors[:1] - errors[1:]) * self._weights()
        gain = parts.sum(axis=1)
        variance = (parts**2).sum(axis=1) - gain**2 / max(1, errors.shape[1])
        return np.asarray(gain - self.caution * np.sqrt(np.maximum(variance, 0.0)), dtype=np.float64)

    def gain(self, outputs: IntArray) -> float:
        """Assured gain of one circuit, from its output words (n_rows,)."""
        return float(self.gains(outputs[None])[0])

    def errors(self, outputs: IntArray) -> FloatArray:
        """Per row 1 for a wrong output, or its squared error for a value; shape (n, n_rows)."""
        if self.metric == "r2":
            return np.asarray((outputs - self.targets).astype(np.float64) ** 2, dtype=np.float64)
        return np.asarray(outputs != self.targets, dtype=np.float64)

    def _weights(self) -> FloatArray:
        count = max(1, len(self.targets))
        if self.metric == "r2":
            return np.full(count, 1.0 / count / (float(np.var(self.targets)) or 1.0))
        if self.metric == "accuracy":
            return np.full(count, 1.0 / count)
        classes, index, counts = np.unique(self.targets, return_inverse=True, return_counts=True)
        return np.asarray(1.0 / counts[index] / len(classes), dtype=np.float64)
