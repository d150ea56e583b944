"""SVC, NuSVC, SVR and NuSVR with linear kernel -> FloatSums."""

from __future__ import annotations

import numpy as np

from bespoke.errors import ModelFileError, UnsupportedModelError
from bespoke.frontend.attributes import Estimator, fitted
from bespoke.frontend.floatmodel import FloatSums, class_labels
from bespoke.frontend.linear import check_class_count, single_layer
from bespoke.model import Origin, Sign, Votes


def read_svc(estimator: Estimator) -> FloatSums:
    """Float form of a support vector classifier: one-vs-one votes, as its ``predict`` counts them.

    libsvm votes for the first class of a pair where its decision value is > 0, else for the second. For two
    classes scikit-learn publishes coefficients of the opposite sign, so that class 1 is where the score is >= 0.
    """
    name = type(estimator).__name__
    _check_kernel(estimator)
    classes = class_labels(fitted(estimator, "classes_"), name)
    check_class_count(len(classes), name)
    if estimator.break_ties and len(classes) > 2:
        raise UnsupportedModelError(
            "unsupported option", where=name, got="break_ties=True", allowed="break_ties=False, or two classes"
        )
    layer = single_layer(_coefficients(estimator), fitted(estimator, "intercept_"), name)
    if len(layer.biases) != len(classes) * (len(classes) - 1) // 2:
        raise ModelFileError("classes and scores do not fit", where=name, got=(len(classes), len(layer.biases)))
    decision = Sign(classes, inclusive=True) if len(classes) == 2 else Votes(classes)
    return FloatSums((layer,), decision, Origin("svm", name))


def read_svr(estimator: Estimator) -> FloatSums:
    """Float form of a support vector regressor."""
    _check_kernel(estimator)
    name = type(estimator).__name__
    layer = single_layer(_coefficients(estimator), fitted(estimator, "intercept_"), name)
    if len(layer.biases) != 1:
        raise ModelFileError("a regressor has one score", where=name, got=len(layer.biases))
    return FloatSums((layer,), None, Origin("svm", name))


def _check_kernel(estimator: Estimator) -> None:
    if estimator.kernel != "linear":
        raise UnsupportedModelError(
            "unsupported kernel",
            where=type(estimator).__name__,
            got=estimator.kernel,
            allowed='linear; retrain with kernel="linear"',
        )


def _coefficients(estimator: Estimator) -> Estimator:
    name = type(estimator).__name__
    vectors, dual = fitted(estimator, "support_vectors_"), fitted(estimator, "dual_coef_")
    counts = np.asarray(fitted(estimator, "n_support_"))
    if vectors.ndim != 2 or dual.ndim != 2 or not vectors.shape[0] == dual.shape[1] == counts.sum():
        raise ModelFileError("support vectors do not fit", where=name, got=(vectors.shape, dual.shape))
    return estimator.coef_
