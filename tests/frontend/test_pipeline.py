"""Scalers of a pipeline become part of the model, exactly."""

from __future__ import annotations

import numpy as np
import pytest
from sklearn.linear_model import LogisticRegression, Ridge
from sklearn.model_selection import GridSearchCV
from sklearn.neural_network import MLPRegressor
from sklearn.pipeline import Pipeline, make_pipeline
from sklearn.preprocessing import MaxAbsScaler, MinMaxScaler, RobustScaler, StandardScaler
from sklearn.svm import SVC
from sklearn.tree import DecisionTreeClassifier

from bespoke.errors import UnsupportedModelError
from bespoke.frontend import QuantisationOptions, quantise_estimator

SCALERS = {
    "minmax": [MinMaxScaler()],
    "minmax_range": [MinMaxScaler(feature_range=(-2, 5))],
    "minmax_clip": [MinMaxScaler(clip=True)],
    "standard": [StandardScaler()],
    "standard_no_mean": [StandardScaler(with_mean=False)],
    "standard_no_std": [StandardScaler(with_std=False)],
    "standard_off": [StandardScaler(with_mean=False, with_std=False)],
    "maxabs": [MaxAbsScaler()],
    "robust": [RobustScaler()],
    "robust_no_center": [RobustScaler(with_centering=False, unit_variance=True)],
    "robust_no_scale": [RobustScaler(with_scaling=False)],
    "two": [StandardScaler(), MinMaxScaler()],
    "two_clip": [StandardScaler(), MinMaxScaler(clip=True)],
    "three": [RobustScaler(), "passthrough", MinMaxScaler((-1, 1)), None, StandardScaler()],
    "nested": [make_pipeline(MaxAbsScaler(), RobustScaler()), MinMaxScaler()],
    "none": ["passthrough"],
}
WIDE = QuantisationOptions(input_bits=16, weight_bits=24)


pytestmark = pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning")


def scaled_table(rows=120):
    rng = np.random.default_rng(7)
    features = rng.uniform(size=(rows, 4)) * [1.0, 300.0, 1e-3, 7.0] + [0.0, -40.0, 5.0, 1000.0]
    unit = (features - features.min(axis=0)) / np.ptp(features, axis=0)
    targets = (unit @ [1.0, -2.0, 1.5, 0.5] * 3).round().astype(int)
    return features, targets


def pipeline_of(name, estimator):
    return Pipeline([*((f"s{i}", step) for i, step in enumerate(SCALERS[name])), ("model", estimator)])


def on_grid(model, rng, rows=300):
    """Random input words, and the raw features that lie exactly on their grid points."""
    words = rng.integers(
        0, np.array(model.coding.bits)[np.newaxis, :] * 0 + (1 << np.array(model.coding.bits)), (rows, 4)
    )
    steps = np.ldexp(1.0, np.array(model.coding.bits))
    return words, np.array(model.coding.low) + np.array(model.coding.span) * (words / steps)


@pytest.mark.parametrize("name", SCALERS)
def test_weighted_sum_follows_the_pipeline(name):
    features, targets = scaled_table()
    estimator = pipeline_of(name, Ridge(alpha=1e-6)).fit(features, targets)
    result = quantise_estimator(
        estimator, features, targets, QuantisationOptions(input_bits=16, weight_bits=24, regressor_output="value")
    )
    _, raw = on_grid(result.model, np.random.default_rng(1))
    np.testing.assert_allclose(result.float_predict(raw), estimator.predict(raw), rtol=1e-9, atol=1e-9)
    np.testing.assert_allclose(result.model.predict_raw(raw), estimator.predict(raw), atol=2e-4)


@pytest.mark.parametrize("name", SCALERS)
def test_tree_on_the_grid_equals_the_pipeline(name):
    features, targets = scaled_table()
    estimator = pipeline_of(name, DecisionTreeClassifier(random_state=0)).fit(features, targets)
    for bits in (3, 8):
        model = quantise_estimator(estimator, features, targets, QuantisationOptions(input_bits=bits)).model
        words, raw = on_grid(model, np.random.default_rng(1))
        np.testing.assert_array_equal(model.decision.decode(model.predict(words)), estimator.predict(raw))


@pytest.mark.parametrize("name", ["minmax", "standard", "three"])
def test_deep_and_voting_models_follow_the_pipeline(name):
    features, targets = scaled_table()
    regressor = pipeline_of(name, MLPRegressor(hidden_layer_sizes=(4, 3), solver="lbfgs", max_iter=50, random_state=0))
    regressor.fit(features, targets)
    options = QuantisationOptions(input_bits=12, weight_bits=12, regressor_output="value")
    result = quantise_estimator(regressor, features, targets, options)
    _, raw = on_grid(result.model, np.random.default_rng(1))
    np.testing.assert_allclose(result.model.predict_raw(raw), regressor.predict(raw), atol=0.05)
    classifier = pipeline_of(name, SVC(kernel="linear")).fit(features, targets)
    voted = quantise_estimator(classifier, features, targets, WIDE)
    _, raw = on_grid(voted.model, np.random.default_rng(1))
    assert np.mean(voted.model.predict_raw(raw) == classifier.predict(raw)) > 0.995


def test_minmax_scaler_sets_the_range():
    features, targets = scaled_table()
    wider = np.vstack([features * 2, features])
    pipeline = make_pipeline(MinMaxScaler(), LogisticRegression()).fit(wider, np.tile(targets, 2))
    coding = quantise_estimator(pipeline, features, targets).model.coding
    np.testing.assert_allclose(coding.low, wider.min(axis=0))
    np.testing.assert_allclose(coding.span, np.ptp(wider, axis=0))


def test_later_minmax_scaler_sets_the_range_in_raw_units():
    features, targets = scaled_table()
    pipeline = make_pipeline(StandardScaler(), MinMaxScaler((-1, 1)), LogisticRegression()).fit(features, targets)
    coding = quantise_estimator(pipeline, features[:60], targets[:60]).model.coding
    np.testing.assert_allclose(coding.low, features.min(axis=0), rtol=1e-9, atol=1e-9)
    np.testing.assert_allclose(coding.span, np.ptp(features, axis=0), rtol=1e-9)


def test_constant_feature_has_span_one():
    features, targets = scaled_table()
    features[:, 1] = 17.0
    for estimator in (make_pipeline(MinMaxScaler(clip=True), Ridge()), make_pipeline(StandardScaler(), Ridge())):
        result = quantise_estimator(estimator.fit(features, targets), features, targets)
        assert result.model.coding.low[1] == 17.0
        assert result.model.coding.span[1] == 1.0
        assert "constant in the training data: x1" in result.notes


def test_idle_second_clip_is_accepted():
    features, targets = scaled_table()
    pipeline = make_pipeline(MinMaxScaler(clip=True), MinMaxScaler(clip=True), Ridge()).fit(features, targets)
    quantise_estimator(pipeline, features, targets)
    pipeline = make_pipeline(MaxAbsScaler(), Ridge()).fit(features, targets)
    pipeline[0].clip = True
    quantise_estimator(pipeline, features, targets)


@pytest.mark.parametrize(("side", "factor"), [("data_min_", 0.1), ("data_max_", -0.1)])
def test_biting_clip_is_refused(side, factor):
    features, targets = scaled_table()
    pipeline = make_pipeline(MinMaxScaler(), MinMaxScaler(clip=True), Ridge()).fit(features, targets)
    clipping = pipeline[1]
    clipping.scale_ = clipping.scale_ / 0.9
    if side == "data_min_":
        clipping.data_min_ = clipping.data_min_ + factor
    with pytest.raises(UnsupportedModelError, match=r"minmaxscaler-2.*clipping inside the range.*clip=False"):
        quantise_estimator(pipeline, features, targets)


def test_unit_inputs_in_front_of_a_pipeline():
    features, targets = scaled_table()
    unit = (features - features.min(axis=0)) / np.ptp(features, axis=0)
    options = QuantisationOptions(model_inputs="unit", regressor_output="value", input_bits=16, weight_bits=24)
    pipeline = make_pipeline(MinMaxScaler(clip=True), Ridge()).fit(unit, targets)
    result = quantise_estimator(pipeline, features, targets, options)
    np.testing.assert_allclose(result.float_predict(features), pipeline.predict(unit))
    np.testing.assert_allclose(result.model.predict_raw(features), pipeline.predict(unit), atol=1e-3)
    pipeline = make_pipeline(MaxAbsScaler(), MinMaxScaler(clip=True), Ridge()).fit(unit * 0.5, targets)
    with pytest.raises(UnsupportedModelError, match="clipping inside the range"):
        quantise_estimator(pipeline, np.vstack([features, features * 2]), np.tile(targets, 2), options)


def test_search_inside_a_pipeline():
    features, targets = scaled_table()
    search = GridSearchCV(make_pipeline(StandardScaler(), Ridge()), {"ridge__alpha": [0.1, 1.0]}, cv=2)
    pipeline = make_pipeline(MinMaxScaler(), search).fit(features, targets)
    result = quantise_estimator(pipeline, features, targets, QuantisationOptions(regressor_output="value"))
    np.testing.assert_allclose(result.float_predict(features), pipeline.predict(features))
    assert result.model.origin == ("svm", "Ridge")
