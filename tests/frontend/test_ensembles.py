"""Ensembles of trees: float forms predict as the estimators do, and integer models do on the input grid."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest
from sklearn.datasets import load_iris
from sklearn.ensemble import (
    BaggingRegressor,
    ExtraTreesClassifier,
    GradientBoostingClassifier,
    GradientBoostingRegressor,
    HistGradientBoostingClassifier,
    HistGradientBoostingRegressor,
    RandomForestClassifier,
    RandomForestRegressor,
    VotingClassifier,
)
from sklearn.linear_model import LogisticRegression
from sklearn.neighbors import KNeighborsRegressor
from sklearn.tree import DecisionTreeClassifier, DecisionTreeRegressor
from threadpoolctl import threadpool_limits
from tree_ensembles import CATEGORIES, CLASSIFIERS, HIST, REGRESSORS, SHAPE

from bespoke.errors import UnsupportedModelError
from bespoke.frontend import QuantisationOptions, quantise_estimator, read_model, save_model
from bespoke.frontend.estimators import read_estimator
from bespoke.model import Argmax, Sign, Trees, Value

FINE = QuantisationOptions(leaf_bits=16, model_inputs="raw", input_bits=6, regressor_output="value", thresholds="grid")


@pytest.fixture(autouse=True)
def _one_thread() -> Iterator[None]:
    """Waiting threads take longer than these few rows."""
    with threadpool_limits(1):
        yield


def table(classes: int, rows: int = 240) -> tuple[np.ndarray, np.ndarray]:
    """Rows whose class depends on the features, and is wrong for some."""
    rng = np.random.default_rng(0)
    features = np.column_stack([rng.normal(size=(rows, 3)) * [1, 10, 0.1], rng.integers(0, 8, rows)])
    scores = features[:, :3] @ rng.normal(size=(3, classes)) + (features[:, 3:] % 3 == np.arange(classes) % 3) * 2.0
    return features, (scores + rng.gumbel(size=scores.shape)).argmax(axis=1)


def on_grid(coding: Any, features: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Random words but in the column with categories, and the features that they stand for."""
    rng = np.random.default_rng(1)
    words = rng.integers(0, 1 << np.array(coding.bits), (1000, len(coding.bits)))
    categories = features[rng.integers(len(features), size=len(words))]
    words[:, CATEGORIES] = coding.quantise(categories)[:, CATEGORIES]
    raw = np.array(coding.low) + np.array(coding.span) * (words / 2.0 ** np.array(coding.bits))
    raw[:, CATEGORIES] = categories[:, CATEGORIES]
    return words, raw


@pytest.mark.slow_if("boosting-5", "boosting from zero-5", "histograms-5", "categories-5")
@pytest.mark.parametrize("classes", [2, 3, 5])
@pytest.mark.parametrize("name", CLASSIFIERS)
def test_classes_are_those_of_scikit_learn(name: str, classes: int) -> None:
    features, targets = table(classes)
    labels = np.array(["e", "d", "c", "b", "a"])[targets]
    estimator = CLASSIFIERS[name].fit(features, labels)
    quantised = quantise_estimator(estimator, features, labels, FINE)
    assert (quantised.float_predict(features) == estimator.predict(features)).all()
    words, raw = on_grid(quantised.model.coding, features)
    found = quantised.model.decision.decode(quantised.model.predict(words))
    # Rounded leaves decide ties, and what is about one, otherwise.
    assert (found != estimator.predict(raw)).mean() < 0.01
    assert type(quantised.model.decision) is (Sign if classes == 2 else Argmax)


@pytest.mark.parametrize("name", REGRESSORS)
def test_values_are_those_of_scikit_learn(name: str) -> None:
    features, _ = table(2)
    targets = features[:, 0] ** 2 + features[:, 1] + features[:, 3] % 3 + 1000
    estimator = REGRESSORS[name].fit(features, targets)
    quantised = quantise_estimator(estimator, features, targets, FINE)
    assert np.allclose(quantised.float_predict(features), estimator.predict(features), rtol=1e-12)
    words, raw = on_grid(quantised.model.coding, features)
    found = quantised.model.decision.decode(quantised.model.predict(words))
    assert np.abs(found - estimator.predict(raw)).max() < 1e-2
    assert type(quantised.model.decision) is Value


@pytest.mark.parametrize("estimator", [RandomForestClassifier(**SHAPE), HistGradientBoostingClassifier(**HIST)])
def test_trained_with_missing_values(estimator: Any) -> None:
    features, targets = table(3)
    holes = np.where(np.random.default_rng(3).random(features.shape) < 0.3, np.nan, features)
    estimator.fit(holes, targets)
    quantised = quantise_estimator(estimator, features, targets, FINE)
    assert (quantised.float_predict(features) == estimator.predict(features)).all()


@pytest.mark.slow_if("1")
@pytest.mark.parametrize("bits", [1, 4, 6])
def test_leaves_spread_over_as_many_steps_as_leaf_bits_say(bits: int) -> None:
    features, targets = table(3)
    estimator = RandomForestRegressor(**SHAPE).fit(features, targets + 100.0)
    options = QuantisationOptions(leaf_bits=bits, model_inputs="raw", regressor_output="value")
    stage = quantise_estimator(estimator, features, targets + 100.0, options).model.only_stage(Trees, "test")
    spreads = [interval.high - interval.low for tree in stage.single() for interval in tree.leaf_intervals()]
    assert 2 ** (bits - 1) - 1 <= max(spreads) <= 2**bits


@pytest.mark.slow_if("200-8", "1000-11")
@pytest.mark.parametrize(("factor", "bits"), [(1, 6), (200, 8), (1000, 11)])
def test_leaf_bits_are_chosen_where_a_leaf_of_few_rows_is_far_from_the_others(factor: int, bits: int) -> None:
    features, targets = load_iris(return_X_y=True)
    estimator = GradientBoostingClassifier(n_estimators=8, random_state=0).fit(features, targets)
    tree = estimator.estimators_[0, 0].tree_
    tree.value[np.argmin(np.where(tree.children_left < 0, tree.n_node_samples, len(features)))] *= factor
    quantised = quantise_estimator(estimator, features, targets, QuantisationOptions(model_inputs="raw"))
    assert any(f"{bits} leaf bits" in note for note in quantised.notes)
    found = quantised.model.decision.decode(quantised.model.predict(quantised.model.coding.quantise(features)))
    assert (found == estimator.predict(features)).mean() > 0.99


@pytest.mark.slow
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


@pytest.mark.slow_if("boosting")
@pytest.mark.parametrize("name", ["categories", "boosting", "soft votes", "bagging", "stumps"])
def test_files_are_read(name: str, tmp_path: Any) -> None:
    features, targets = table(3)
    estimator = CLASSIFIERS[name].fit(features, targets)
    save_model(estimator, tmp_path / "model.skops")
    form = read_estimator(read_model(tmp_path / "model.skops").model)
    assert (form.outputs(features) == estimator.predict(features)).all()


SOFT_PART = [("a", DecisionTreeClassifier()), ("b", LogisticRegression())]
REFUSED: dict[str, tuple[Any, str]] = {
    "forest of votes": (VotingClassifier([("a", RandomForestClassifier(2))]), "no single tree; got RandomForestClass"),
    "voting of linear": (VotingClassifier(SOFT_PART, voting="soft"), "no tree; got LogisticRegression"),
    "bagged neighbours": (BaggingRegressor(KNeighborsRegressor(2), n_estimators=2), "no tree; got KNeighborsRegressor"),
    "own start": (GradientBoostingRegressor(n_estimators=2, init=DecisionTreeRegressor()), "start of boosting"),
    "logarithm": (HistGradientBoostingRegressor(loss="poisson", max_iter=2), "unsupported loss.*poisson"),
}


@pytest.mark.parametrize("name", REFUSED)
def test_refusals_say_what_is_allowed(name: str) -> None:
    estimator, text = REFUSED[name]
    features, targets = table(3)
    with pytest.raises(UnsupportedModelError, match=f"{text}.*allowed"):
        read_estimator(estimator.fit(features, targets))
