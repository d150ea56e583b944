"""How good predictions are."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray
from scipy import stats

Metric = Literal["accuracy", "r2"]
_LEVEL = 0.95


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
        """95 % confidence interval of the test accuracy (`clopper_pearson`); None for other metrics."""
        if self.test is None or not self.test_rows or self.metric != "accuracy":
            return None
        return clopper_pearson(round(self.test * self.test_rows), self.test_rows)


def clopper_pearson(right: int, rows: int, level: float = _LEVEL) -> tuple[float, float]:
    """Exact confidence interval of a share.

    Clopper and Pearson, "The Use of Confidence or Fiducial Limits Illustrated in the Case of the Binomial",
    Biometrika 26, 1934.
    """
    tail = (1.0 - level) / 2.0
    low = float(stats.beta.ppf(tail, right, rows - right + 1)) if right else 0.0
    high = float(stats.beta.ppf(1.0 - tail, right + 1, rows - right)) if right < rows else 1.0
    return low, high


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
