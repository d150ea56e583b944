"""Linear classifiers (one-vs-rest) and linear regressors -> FloatSums."""

from __future__ import annotations

import numpy as np

from bespoke.errors import ModelFileError, MultiOutputModelError, UnsupportedModelError
from bespoke.frontend.attributes import Estimator, fitted
from bespoke.frontend.floatmodel import FloatLayer, FloatSums, class_labels, dense
from bespoke.model import Argmax, Origin, Sign


def read_linear_classifier(estimator: Estimator) -> FloatSums:
    """Float form of a classifier that predicts by the sign of one score or the largest of several.

    scikit-learn's ``LinearClassifierMixin.predict``: two classes have one score, class 1 where it is > 0.
    """
    name = type(estimator).__name__
    layer = single_layer(fitted(estimator, "coef_"), fitted(estimator, "intercept_"), name)
    binarizer = getattr(estimator, "_label_binarizer", None)
    if str(getattr(binarizer, "y_type_", "")).startswith("multilabel"):
        raise MultiOutputModelError("multilabel targets", where=name, allowed="one class per sample")
    classes = class_labels(fitted(estimator, "classes_"), name)
    check_class_count(len(classes), name)
    if len(layer.biases) != (1 if len(classes) == 2 else len(classes)):
        raise ModelFileError("classes and scores do not fit", where=name, got=(len(classes), len(layer.biases)))
    return FloatSums((layer,), Sign(classes) if len(classes) == 2 else Argmax(classes), Origin("svm", name))


def read_linear_regressor(estimator: Estimator) -> FloatSums:
    """Float form of a regressor that predicts one weighted sum."""
    name = type(estimator).__name__
    layer = single_layer(fitted(estimator, "coef_"), fitted(estimator, "intercept_"), name)
    if len(layer.biases) != 1:
        raise MultiOutputModelError("several targets", where=name, got=len(layer.biases), allowed="one target")
    return FloatSums((layer,), None, Origin("svm", name))


def single_layer(coef: object, intercept: object, where: str) -> FloatLayer:
    """Layer of linear coefficients, of shape (n_features,) or (n_scores, n_features), and one or more intercepts.

    Raises
    ------
    ModelFileError
        If the shapes do not fit each other.
    """
    weights = np.atleast_2d(dense(coef))
    biases = np.atleast_1d(np.asarray(intercept, dtype=np.float64))
    if biases.shape == (1,) and not biases.any():
        biases = np.zeros(len(weights))
    if weights.ndim != 2 or biases.shape != weights.shape[:1]:
        raise ModelFileError("coefficients do not fit", where=where, got=(weights.shape, biases.shape))
    return FloatLayer(weights, biases, "identity")


def check_class_count(count: int, where: str) -> None:
    """Refuse a classifier by weighted sums that knows fewer than two classes.

    Raises
    ------
    UnsupportedModelError
    """
    if count < 2:
        raise UnsupportedModelError("too few classes", where=where, got=count, allowed="2 or more")
