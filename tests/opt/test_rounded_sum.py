"""Tables that are weighted sums, rounded and clipped."""

from __future__ import annotations

import numpy as np
import pytest

from bespoke.opt.rounded_sum import RoundedSum, netlist_of_sum, rounded_sums
from bespoke.opt.small_circuit import table_of


def values_of(form: RoundedSum):
    """Values of a form by address, from its definition."""
    count = form.word_bits * len(form.weights)
    addresses = np.arange(1 << count)
    words = addresses[:, None] >> form.word_bits * np.arange(len(form.weights)) & (1 << form.word_bits) - 1
    total = words @ np.array(form.weights) + form.offset
    return np.clip(total >> form.shift, form.lowest, form.highest)


def flags_of(values, outputs: int):
    return (values >> np.arange(outputs)[:, None] & 1).astype(bool)


@pytest.mark.parametrize("seed", range(8))
def test_sums_are_recognised_and_built(seed):
    rng = np.random.default_rng(seed)
    word_bits, words = [(3, 3), (2, 4), (1, 6), (4, 2)][seed % 4]
    weights = tuple(rng.integers(-20, 21, words).tolist())
    values = values_of(RoundedSum(weights, 9, 3, word_bits, 0, 7))
    flags = flags_of(values, 3)
    forms = rounded_sums(flags)
    assert forms
    assert forms == sorted(forms, key=lambda form: form.digits)
    for form in forms[:4]:
        assert np.array_equal(values_of(form), values)
        netlist = netlist_of_sum(form, 3, rng)
        assert np.array_equal(table_of(netlist), flags)


def test_words_are_as_wide_as_possible():
    values = values_of(RoundedSum((5, -3), 4, 1, 3, 0, 7))
    assert {form.word_bits for form in rounded_sums(flags_of(values, 3))} == {3}
    # In words of one bit each input has a weight of its own: a majority.
    majority = (np.arange(32)[:, None] >> np.arange(5) & 1).sum(axis=1) >= 3
    assert {form.word_bits for form in rounded_sums(majority[None])} == {1}


@pytest.mark.parametrize("values", [[0, 1, 1, 0], [0, 0, 0, 0], [1, 1, 1, 1]], ids=["xor", "zero", "one"])
def test_other_tables_have_no_form(values):
    assert rounded_sums(np.array([values]) > 0) == []


def test_values_need_not_begin_at_zero():
    values = values_of(RoundedSum((7, -5), 11, 2, 3, 2, 5))
    form = rounded_sums(flags_of(values, 3))[0]
    assert (form.lowest, form.highest) == (2, 5)
    netlist = netlist_of_sum(form, 3, np.random.default_rng(0))
    assert np.array_equal(table_of(netlist), flags_of(values, 3))
