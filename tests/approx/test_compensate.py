"""Bias correction."""

from __future__ import annotations

import numpy as np
import pytest
from small_models import WORDS, mlp, svm

from bespoke.approx import (
    ColumnOptions,
    DigitOptions,
    InputOptions,
    UnitOptions,
    correct_biases,
    fix_units,
    limit_digits,
    reduce_input_bits,
    reduced_words,
    truncate_columns,
)
from bespoke.errors import OptionError


def test_one_layer_by_hand():
    before = svm([[7, 5, 0]], [10])
    after = svm([[8, 4, 1]], [10])
    # Means 3.5, 1.5, 7.5: 3.5 more, 1.5 less, 7.5 more, so 9.5 too much.
    model, change = correct_biases(after, before, WORDS)
    assert model.layers[0].biases.tolist() == [10 - 9]
    assert change.count == 1


def test_every_sum_gets_the_mean_of_the_reference():
    before = mlp(8)
    after = truncate_columns(limit_digits(before, DigitOptions((1,))).model, ColumnOptions(((5,), (6,)))).model
    model = correct_biases(after, before, WORDS).model
    values, wanted = WORDS, WORDS
    for new, old in zip(model.layers, before.layers, strict=True):
        assert np.abs(new.sums(values).mean(axis=0) - old.sums(wanted).mean(axis=0)).max() <= 0.5
        values, wanted = new.apply(values), old.apply(wanted)


def test_other_words_and_other_sizes():
    before = mlp(8)
    after = reduce_input_bits(before, InputOptions((2, 1, 2))).model
    words = reduced_words(WORDS, before, after)
    model = correct_biases(after, before, words, WORDS).model
    assert np.abs(model.layers[0].sums(words).mean(axis=0) - before.layers[0].sums(WORDS).mean(axis=0)).max() <= 0.5
    smaller = fix_units(before, UnitOptions(((0, 1, 0),))).model
    model = correct_biases(smaller, before, WORDS).model
    assert (model.layers[0].biases == smaller.layers[0].biases).all()
    assert np.abs(model.scores(WORDS).mean(axis=0) - before.scores(WORDS).mean(axis=0)).max() <= 0.5


def test_refusal():
    with pytest.raises(OptionError, match="the reference has another number of layers; got 1; allowed: 2"):
        correct_biases(svm([[1, 1, 1], [1, 2, 3], [0, 0, 0]], [0, 0, 0]), mlp(8), WORDS)
