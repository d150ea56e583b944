"""How good predictions are."""

from __future__ import annotations

from dataclasses import dataclass
from math import sqrt
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

Metric = Literal["accuracy", "r2"]


@dataclass(frozen=True, slots=True)
class Accuracies:
    """Scores of the model and of its circuit.

    Attributes
    ----------
    metric : {"accuracy", "r2"}
        Share of rows with the right label (a regressor's value rounded and clipped to the range of the integer
        labels), or the coefficient of determination of a regressor whose targets are not integers.
    float_model : float or None
        The fitted estimator on the test rows; None if an integer model was compiled.
    train, test : float or None
        The circuit, by simulation of the mapped netlist, on the training and on the test rows.
    train_rows, test_rows : int
        Number of rows.
    """

    metric: Metric = "accuracy"
    float_model: float | None = None
    train: float | None = None
    test: float | None = None
    train_rows: int = 0
    test_rows: int = 0

    def test_interval(self) -> tuple[float, float] | None:
        """95 % confidence interval of the test accuracy (Wilson score interval); None for other metrics."""
        if self.test is None or not self.test_rows or self.metric != "accuracy":
            return None
        z, n, p = 1.959964, self.test_rows, self.test
        middle = (p + z * z / (2 * n)) / (1 + z * z / n)
        half = z / (1 + z * z / n) * sqrt(p * (1 - p) / n + z * z / (4 * n * n))
        return max(0.0, middle - half), min(1.0, middle + half)


def score(metric: Metric, predictions: NDArray[Any], targets: NDArray[Any]) -> float | None:
    """Share of equal entries, or coefficient of determination; None without any target.

    Parameters
    ----------
    metric : {"accuracy", "r2"}
    predictions, targets : ndarray, shape (n_samples,)
    """
    if not len(targets):
        return None
    if metric == "accuracy":
        return float(np.mean(predictions == targets))
    truth = targets.astype(np.float64)
    spread = float(np.sum((truth - truth.mean()) ** 2))
    error = float(np.sum((truth - predictions) ** 2))
    if spread == 0:
        return 1.0 if error == 0 else 0.0
    return 1.0 - error / spread
