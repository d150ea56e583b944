"""Sums with inexact low columns: as the adders they are named for, and as what is written down for them."""

from __future__ import annotations

import numpy as np
import pytest
from random_models import all_words

from bespoke.arith.operators import LowerPartOrAdder, MirrorAdder
from bespoke.errors import ModelFileError
from bespoke.model import Affine, InexactSums
from bespoke.numeric import Interval
from bespoke.numeric.adder_cells import ADDER_CELLS

PAIR = [Interval.unsigned(4)] * 2
ADDERS = {"loa": LowerPartOrAdder} | {f"ama{cell}": MirrorAdder for cell in range(1, 6)}


def affine(weights, biases=None, **options):
    weights = np.array(weights)
    given = np.zeros(len(weights), dtype=np.int64) if biases is None else np.array(biases)
    return Affine(weights, given, "identity", 0, **options)


@pytest.mark.parametrize("low", [1, 2, 4])
@pytest.mark.parametrize("cell", ADDERS)
def test_sums_of_two_words_are_those_of_the_adder(cell, low):
    words = all_words((4, 4))
    stage = InexactSums.of(affine([[1, 1]]), [cell], [low], PAIR)
    options = {"cell": int(cell[-1])} if cell.startswith("ama") else {}
    assert np.array_equal(stage.apply(words)[:, 0], ADDERS[cell](width=4, low=low, **options).apply(words))


def test_or_of_many_bits_and_of_complements():
    # 3 x = 4 x - x; the low two columns have the complement of bits 0 and 1 of x, and bits 0 and 1 of y.
    stage = InexactSums.of(affine([[3, 1]], [7]), ["or"], [2], PAIR)
    words = all_words((4, 4))
    x, y = words.T
    low = ~x & 3 | y & 3
    wanted = 7 - 3 + low + 4 * x - (x & ~3) + (y & ~3)
    assert np.array_equal(stage.apply(words)[:, 0], wanted)


@pytest.mark.parametrize("cell", ADDER_CELLS)
def test_ranges_hold_all_outputs(cell):
    stage = InexactSums.of(affine([[3, -5], [2, 7]], [1, -4]), [cell, cell], [3, 2], PAIR)
    outputs = stage.apply(all_words((4, 4)))
    for values, interval in zip(outputs.T, stage.output_intervals(PAIR), strict=True):
        assert interval.low <= values.min() <= values.max() <= interval.high


def test_masked_bits_are_in_no_column():
    whole = affine([[1, 1]], sources=np.array([0, 1]), masks=np.array([0b1100, -1]))
    words = all_words((4, 4))
    stage = InexactSums.of(whole, ["loa"], [2], PAIR)
    assert np.array_equal(stage.apply(words)[:, 0], (words[:, 0] & 0b1100) + words[:, 1])


def test_without_columns_it_is_the_sums():
    plain = affine([[1, 1]])
    assert InexactSums.of(plain, ["or"], [0], PAIR) is plain
    assert InexactSums.of(plain, ["exact"], [3], PAIR) is plain


@pytest.mark.parametrize(
    ("cells", "columns", "bits", "fault"),
    [
        (("or", "or"), [1], (4, 4), "do not fit the sums"),
        (("nor",), [1], (4, 4), "unknown cell"),
        (("or",), [0], (4, 4), "do not fit the cell"),
        (("exact",), [1], (4, 4), "do not fit the cell"),
        (("or",), [-1], (4, 4), "do not fit the cell"),
        (("or",), [1], (4,), "bits of the inputs"),
    ],
)
def test_bad_fields(cells, columns, bits, fault):
    with pytest.raises(ModelFileError, match=fault):
        InexactSums(affine([[1, 1]]), cells, np.array(columns), bits)


@pytest.mark.parametrize("inputs", [[Interval(0, 7), Interval(0, 15)], [Interval(-8, 7), Interval(0, 15)]])
def test_words_before_must_have_the_bits(inputs):
    stage = InexactSums.of(affine([[1, 1]]), ["or"], [2], PAIR)
    with pytest.raises(ModelFileError, match="do not fit the words before"):
        stage.output_intervals(inputs)
