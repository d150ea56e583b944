"""Bias correction."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from small_models import WORDS, mlp, svm

from bespoke.approx import DigitOptions, ProductOptions, correct_biases, limit_digits, truncate_products
from bespoke.errors import OptionError
from bespoke.model import Affine


def test_one_layer_by_hand():
    before = svm([[7, 5, 0]], [10])
    after = svm([[8, 4, 1]], [10])
    # Means 3.5, 1.5, 7.5: 3.5 more, 1.5 less, 7.5 more, so 9.5 too much.
    model, change = correct_biases(after, before, WORDS)
    assert model.stages[0].biases.tolist() == [10 - 9]
    assert change.count == 1


def test_every_sum_gets_the_mean_of_the_reference():
    before = mlp(8)
    after = truncate_products(limit_digits(before, DigitOptions((1, 1))).model, ProductOptions(1.0, 1), WORDS).model
    model = correct_biases(after, before, WORDS).model
    values, wanted = WORDS, WORDS
    for new, old in zip(model.stages, before.stages, strict=True):
        assert np.abs(new.sums(values).mean(axis=0) - old.sums(wanted).mean(axis=0)).max() <= 0.5
        values, wanted = new.apply(values), old.apply(wanted)


def test_a_stage_of_another_size_is_left_as_it_is():
    before = mlp(8)
    first, last = before.stages
    fewer = Affine(first.weights[:2], first.biases[:2], "relu", 5)
    smaller = replace(before, stages=(fewer, Affine(last.weights[:, :2], last.biases, "identity", 9)))
    model = correct_biases(smaller, before, WORDS).model
    assert (model.stages[0].biases == fewer.biases).all()
    assert np.abs(model.scores(WORDS).mean(axis=0) - before.scores(WORDS).mean(axis=0)).max() <= 0.5


def test_refusal():
    with pytest.raises(OptionError, match="the reference has another number of stages; got 1; allowed: 2"):
        correct_biases(svm([[1, 1, 1], [1, 2, 3], [0, 0, 0]], [0, 0, 0]), mlp(8), WORDS)
