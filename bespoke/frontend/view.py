"""What a pipeline hands from step to step: functions of single features, and weighted sums of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Protocol

import numpy as np

from bespoke.errors import UnsupportedModelError
from bespoke.frontend.floatmodel import FloatArray
from bespoke.model import IntArray


class Elementwise(Protocol):
    """A function of one number, as a step computes it."""

    @property
    def where(self) -> str:
        """The step, for messages."""

    @property
    def is_monotone(self) -> bool:
        """Whether it does not fall."""

    @property
    def line(self) -> tuple[float, float] | None:
        """Slope and value at 0 where it is affine."""

    @property
    def points(self) -> tuple[float, ...]:
        """Arguments that must keep their value when they are rounded to input words, such as categories."""

    def apply(self, values: FloatArray) -> FloatArray:
        """Values of the function."""


@dataclass(frozen=True)
class Line:
    """``(x - center) / divisor * factor + offset`` of one feature, in the order in which scikit-learn computes.

    Attributes
    ----------
    center, divisor, factor, offset : float
        ``divisor`` and ``factor`` are above 0.
    where : str
        The scaler, for messages.
    clip, fitted_to : tuple of (float, float) or None
        Values between which clipping inside the scaler is idle; the range of the data of a MinMaxScaler.
    """

    center: float
    divisor: float
    factor: float
    offset: float
    where: str = ""
    clip: tuple[float, float] | None = None
    fitted_to: tuple[float, float] | None = None

    @property
    def parts(self) -> tuple[float, float, float, float]:
        """All that it computes with."""
        return self.center, self.divisor, self.factor, self.offset

    @property
    def is_monotone(self) -> bool:
        """Yes, since its slope is positive."""
        return True

    @property
    def line(self) -> tuple[float, float] | None:
        """Slope and value at 0; none where it clips."""
        slope = self.factor / self.divisor
        return None if self.clip else (slope, self.offset - self.center * slope)

    @property
    def points(self) -> tuple[float, ...]:
        """None."""
        return ()

    def apply(self, values: FloatArray) -> FloatArray:
        """Scaled and clipped values."""
        kept = np.clip(values, *self.clip) if self.clip else values
        return (kept - self.center) / self.divisor * self.factor + self.offset


@dataclass(frozen=True)
class Column:
    """Functions of one feature, one after the other."""

    source: int
    maps: tuple[Elementwise, ...] = ()

    def then(self, function: Elementwise) -> Column:
        """The same column after another function."""
        return replace(self, maps=(*self.maps, function))

    def apply(self, values: FloatArray) -> FloatArray:
        """Values of the column, shape (n_samples,), for values of the feature."""
        for function in self.maps:
            values = function.apply(values)
        return values

    @property
    def where(self) -> str:
        """The last step, for messages."""
        return self.maps[-1].where if self.maps else "inputs"

    def line(self) -> tuple[float, float] | None:
        """Slope and value at 0 where all functions are affine."""
        slope, offset = 1.0, 0.0
        for function in self.maps:
            if function.line is None:
                return None
            slope, offset = slope * function.line[0], offset * function.line[0] + function.line[1]
        return slope, offset


@dataclass(frozen=True, eq=False)
class Mixing:
    """``weights @ columns + biases``.

    Attributes
    ----------
    weights : ndarray of float64, shape (n_outputs, n_columns)
    biases : ndarray of float64, shape (n_outputs,)
    where : str
        The first step that mixes columns, for messages.
    """

    weights: FloatArray
    biases: FloatArray
    where: str


@dataclass(frozen=True, eq=False)
class View:
    """Outputs of the steps of a pipeline as functions of its inputs.

    Attributes
    ----------
    input_count : int
    columns : tuple of Column
    mixing : Mixing or None
        Weighted sums of the columns, if a step made some; else the outputs are the columns.
    notes : tuple of str
        What the steps do only under a condition, one sentence each.
    """

    input_count: int
    columns: tuple[Column, ...]
    mixing: Mixing | None = None
    notes: tuple[str, ...] = field(default=())

    @staticmethod
    def plain(count: int) -> View:
        """The inputs as they are."""
        return View(count, tuple(Column(source) for source in range(count)))

    @property
    def output_count(self) -> int:
        """Number of outputs."""
        return len(self.mixing.biases) if self.mixing else len(self.columns)

    @property
    def is_plain(self) -> bool:
        """Whether the outputs are the inputs."""
        return not self.mixing and self.columns == View.plain(self.input_count).columns

    def apply(self, inputs: FloatArray) -> FloatArray:
        """Outputs, shape (n_samples, n_outputs), of inputs (n_samples, n_inputs)."""
        columns = [column.apply(inputs[:, column.source]) for column in self.columns]
        table = np.column_stack(columns) if columns else np.zeros((len(inputs), 0))
        return table @ self.mixing.weights.T + self.mixing.biases if self.mixing else table

    def noted(self, *notes: str) -> View:
        """The same view with further notes."""
        return replace(self, notes=tuple(dict.fromkeys((*self.notes, *notes))))

    def selected(self, outputs: Sequence[int] | IntArray) -> View:
        """Some of the outputs, in the order given."""
        kept = np.asarray(outputs, dtype=np.int64)
        if not self.mixing:
            return replace(self, columns=tuple(self.columns[j] for j in kept.tolist()))
        mixing = replace(self.mixing, weights=self.mixing.weights[kept], biases=self.mixing.biases[kept])
        return replace(self, mixing=mixing)

    def mapped(self, functions: Sequence[Elementwise]) -> View:
        """Outputs after one function each.

        Raises
        ------
        UnsupportedModelError
            If a function that is not affine follows weighted sums.
        """
        if not self.mixing:
            columns = tuple(column.then(f) for column, f in zip(self.columns, functions, strict=True))
            return replace(self, columns=columns)
        lines = [function.line for function in functions]
        if None in lines:
            where = functions[lines.index(None)].where
            fault = "not an affine step (clip=True counts as none) behind one that mixes features"
            raise UnsupportedModelError(fault, where=where, got=self.mixing.where, allowed="such a step in front of it")
        slopes, offsets = (np.array(part) for part in zip(*(line for line in lines if line), strict=True))
        weights = self.mixing.weights * slopes[:, np.newaxis]
        mixing = replace(self.mixing, weights=weights, biases=self.mixing.biases * slopes + offsets)
        return replace(self, mixing=mixing)

    def mixed(self, weights: FloatArray, biases: FloatArray, where: str) -> View:
        """Weighted sums of the outputs; ``weights`` has shape (n_new, n_outputs)."""
        if self.mixing:
            weights, biases = weights @ self.mixing.weights, biases + weights @ self.mixing.biases
            where = self.mixing.where
        return replace(self, mixing=Mixing(weights, biases, where))

    @staticmethod
    def side_by_side(views: Sequence[View]) -> View:
        """The outputs of several views of the same inputs, one after the other."""
        notes = tuple(dict.fromkeys(note for view in views for note in view.notes))
        columns = tuple(column for view in views for column in view.columns)
        count, mixing = views[0].input_count, None
        if any(view.mixing for view in views):
            weights = np.zeros((sum(view.output_count for view in views), len(columns)))
            row = first = 0
            for view in views:
                block = view.mixing.weights if view.mixing else np.eye(len(view.columns))
                weights[row : row + view.output_count, first : first + len(view.columns)] = block
                row, first = row + view.output_count, first + len(view.columns)
            biases = [view.mixing.biases if view.mixing else np.zeros(len(view.columns)) for view in views]
            where = next(view.mixing.where for view in views if view.mixing)
            mixing = Mixing(weights, np.concatenate(biases), where)
        return View(count, columns, mixing, notes)
