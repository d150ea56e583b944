"""Estimators around fitted estimators: one against the rest, one against one, calibrated, with scaled targets."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any, NamedTuple

import numpy as np

from bespoke.errors import ModelFileError, UnsupportedModelError
from bespoke.frontend.attributes import Estimator, check_setting, fitted
from bespoke.frontend.duels import Duels
from bespoke.frontend.floatmodel import (
    FloatArray,
    FloatLayer,
    FloatSums,
    FloatTree,
    FloatTrees,
    class_labels,
    dense,
)
from bespoke.frontend.view import View
from bespoke.frontend.viewed import FloatForm, FloatViewed
from bespoke.model import LEAF, Argmax, Origin, Sign

# The view behind a transformer of a given name.
Passed = Callable[[View, str, Estimator], View]


class Inner(NamedTuple):
    """An estimator inside a wrapper: the innermost object, and the float form of it with all that is in front of it."""

    estimator: Any
    model: FloatForm


class Wrapper(NamedTuple):
    """Estimators inside a wrapper, and what it makes of their float forms."""

    parts: Callable[[Estimator], Sequence[Estimator]]
    joined: Callable[[Estimator, Sequence[Inner], Passed], FloatForm]


def _one_vs_rest(wrapper: Estimator, inner: Sequence[Inner], _passed: Passed) -> FloatForm:
    """OneVsRestClassifier: the class with the largest decision value; of two classes, the sign of the only one."""
    name = type(wrapper).__name__
    if fitted(wrapper, "label_binarizer_").y_type_ not in ("binary", "multiclass"):
        raise UnsupportedModelError("multilabel targets", where=name, allowed="one class per sample")
    classes = class_labels(fitted(wrapper, "classes_"), name)
    layer = _stacked([_decision_layer(wrapper, part) for part in inner])
    return FloatSums((layer,), Sign(classes) if len(classes) == 2 else Argmax(classes), Origin("svm", name))


def _one_vs_one(wrapper: Estimator, inner: Sequence[Inner], _passed: Passed) -> FloatForm:
    """OneVsOneClassifier: a vote of each pair of classes; see `Duels`."""
    name = type(wrapper).__name__
    classes = class_labels(fitted(wrapper, "classes_"), name)
    layer = _stacked([_decision_layer(wrapper, part) for part in inner])
    decision = Sign(classes) if len(classes) == 2 else Duels(classes)
    return FloatSums((layer,), decision, Origin("svm", name))


def _nearest_code(wrapper: Estimator, inner: Sequence[Inner], _passed: Passed) -> FloatForm:
    """OutputCodeClassifier: the class whose code is nearest to the decision values, ``2 y @ c - |c|**2`` for code c."""
    name = type(wrapper).__name__
    classes, codes = class_labels(fitted(wrapper, "classes_"), name), dense(fitted(wrapper, "code_book_"))
    layer = _stacked([_decision_layer(wrapper, part) for part in inner])
    weights, biases = 2.0 * codes @ layer.weights, 2.0 * codes @ layer.biases - (codes**2).sum(axis=1)
    return FloatSums((FloatLayer(weights, biases, "identity"),), Argmax(classes), Origin("svm", name))


def _decision_layer(wrapper: Estimator, inner: Inner) -> FloatLayer:
    """The layer of an estimator of two classes whose decision value is affine."""
    sums = _affine(wrapper, inner)
    if sums.decision is None or sums.decision.score_count != 1:
        raise _not_linear(wrapper, type(inner.estimator).__name__)
    return sums.layers[0]


def _affine(wrapper: Estimator, inner: Inner) -> FloatSums:
    """Float form of an estimator inside, if its decision values are weighted sums."""
    sums = _SUMS[type(inner.model)](inner.model)
    if sums is None or len(sums.layers) > 1 or not hasattr(inner.estimator, "decision_function"):
        raise _not_linear(wrapper, type(inner.estimator).__name__)
    return sums


def _not_linear(wrapper: Estimator, found: str) -> UnsupportedModelError:
    return UnsupportedModelError(
        "an estimator inside whose decision values are not affine",
        where=type(wrapper).__name__,
        got=found,
        allowed="LinearSVC, LogisticRegression and other linear models, SVC of two classes",
    )


def _stacked(layers: Sequence[FloatLayer]) -> FloatLayer:
    weights = np.concatenate([layer.weights for layer in layers])
    return FloatLayer(weights, np.concatenate([layer.biases for layer in layers]), "identity")


def _calibrated(wrapper: Estimator, inner: Sequence[Inner], _passed: Passed) -> FloatForm:
    """CalibratedClassifierCV of one estimator: its probabilities are in the order of affine functions of its scores.

    Sigmoid calibration gives ``expit(-(a * score + b))`` for each class, which norming over the classes keeps in order;
    a temperature above 0 scales all scores alike.
    """
    name = type(wrapper).__name__
    if len(inner) != 1:
        fault, got = "a mean of several calibrated estimators", len(inner)
        raise UnsupportedModelError(fault, where=name, got=got, allowed="ensemble=False, or a FrozenEstimator")
    check_setting(wrapper, "method", wrapper.method, tuple(_CALIBRATIONS), 'method="sigmoid"')
    (part,) = inner
    sums = _affine(wrapper, part)
    (layer,) = sums.layers
    if type(sums.decision) not in _ONE_SCORE_EACH:
        raise _not_linear(wrapper, type(part.estimator).__name__)
    (calibrated,) = wrapper.calibrated_classifiers_
    classes = class_labels(fitted(wrapper, "classes_"), name)
    if classes != sums.classes:
        raise ModelFileError("classes differ from those of the estimator inside", where=name, got=classes)
    factors, terms = _CALIBRATIONS[wrapper.method](calibrated.calibrators, len(layer.biases), name)
    weights, biases = layer.weights * factors[:, np.newaxis], layer.biases * factors + terms
    decision = Sign(classes) if len(classes) == 2 else Argmax(classes)
    return FloatSums((FloatLayer(weights, biases, "identity"),), decision, Origin("svm", type(part.estimator).__name__))


def _sigmoids(calibrators: Sequence[Any], count: int, name: str) -> tuple[FloatArray, FloatArray]:
    """Factors and terms of the scores, ``-a`` and ``-b``."""
    if len(calibrators) != count:
        raise ModelFileError("one calibrator per score is needed", where=name, got=len(calibrators))
    slopes = np.array([float(fitted(calibrator, "a_")) for calibrator in calibrators])
    return -slopes, -np.array([float(fitted(calibrator, "b_")) for calibrator in calibrators])


def _temperature(calibrators: Sequence[Any], count: int, name: str) -> tuple[FloatArray, FloatArray]:
    """Nothing changes: scores times a common factor above 0 have the same order."""
    if len(calibrators) != 1 or not float(fitted(calibrators[0], "beta_")) > 0:
        raise ModelFileError("one temperature above 0 is needed", where=name)
    return np.ones(count), np.zeros(count)


def _scaled_targets(wrapper: Estimator, inner: Sequence[Inner], passed: Passed) -> FloatForm:
    """TransformedTargetRegressor whose transformer is affine: its inverse is folded into the output."""
    (part,) = inner
    transformer = fitted(wrapper, "transformer_")
    view = passed(View.plain(1), "transformer", transformer)
    line = view.columns[0].line() if len(view.columns) == 1 and not view.mixing else None
    if line is None or part.model.classes:
        got, allowed = type(transformer).__name__, "StandardScaler, MinMaxScaler, or no transformer"
        raise UnsupportedModelError(
            "targets that are not scaled alone", where=type(wrapper).__name__, got=got, allowed=allowed
        )
    slope, offset = line
    return _OUTPUTS[type(part.model)](part.model, 1.0 / slope, -offset / slope)


def _scaled_sums(model: FloatSums, factor: float, term: float) -> FloatForm:
    *inner, last = model.layers
    scaled = FloatLayer(last.weights * factor, last.biases * factor + term, last.activation)
    return replace(model, layers=(*inner, scaled))


def _scaled_tree(model: FloatTree, factor: float, term: float) -> FloatForm:
    return replace(model, value=np.where(model.feature == LEAF, model.value * factor + term, model.value))


def _scaled_trees(model: FloatTrees, factor: float, term: float) -> FloatForm:
    nodes = model.nodes.with_values(model.nodes.values * factor)
    return replace(model, nodes=nodes, prior=model.prior * factor + term)


_CALIBRATIONS: dict[str, Callable[[Sequence[Any], int, str], tuple[FloatArray, FloatArray]]] = {
    "sigmoid": _sigmoids,
    "temperature": _temperature,
}
# Rules that read a score of each class, or of the second one of two.
_ONE_SCORE_EACH = (Sign, Argmax)
_SUMS: dict[type, Callable[[Any], FloatSums | None]] = {
    FloatSums: lambda sums: sums,
    FloatTree: lambda _: None,
    FloatTrees: lambda _: None,
    FloatViewed: lambda _: None,
}
_OUTPUTS: dict[type, Callable[[Any, float, float], FloatForm]] = {
    FloatSums: _scaled_sums,
    FloatTree: _scaled_tree,
    FloatTrees: _scaled_trees,
    FloatViewed: lambda viewed, *line: replace(viewed, inner=_OUTPUTS[type(viewed.inner)](viewed.inner, *line)),
}
WRAPPERS: dict[str, Wrapper] = {
    "OneVsRestClassifier": Wrapper(lambda wrapper: fitted(wrapper, "estimators_"), _one_vs_rest),
    "OneVsOneClassifier": Wrapper(lambda wrapper: fitted(wrapper, "estimators_"), _one_vs_one),
    "OutputCodeClassifier": Wrapper(lambda wrapper: fitted(wrapper, "estimators_"), _nearest_code),
    "CalibratedClassifierCV": Wrapper(
        lambda wrapper: [part.estimator for part in fitted(wrapper, "calibrated_classifiers_")], _calibrated
    ),
    "TransformedTargetRegressor": Wrapper(lambda wrapper: [fitted(wrapper, "regressor_")], _scaled_targets),
}
