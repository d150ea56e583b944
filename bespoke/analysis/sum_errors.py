"""How far the weighted sums of an approximate model are from those of the exact one."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np

from bespoke.analysis.finding import Analysis, Section
from bespoke.model import Affine, IntArray, IntegerModel
from bespoke.numeric import Interval
from bespoke.sim import MAX_EXHAUSTIVE_BITS, every_input


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


@dataclass(frozen=True, slots=True)
class SumErrors(Analysis):
    """Error figures of each score of an approximate model, see `sum_errors`."""

    name: ClassVar[str] = "sum_errors"

    errors: tuple[SumError, ...]

    def to_json(self) -> dict[str, Any]:
        """Plain-data form."""
        return {"rows": "train", "before_edits": True, "errors": [error.to_json() for error in self.errors]}

    def section(self) -> Section:
        """A row per score."""
        head = ("score", ">error rate", ">mean", ">RMS", ">mean relative", ">worst seen", ">worst possible")
        rows = [
            (
                str(number),
                f"{error.error_rate:.3f}",
                f"{error.mean:.4g}",
                f"{error.rms:.4g}",
                f"{error.mean_relative:.3g}",
                f"{error.worst_seen:,}",
                f"{error.worst:,}" if error.worst_is_exact else f"at most {error.worst:,}",
            )
            for number, error in enumerate(self.errors)
        ]
        remark = (
            "Distances from the exact sums in units of their last bit, on the training rows, before edits of gates."
        )
        return Section("Errors of the scores", head, rows, remark)


def sum_errors(exact: IntegerModel, model: IntegerModel, words: IntArray) -> SumErrors | None:
    """Error figures of each score before its low bits are dropped; None unless both models are weighted sums.

    Parameters
    ----------
    exact, model : IntegerModel
        With the same inputs and number of scores.
    words : ndarray of int64, shape (n_rows, n_features)
    """
    if not (exact.has_only(Affine) and model.has_only(Affine)):
        return None
    wanted, found = _last_sums(exact, words), _last_sums(model, words)
    worst, is_exact = _worst(exact, model)
    return SumErrors(
        tuple(
            _figures(wanted[:, column], found[:, column], worst[column], is_exact=is_exact)
            for column in range(wanted.shape[1])
        )
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


def _last(model: IntegerModel) -> Affine:
    return model.all_stages(Affine, "sum errors")[-1]


def _last_sums(model: IntegerModel, words: IntArray) -> IntArray:
    return _last(model).sums(model.stage_inputs(words)[-1])


def _worst(exact: IntegerModel, model: IntegerModel) -> tuple[list[int], bool]:
    """Largest error distance per score, and whether some input reaches it.

    It does where both sums read the inputs directly, or where there are so few input bits that all inputs are tried.
    """
    if len(exact.stages) == len(model.stages) == 1 and exact.coding.bits == model.coding.bits:
        ranges = difference(_last(exact), _last(model)).sum_intervals(exact.coding.intervals())
        return [max(-part.low, part.high) for part in ranges], True
    if exact.coding.bits == model.coding.bits and sum(exact.coding.bits) <= MAX_EXHAUSTIVE_BITS:
        words = every_input(exact.coding.bits)
        distance = np.abs(_last_sums(model, words) - _last_sums(exact, words))
        return [int(largest) for largest in distance.max(axis=0)], True
    pairs = zip(_ranges(exact), _ranges(model), strict=True)
    return [max(found.high - wanted.low, wanted.high - found.low) for wanted, found in pairs], False


def _ranges(model: IntegerModel) -> tuple[Interval, ...]:
    return _last(model).sum_intervals(model.ranges[-2])


def difference(exact: Affine, layer: Affine) -> Affine:
    """Sums of ``layer`` less those of ``exact``, which read the same inputs."""
    return Affine(
        np.hstack([layer.weights, -exact.weights]),
        layer.biases - exact.biases,
        "identity",
        exact.frac_bits,
        np.concatenate([layer.sources, exact.sources]),
        np.concatenate([layer.masks, exact.masks]),
    )
