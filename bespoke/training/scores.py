"""How good an estimator's output is."""

from __future__ import annotations

from typing import Any

import numpy as np

from bespoke.data import CLASSIFICATION
from bespoke.data.dataset import FloatArray, TargetArray


def score(
    estimator: Any,  # noqa: ANN401  scikit-learn has no types
    features: FloatArray,
    targets: TargetArray,
    task: str,
) -> tuple[str, float]:
    """Name and value of the score that suits the targets.

    Accuracy for classification; for regression on whole-number targets the accuracy of the output rounded and clipped
    to the range of `targets`, as the papers on printed classifiers score regressors; r2 for other regression.
    """
    predicted = estimator.predict(features)
    if task == CLASSIFICATION:
        return "accuracy", float((predicted == targets).mean())
    if targets.dtype.kind == "i":
        return "rounded accuracy", rounded_accuracy(predicted, targets)
    return "r2", float(estimator.score(features, targets))


def rounded_accuracy(predicted: FloatArray, targets: TargetArray) -> float:
    """Share of rows whose output, rounded to even and clipped to the range of `targets`, is the target."""
    labels = np.clip(np.rint(predicted), targets.min(), targets.max())
    return float((labels == targets).mean())
