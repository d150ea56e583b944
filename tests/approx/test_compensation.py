"""Errors made up for without a gate."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from small_models import WORDS, mlp, svm

from bespoke.approx import correct_biases, limit_digits, truncate_products, tune_weights
from bespoke.approx.coefficients import digit_counts


def _variance(model, exact):
    return float(np.var(exact.scores(WORDS)[:, 0] - model.scores(WORDS)[:, 0]))


def test_tuned_weights_vary_less_and_take_no_more_digits():
    exact = svm([[7, 9, 23]], [5])
    cheap = limit_digits(exact, (1,))
    tuned = tune_weights(cheap, exact, WORDS)
    assert digit_counts(tuned.stages[0].weights).tolist() == [[1, 1, 1]]
    assert _variance(tuned, exact) <= _variance(correct_biases(cheap, exact, WORDS), exact)
    assert abs((exact.scores(WORDS) - tuned.scores(WORDS)).mean()) <= 0.5


def test_a_product_makes_up_for_one_that_was_left_out():
    exact = svm([[4, 8, 0]], [0])
    words = np.repeat(np.arange(8)[:, None], 3, axis=1)
    first = replace(exact.stages[0], weights=np.array([[0, 8, 0]]))
    tuned = tune_weights(replace(exact, stages=(first,)), exact, words)
    # 12 x would be right, but takes two digits: 8 and 16 are as near, and the change has to be a gain.
    assert tuned.stages[0].weights.tolist() == [[0, 8, 0]]
    finer = replace(exact.stages[0], weights=np.array([[0, 5, 0]]))
    tuned = tune_weights(replace(exact, stages=(finer,)), exact, words)
    assert tuned.stages[0].weights.tolist() == [[0, 12, 0]]
    assert np.array_equal(tuned.scores(words), exact.scores(words))


def test_masked_stages_of_a_network_keep_means_and_masks():
    exact = mlp(1)
    short = truncate_products(exact, 1.0, 3, WORDS)
    tuned = tune_weights(short, exact, WORDS)
    for stage, before in zip(tuned.stages, short.stages, strict=True):
        assert np.array_equal(stage.masks, before.masks)
        assert ((stage.weights == 0) == (before.weights == 0)).mean() >= 0.5
        assert (digit_counts(stage.weights) <= digit_counts(before.weights)).all()
    assert (np.abs((exact.scores(WORDS) - tuned.scores(WORDS)).mean(axis=0)) <= 0.5).all()
