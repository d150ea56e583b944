"""What a model says about the inputs that it was trained on."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bespoke.frontend.attributes import Estimator
from bespoke.frontend.floatmodel import FloatArray, FloatSums, FloatTree, FloatTrees, dense
from bespoke.frontend.viewed import FloatForm, FloatViewed
from bespoke.model import LEAF, IntArray

# Slack at either end of a range, as a share of it: models may have seen rows that the training part does not have.
_SLACK = 0.02


def inside_share(estimator: Estimator, model: FloatForm, inputs: FloatArray) -> tuple[str, float] | None:
    """What of a model has to lie in the range of its training rows, and the share of it that lies in that of others.

    Support vectors are training rows, and thresholds lie between them.

    Parameters
    ----------
    estimator : object
    model : FloatModel
        Of the estimator.
    inputs : ndarray of float, shape (n_samples, n_features)
        What the model may have been trained on.

    Returns
    -------
    tuple of str and float, or None
        None where there is nothing of the kind.
    """
    low, high = inputs.min(axis=0), inputs.max(axis=0)
    slack = _SLACK * (high - low)
    if hasattr(estimator, "support_vectors_"):
        vectors = dense(estimator.support_vectors_)
        if vectors.ndim == 2 and vectors.shape[1] == inputs.shape[1]:
            return "support vectors", float(
                np.mean(np.all((vectors >= low - slack) & (vectors <= high + slack), axis=1))
            )
    feature, threshold = _THRESHOLDS[type(model)](model)
    known = np.isfinite(threshold) & (feature < inputs.shape[1])
    feature, threshold = feature[known], threshold[known]
    if not len(feature):
        return None
    inside = (threshold >= (low - slack)[feature]) & (threshold <= (high + slack)[feature])
    return "thresholds", float(np.mean(inside))


def _none(_model: object) -> tuple[IntArray, FloatArray]:
    return np.zeros(0, dtype=np.int64), np.zeros(0)


def _of_tree(model: FloatTree) -> tuple[IntArray, FloatArray]:
    inner = model.feature != LEAF
    return model.feature[inner], model.threshold[inner]


def _of_trees(model: FloatTrees) -> tuple[IntArray, FloatArray]:
    inner = ~model.nodes.is_leaf
    return model.nodes.feature[inner], model.nodes.threshold[inner]


_THRESHOLDS: dict[type, Callable[[Any], tuple[IntArray, FloatArray]]] = {
    FloatSums: _none,
    FloatTree: _of_tree,
    FloatTrees: _of_trees,
    FloatViewed: _none,
}


def share_moved(outputs: NDArray[Any], targets: NDArray[Any]) -> float:
    """Total variation distance between the shares of the classes in the answers and in the targets."""
    count = int(max(outputs.max(), targets.max())) + 1
    known = targets >= 0
    said, wanted = (np.bincount(each[known], minlength=count) / max(1, known.sum()) for each in (outputs, targets))
    return float(np.abs(said - wanted).sum() / 2)
