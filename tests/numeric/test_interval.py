"""Exact ranges of functions of the bits of a word."""

from __future__ import annotations

import numpy as np
import pytest

from bespoke.errors import ModelFileError, NetlistError
from bespoke.numeric import Interval, real_number, whole_number


@pytest.mark.parametrize("seed", range(30))
def test_of_bits_is_exact(seed):
    rng = np.random.default_rng(seed)
    low, high = sorted(rng.integers(0, 64, 2).tolist())
    coefficients = rng.integers(-50, 51, Interval(low, high).width).tolist()
    values = [sum(c for i, c in enumerate(coefficients) if x >> i & 1) for x in range(low, high + 1)]
    assert Interval.of_bits(coefficients, Interval(low, high)) == Interval(min(values), max(values))
    mask = int(rng.integers(0, 128))
    masked = [x & mask for x in range(low, high + 1)]
    assert Interval(low, high).masked(mask) == Interval(min(masked), max(masked))


@pytest.mark.parametrize("seed", range(10))
def test_plus_and_shifted_right(seed):
    rng = np.random.default_rng(seed)
    low, high = sorted(rng.integers(-70, 70, 2).tolist())
    bits, offset = int(rng.integers(0, 8)), int(rng.integers(-9, 10))
    assert Interval(low, high).plus(offset) == Interval(low + offset, high + offset)
    shifted = [x >> bits for x in range(low, high + 1)]
    assert Interval(low, high).shifted_right(bits) == Interval(min(shifted), max(shifted))


def test_numbers_out_of_files_are_never_made_to_fit():
    assert whole_number(7, ModelFileError) == 7
    assert whole_number(np.int64(-3), ModelFileError) == -3
    assert real_number(2, NetlistError) == 2.0
    assert real_number(0.5, NetlistError) == 0.5
    for value in (1.5, 1.0, "7", True, None, [1]):
        with pytest.raises(ModelFileError, match="not a whole number; got"):
            whole_number(value, ModelFileError)
    for value in ("7", True, None, [1.0]):
        with pytest.raises(NetlistError, match="not a number; got"):
            real_number(value, NetlistError)
