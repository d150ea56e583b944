"""Scalers: an affine function of each feature."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from bespoke.errors import ModelFileError
from bespoke.frontend.floatmodel import FloatArray, check_finite
from bespoke.frontend.steps import Step, StepReader
from bespoke.frontend.view import Line, View

_Ends = tuple[FloatArray, FloatArray]


def read_scaler(step: Step) -> View:
    """Outputs scaled one by one; attributes not named in the table, or None (an option switched off), are neutral."""
    count = step.fitted("n_features_in_")
    parts = {part: np.full(count, neutral) for part, neutral in _NEUTRAL.items()}
    for part, (attribute, switch) in _SCALERS[step.kind].items():
        values = step.fitted(attribute) if not switch or getattr(step.transformer, switch) else None
        if values is not None:
            parts[part] = np.atleast_1d(np.asarray(values, dtype=np.float64))
    _check(parts, step.where)
    step.check_count(len(parts["center"]))
    clips = _CLIP_ENDS[step.kind](step.transformer, parts) if getattr(step.transformer, "clip", False) else None
    fitted_to = _fitted_ends(step.transformer, parts) if step.kind == "MinMaxScaler" else None
    lines = []
    for feature in range(count):
        center, divisor, factor, offset = (float(part[feature]) for part in parts.values())
        ends = _pair(clips, feature), _pair(fitted_to, feature)
        lines.append(Line(center, divisor, factor, offset, step.where, *ends))
    return step.view.mapped(lines)


def _check(parts: dict[str, FloatArray], where: str) -> None:
    shapes = [array.shape for array in parts.values()]
    if len(set(shapes)) > 1 or len(shapes[0]) != 1:
        raise ModelFileError("scaler arrays differ in shape", where=where, got=shapes)
    for array in parts.values():
        check_finite(array, where)
    smallest = min(parts["divisor"].min(), parts["factor"].min())
    if smallest <= 0:
        raise ModelFileError("a scale must be positive", where=where, got=smallest)


def _fitted_ends(scaler: Any, parts: dict[str, FloatArray]) -> _Ends:  # noqa: ANN401  an object of scikit-learn
    """Range of the scaler's input that maps to its feature_range; of width 1 or more for a constant feature."""
    low, high = scaler.feature_range
    start = np.atleast_1d(np.asarray(scaler.data_min_, np.float64))
    return start, start + (high - low) / parts["factor"]


def _pair(ends: _Ends | None, feature: int) -> tuple[float, float] | None:
    return (float(ends[0][feature]), float(ends[1][feature])) if ends else None


_NEUTRAL = {"center": 0.0, "divisor": 1.0, "factor": 1.0, "offset": 0.0}
# Fitted attribute of each part of a line, and the option that switches it off, if any.
_SCALERS = {
    "MinMaxScaler": {"factor": ("scale_", ""), "offset": ("min_", "")},
    "StandardScaler": {"center": ("mean_", "with_mean"), "divisor": ("scale_", "with_std")},
    "MaxAbsScaler": {"divisor": ("scale_", "")},
    "RobustScaler": {"center": ("center_", "with_centering"), "divisor": ("scale_", "with_scaling")},
}
_CLIP_ENDS: dict[str, Callable[[Any, dict[str, FloatArray]], _Ends]] = {
    "MinMaxScaler": _fitted_ends,
    "MaxAbsScaler": lambda _, parts: (-parts["divisor"], parts["divisor"]),
}
SCALERS: dict[str, StepReader] = dict.fromkeys(_SCALERS, read_scaler)
