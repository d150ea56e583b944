"""MLPClassifier and MLPRegressor -> FloatSums."""

from __future__ import annotations

from itertools import pairwise

import numpy as np

from bespoke.errors import ModelFileError, MultiOutputModelError
from bespoke.frontend.activations import ACTIVATIONS
from bespoke.frontend.attributes import Estimator, check_setting, fitted
from bespoke.frontend.floatmodel import FloatArray, FloatLayer, FloatSums, class_labels
from bespoke.model import Argmax, Origin, Sign


def read_mlp_classifier(estimator: Estimator) -> FloatSums:
    """Float form of a fitted MLPClassifier: one score and its sign for two classes, else the largest score."""
    layers = _layers(estimator)
    outputs = len(layers[-1].biases)
    if getattr(estimator, "out_activation_", None) == "logistic" and outputs > 1:
        raise MultiOutputModelError("multilabel targets", where="MLPClassifier", allowed="one class per sample")
    classes = class_labels(fitted(estimator, "classes_"), "MLPClassifier")
    if outputs != (1 if len(classes) <= 2 else len(classes)):
        raise ModelFileError("classes and outputs do not fit", where="MLPClassifier", got=(len(classes), outputs))
    return FloatSums(layers, Sign(classes) if len(classes) == 2 else Argmax(classes), Origin("mlp", "MLPClassifier"))


def read_mlp_regressor(estimator: Estimator) -> FloatSums:
    """Float form of a fitted MLPRegressor with identity output."""
    layers = _layers(estimator)
    out_activation = getattr(estimator, "out_activation_", "identity")
    check_setting(estimator, "output activation", out_activation, ("identity",), 'loss="squared_error"')
    return FloatSums(layers, None, Origin("mlp", "MLPRegressor"))


def _layers(estimator: Estimator) -> tuple[FloatLayer, ...]:
    check_setting(estimator, "activation", estimator.activation, tuple(ACTIVATIONS), 'activation="relu"')
    coefs = [np.asarray(coef, dtype=np.float64).T for coef in fitted(estimator, "coefs_")]
    intercepts = [np.asarray(bias, dtype=np.float64) for bias in fitted(estimator, "intercepts_")]
    if not _fit_together(coefs, intercepts):
        got = [coef.shape for coef in coefs]
        raise ModelFileError("layer sizes do not fit", where=type(estimator).__name__, got=got)
    last = len(coefs) - 1
    return tuple(
        FloatLayer(coef, bias, "identity" if number == last else estimator.activation)
        for number, (coef, bias) in enumerate(zip(coefs, intercepts, strict=True))
    )


def _fit_together(coefs: list[FloatArray], intercepts: list[FloatArray]) -> bool:
    if not coefs or len(coefs) != len(intercepts) or any(coef.ndim != 2 for coef in coefs):
        return False
    heights = all(bias.shape == coef.shape[:1] for coef, bias in zip(coefs, intercepts, strict=True))
    return heights and all(later.shape[1] == earlier.shape[0] for earlier, later in pairwise(coefs))
