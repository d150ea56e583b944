"""Tests of trees that are no thresholds: columns of 0, where a row goes left, and 1."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

FloatArray = NDArray[np.float64]
# Of a feature with more whole numbers than this no word has a category of its own.
_MOST_NAMED = 1 << 16


@dataclass(frozen=True)
class Membership:
    """0 where a feature has one of some values, such as categories.

    Attributes
    ----------
    feature : int
    members, others : tuple of float
        Values at which the column is 0, and further values at which it is 1.
    otherwise : {0, 1}
        What it is at values in neither.
    truncates : bool
        Whether a value counts as the whole number that is left of it without its fraction.
    """

    feature: int
    members: tuple[float, ...]
    others: tuple[float, ...] = ()
    otherwise: int = 1
    truncates: bool = False

    @property
    def known(self) -> tuple[float, ...]:
        """Values that the test names."""
        return (*self.members, *self.others)

    def named(self, grid: FloatArray, known: FloatArray) -> tuple[FloatArray, ...]:
        """Values whose words get what the column is at them, those that win last.

        They are whole numbers from the least value on the grid of the inputs to one above the greatest, and the known
        ones.
        """
        first, last = np.floor(grid[0]), np.ceil(grid[-1])
        whole = np.arange(first, last + 1) if last - first < _MOST_NAMED else np.zeros(0)
        return whole, known

    def column(self, values: NDArray[Any]) -> FloatArray:
        """The column, shape (n_samples,), of values of the feature (n_samples,)."""
        read = np.trunc(values) if self.truncates else values
        rest = np.isin(read, self.others).astype(np.float64) if not self.otherwise else np.ones(len(read))
        return np.asarray(np.where(np.isin(read, self.members), 0.0, rest), dtype=np.float64)

    def meant(self, grid: FloatArray, known: FloatArray) -> FloatArray:
        """Value that a word stands for, by the ascending values of the words on the grid of the inputs.

        It is the next known value (ascending) or whole number at or below that on the grid.
        """
        ends = np.concatenate([[-np.inf], known])
        found: FloatArray = np.maximum(ends[np.searchsorted(ends, grid, side="right") - 1], np.floor(grid))
        return found


@dataclass(frozen=True)
class ZeroElsewhere:
    """0 where a feature is at most a bound, but for zeros, which go to a side of their own.

    Attributes
    ----------
    feature : int
    bound : float
    side : {0, 1}
        What the column is at zeros.
    zero : float
        Largest magnitude of a zero.
    """

    feature: int
    bound: float
    side: int
    zero: float

    @property
    def known(self) -> tuple[float, ...]:
        """None."""
        return ()

    def named(self, _grid: FloatArray, _known: FloatArray) -> tuple[FloatArray, ...]:
        """None: the words have the values that they stand for."""
        return ()

    def column(self, values: NDArray[Any]) -> FloatArray:
        """The column, shape (n_samples,), of values of the feature (n_samples,)."""
        column = np.where(np.abs(values) <= self.zero, float(self.side), values > self.bound)
        return np.asarray(column, dtype=np.float64)

    def meant(self, grid: FloatArray, _known: FloatArray) -> FloatArray:
        """The values on the grid themselves."""
        return grid


@dataclass(frozen=True)
class Behind:
    """A test of what a function makes of a feature.

    Attributes
    ----------
    feature : int
    function : callable
        Values of the feature (n_samples,) -> values that are tested.
    test : Membership, ZeroElsewhere or Behind
        Its own feature is not read.
    precision : type
        Of the values that are tested.
    """

    feature: int
    function: Callable[[FloatArray], FloatArray]
    test: ColumnTest
    precision: type[np.floating[Any]]

    @property
    def known(self) -> tuple[float, ...]:
        """None: what the test names is no value of the feature."""
        return ()

    def named(self, _grid: FloatArray, _known: FloatArray) -> tuple[FloatArray, ...]:
        """None: the function says what each word stands for."""
        return ()

    def column(self, values: NDArray[Any]) -> FloatArray:
        """The column, shape (n_samples,), of values of the feature (n_samples,)."""
        return self.test.column(self.function(values).astype(self.precision))

    def meant(self, grid: FloatArray, _known: FloatArray) -> FloatArray:
        """The values on the grid themselves."""
        return grid


ColumnTest = Membership | ZeroElsewhere | Behind
