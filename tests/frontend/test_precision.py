"""Bits and rounding that are chosen by default, and the remark about what is lost."""

from __future__ import annotations

import warnings

import numpy as np
import pytest
from sklearn.datasets import load_digits, load_wine
from sklearn.ensemble import GradientBoostingRegressor, RandomForestClassifier
from sklearn.linear_model import LinearRegression
from sklearn.neural_network import MLPClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import MinMaxScaler
from sklearn.svm import SVC
from sklearn.tree import DecisionTreeClassifier

from bespoke.errors import BespokeWarning
from bespoke.flow import compile_model
from bespoke.frontend import QuantisationOptions, quantise_estimator

WINE = load_wine(return_X_y=True)
ESTIMATORS = {
    "tree": DecisionTreeClassifier(random_state=0),
    "svm": SVC(kernel="linear"),
    "mlp": MLPClassifier((3,), solver="lbfgs", max_iter=200, random_state=0),
}


def ratings(rows=600):
    """Whole numbers of few values, and one feature of many: the border lies between two of its 4-bit words."""
    random = np.random.default_rng(5)
    features = np.column_stack([random.integers(18, 97, rows), random.integers(1, 6, (rows, 3))]).astype(float)
    return features, (features[:, 0] + 2 * features[:, 1] > 60).astype(int)


def accuracy(model, features, targets):
    words = model.predict(model.coding.quantise(features))
    return float(np.mean(np.array(model.decision.classes)[words] == targets))


@pytest.mark.parametrize("kind", ESTIMATORS)
@pytest.mark.parametrize("data", [WINE, ratings()], ids=["wine", "ratings"])
def test_defaults_lose_at_most_half_a_point(kind, data):
    fitted = make_pipeline(MinMaxScaler(), ESTIMATORS[kind]).fit(*data)
    found = quantise_estimator(fitted, *data)
    assert accuracy(found.model, *data) >= fitted.score(*data) - 0.005
    assert any(note.startswith("chosen on the training data: ") for note in found.notes)
    assert found.cautions == ()


def test_the_fewest_bits_and_the_better_rounding_are_taken():
    # 0.36 is 11.5 steps of 5 bits, which rounding to nearest puts between two words; 4 bits lose 1.5 points or more.
    features = np.linspace(0, 1, 801)[:, None]
    targets = (features[:, 0] > 0.36).astype(int)
    tree = make_pipeline(MinMaxScaler(), DecisionTreeClassifier(max_depth=1)).fit(features, targets)
    coding = quantise_estimator(tree, features, targets).model.coding
    assert (coding.bits, coding.rounding) == ((5,), "nearest")
    floor = quantise_estimator(tree, features, targets, QuantisationOptions(input_encoding="floor")).model.coding
    assert floor.bits == (8,)


def test_explicit_options_rule():
    fitted = make_pipeline(MinMaxScaler(), ESTIMATORS["svm"]).fit(*WINE)
    options = QuantisationOptions(input_bits=3, weight_bits=5, input_encoding="floor")
    found = quantise_estimator(fitted, *WINE, options)
    assert found.model.coding.bits == (3,) * 13
    assert found.model.coding.rounding == "floor"
    assert 8 <= np.abs(found.model.stages[0].weights).max() < 16
    assert not any(note.startswith("chosen") for note in found.notes)


def test_values_are_judged_by_r2():
    features, targets = np.linspace(0, 1, 400)[:, None] ** [1, 2], np.linspace(0, 3, 400)
    fitted = make_pipeline(MinMaxScaler(), LinearRegression()).fit(features, targets)
    model = quantise_estimator(fitted, features, targets).model
    found = model.decision.decode(model.predict(model.coding.quantise(features)))
    assert 1 - np.mean((found - targets) ** 2) / np.var(targets) >= 0.995
    assert max(model.coding.bits) < 8


@pytest.mark.slow
def test_an_outer_quantile_stays_what_it_is():
    rng = np.random.default_rng(0)
    features = rng.random((300, 3))
    targets = features @ [3.0, 1.0, 0.0] + rng.exponential(4.0, 300)
    fitted = GradientBoostingRegressor(loss="quantile", alpha=0.97, n_estimators=20, random_state=0)
    fitted.fit(features, targets)
    assert fitted.score(features, targets) < 0
    found = quantise_estimator(fitted, features, targets, QuantisationOptions(model_inputs="raw"))
    answers = found.model.decision.decode(found.model.predict(found.model.coding.quantise(features)))
    wanted = fitted.predict(features)
    assert 1 - np.mean((answers - wanted) ** 2) / np.var(wanted) >= 0.99
    assert not found.cautions


def test_a_loss_of_two_points_is_a_caution_that_names_the_remedy():
    features, targets = ratings()
    fitted = make_pipeline(MinMaxScaler(), ESTIMATORS["svm"]).fit(features, targets)
    found = quantise_estimator(fitted, features, targets, QuantisationOptions(input_bits=1, input_encoding="floor"))
    (caution,) = found.cautions
    assert caution in found.notes
    assert caution.startswith("the circuit loses ")
    assert "leaving out --input-bits --input-encoding gives " in caution
    with pytest.warns(BespokeWarning, match="leaving out --input-bits"):
        compile_model(fitted, features, targets, input_bits=1)
    with warnings.catch_warnings():
        warnings.simplefilter("error", BespokeWarning)
        compile_model(fitted, features, targets)


@pytest.mark.slow
def test_an_ensemble_that_knows_its_rows_by_heart_keeps_its_answers_on_others():
    features, targets = load_digits(return_X_y=True)
    train, other = slice(0, 900), slice(900, None)
    forest = RandomForestClassifier(12, random_state=0).fit(features[train], targets[train])
    assert forest.score(features[train], targets[train]) > 0.99
    model = quantise_estimator(forest, features[train], targets[train]).model
    words = model.predict(model.coding.quantise(features[other]))
    # Four bits do not tell the 17 values apart; they change no training answer in two hundred, but one in thirty here.
    assert np.mean(words != forest.predict(features[other])) < 0.01
    assert max(model.coding.bits) == 5
    again = quantise_estimator(forest, features[train], targets[train]).model
    assert again.coding == model.coding
