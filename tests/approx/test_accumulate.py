"""Sums without some bits of their summands."""

from __future__ import annotations

import numpy as np
import pytest
from small_models import WORDS, mlp, svm

from bespoke.approx import truncate_products
from bespoke.model import affine_of_summands, summands
from bespoke.numeric import csd


def bit_sum(layer, words, keep):
    """Sums of all summand bits that ``keep(row, source, column)`` keeps."""
    total = np.tile(layer.biases, (len(words), 1))
    for row, weights in enumerate(layer.weights.tolist()):
        for source, weight in enumerate(weights):
            for digit in csd(weight):
                for bit in range(16):
                    if keep(row, source, digit.position + bit):
                        total[:, row] += digit.sign * ((words[:, source] >> bit & 1) << digit.position + bit)
    return total


def test_summands_by_hand():
    layer = svm([[7, 0, -3]], [4]).stages[0]
    assert summands(layer) == ((0, 0, 0, -1, -1), (0, 0, 3, 1, -1), (0, 2, 0, 1, -1), (0, 2, 2, -1, -1))


@pytest.mark.parametrize("seed", range(4))
def test_a_stage_of_its_own_summands_is_the_stage(seed):
    model = mlp(seed)
    for layer, inputs in zip(model.stages, model.ranges[:-1], strict=True):
        assert affine_of_summands(layer, summands(layer), inputs).to_json() == layer.to_json()


def test_truncate_products():
    before = svm([[3, 50, -20]], [7])
    model = truncate_products(before, 0.3, 2, WORDS)
    # Means 3.5, 1.5, 7.5: products 10.5, 75 and -150, sum -64.5: significances 0.16, 1.16 and 2.3.
    # 3 * 7 = 21 has five columns, of which 4 and 3 stay.
    expected = bit_sum(before.stages[0], WORDS, lambda _, source, column: source > 0 or column >= 3)
    assert (model.scores(WORDS) == expected).all()
    assert (truncate_products(before, 0.1, 2, WORDS).scores(WORDS) == before.scores(WORDS)).all()


def test_products_of_each_stage_are_judged_by_their_own_inputs():
    before = mlp(4)
    model = truncate_products(before, 0.2, 2, WORDS)
    assert (model.scores(WORDS) != before.scores(WORDS)).any()
    values = WORDS
    for old, new, inputs in zip(before.stages, model.stages, before.stage_inputs(WORDS), strict=True):
        means = old.weights * inputs.mean(axis=0)
        small = np.abs(means) <= 0.2 * np.abs(means.sum(axis=1, keepdims=True))
        tops = np.abs(old.weights) * (np.array([word.high for word in model.ranges[old is not before.stages[0]]]))
        lowest = np.where(small, np.maximum([[int(t).bit_length() for t in row] for row in tops.tolist()], 2) - 2, 0)
        sums = bit_sum(old, values, lambda row, source, column, lowest=lowest: column >= lowest[row, source])
        assert (new.sums(values) == sums).all()
        values = new.apply(values)
