"""Pipelines and fitted searches: the estimator inside, and the scaling in front of it as affine steps."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from bespoke.errors import FeatureCountError, ModelFileError, NotFittedModelError, UnsupportedModelError
from bespoke.frontend.attributes import Estimator, fitted, malformed
from bespoke.frontend.floatmodel import FloatArray, check_finite

SEARCHES = ("GridSearchCV", "RandomizedSearchCV", "HalvingGridSearchCV", "HalvingRandomSearchCV")
# A clip counts as idle where it cuts off less than this share of a feature's span.
_CLIP_TOLERANCE = 1e-9
_MOST_STEPS = 1000


@dataclass(frozen=True, eq=False)
class InputRange:
    """Feature value of 0 and width of [0, 1) of the input coding, each of shape (n_features,)."""

    low: FloatArray
    span: FloatArray

    @property
    def high(self) -> FloatArray:
        """Feature value of 1."""
        return self.low + self.span


@dataclass(frozen=True, eq=False)
class AffineStep:
    """``z = (x - center) / divisor * factor + offset`` per feature, in the order in which scikit-learn computes.

    Attributes
    ----------
    center, divisor, factor, offset : ndarray of float64, shape (n_features,)
    where : str
        The scaler, for messages.
    clip : InputRange or None
        Range of ``x`` in which clipping inside the scaler is idle; None for no clipping.
    """

    center: FloatArray
    divisor: FloatArray
    factor: FloatArray
    offset: FloatArray
    where: str = ""
    clip: InputRange | None = None

    @staticmethod
    def to_unit(source: InputRange) -> AffineStep:
        """Min-max scaling of a range."""
        return AffineStep(source.low, source.span, np.ones_like(source.span), np.zeros_like(source.span))

    @property
    def parts(self) -> tuple[FloatArray, ...]:
        """All that the step computes with."""
        return self.center, self.divisor, self.factor, self.offset

    def apply(self, features: FloatArray) -> FloatArray:
        """Scaled features, shape (n_samples, n_features) or (n_features,)."""
        return (features - self.center) / self.divisor * self.factor + self.offset

    def of_feature(self, feature: int) -> AffineStep:
        """The step of one feature alone, without clipping."""
        center, divisor, factor, offset = (part[feature : feature + 1] for part in self.parts)
        return AffineStep(center, divisor, factor, offset)

    def invert(self, scaled: FloatArray) -> FloatArray:
        """Features for scaled ones."""
        return (scaled - self.offset) / self.factor * self.divisor + self.center


@dataclass(frozen=True, eq=False)
class Scaling:
    """Affine steps from a pipeline's inputs to its estimator's inputs.

    Attributes
    ----------
    steps : tuple of AffineStep
    range : InputRange or None
        Range to which the first MinMaxScaler was fitted, in the units of the pipeline's inputs.
    """

    steps: tuple[AffineStep, ...] = ()
    range: InputRange | None = None

    def apply(self, features: FloatArray) -> FloatArray:
        """Inputs of the estimator, clipping left out."""
        for step in self.steps:
            features = step.apply(features)
        return features

    def of_feature(self, feature: int) -> Scaling:
        """The scaling of one feature alone, without clips and range."""
        return Scaling(tuple(step.of_feature(feature) for step in self.steps))

    def slope(self) -> FloatArray | float:
        """Derivative of the estimator's inputs by the pipeline's inputs, shape (n_features,)."""
        slope: FloatArray | float = 1.0
        for step in self.steps:
            slope = slope * step.factor / step.divisor
        return slope

    def after_unit(self, unit: InputRange) -> Scaling:
        """The same scaling behind a min-max scaling to ``unit``; the range is that of ``unit``."""
        return Scaling((AffineStep.to_unit(unit), *self.steps), unit)

    def check_clips(self, coding: InputRange) -> None:
        """Refuse clipping that the input coding does not do anyway.

        Raises
        ------
        UnsupportedModelError
        """
        for position, step in enumerate(self.steps):
            front = Scaling(self.steps[:position])
            low, high = front.apply(coding.low), front.apply(coding.high)
            slack = _CLIP_TOLERANCE * (high - low)
            if step.clip and (np.any(low < step.clip.low - slack) or np.any(high > step.clip.high + slack)):
                raise UnsupportedModelError(
                    "clipping inside the range of the circuit's inputs",
                    where=step.where,
                    got="clip=True",
                    allowed="clip=False, or clip=True in the pipeline's only MinMaxScaler",
                )


@dataclass(frozen=True, eq=False)
class Unwrapped:
    """What stands inside pipelines and searches.

    Attributes
    ----------
    estimator : object
        The final estimator.
    scaling : Scaling
    is_bare : bool
        Whether there was no pipeline, so that nothing says how the estimator's inputs are scaled.
    """

    estimator: Any
    scaling: Scaling
    is_bare: bool


def unwrap(model: Estimator) -> Unwrapped:
    """Open pipelines and fitted searches.

    Raises
    ------
    UnsupportedModelError
        If a step is not one of the supported scalers.
    NotFittedModelError
        If a search or a scaler was not fitted.
    """
    with malformed(type(model).__name__):
        estimator, transformers, is_bare = _opened(model)
        if not is_bare and (estimator is None or isinstance(estimator, str)):
            raise UnsupportedModelError("no estimator", where="Pipeline", got=f"last step {estimator!r}")
        return Unwrapped(estimator, _fold(transformers), is_bare)


def _opened(model: Estimator) -> tuple[Estimator, list[tuple[str, Estimator]], bool]:
    """Innermost estimator, the transformers in front of it, and whether there was no pipeline."""
    transformers: list[tuple[str, Any]] = []
    is_bare = True
    pending: list[tuple[str, Any]] = [("", model)]  # what computes first is last
    for _ in range(_MOST_STEPS):
        name, step = pending.pop()
        if _is_a(step, ("Pipeline",)):
            is_bare = False
            outer = f"{name}." if pending else ""
            pending += [(outer + inner, part) for inner, part in reversed(step.steps)]
        elif not pending and not _is_a(step, SEARCHES):
            return step, transformers, is_bare
        elif not pending:
            pending.append(("", _best_estimator(step)))
        elif step is not None and step != "passthrough":
            transformers.append((name, step))
    # A model file can hold a pipeline that is among its own steps; it would be opened for ever.
    raise UnsupportedModelError("a pipeline with too many steps", got="more", allowed=f"at most {_MOST_STEPS}")


def _is_a(model: object, names: tuple[str, ...]) -> bool:
    kind = type(model)
    return kind.__name__ in names and kind.__module__.startswith("sklearn.")


def _best_estimator(search: Estimator) -> Estimator:
    name = type(search).__name__
    if not hasattr(search, "best_estimator_"):
        raise NotFittedModelError(
            "no best estimator", where=name, got=f"refit={search.refit}", allowed="a search fitted with refit=True"
        )
    return search.best_estimator_


def _fold(transformers: list[tuple[str, Any]]) -> Scaling:
    steps: list[AffineStep] = []
    fitted_to = None
    for name, scaler in transformers:
        kind = type(scaler).__name__
        if not _is_a(scaler, tuple(_SCALERS)):
            raise UnsupportedModelError(
                "unsupported pipeline step", where=f"step {name!r}", got=kind, allowed=", ".join(_SCALERS)
            )
        step = _checked_step(scaler, f"step {name!r} ({kind})")
        if steps and len(step.center) != len(steps[0].center):
            got = len(step.center)
            raise FeatureCountError("pipeline steps differ in the number of features", where=step.where, got=got)
        if getattr(scaler, "clip", False):
            step = replace(step, clip=_CLIP_RANGE[kind](scaler, step))
        if kind == "MinMaxScaler" and fitted_to is None:
            fitted_to = _pulled_back(steps, _fitted_range(scaler, step))
        steps.append(step)
    return Scaling(tuple(steps), fitted_to)


def _checked_step(scaler: Estimator, where: str) -> AffineStep:
    """Step of fitted attributes; those not named, or None (an option switched off), are neutral."""
    count = fitted(scaler, "n_features_in_")
    parts = {part: np.full(count, neutral) for part, neutral in _NEUTRAL.items()}
    for part, (attribute, switch) in _SCALERS[type(scaler).__name__].items():
        values = fitted(scaler, attribute) if not switch or getattr(scaler, switch) else None
        if values is not None:
            parts[part] = np.atleast_1d(np.asarray(values, dtype=np.float64))
    step = AffineStep(parts["center"], parts["divisor"], parts["factor"], parts["offset"], where)
    shapes = [array.shape for array in step.parts]
    if len(set(shapes)) > 1 or step.center.ndim != 1:
        raise ModelFileError("scaler arrays differ in shape", where=where, got=shapes)
    for array in step.parts:
        check_finite(array, where)
    if np.any(step.divisor <= 0) or np.any(step.factor <= 0):
        raise ModelFileError("a scale must be positive", where=where, got=min(step.divisor.min(), step.factor.min()))
    return step


def _fitted_range(scaler: Estimator, step: AffineStep) -> InputRange:
    """Range of the scaler's input that maps to its feature_range; of width 1 or more for a constant feature."""
    low, high = scaler.feature_range
    return InputRange(np.atleast_1d(np.asarray(fitted(scaler, "data_min_"), np.float64)), (high - low) / step.factor)


def _pulled_back(steps: list[AffineStep], image: InputRange) -> InputRange:
    low, high = image.low, image.high
    for step in reversed(steps):
        low, high = step.invert(low), step.invert(high)
    return image if not steps else InputRange(low, high - low)


_NEUTRAL = {"center": 0.0, "divisor": 1.0, "factor": 1.0, "offset": 0.0}
# Fitted attribute of each part of a step, and the option that switches it off, if any.
_SCALERS = {
    "MinMaxScaler": {"factor": ("scale_", ""), "offset": ("min_", "")},
    "StandardScaler": {"center": ("mean_", "with_mean"), "divisor": ("scale_", "with_std")},
    "MaxAbsScaler": {"divisor": ("scale_", "")},
    "RobustScaler": {"center": ("center_", "with_centering"), "divisor": ("scale_", "with_scaling")},
}
_CLIP_RANGE: dict[str, Callable[[Any, AffineStep], InputRange]] = {
    "MinMaxScaler": _fitted_range,
    "MaxAbsScaler": lambda _, step: InputRange(-step.divisor, 2 * step.divisor),
}
