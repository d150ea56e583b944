"""Whole numbers that a weight may be, as levels in rising order."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from bespoke.numeric import digit_count

Levels = NDArray[np.int64]
MOST_WEIGHT_BITS = 8


def uniform(bits: int) -> Levels:
    """All numbers below ``2**(bits - 1)`` in magnitude."""
    top = (1 << bits - 1) - 1
    return np.arange(-top, top + 1)


def odd(bits: int) -> Levels:
    """The ``2**bits`` odd numbers around 0, which are evenly spaced.

    Source: DoReFa-Net (Zhou et al., arXiv 1606.06160) has these levels, in units of ``1 / (2**bits - 1)``.
    """
    top = (1 << bits) - 1
    return np.arange(-top, top + 1, 2)


def few_digits(digits: int) -> Callable[[int], Levels]:
    """Numbers up to ``2**(bits - 1)`` in magnitude with at most so many signed digits; powers of two with one."""

    def levels(bits: int) -> Levels:
        top = 1 << bits - 1
        found = [number for number in range(-top, top + 1) if digit_count(number) <= digits]
        return np.array(found, dtype=np.int64)

    return levels


def ternary(_bits: int) -> Levels:
    """-1, 0 and 1."""
    return np.array([-1, 0, 1])


def binary(_bits: int) -> Levels:
    """-1 and 1."""
    return np.array([-1, 1])


GRIDS: dict[str, Callable[[int], Levels]] = {
    "uniform": uniform,
    "odd": odd,
    "pow2": few_digits(1),
    "two_digits": few_digits(2),
    "ternary": ternary,
    "binary": binary,
}
