"""Logistic and tanh activations as tables over shortened sums."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Literal, NamedTuple

import numpy as np
from numpy.typing import NDArray

from bespoke.model import Affine, IntArray, Lookup, Table
from bespoke.numeric import Interval

FloatArray = NDArray[np.float64]
FloatActivation = Literal["relu", "identity", "logistic", "tanh"]


class TabledLayer(NamedTuple):
    """A layer behind a logistic function.

    Attributes
    ----------
    sums : Affine
        The sums, shortened to words.
    table : Lookup
        The function of each word, in steps of ``1 / (2**bits - 1)``.
    error : float
        Largest difference from the function over all sums that may occur.
    """

    sums: Affine
    table: Lookup
    error: float


def logistic(values: FloatArray) -> FloatArray:
    """``1 / (1 + exp(-x))``."""
    return 0.5 * (1.0 + np.tanh(0.5 * values))


def tabled(affine: Affine, inputs: Sequence[Interval], bits: int) -> TabledLayer:
    """Sums shortened to words of some bits, and the logistic function of these as tables.

    A word counts steps of a power of two from the lowest sum on. Sums at which the function is less than half a step
    of the table away from its end count as the nearest one at which it is not.

    Parameters
    ----------
    affine : Affine
        Sums without activation.
    inputs : sequence of Interval
        Ranges of its inputs.
    bits : int
        Of a word, and of a value of the tables.
    """
    reach = int(np.ceil(np.ldexp((bits + 1) * np.log(2.0), affine.frac_bits)))
    whole = affine.sum_intervals(inputs)
    ends = [(min(max(w.low, -reach), reach), min(max(w.high, -reach), reach)) for w in whole]
    dropped = [max((high - low).bit_length() - bits, 0) for low, high in ends]
    tables, error = [], 0.0
    for row, ((low, high), drop, interval) in enumerate(zip(ends, dropped, whole, strict=True)):
        width = (high - low >> drop).bit_length()
        first = low + (np.arange(1 << width, dtype=np.int64) << drop)
        last = first + (1 << drop) - 1
        values = _rounded(logistic(_real(first + last, affine.frac_bits + 1)), bits)
        tables.append(Table.of_word(row, values))
        first[0], last[high - low >> drop] = min(first[0], interval.low), max(last[0], interval.high)
        for side in (first, last):
            misses = np.abs(logistic(_real(side, affine.frac_bits)) - values / ((1 << bits) - 1))
            error = max(error, float(misses[: (high - low >> drop) + 1].max()))
    biases = affine.biases - np.array([low for low, _ in ends])
    limits = np.full(len(biases), bits)
    sums = replace(affine, biases=biases, activation="relu", dropped_bits=np.array(dropped), saturation_bits=limits)
    return TabledLayer(sums, Lookup(tuple(tables)), error)


def _real(sums: IntArray, frac_bits: int) -> FloatArray:
    return np.ldexp(sums.astype(np.float64), -frac_bits)


def _rounded(values: FloatArray, bits: int) -> IntArray:
    return np.rint(values * ((1 << bits) - 1)).astype(np.int64)


# What each activation computes.
ACTIVATIONS: dict[str, Callable[[FloatArray], FloatArray]] = {
    "relu": lambda sums: np.maximum(sums, 0.0),
    "identity": lambda sums: sums,
    "logistic": logistic,
    "tanh": np.tanh,
}
# Those that are ``spread * logistic(steepness * x) + offset``: (steepness, spread, offset).
LOGISTIC_FORMS: dict[str, tuple[float, float, float]] = {"logistic": (1.0, 1.0, 0.0), "tanh": (2.0, 2.0, -1.0)}
