"""GradientBoosting* and AdaBoostClassifier -> FloatTrees."""

from __future__ import annotations

import numpy as np

from bespoke.errors import UnsupportedModelError
from bespoke.frontend.attributes import Estimator, check_setting, fitted
from bespoke.frontend.floatmodel import FloatArray, FloatTrees, class_labels
from bespoke.frontend.forest import of_scores, predicted
from bespoke.frontend.nodes import joined
from bespoke.frontend.tree import tree_nodes
from bespoke.model import Argmax, Decision, Origin, Sign

_CONSTANT = ("DummyClassifier", "DummyRegressor")


def read_boosted_classifier(estimator: Estimator) -> FloatTrees:
    """Float form of a boosted classifier: the sign of one sum, class 1 where it is >= 0, or the largest of several."""
    classes = class_labels(fitted(estimator, "classes_"), type(estimator).__name__)
    return _boosted(estimator, Sign(classes, inclusive=True) if len(classes) == 2 else Argmax(classes))


def read_boosted_regressor(estimator: Estimator) -> FloatTrees:
    """Float form of a boosted regressor."""
    return _boosted(estimator, None)


def _boosted(estimator: Estimator, decision: Decision | None) -> FloatTrees:
    stages = np.asarray(fitted(estimator, "estimators_"), dtype=object)
    rate, scores = float(estimator.learning_rate), stages.shape[1]
    trees = [
        tree_nodes(tree).scaled(rate).placed(np.array([score]), scores)
        for row in stages
        for score, tree in enumerate(row)
    ]
    nodes, roots = joined(trees)
    origin = Origin("boosting", type(estimator).__name__)
    return FloatTrees(nodes, roots, _prior(estimator), int(estimator.n_features_in_), decision, origin)


def _prior(estimator: Estimator) -> FloatArray:
    """What the first sum is, which must not depend on the row."""
    init = fitted(estimator, "init_")
    if not isinstance(init, str) and type(init).__name__ not in _CONSTANT:
        raise UnsupportedModelError(
            "unsupported start of boosting", where=type(estimator).__name__, got=f"init={init}", allowed="None, 'zero'"
        )
    row = np.zeros((1, estimator.n_features_in_))
    prior = estimator._raw_predict_init(row)[0]  # noqa: SLF001  nothing public tells the link function of the loss
    return np.asarray(prior, dtype=np.float64)


def read_weighted_votes(estimator: Estimator) -> FloatTrees:
    """Float form of AdaBoost (SAMME): the class for which trees of the largest total weight vote."""
    name = type(estimator).__name__
    check_setting(estimator, "algorithm", getattr(estimator, "algorithm", "SAMME"), ("SAMME", "deprecated"), "SAMME")
    labels = list(fitted(estimator, "classes_"))
    parts = fitted(estimator, "estimators_")
    weights = np.asarray(fitted(estimator, "estimator_weights_"), dtype=np.float64)[: len(parts)]
    trees = [predicted(part, labels).scaled(weight) for part, weight in zip(parts, weights, strict=True)]
    return of_scores(estimator, trees, Origin("boosting", name))
