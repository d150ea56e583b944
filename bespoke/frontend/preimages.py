"""Thresholds behind a rising function as thresholds in front of it."""

from __future__ import annotations

from typing import Any

import numpy as np

from bespoke.frontend.floatmodel import FloatArray
from bespoke.frontend.view import Column
from bespoke.model import IntArray

_LARGEST = np.finfo(np.float64).max
_MAGNITUDE = np.int64(np.iinfo(np.int64).max)
# One halving for each bit of a float.
_HALVINGS = 65


def preimages(column: Column, thresholds: FloatArray, precision: type[np.floating[Any]]) -> FloatArray:
    """Largest numbers that a column takes to at most the thresholds, found by halving the ordered floats.

    A row goes left where ``precision(f(x)) <= t``, hence where ``x`` is at most what is returned: for any ``f`` that
    does not fall this is exact. It is the lowest float where no number goes left.

    Parameters
    ----------
    column : Column
        Whose functions do not fall.
    thresholds : ndarray of float64, shape (n,)
    precision : type
        Of the comparison.

    Returns
    -------
    ndarray of float64, shape (n,)
    """
    low, high = (np.full(len(thresholds), _ordinals(np.array([end]))[0]) for end in (-_LARGEST, _LARGEST))
    for _ in range(_HALVINGS):
        middle = (low | high) - ((low ^ high) >> 1)  # the mean, rounded up, without overflow
        with np.errstate(over="ignore", invalid="ignore"):
            goes_left = column.apply(_floats(middle)).astype(precision) <= thresholds
        low, high = np.where(goes_left, middle, low), np.where(goes_left, high, np.maximum(middle - 1, low))
    return _floats(low)


def _ordinals(values: FloatArray) -> IntArray:
    """Whole numbers in the order of the floats."""
    bits = values.view(np.int64)
    return np.where(bits < 0, ~(bits & _MAGNITUDE), bits)


def _floats(ordinals: IntArray) -> FloatArray:
    """Inverse of `_ordinals`."""
    bits = np.where(ordinals < 0, ~ordinals | ~_MAGNITUDE, ordinals)
    return bits.view(np.float64)
