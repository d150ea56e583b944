"""How far the weighted sums of an approximate model are from those of the exact one."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from bespoke.flow.vectors import MAX_EXHAUSTIVE_BITS, every_input
from bespoke.model import IntArray, IntegerMLP, IntegerSVM, Layer
from bespoke.numeric import Interval

SumModel = IntegerMLP | IntegerSVM


@dataclass(frozen=True, slots=True)
class SumError:
    """Error figures of one weighted sum, in units of the exact sum's last bit.

    The error distance is ``|approximate - exact|`` (Liang, Han and Lombardi, "New Metrics for the Reliability of
    Approximate and Probabilistic Adders", IEEE TC 62, 2013).

    Attributes
    ----------
    error_rate : float
        Share of rows on which the sum differs.
    mean, variance, rms : float
        Of the error distance.
    mean_relative : float
        Mean of the error distance over the magnitude of the exact sum, which counts as at least 1.
    worst_seen : int
        Largest error distance on the rows.
    worst : int
        Error distance that no input exceeds, and
    worst_is_exact : bool
        whether some input reaches it; otherwise it is a bound from ranges.
    """

    error_rate: float
    mean: float
    variance: float
    rms: float
    mean_relative: float
    worst_seen: int
    worst: int
    worst_is_exact: bool

    def to_json(self) -> dict[str, Any]:
        """Plain-data form."""
        return {name: getattr(self, name) for name in self.__slots__}


def score_errors(exact: SumModel, model: SumModel, words: IntArray) -> tuple[SumError, ...]:
    """Error figures of each score before its low bits are dropped.

    Parameters
    ----------
    exact, model : IntegerMLP or IntegerSVM
        With the same inputs and number of scores.
    words : ndarray of int64, shape (n_rows, n_features)
    """
    wanted, found = _last_sums(exact, words), _last_sums(model, words)
    worst, is_exact = _worst(exact, model)
    return tuple(
        _figures(wanted[:, column], found[:, column], worst[column], is_exact=is_exact)
        for column in range(wanted.shape[1])
    )


def _figures(wanted: IntArray, found: IntArray, worst: int, *, is_exact: bool) -> SumError:
    distance = np.abs(found - wanted).astype(np.float64)
    if not len(distance):
        return SumError(0.0, 0.0, 0.0, 0.0, 0.0, 0, worst, is_exact)
    return SumError(
        error_rate=float(np.mean(distance > 0)),
        mean=float(distance.mean()),
        variance=float(distance.var()),
        rms=float(np.sqrt(np.mean(distance**2))),
        mean_relative=float(np.mean(distance / np.maximum(np.abs(wanted), 1))),
        worst_seen=int(distance.max()),
        worst=worst,
        worst_is_exact=is_exact,
    )


def _last_sums(model: SumModel, words: IntArray) -> IntArray:
    values = np.asarray(words, dtype=np.int64)
    for layer in model.layers[:-1]:
        values = layer.apply(values)
    return model.layers[-1].sums(values)


def _worst(exact: SumModel, model: SumModel) -> tuple[list[int], bool]:
    """Largest error distance per score, and whether some input reaches it.

    It does where both sums read the inputs directly, or where there are so few input bits that all inputs are tried.
    """
    if len(exact.layers) == len(model.layers) == 1 and exact.coding.bits == model.coding.bits:
        ranges = difference(exact.layers[0], model.layers[0]).sum_intervals(exact.coding.intervals())
        return [max(-part.low, part.high) for part in ranges], True
    if exact.coding.bits == model.coding.bits and sum(exact.coding.bits) <= MAX_EXHAUSTIVE_BITS:
        words = every_input(exact.coding.bits)
        distance = np.abs(_last_sums(model, words) - _last_sums(exact, words))
        return [int(largest) for largest in distance.max(axis=0)], True
    pairs = zip(_ranges(exact), _ranges(model), strict=True)
    return [max(found.high - wanted.low, wanted.high - found.low) for wanted, found in pairs], False


def _ranges(model: SumModel) -> tuple[Interval, ...]:
    return model.layers[-1].sum_intervals(model.layer_inputs()[-1])


def difference(exact: Layer, layer: Layer) -> Layer:
    """Layer whose sums are those of ``layer`` less those of ``exact``, which read the same inputs."""
    return Layer(
        np.hstack([layer.weights, -exact.weights]),
        layer.biases - exact.biases,
        "identity",
        exact.frac_bits,
        np.concatenate([layer.sources, exact.sources]),
        np.concatenate([layer.masks, exact.masks]),
    )
