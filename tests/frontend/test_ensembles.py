"""Ensembles of trees: the float form predicts as scikit-learn does, and so does the integer model on the input grid."""

from __future__ import annotations

import numpy as np
import pytest
from sklearn.ensemble import (
    ExtraTreesClassifier,
    ExtraTreesRegressor,
    RandomForestClassifier,
    RandomForestRegressor,
)

from bespoke.frontend import QuantisationOptions, quantise_estimator
from bespoke.model import Argmax, Sign, Trees, Value

ROWS = 240
SHAPE = {"n_estimators": 5, "max_depth": 4, "random_state": 0}
CLASSIFIERS = {
    "random forest": RandomForestClassifier(**SHAPE),
    "whole trees": RandomForestClassifier(n_estimators=3, random_state=1),
    "extra trees": ExtraTreesClassifier(**SHAPE),
    "balanced": RandomForestClassifier(class_weight="balanced", **SHAPE),
}
REGRESSORS = {
    "random forest": RandomForestRegressor(**SHAPE),
    "extra trees": ExtraTreesRegressor(**SHAPE),
}
FINE = QuantisationOptions(leaf_bits=16, model_inputs="raw", input_bits=5, regressor_output="value")


def table(classes: int, seed: int = 0) -> tuple[np.ndarray, np.ndarray]:
    """Rows whose class depends on the features, and is wrong for some."""
    rng = np.random.default_rng(seed)
    features = rng.normal(size=(ROWS, 4)) * [1, 10, 0.1, 1]
    scores = features @ rng.normal(size=(4, classes)) + rng.gumbel(size=(ROWS, classes))
    return features, scores.argmax(axis=1)


def grid_rows(coding, rng: np.random.Generator, count: int = 2000) -> tuple[np.ndarray, np.ndarray]:
    """Random words, and the raw features that they stand for."""
    words = rng.integers(0, 1 << np.array(coding.bits), (count, len(coding.bits)))
    return words, np.array(coding.low) + np.array(coding.span) * (words / 2.0 ** np.array(coding.bits))


@pytest.mark.parametrize("classes", [2, 3, 5])
@pytest.mark.parametrize("name", CLASSIFIERS)
def test_classes_are_those_of_scikit_learn(name: str, classes: int) -> None:
    features, targets = table(classes)
    labels = np.array(["e", "d", "c", "b", "a"])[targets]
    estimator = CLASSIFIERS[name].fit(features, labels)
    quantised = quantise_estimator(estimator, features, labels, FINE)
    assert (quantised.float_predict(features) == estimator.predict(features)).all()
    words, raw = grid_rows(quantised.model.coding, np.random.default_rng(1))
    top = np.sort(estimator.predict_proba(raw), axis=1)
    clear = top[:, -1] - top[:, -2] > 1e-3
    wanted = estimator.predict(raw)
    assert clear.mean() > 0.9
    assert (quantised.model.decision.decode(quantised.model.predict(words))[clear] == wanted[clear]).all()
    assert type(quantised.model.decision) is (Sign if classes == 2 else Argmax)


@pytest.mark.parametrize("name", REGRESSORS)
def test_values_are_those_of_scikit_learn(name: str) -> None:
    features, _ = table(2)
    targets = features[:, 0] ** 2 + features[:, 1] + 1000
    estimator = REGRESSORS[name].fit(features, targets)
    quantised = quantise_estimator(estimator, features, targets, FINE)
    assert np.allclose(quantised.float_predict(features), estimator.predict(features), rtol=1e-12)
    words, raw = grid_rows(quantised.model.coding, np.random.default_rng(1))
    found = quantised.model.decision.decode(quantised.model.predict(words))
    assert np.abs(found - estimator.predict(raw)).max() < 1e-2
    assert type(quantised.model.decision) is Value


@pytest.mark.parametrize("bits", [1, 4, 6])
def test_leaves_spread_over_as_many_steps_as_leaf_bits_say(bits: int) -> None:
    features, targets = table(3)
    estimator = RandomForestRegressor(**SHAPE).fit(features, targets + 100.0)
    options = QuantisationOptions(leaf_bits=bits, model_inputs="raw", regressor_output="value")
    stage = quantise_estimator(estimator, features, targets + 100.0, options).model.only_stage(Trees, "test")
    spreads = [interval.high - interval.low for tree in stage.single() for interval in tree.leaf_intervals()]
    assert 2 ** (bits - 1) - 1 <= max(spreads) <= 2**bits


def test_pure_leaves_are_votes() -> None:
    features, targets = table(3)
    estimator = ExtraTreesClassifier(n_estimators=4, random_state=0).fit(features, targets)
    stage = quantise_estimator(estimator, features, targets, QuantisationOptions(model_inputs="raw")).model.stages[0]
    assert set(np.unique(stage.values)) == {0, 1}


def test_forest_of_one_class_is_a_constant() -> None:
    features, _ = table(2)
    estimator = RandomForestClassifier(**SHAPE).fit(features, np.full(len(features), "only"))
    model = quantise_estimator(estimator, features, np.full(len(features), "only")).model
    assert (model.predict(np.zeros((1, 4), dtype=np.int64)) == 0).all()
