"""Cheaper coefficients."""

from __future__ import annotations

from itertools import product

import numpy as np
import pytest
from small_models import WORDS, mlp, svm

from bespoke.approx import (
    approximate_coefficients,
    correct_biases,
    limit_digits,
    nearest_with_digits,
    truncate_products,
)
from bespoke.approx.coefficients import choose_sides, digit_counts
from bespoke.numeric import digit_count


def test_digit_counts():
    values = np.concatenate([np.arange(-600, 600), [(1 << 60) - 1, -(1 << 59) + 3]])
    assert digit_counts(values).tolist() == [digit_count(int(v)) for v in values]


@pytest.mark.parametrize("digits", [0, 1, 2, 3, 4])
def test_nearest_with_digits_is_the_nearest(digits):
    values = np.arange(-300, 301)
    allowed = np.array([v for v in range(-520, 521) if digit_count(v) <= digits])
    found = nearest_with_digits(values, digits)
    assert (digit_counts(found) <= digits).all()
    assert (np.abs(values - found) == np.abs(values[:, None] - allowed).min(axis=1)).all()


def test_nearest_with_digits_takes_a_number_per_weight():
    assert nearest_with_digits(np.array([[11, 11], [-11, 7]]), np.array([[1, 2], [3, 1]])).tolist() == [
        [8, 10],
        [-11, 8],
    ]
    # 3 lies between 2 and 4: the smaller one.
    assert nearest_with_digits(np.array([3, -3, 0]), 1).tolist() == [2, -2, 0]


def test_limit_digits_per_layer():
    model = limit_digits(mlp(1), (1, 3))
    before = mlp(1)
    assert digit_counts(model.stages[0].weights).max() == 1
    for number, digits in enumerate((1, 3)):
        assert (model.stages[number].weights == nearest_with_digits(before.stages[number].weights, digits)).all()


def test_approximate_coefficients_by_hand():
    # Within 1: 7 -> 7 or 8, 9 -> 8 or 9 (two digits), 23 -> 23 or 24 (three to two digits). Words: means 3.5, 1.5, 7.5.
    model = approximate_coefficients(svm([[7, 9, 23]], [5]), 1, WORDS)
    # Sides of 7: 6 (2 digits), 8; of 9: 8, 9 (10 has two digits too); of 23: 22 is 3 digits, so 23; 24.
    errors = {
        choice: abs(sum((w - c) * m for w, c, m in zip((7, 9, 23), choice, (3.5, 1.5, 7.5), strict=True)))
        for choice in product((7, 8), (8, 9), (23, 24))
    }
    assert tuple(model.stages[0].weights[0].tolist()) == min(errors, key=errors.__getitem__)


@pytest.mark.parametrize("radius", [0, 1, 4])
def test_approximate_coefficients_stay_near_and_never_get_dearer(radius):
    before = mlp(3)
    model = approximate_coefficients(before, radius, WORDS)
    for old, new in zip(before.stages, model.stages, strict=True):
        assert np.abs(old.weights - new.weights).max() <= radius
        assert (digit_counts(new.weights) <= digit_counts(old.weights)).all()
        assert (new.biases == old.biases).all()
    changed = [(a.weights != b.weights).any() for a, b in zip(model.stages, before.stages, strict=True)]
    assert any(changed) == (radius > 0)


def test_weights_of_constants_do_not_change():
    constant = svm([[23, 23]], [0], bits=(0, 4))
    assert approximate_coefficients(constant, 4, WORDS[:, :2]).stages[0].weights[0, 0] == 23


@pytest.mark.parametrize("weights", [8, 30])
def test_errors_are_balanced(weights):
    rng = np.random.default_rng(weights)
    errors = np.stack([rng.uniform(0, 10, weights), rng.uniform(-10, 0, weights)])
    costs = rng.integers(0, 3, (2, weights))
    side = choose_sides(errors, costs)
    total = abs(errors[side, np.arange(weights)].sum())
    assert total < 0.5
    if weights == 8:
        best = min(abs(sum(errors[s, i] for i, s in enumerate(sides))) for sides in product((0, 1), repeat=weights))
        assert total == pytest.approx(best)


def test_biases_of_one_layer_by_hand():
    before = svm([[7, 5, 0]], [10])
    after = svm([[8, 4, 1]], [10])
    # Means 3.5, 1.5, 7.5: 3.5 more, 1.5 less, 7.5 more, so 9.5 too much.
    assert correct_biases(after, before, WORDS).stages[0].biases.tolist() == [10 - 9]


def test_every_sum_gets_the_mean_of_the_reference():
    before = mlp(8)
    after = truncate_products(limit_digits(before, (1, 1)), 1.0, 1, WORDS)
    model = correct_biases(after, before, WORDS)
    values, wanted = WORDS, WORDS
    for new, old in zip(model.stages, before.stages, strict=True):
        assert np.abs(new.sums(values).mean(axis=0) - old.sums(wanted).mean(axis=0)).max() <= 0.5
        values, wanted = new.apply(values), old.apply(wanted)
