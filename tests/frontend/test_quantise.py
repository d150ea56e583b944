"""What a bare model was trained on, encodings, names and notes."""

from __future__ import annotations

import numpy as np
import pytest
from sklearn.datasets import load_iris
from sklearn.linear_model import LinearRegression, LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.svm import SVC
from sklearn.tree import DecisionTreeClassifier

from bespoke.errors import FeatureCountError, ModelInputsError
from bespoke.frontend import QuantisationOptions, quantise_estimator
from bespoke.model import model_from_text, model_to_text


def iris():
    features, targets = load_iris(return_X_y=True)
    unit = (features - features.min(axis=0)) / np.ptp(features, axis=0)
    return features, unit, targets


@pytest.mark.parametrize("make", [lambda: SVC(kernel="linear"), lambda: DecisionTreeClassifier(random_state=0)])
@pytest.mark.parametrize("trained_on", ["raw", "unit"])
def test_inputs_are_told_by_accuracy(make, trained_on):
    raw, unit, targets = iris()
    estimator = make().fit(raw if trained_on == "raw" else unit, targets)
    result = quantise_estimator(estimator, raw, targets, QuantisationOptions(input_bits=8))
    assert result.notes[0].startswith(f"model inputs: {trained_on}")
    assert "accuracy on the training data" in result.notes[0]
    expected = estimator.predict(raw if trained_on == "raw" else unit)
    np.testing.assert_array_equal(result.float_predict(raw), expected)
    assert np.mean(result.model.predict_raw(raw) == expected) > 0.97
    asked = quantise_estimator(estimator, raw, targets, QuantisationOptions(input_bits=8, model_inputs=trained_on))
    assert model_to_text(asked.model) == model_to_text(result.model)


def test_inputs_of_a_value_regressor_are_told_by_fit():
    raw, unit, _ = iris()
    estimator = LinearRegression().fit(unit[:, :3], raw[:, 3])
    result = quantise_estimator(estimator, raw[:, :3], raw[:, 3])
    assert result.notes[0].startswith("model inputs: unit")
    assert "R2 on the training data" in result.notes[0]
    assert result.model.decision.name == "value"


def test_scaled_data_need_no_choice():
    _, unit, targets = iris()
    result = quantise_estimator(LogisticRegression().fit(unit, targets), unit, targets)
    assert result.notes[0] == "model inputs: unit; the training data are min-max scaled already"


def test_constant_model_needs_no_choice():
    raw, _, targets = iris()
    result = quantise_estimator(DecisionTreeClassifier(max_depth=3).fit(raw, targets * 0), raw, targets * 0)
    assert "does not depend on any" in result.notes[0]
    assert set(result.model.predict_raw(raw)) == {0}


def test_pipeline_without_scaler_takes_raw_features():
    raw, _, targets = iris()
    result = quantise_estimator(make_pipeline(LogisticRegression(max_iter=500)).fit(raw, targets), raw, targets)
    assert result.notes[0] == "model inputs: raw features, scaled as the pipeline says"


def equal_on_both():
    """A model whose training accuracy is the same on raw and on scaled features."""
    features = np.array([[1.0, 2.0], [3.0, 1.0], [2.0, 3.0], [5.0, 4.0], [1.0, 5.0], [4.0, 1.0]])
    return features, (features[:, 0] > features[:, 1]).astype(int)


def test_equal_accuracies_ask():
    features, targets = equal_on_both()
    estimator = LogisticRegression(C=1e6, fit_intercept=False).fit(features, targets)
    with pytest.raises(ModelInputsError, match=r"cannot be told.*both are equal; allowed: --model-inputs raw or"):
        quantise_estimator(estimator, features, targets)


@pytest.mark.parametrize("trained_on", ["raw", "unit"])
def test_support_vectors_break_the_tie(trained_on):
    features, targets = equal_on_both()
    unit = (features - features.min(axis=0)) / np.ptp(features, axis=0)
    seen = features if trained_on == "raw" else unit
    estimator = SVC(kernel="linear", C=1e6).fit(seen, targets)
    other = unit if trained_on == "raw" else features
    estimator.intercept_ = estimator.intercept_ * 0.0
    assert np.mean((other @ estimator.coef_[0] >= 0) == targets) == np.mean((seen @ estimator.coef_[0] >= 0) == targets)
    result = quantise_estimator(estimator, features, targets)
    reason = next(note for note in result.notes if note.startswith(f"model inputs: {trained_on}"))
    assert reason.endswith("and its support vectors lie in that range")


def test_auto_encoding_takes_the_better_one():
    raw, unit, targets = iris()
    estimator = SVC(kernel="linear").fit(unit, targets)
    scores = {}
    for encoding in ("floor", "nearest"):
        options = QuantisationOptions(input_bits=2, weight_bits=8, input_encoding=encoding, model_inputs="unit")
        model = quantise_estimator(estimator, raw, targets, options).model
        assert model.coding.rounding == encoding
        scores[encoding] = np.mean(model.predict_raw(raw) == targets)
    assert scores["floor"] != scores["nearest"]
    options = QuantisationOptions(input_bits=2, weight_bits=8, input_encoding="auto", model_inputs="unit")
    result = quantise_estimator(estimator, raw, targets, options)
    assert result.model.coding.rounding == max(scores, key=scores.get)
    rounding = {"floor": "rounded down", "nearest": "rounded to nearest"}[result.model.coding.rounding]
    assert any(note.startswith("chosen on the training data") and rounding in note for note in result.notes)


def test_defaults():
    raw, unit, targets = iris()
    sums = quantise_estimator(SVC(kernel="linear").fit(unit, targets), raw, targets).model
    tree = quantise_estimator(DecisionTreeClassifier().fit(raw, targets), raw, targets).model
    assert (
        np.mean(sums.predict_raw(raw) == targets)
        >= SVC(kernel="linear").fit(unit, targets).score(unit, targets) - 0.005
    )
    assert np.mean(tree.predict_raw(raw) == targets) >= 0.995
    np.testing.assert_allclose(sums.coding.low, raw.min(axis=0))
    np.testing.assert_allclose(sums.coding.span, np.ptp(raw, axis=0))
    assert sums.coding.names == ("x0", "x1", "x2", "x3")
    assert sums.origin == ("svm", "SVC")
    assert str(tree.origin) == "DecisionTreeClassifier"


class Frame:
    """The part of a data frame that is needed."""

    def __init__(self, values, columns):
        self.values = values
        self.columns = columns

    def __array__(self, dtype=None, copy=None):
        return np.array(self.values, dtype=dtype)


def test_names_come_from_the_data_or_the_estimator():
    raw, _, targets = iris()
    estimator = LogisticRegression(max_iter=500).fit(raw, targets)
    options = QuantisationOptions(model_inputs="raw")
    framed = quantise_estimator(estimator, Frame(raw, ["p", "q", "r", "s"]), targets, options)
    assert framed.model.coding.names == ("p", "q", "r", "s")
    estimator.feature_names_in_ = np.array(["k", "l", "m", "n"], dtype=object)
    assert quantise_estimator(estimator, raw, targets, options).model.coding.names == ("k", "l", "m", "n")
    given = quantise_estimator(estimator, raw, targets, options, feature_names=list("abcd"))
    assert given.model.coding.names == tuple("abcd")


def test_few_values_are_noted_where_the_answers_stay():
    rng = np.random.default_rng(0)
    features = np.stack([rng.integers(0, 2, 80), rng.integers(0, 5, 80), rng.uniform(size=80)], axis=1)
    targets = (features.sum(axis=1) > 3).astype(int)
    tree = DecisionTreeClassifier(random_state=0).fit(features, targets)
    result = quantise_estimator(tree, features, targets, QuantisationOptions(input_bits=8))
    note = next(note for note in result.notes if note.startswith("fewer input bits"))
    assert note.endswith(": x0 (2 values, 1 of 8 bits), x1 (5 values, 3 of 8 bits)")
    fewer = quantise_estimator(tree, features, targets, QuantisationOptions(input_bits=(1, 3, 8)))
    np.testing.assert_array_equal(fewer.model.predict_raw(features), result.model.predict_raw(features))


def test_float_predict_checks_its_input():
    raw, unit, targets = iris()
    result = quantise_estimator(SVC(kernel="linear").fit(unit, targets), raw, targets)
    with pytest.raises(FeatureCountError, match="wrong number of features"):
        result.float_predict(raw[:, :2])


def test_json_round_trip_of_each_kind():
    raw, _unit, targets = iris()
    for estimator in (SVC(kernel="linear"), DecisionTreeClassifier(), LogisticRegression(max_iter=500)):
        labels = np.array(["setosa", "versicolor", "virginica"])[targets]
        model = quantise_estimator(
            estimator.fit(raw, labels), raw, labels, QuantisationOptions(model_inputs="raw")
        ).model
        again = model_from_text(model_to_text(model))
        assert model_to_text(again) == model_to_text(model)
        np.testing.assert_array_equal(again.predict_raw(raw), model.predict_raw(raw))
