"""Quantisation: weights, formats, thresholds and decisions on the input grid."""

from __future__ import annotations

import itertools
from fractions import Fraction
from math import floor

import numpy as np
import pytest
from sklearn.datasets import load_iris
from sklearn.linear_model import LinearRegression, LogisticRegression
from sklearn.neural_network import MLPClassifier, MLPRegressor
from sklearn.svm import SVC
from sklearn.tree import DecisionTreeClassifier, DecisionTreeRegressor

from bespoke.errors import RangeError
from bespoke.frontend import QuantisationOptions, quantise_estimator
from bespoke.frontend.integer import fraction_bits
from bespoke.frontend.targets import rounded_labels
from bespoke.model import LEAF, Index, Sign, Trees, Votes

pytestmark = pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning")


def linear_of(weights, bias):
    estimator = LinearRegression().fit(np.eye(len(weights)), np.zeros(len(weights)))
    estimator.coef_, estimator.intercept_ = np.array(weights, dtype=float), float(bias)
    return estimator


def unit_data(count, rows=20, seed=0):
    features = np.random.default_rng(seed).uniform(size=(rows, count))
    features[0], features[1] = 0.0, 1.0
    return features


def quantised_linear(weights, bias, **options):
    features = unit_data(len(weights))
    settings = {"model_inputs": "unit", "input_bits": 4, "weight_bits": 8, "input_encoding": "floor", **options}
    return quantise_estimator(linear_of(weights, bias), features, features[:, 0], QuantisationOptions(**settings)).model


@pytest.mark.parametrize("bits", [2, 3, 4, 8, 12])
@pytest.mark.parametrize("value", [1.0, 0.999999, 127.4, 127.6, -128.0, 3e-7, 1e6, 0.49, 0.51])
def test_fraction_bits_is_the_largest_that_fits(bits, value):
    shift = fraction_bits(np.array([[value, value / 3]]), bits)
    limit = 2 ** (bits - 1)
    assert abs(round(value * 2.0**shift)) < limit
    assert abs(round(value * 2.0 ** (shift + 1))) >= limit


def test_fraction_bits_of_extremes():
    assert fraction_bits(np.zeros((2, 2)), 8) == 7
    assert fraction_bits(np.zeros((0, 0)), 8) == 7
    assert fraction_bits(np.array([1e-300]), 8) == 48
    assert fraction_bits(np.array([1e300]), 8) < -900


def test_weights_and_biases_by_hand():
    model = quantised_linear([0.5, -0.25, 0.1], 0.3)
    layer = model.stages[0]
    assert layer.weights.tolist() == [[64, -32, 13]]
    assert layer.frac_bits == 7 + 4
    assert layer.biases.tolist() == [round(0.3 * 2**11)]
    assert model.predict(np.array([[8, 0, 0]])).tolist() == [64 * 8 + 614]
    assert model.decision.frac_bits == 11


def test_bits_per_feature_shift_the_weights():
    even = quantised_linear([0.5, -0.25, 0.1], 0.3, input_bits=4)
    mixed = quantised_linear([0.5, -0.25, 0.1], 0.3, input_bits=(4, 2, 0))
    assert mixed.stages[0].weights.tolist() == [[64, -32 << 2, 0]]
    for a, b in itertools.product(range(16), range(4)):
        assert mixed.predict(np.array([[a, b, 0]])) == even.predict(np.array([[a, b << 2, 0]]))


def test_bits_by_name():
    features = unit_data(3)
    options = QuantisationOptions(input_bits={"b": 6}, model_inputs="unit")
    model = quantise_estimator(
        linear_of([1, 2, 3], 0), features, features[:, 0], options, feature_names=["a", "b", "c"]
    ).model
    assert model.coding.names == ("a", "b", "c")
    assert model.coding.bits[1] == 6
    assert model.coding.bits[0] == model.coding.bits[2]


def test_no_bits_at_all():
    model = quantised_linear([1.0, 2.0], 0.5, input_bits=0)
    assert model.predict_raw(np.array([[0.3, 0.9]])).tolist() == [0.5]


def test_large_weights_keep_a_whole_format():
    model = quantised_linear([10_000.0, 3.0], 5.0)
    assert model.decision.frac_bits == 0
    assert model.stages[0].weights[0, 0] % 2 ** (7 - 4) == 0
    assert model.predict(np.array([[15, 0]])).tolist() == [int(model.stages[0].weights[0, 0]) * 15 + 8]


def test_weights_stay_below_the_limit():
    features, targets = load_iris(return_X_y=True)
    estimator = MLPClassifier(hidden_layer_sizes=(5, 4), solver="lbfgs", max_iter=50, random_state=0).fit(
        features, targets
    )
    options = QuantisationOptions(weight_bits=(3, 6, 9), model_inputs="raw")
    model = quantise_estimator(estimator, features, targets, options).model
    for layer, bits in zip(model.stages, (3, 6, 9), strict=True):
        assert 2 ** (bits - 2) <= np.abs(layer.weights).max() < 2 ** (bits - 1)


def test_all_zero_layer():
    model = quantised_linear([0.0, 0.0], 0.75)
    assert model.predict_raw(np.array([[0.1, 0.9]])).tolist() == [0.75]


def test_too_wide():
    with pytest.raises(RangeError, match="more than 62 bits"):
        quantised_linear([1e-9, 1e-9], 1e9, weight_bits=24)


def test_too_fine_for_labels():
    features = unit_data(1, rows=40)
    estimator = MLPRegressor(hidden_layer_sizes=(1,), max_iter=2).fit(features, features[:, 0])
    estimator.coefs_ = [np.array([[1e-14]]), np.array([[1e-14]])]
    estimator.intercepts_ = [np.zeros(1), np.zeros(1)]
    options = QuantisationOptions(model_inputs="raw", regressor_output="label")
    with pytest.raises(RangeError, match="more than 61 fraction bits"):
        quantise_estimator(estimator, features, np.arange(40) % 3, options)


def test_two_class_votes_are_a_sign():
    features, targets = load_iris(return_X_y=True)
    two = targets < 2
    model = quantise_estimator(SVC(kernel="linear").fit(features[two], targets[two]), features[two], targets[two]).model
    assert model.decision == Sign((0, 1), inclusive=True)
    assert model.stages[0].weights.shape == (1, 4)
    three = quantise_estimator(SVC(kernel="linear").fit(features, targets), features, targets).model
    assert three.decision == Votes((0, 1, 2))
    binary = quantise_estimator(LogisticRegression().fit(features[two], targets[two]), features[two], targets[two])
    assert binary.model.decision == Sign((0, 1))


@pytest.mark.parametrize("rounding", ["floor", "nearest"])
@pytest.mark.parametrize("bits", [1, 2, 4, 8])
@pytest.mark.parametrize("inputs", ["raw", "unit"])
def test_every_threshold_at_and_beside(inputs, bits, rounding):
    raw, targets = load_iris(return_X_y=True)
    low, span = raw.min(axis=0), np.ptp(raw, axis=0)
    seen = raw if inputs == "raw" else (raw - low) / span
    estimator = DecisionTreeClassifier(random_state=0).fit(seen, targets)
    options = QuantisationOptions(input_bits=bits, model_inputs=inputs, input_encoding=rounding)
    model = quantise_estimator(estimator, raw, targets, options).model
    rng = np.random.default_rng(0)
    tree = model.only_stage(Trees, "test")
    for node in np.flatnonzero(tree.feature != LEAF):
        words = rng.integers(0, 1 << bits, size=(3, 50, 4))
        for shift in (-1, 0, 1):
            words[shift + 1, :, tree.feature[node]] = np.clip(tree.threshold[node] + shift, 0, (1 << bits) - 1)
        flat = words.reshape(-1, 4)
        unit = flat / 2**bits
        expected = estimator.predict(unit if inputs == "unit" else low + span * unit)
        np.testing.assert_array_equal(model.decision.decode(model.predict(flat)), expected)


def test_unit_thresholds_are_the_floor_formula():
    raw, targets = load_iris(return_X_y=True)
    unit = (raw - raw.min(axis=0)) / np.ptp(raw, axis=0)
    estimator = DecisionTreeClassifier(random_state=0).fit(unit, targets)
    model = quantise_estimator(estimator, raw, targets, QuantisationOptions(model_inputs="unit", input_bits=7)).model
    tree = model.only_stage(Trees, "test")
    inner = tree.feature != LEAF
    expected = [floor(Fraction(float(t)) * 128) for t in estimator.tree_.threshold[inner]]
    assert tree.threshold[inner].tolist() == expected


def test_thresholds_outside_the_grid():
    estimator = DecisionTreeClassifier().fit([[-10.0], [10.0], [30.0]], [0, 1, 2])
    data = np.array([[12.0], [14.0], [16.0]])
    options = QuantisationOptions(model_inputs="raw", input_bits=3)
    model = quantise_estimator(estimator, data, [1, 1, 1], options).model
    tree = model.only_stage(Trees, "test")
    assert sorted(tree.threshold[tree.feature != LEAF].tolist()) == [-1, 7]
    assert set(model.predict(np.arange(8)[:, np.newaxis]).tolist()) == {1}


def test_tree_regressor_values():
    features = unit_data(2, rows=60)
    estimator = DecisionTreeRegressor(max_depth=3).fit(features, features[:, 0] * 3 - 1)
    for bits in (4, 8, 12):
        options = QuantisationOptions(value_bits=bits, regressor_output="value", model_inputs="raw")
        model = quantise_estimator(estimator, features, features[:, 0], options).model
        interval = model.output_interval()
        assert interval.width <= bits
        step = 2.0**-model.decision.frac_bits
        tree = model.only_stage(Trees, "test")
        leaves = tree.values[tree.feature == LEAF, 0] * step
        expected = estimator.tree_.value[tree.feature == LEAF, 0, 0]
        assert np.abs(leaves - expected).max() <= step / 2


def test_unsigned_values_use_all_bits():
    features = unit_data(1, rows=60)
    estimator = DecisionTreeRegressor(max_depth=2).fit(features, features[:, 0] + 1)
    options = QuantisationOptions(value_bits=8, model_inputs="raw", regressor_output="value")
    model = quantise_estimator(estimator, features, features[:, 0], options).model
    assert 128 <= model.output_interval().high < 256


def test_label_outputs():
    features = unit_data(2, rows=80)
    targets = np.clip(np.round(features[:, 0] * 6), 0, 5).astype(int) + 3
    sums = quantise_estimator(
        LinearRegression().fit(features, targets),
        features,
        targets,
        QuantisationOptions(model_inputs="raw", regressor_output="label"),
    )
    assert sums.model.decision.name == "label"
    assert sums.model.decision.classes == (3, 4, 5, 6, 7, 8)
    tree = DecisionTreeRegressor(max_depth=4).fit(features, targets)
    leaves = quantise_estimator(
        tree, features, targets, QuantisationOptions(model_inputs="raw", regressor_output="label")
    )
    assert leaves.model.decision == Index((3, 4, 5, 6, 7, 8))
    expected = np.clip(np.floor(tree.predict(features) + 0.5), 3, 8)
    np.testing.assert_array_equal(leaves.float_predict(features), expected)
    assert set(leaves.model.predict_raw(features)) <= set(range(3, 9))
    assert "output: value rounded and clipped to 3 .. 8" in leaves.notes


def test_labels_round_halves_up():
    values = np.array([2.4, 2.5, 3.49, 3.5, 4.5, -9.0, 99.0])
    assert rounded_labels(values, (2, 3, 4, 5)).tolist() == [0, 1, 1, 2, 3, 0, 3]
