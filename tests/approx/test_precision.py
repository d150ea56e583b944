"""Fewer bits of inputs, weights and activations."""

from __future__ import annotations

import numpy as np
import pytest
from small_models import WORDS, coding, mlp, on_layer, tree

from bespoke.approx import (
    ActivationOptions,
    InputOptions,
    WeightOptions,
    cut_activations,
    reduce_input_bits,
    reduce_weight_bits,
    reduced_words,
)
from bespoke.errors import OptionError, UnsupportedModelError
from bespoke.model import UNLIMITED


def test_reduce_input_bits_of_sums():
    before = on_layer(mlp(1), 0, masks=np.array([-1, 2, 7]))
    model, change = reduce_input_bits(before, InputOptions((3, 1, 2)))
    words = reduced_words(WORDS, before, model)
    assert words.max(axis=0).tolist() == [7, 1, 3]
    # What is left of each input stands for its old value with zeros below.
    assert (model.scores(words) == before.scores(WORDS >> [0, 1, 2] << [0, 1, 2])).all()
    assert change.count == 3


def test_fewer_bits_are_what_a_coarser_converter_delivers():
    raw = np.random.default_rng(0).uniform(-0.1, 1.1, (200, 3))
    model = reduce_input_bits(mlp(1), InputOptions((1, 0, 3))).model
    assert (model.coding.quantise(raw) == reduced_words(coding().quantise(raw), mlp(1), model)).all()


def test_reduce_input_bits_of_a_tree():
    # 7 + 1 is a multiple of 4: exact. 5 + 1 = 6 rounds to 8, 4 + 1 = 5 to 4.
    before = tree([(0, 7, 1, 2), (1, 5, 3, 4), (1, 4, 5, 6), 0, 1, 2, 0])
    model = reduce_input_bits(before, InputOptions((2,))).model
    assert model.threshold.tolist() == [1, 1, 0, 0, 0, 0, 0]
    words = np.stack(np.meshgrid(np.arange(16), np.arange(16)), -1).reshape(-1, 2)
    exact = tree([(0, 7, 1, 2), (1, 7, 3, 4), (1, 3, 5, 6), 0, 1, 2, 0])
    assert (model.predict(words >> 2) == exact.predict(words)).all()


def test_reduce_weight_bits_rounds():
    before = mlp(2)
    model, _ = reduce_weight_bits(before, WeightOptions(((1, 2, 3), (4,))))
    for number, dropped in ((0, np.array([[1], [2], [3]])), (1, 4)):
        wanted = np.floor(before.layers[number].weights / 2.0**dropped + 0.5) * 2**dropped
        assert (model.layers[number].weights == wanted).all()
    with pytest.raises(OptionError, match="one entry per layer"):
        reduce_weight_bits(before, WeightOptions(((1,),)))


def test_cut_activations():
    before = mlp(2)
    model, change = cut_activations(before, ActivationOptions(0, (3, 0, 1), (4, 62, 5)))
    sums = WORDS @ before.layers[0].weights.T + before.layers[0].biases
    kept = np.maximum(sums, 0) // [8, 1, 2]
    kept = np.minimum(kept, [15, 1 << 40, 31]) * [8, 1, 2]
    assert (model.scores(WORDS) == kept @ before.layers[1].weights.T + before.layers[1].biases).all()
    assert change.count == 2


def test_cuts_add_up():
    once = cut_activations(mlp(2), ActivationOptions(0, (2,), (6,))).model
    twice = cut_activations(once, ActivationOptions(0, (1,), (UNLIMITED,))).model
    assert twice.layers[0].dropped_bits.tolist() == [3, 3, 3]
    assert twice.layers[0].saturation_bits.tolist() == [5, 5, 5]
    direct = cut_activations(mlp(2), ActivationOptions(0, (3,), (5,))).model
    assert (twice.scores(WORDS) == direct.scores(WORDS)).all()


def test_refusals():
    with pytest.raises(OptionError, match="more bits than the model reads"):
        reduce_input_bits(mlp(1), InputOptions((4, 2, 4)))
    with pytest.raises(OptionError, match="activations: no such hidden layer; got 1; allowed: 0 to 0"):
        cut_activations(mlp(1), ActivationOptions(1, (1,)))
    with pytest.raises(OptionError, match="input bits: needs one number"):
        reduce_input_bits(mlp(1), InputOptions((1, 2)))
    with pytest.raises(UnsupportedModelError, match="weight bits: the step needs weighted sums; got tree"):
        reduce_weight_bits(tree([0]), WeightOptions(()))
