"""Sums without some bits of their summands."""

from __future__ import annotations

import numpy as np
import pytest
from small_models import WORDS, mlp, svm

from bespoke.approx import (
    ColumnOptions,
    ProductOptions,
    SummandOptions,
    layer_of_summands,
    mask_summands,
    summands,
    truncate_columns,
    truncate_products,
)
from bespoke.errors import OptionError
from bespoke.numeric import csd


def bit_sum(layer, words, keep):
    """Sums of all summand bits that ``keep(row, source, column)`` keeps."""
    total = np.tile(layer.biases, (len(words), 1))
    for row, weights in enumerate(layer.weights.tolist()):
        for source, weight in enumerate(weights):
            for digit in csd(weight):
                for bit in range(12):
                    if keep(row, source, digit.position + bit):
                        total[:, row] += digit.sign * ((words[:, source] >> bit & 1) << digit.position + bit)
    return total


def test_summands_by_hand():
    layer = svm([[7, 0, -3]], [4]).layers[0]
    assert summands(layer) == ((0, 0, 0, -1, -1), (0, 0, 3, 1, -1), (0, 2, 0, 1, -1), (0, 2, 2, -1, -1))


@pytest.mark.parametrize("seed", range(4))
def test_layer_of_its_own_summands_is_the_layer(seed):
    model = mlp(seed)
    for layer, inputs in zip(model.layers, model.layer_inputs(), strict=True):
        assert layer_of_summands(layer, summands(layer), inputs).to_json() == layer.to_json()


def test_truncate_columns():
    before = mlp(4)
    model, change = truncate_columns(before, ColumnOptions(((3, 0, 6), (5,))))
    lowest = (3, 0, 6)
    hidden = np.maximum(bit_sum(before.layers[0], WORDS, lambda row, _, column: column >= lowest[row]), 0)
    assert (model.layers[0].apply(WORDS) == hidden).all()
    scores = bit_sum(before.layers[1], hidden, lambda _, __, column: column >= 5)
    assert (model.scores(WORDS) == scores).all()
    assert change.count > 0
    assert truncate_columns(before, ColumnOptions(((0,), (0,)))).change.count == 0


def test_truncate_columns_twice_is_the_higher_one():
    once = truncate_columns(mlp(4), ColumnOptions(((4,), (0,)))).model
    twice = truncate_columns(once, ColumnOptions(((2,), (0,)))).model
    assert (twice.scores(WORDS) == once.scores(WORDS)).all()


def test_truncate_products():
    before = svm([[3, 50, -20]], [7])
    model, _ = truncate_products(before, ProductOptions(0.3, 2), WORDS)
    # Means 3.5, 1.5, 7.5: products 10.5, 75 and -150, sum -64.5: significances 0.16, 1.16 and 2.3.
    # 3 * 7 = 21 has five columns, of which 4 and 3 stay.
    expected = bit_sum(before.layers[0], WORDS, lambda _, source, column: source > 0 or column >= 3)
    assert (model.scores(WORDS) == expected).all()
    assert truncate_products(before, ProductOptions(0.1, 2), WORDS).change.count == 0
    other = truncate_products(before, ProductOptions(2, 2, layers=()), WORDS)
    assert other.change.count == 0


def test_mask_summands():
    before = svm([[7, 0, -3]], [4])
    model, change = mask_summands(before, SummandOptions(0, (6, -1, 0, 5)))
    a, c = WORDS[:, 0], WORDS[:, 2]
    assert (model.scores(WORDS)[:, 0] == 4 - (a & 6) + 8 * a - 4 * (c & 5)).all()
    assert change.count == 1 + 0 + 4 + 2
    with pytest.raises(OptionError, match="summands: one mask per summand; got 1; allowed: 4"):
        mask_summands(before, SummandOptions(0, (1,)))


def test_refusals():
    with pytest.raises(OptionError, match="columns: one entry per layer"):
        truncate_columns(mlp(0), ColumnOptions(((1,),)))
    with pytest.raises(OptionError, match="products: must not be negative"):
        ProductOptions(-0.1)
    with pytest.raises(OptionError, match="summands: no such layer; got 2"):
        mask_summands(mlp(0), SummandOptions(2, ()))
