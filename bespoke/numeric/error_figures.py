"""Figures of how far approximate results are from exact ones."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from fractions import Fraction
from math import sqrt
from typing import Any, Literal, NamedTuple

import numpy as np
from numpy.typing import NDArray

Integers = NDArray[np.int64]
Method = Literal["exhaustive", "convolution", "sampling"]


class Relative(NamedTuple):
    """Error distances over the magnitude of the exact result.

    Attributes
    ----------
    mean : float
        Mean of ``|error| / max(1, |exact|)``.
    mean_nonzero : float
        Mean of ``|error| / |exact|`` over inputs whose exact result is not 0.
    worst : float
        Largest ``|error| / |exact|`` over these inputs.
    """

    mean: float
    mean_nonzero: float
    worst: float


@dataclass(frozen=True, slots=True)
class ErrorFigures:
    """Figures of ``error = approximate - exact`` over inputs, which count alike or by given shares.

    The definitions are those of Liang, Han and Lombardi, "New Metrics for the Reliability of Approximate and
    Probabilistic Adders", IEEE TC 62, 2013; fractions are exact over the inputs that were looked at.

    Attributes
    ----------
    method : {"exhaustive", "convolution", "sampling"}
        How they were found: by looking at each input; from the distributions of parts, which is exact too; or by
        looking at some inputs, so that the figures are estimates and the worst case is the worst one seen.
    inputs : int
        Number of inputs.
    error_rate : Fraction
        Share of inputs with an error.
    mean, mean_absolute, mean_square : Fraction
        Of the error, of its magnitude, and of its square.
    lowest, highest : int
        Extreme errors; ``lowest <= 0 <= highest``.
    relative : Relative or None
        None where it was not asked for.
    """

    method: Method
    inputs: int
    error_rate: Fraction
    mean: Fraction
    mean_absolute: Fraction
    mean_square: Fraction
    lowest: int
    highest: int
    relative: Relative | None = None

    @property
    def worst(self) -> int:
        """Largest magnitude of an error."""
        return max(-self.lowest, self.highest)

    @property
    def variance(self) -> Fraction:
        """Variance of the error."""
        return self.mean_square - self.mean**2

    @property
    def rms(self) -> float:
        """Root of the mean square of the error."""
        return sqrt(self.mean_square)

    def to_json(self) -> dict[str, Any]:
        """Plain-data form."""
        names = ("error_rate", "mean", "mean_absolute", "variance", "rms")
        data: dict[str, Any] = {"method": self.method, "inputs": self.inputs}
        data |= {name: float(getattr(self, name)) for name in names}
        data["worst"] = self.worst
        if self.relative is not None:
            data |= {
                "mean_relative": self.relative.mean,
                "mean_relative_nonzero": self.relative.mean_nonzero,
                "worst_relative": self.relative.worst,
            }
        return data


def figures_of_distribution(errors: Iterable[int], counts: Iterable[int], method: Method) -> ErrorFigures:
    """Figures from each error that occurs and the number of inputs that have it; relative ones are left out."""
    pairs = [(error, count) for error, count in zip(errors, counts, strict=True) if count]
    total = sum(count for _, count in pairs)
    return ErrorFigures(
        method,
        total,
        Fraction(sum(count for error, count in pairs if error), total),
        Fraction(sum(error * count for error, count in pairs), total),
        Fraction(sum(abs(error) * count for error, count in pairs), total),
        Fraction(sum(error * error * count for error, count in pairs), total),
        min(0, *(error for error, _ in pairs)) if pairs else 0,
        max(0, *(error for error, _ in pairs)) if pairs else 0,
    )


def figures_of_shares(errors: Integers, shares: NDArray[np.float64], inputs: int) -> ErrorFigures:
    """Figures from errors and the share of the inputs that have each, both of shape (n,).

    The extreme errors are taken to occur, however small their shares. The other figures are as exact as these shares,
    which a convolution gives to double precision.
    """
    sizes = np.abs(errors)
    of_interest = (errors != 0, errors, sizes, sizes.astype(np.float64) ** 2)
    rate, mean, mean_absolute, mean_square = (Fraction(float(shares @ each)) for each in of_interest)
    lowest, highest = int(errors.min(initial=0)), int(errors.max(initial=0))
    return ErrorFigures("convolution", inputs, rate, mean, mean_absolute, mean_square, lowest, highest)


def figures_of_pairs(exact: Integers, approximate: Integers, method: Method) -> ErrorFigures:
    """Figures of results, shape (n,), of the same inputs."""
    errors, counts = np.unique(approximate - exact, return_counts=True)
    figures = figures_of_distribution(errors.tolist(), counts.tolist(), method)
    return replace(figures, relative=_relative(exact, np.abs(approximate - exact)))


def _relative(exact: Integers, distances: Integers) -> Relative:
    size = np.abs(exact)
    shares = distances / np.maximum(size, 1)
    inside = shares[size > 0]
    if not len(inside):
        return Relative(float(shares.mean()) if len(shares) else 0.0, 0.0, 0.0)
    return Relative(float(shares.mean()), float(inside.mean()), float(inside.max()))
