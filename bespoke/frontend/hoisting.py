"""Scalers that a pipeline applies to its inputs, wherever they stand: out of the view, into a `Scaling`."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from itertools import takewhile

import numpy as np

from bespoke.frontend.floatmodel import FloatArray
from bespoke.frontend.scaling import NEVER, AffineStep, InputRange, Scaling
from bespoke.frontend.view import Column, Line, View


def hoisted(view: View) -> tuple[Scaling, View]:
    """The scalers that all columns of a feature begin with, and what remains of the view.

    Selecting features and then scaling them is the same as scaling all and then selecting: features that no scaler
    reads are scaled by 1.
    """
    fronts = {source: _common_lines(view.columns, source) for source in {column.source for column in view.columns}}
    depth = max(map(len, fronts.values()), default=0)
    steps = tuple(
        _step([fronts.get(source, ())[i : i + 1] for source in range(view.input_count)]) for i in range(depth)
    )
    columns = tuple(replace(column, maps=column.maps[len(fronts[column.source]) :]) for column in view.columns)
    return Scaling(steps, _range(fronts, view.input_count)), replace(view, columns=columns)


def _common_lines(columns: Sequence[Column], source: int) -> tuple[Line, ...]:
    """Lines with which all columns of a feature begin."""
    chains = [column.maps for column in columns if column.source == source]
    together = takewhile(lambda maps: type(maps[0]) is Line and len(set(maps)) == 1, zip(*chains, strict=False))
    return tuple(maps[0] for maps in together if type(maps[0]) is Line)


def _step(lines: Sequence[tuple[Line, ...]]) -> AffineStep:
    """One line or none for each feature as a step of all features."""
    filled = [line[0] if line else Line(0.0, 1.0, 1.0, 0.0) for line in lines]
    center, divisor, factor, offset = np.array([line.parts for line in filled]).T
    where = next(line.where for (line,) in filter(None, lines))
    clip = None
    if any(line.clip for line in filled):
        low, high = np.array([line.clip or (-NEVER, NEVER) for line in filled]).T
        clip = InputRange(low, high - low)
    return AffineStep(center, divisor, factor, offset, where, clip)


def _range(fronts: dict[int, tuple[Line, ...]], count: int) -> InputRange | None:
    """Range to which the first MinMaxScaler of each feature was fitted, in raw units; not a number without one."""
    low, high = (np.full(count, np.nan) for _ in range(2))
    for source, lines in fronts.items():
        ends = _fitted_ends(lines)
        if ends is not None:
            low[source], high[source] = ends
    return None if np.isnan(low).all() else InputRange(low, high - low)


def _fitted_ends(lines: tuple[Line, ...]) -> FloatArray | None:
    position = next((i for i, line in enumerate(lines) if line.fitted_to), None)
    if position is None:
        return None
    ends = np.array(lines[position].fitted_to)
    for line in reversed(lines[:position]):
        ends = (ends - line.offset) / line.factor * line.divisor + line.center
    return ends
