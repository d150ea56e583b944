"""Samples of Boolean functions for families that learn from bits."""

from __future__ import annotations

import numpy as np

from bespoke.families import Learning, Prices
from bespoke.model import InputCoding, IntArray


def rows_of(inputs: int, count: int) -> IntArray:
    """Random bits, shape (count, inputs)."""
    return np.random.default_rng(inputs).integers(2, size=(count, inputs))


def samples(bits: IntArray, targets: IntArray) -> Learning:
    """Rows of bits with the bits that a function gives; nothing but gates costs anything."""
    width = bits.shape[1]
    coding = InputCoding(tuple(f"x{number}" for number in range(width)), (1,) * width, (0.0,) * width, (2.0,) * width)
    return Learning(bits, targets.astype(np.int64), coding, (0, 1), Prices(np.zeros((width, 2)), 0.01, lambda _: 0.0))
