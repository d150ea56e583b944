"""Linear models and support vector machines with a linear kernel -> FloatSums."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from bespoke.errors import ModelFileError, MultiOutputModelError, UnsupportedModelError
from bespoke.frontend.attributes import Estimator, check_setting, fitted
from bespoke.frontend.floatmodel import FloatLayer, FloatSums, class_labels, dense
from bespoke.model import Argmax, ClassLabel, Origin, Sign, Votes


def read_linear_classifier(estimator: Estimator) -> FloatSums:
    """Float form of a classifier that predicts by the sign of one score or the largest of several.

    scikit-learn's ``LinearClassifierMixin.predict``: two classes have one score, class 1 where it is > 0.
    """
    name = type(estimator).__name__
    layer = _layer(estimator, fitted(estimator, "coef_"))
    binarizer = getattr(estimator, "_label_binarizer", None)
    if str(getattr(binarizer, "y_type_", "")).startswith("multilabel"):
        raise MultiOutputModelError("multilabel targets", where=name, allowed="one class per sample")
    classes = _classes(estimator)
    return FloatSums((layer,), Sign(classes) if len(classes) == 2 else Argmax(classes), Origin("svm", name))


def read_linear_regressor(estimator: Estimator) -> FloatSums:
    """Float form of a regressor that predicts one weighted sum."""
    return FloatSums((_layer(estimator, fitted(estimator, "coef_")),), None, Origin("svm", type(estimator).__name__))


def read_tweedie(estimator: Estimator) -> FloatSums:
    """Float form of a TweedieRegressor without a link function, as with ``power=0``."""
    link = "identity" if estimator.link == "auto" and estimator.power <= 0 else estimator.link
    check_setting(estimator, "link", link, ("identity",), 'link="identity"')
    return read_linear_regressor(estimator)


def read_partial_least_squares(estimator: Estimator) -> FloatSums:
    """Float form of a PLSRegression: ``(x - mean) @ coef_.T + intercept_``."""
    read = read_linear_regressor(estimator)
    (layer,) = read.layers
    biases = layer.biases - layer.weights @ np.asarray(fitted(estimator, "_x_mean"), dtype=np.float64)
    return replace(read, layers=(replace(layer, biases=biases),))


def read_svc(estimator: Estimator) -> FloatSums:
    """Float form of a support vector classifier: one-vs-one votes, as its ``predict`` counts them.

    libsvm votes for the first class of a pair where its decision value is > 0, else for the second. For two
    classes scikit-learn publishes coefficients of the opposite sign, so that class 1 is where the score is >= 0.
    """
    name = type(estimator).__name__
    _check_kernel(estimator)
    classes = _classes(estimator)
    if estimator.break_ties and len(classes) > 2:
        raise UnsupportedModelError(
            "unsupported option", where=name, got="break_ties=True", allowed="break_ties=False, or two classes"
        )
    decision = Sign(classes, inclusive=True) if len(classes) == 2 else Votes(classes)
    return FloatSums((_layer(estimator, _checked_coefficients(estimator)),), decision, Origin("svm", name))


def read_svr(estimator: Estimator) -> FloatSums:
    """Float form of a support vector regressor."""
    _check_kernel(estimator)
    layer = _layer(estimator, _checked_coefficients(estimator))
    if len(layer.biases) != 1:
        raise ModelFileError("a regressor has one score", where=type(estimator).__name__, got=len(layer.biases))
    return FloatSums((layer,), None, Origin("svm", type(estimator).__name__))


def _check_kernel(estimator: Estimator) -> None:
    check_setting(estimator, "kernel", estimator.kernel, ("linear",), 'kernel="linear"')


def _checked_coefficients(estimator: Estimator) -> Estimator:
    """Coefficients that scikit-learn computes from the support vectors, whose shapes a file could have forged."""
    vectors, dual = fitted(estimator, "support_vectors_"), fitted(estimator, "dual_coef_")
    counts = np.asarray(fitted(estimator, "n_support_"))
    if vectors.ndim != 2 or dual.ndim != 2 or not vectors.shape[0] == dual.shape[1] == counts.sum():
        got = (vectors.shape, dual.shape)
        raise ModelFileError("support vectors do not fit", where=type(estimator).__name__, got=got)
    return estimator.coef_


def _layer(estimator: Estimator, coefficients: Estimator) -> FloatLayer:
    """Layer of coefficients, of shape (n_features,) or (n_scores, n_features), and one or more intercepts."""
    weights = np.atleast_2d(dense(coefficients))
    biases = np.atleast_1d(np.asarray(fitted(estimator, "intercept_"), dtype=np.float64))
    if biases.shape == (1,) and not biases.any():
        biases = np.zeros(len(weights))
    if weights.ndim != 2 or biases.shape != weights.shape[:1]:
        got = (weights.shape, biases.shape)
        raise ModelFileError("coefficients do not fit", where=type(estimator).__name__, got=got)
    return FloatLayer(weights, biases, "identity")


def _classes(estimator: Estimator) -> tuple[ClassLabel, ...]:
    """Labels of two or more classes."""
    name = type(estimator).__name__
    classes = class_labels(fitted(estimator, "classes_"), name)
    if len(classes) < 2:
        raise UnsupportedModelError("too few classes", where=name, got=len(classes), allowed="2 or more")
    return classes
