"""Weighted sums with masked columns, dropped and saturated bits: function, ranges, text, invariants."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from random_models import all_words, random_sums

from bespoke.errors import ModelFileError
from bespoke.model import Affine, InputCoding, IntegerModel, Value, model_digest, model_from_text, model_to_text
from bespoke.numeric import Interval

CODING = InputCoding(("a", "b"), (3, 3), (0.0, 0.0), (1.0, 1.0))
PLAIN = Affine(np.array([[3, -2], [1, 5]]), np.array([1, -4]), "relu", 0)


def test_columns_read_masked_inputs():
    layer = Affine(np.array([[1, 10, 100]]), np.array([1000]), "identity", 0, np.array([0, 1, 0]), np.array([6, -1, 1]))
    # a = 7 is 6 in the first column and 1 in the third.
    assert layer.input_count == 2
    assert layer.apply(np.array([[7, 5], [2, 0]])).tolist() == [[1000 + 6 + 50 + 100], [1002]]


def test_outputs_lose_low_bits_and_saturate():
    layer = replace(PLAIN, dropped_bits=np.array([2, 0]), saturation_bits=np.array([2, 62]))
    words = all_words((3, 3))
    sums = words @ PLAIN.weights.T + PLAIN.biases
    expected = np.stack([np.minimum(np.maximum(sums[:, 0], 0) // 4, 3), np.maximum(sums[:, 1], 0)], 1)
    assert (layer.apply(words) == expected).all()
    assert layer.output_intervals(CODING.intervals()) == (Interval(0, 3), Interval(0, 38))


def test_an_identity_loses_low_bits_towards_minus_infinity():
    layer = Affine(np.array([[1]]), np.array([-5]), "identity", 0, dropped_bits=np.array([1]))
    assert layer.apply(np.array([[0], [2], [6]])).tolist() == [[-3], [-2], [0]]


@pytest.mark.parametrize("seed", range(40))
def test_ranges_of_the_first_layer_are_exact(seed):
    rng = np.random.default_rng(seed)
    bits = tuple(rng.integers(0, 4, 3).tolist())
    columns = int(rng.integers(3, 8))
    layer = Affine(
        rng.integers(-20, 21, (4, columns)),
        rng.integers(-9, 10, 4),
        "relu",
        0,
        np.array([0, 1, 2, *rng.integers(0, 3, columns - 3)]),
        rng.integers(-1, 9, columns),
        rng.integers(0, 4, 4),
        rng.integers(0, 6, 4),
    )
    inputs = tuple(Interval.unsigned(b) for b in bits)
    for values, intervals in (
        (layer.sums(all_words(bits)), layer.sum_intervals(inputs)),
        (layer.apply(all_words(bits)), layer.output_intervals(inputs)),
    ):
        assert [(i.low, i.high) for i in intervals] == [(c.min(), c.max()) for c in values.T]


@pytest.mark.parametrize("seed", range(20))
def test_text_form_keeps_the_function(seed):
    rng = np.random.default_rng(seed)
    model = random_sums(rng)
    again = model_from_text(model_to_text(model))
    words = rng.integers(0, 1 << np.array(model.coding.bits), (50, model.coding.feature_count))
    assert (again.predict(words) == model.predict(words)).all()
    assert model_digest(again) == model_digest(model)


def test_defaults_are_left_out_of_the_text():
    assert set(PLAIN.to_json()) == {"weights", "biases", "activation", "frac_bits"}
    explicit = Affine(PLAIN.weights, PLAIN.biases, "relu", 0, np.arange(2), np.full(2, -1), np.zeros(2), np.full(2, 62))
    assert explicit.to_json() == PLAIN.to_json()


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        ({"sources": np.array([0])}, "sources do not fit the weights; got"),
        ({"masks": np.array([1, 2, 3])}, "masks do not fit the weights; got"),
        ({"sources": np.array([0, -1])}, "sources and masks must not be negative"),
        ({"masks": np.array([-2, 1])}, "sources and masks must not be negative"),
        ({"dropped_bits": np.array([0, 63])}, r"dropped_bits: bits out of range; got \[0, 63\]; allowed: 0 to 62"),
        ({"saturation_bits": np.array([-1, 3])}, "saturation_bits: bits out of range"),
        ({"activation": "identity", "saturation_bits": np.array([3, 3])}, "only a ReLU can saturate"),
    ],
)
def test_invariants(fields, message):
    with pytest.raises(ModelFileError, match=message):
        replace(PLAIN, **fields)


def test_masks_need_inputs_without_sign():
    first = replace(PLAIN, activation="identity")
    second = Affine(np.ones((1, 2)), np.zeros(1), "identity", 0, masks=np.array([3, -1]))
    with pytest.raises(ModelFileError, match="a masked input must not be negative"):
        IntegerModel(CODING, (first, second), Value())


def test_a_step_is_one_from_zero_on():
    step = Affine(np.array([[1, -2], [1, 0], [-1, 0]]), np.array([-1, 0, -1]), "step", 0)
    words = all_words((3, 3))
    expected = np.stack([words[:, 0] - 2 * words[:, 1] >= 1, words[:, 0] >= 0, words[:, 0] <= -1], 1)
    assert step.apply(words).tolist() == expected.astype(int).tolist()
    assert step.output_intervals(CODING.intervals()) == (Interval(0, 1), Interval(1, 1), Interval(0, 0))


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        ({"weights": [[1.5, 2], [0, 1]]}, "not a whole number; got 1.5"),
        ({"weights": [["7", 2], [0, 1]]}, "not a whole number; got '7'"),
        ({"biases": [True, 0]}, "not a whole number; got True"),
        ({"biases": 3}, "weights and biases do not fit"),
        ({"weights": np.array([[0.5, 1.0], [0.0, 1.0]])}, "not whole numbers"),
        ({"frac_bits": "4"}, "not a whole number; got '4'"),
        ({"activation": "tanh"}, "unknown activation; got tanh; allowed: relu, identity, step"),
        ({"activation": "step", "dropped_bits": [1, 0]}, "a step has no low bits"),
        ({"activation": "step", "saturation_bits": [1, 1]}, "only a ReLU can saturate"),
    ],
)
def test_malformed(fields, message):
    with pytest.raises(ModelFileError, match=message):
        replace(PLAIN, **fields)


def test_layer_shapes():
    with pytest.raises(ModelFileError, match="weights and biases do not fit"):
        Affine(np.ones((2, 2)), np.zeros(3), "identity", 0)
    assert Affine.from_json(Affine(np.ones((2, 0)), np.zeros(2), "relu", 0).to_json()).weights.shape == (2, 0)
    assert Affine.from_json(Affine(np.ones((0, 0)), np.zeros(0), "relu", 0).to_json()).weights.shape == (0, 0)


@pytest.mark.parametrize("activation", ["relu", "identity", "step"])
def test_any_activation_may_give_the_scores(activation):
    dropped = [1] if activation != "step" else [0]
    last = Affine(np.array([[3, -2]]), np.array([1]), activation, 0, dropped_bits=np.array(dropped))
    model = IntegerModel(CODING, (last,), Value())
    values = model.predict(all_words((3, 3)))
    assert model.output_interval() == Interval(int(values.min()), int(values.max()))
