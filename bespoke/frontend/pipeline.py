"""Pipelines and fitted searches: the estimator inside, and the scaling in front of it as affine steps."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from bespoke.errors import FeatureCountError, ModelFileError, NotFittedModelError, UnsupportedModelError
from bespoke.frontend.attributes import Estimator, fitted, malformed
from bespoke.frontend.floatmodel import FloatArray, check_finite

SEARCHES = ("GridSearchCV", "RandomizedSearchCV", "HalvingGridSearchCV", "HalvingRandomSearchCV")
# A clip counts as idle where it cuts off less than this share of a feature's span.
_CLIP_TOLERANCE = 1e-9
_MOST_STEPS = 1000


@dataclass(frozen=True, eq=False)
class AffineStep:
    """``z = (x - center) / divisor * factor + offset`` per feature, in the order in which scikit-learn computes.

    Each is an ndarray of float64 of shape (n_features,).
    """

    center: FloatArray
    divisor: FloatArray
    factor: FloatArray
    offset: FloatArray

    def apply(self, features: FloatArray) -> FloatArray:
        """Scaled features, shape (n_samples, n_features) or (n_features,)."""
        scaled: FloatArray = (features - self.center) / self.divisor * self.factor + self.offset
        return scaled

    def of_feature(self, feature: int) -> AffineStep:
        """The step of one feature alone."""
        one = slice(feature, feature + 1)
        return AffineStep(self.center[one], self.divisor[one], self.factor[one], self.offset[one])

    def invert(self, scaled: FloatArray) -> FloatArray:
        """Features for scaled ones."""
        features: FloatArray = (scaled - self.offset) / self.factor * self.divisor + self.center
        return features


@dataclass(frozen=True, eq=False)
class Clip:
    """Clipping inside a scaler: it is idle where that scaler's input lies in [low, high]."""

    position: int
    name: str
    low: FloatArray
    high: FloatArray


@dataclass(frozen=True, eq=False)
class InputRange:
    """Feature value of 0 and width of [0, 1) of the input coding, each of shape (n_features,)."""

    low: FloatArray
    span: FloatArray


@dataclass(frozen=True, eq=False)
class Scaling:
    """Affine steps from a pipeline's inputs to its estimator's inputs.

    Attributes
    ----------
    steps : tuple of AffineStep
    clips : tuple of Clip
    range : InputRange or None
        Range to which the first MinMaxScaler was fitted, in the units of the pipeline's inputs.
    """

    steps: tuple[AffineStep, ...] = ()
    clips: tuple[Clip, ...] = ()
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
        one = np.ones_like(unit.span)
        first = AffineStep(unit.low, unit.span, one, np.zeros_like(one))
        clips = tuple(Clip(clip.position + 1, clip.name, clip.low, clip.high) for clip in self.clips)
        return Scaling((first, *self.steps), clips, unit)

    def check_clips(self, coding: InputRange) -> None:
        """Refuse clipping that the input coding does not do anyway.

        Raises
        ------
        UnsupportedModelError
        """
        for clip in self.clips:
            front = Scaling(self.steps[: clip.position])
            low, high = front.apply(coding.low), front.apply(coding.low + coding.span)
            slack = _CLIP_TOLERANCE * (high - low)
            if np.any(low < clip.low - slack) or np.any(high > clip.high + slack):
                raise UnsupportedModelError(
                    "clipping inside the range of the circuit's inputs",
                    where=clip.name,
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
        return Unwrapped(estimator, _fold(_flat(transformers)), is_bare)


def _opened(model: Estimator) -> tuple[Estimator, list[tuple[str, Estimator]], bool]:
    """Innermost estimator, the transformers in front of it, and whether there was no pipeline."""
    transformers: list[tuple[str, Any]] = []
    is_bare = True
    for _ in range(_MOST_STEPS):
        if _is_a(model, SEARCHES):
            model = _best_estimator(model)
        elif _is_a(model, ("Pipeline",)):
            is_bare = False
            transformers += model.steps[:-1]
            model = model.steps[-1][1]
        else:
            return model, transformers, is_bare
    raise _endless()


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


def _flat(steps: list[tuple[str, Any]]) -> list[tuple[str, Any]]:
    flat: list[tuple[str, Any]] = []
    pending = list(reversed(steps))
    for _ in range(_MOST_STEPS):
        if not pending:
            return flat
        name, step = pending.pop()
        if _is_a(step, ("Pipeline",)):
            pending += [(f"{name}.{inner}", part) for inner, part in reversed(step.steps)]
        elif step is not None and step != "passthrough":
            flat.append((name, step))
    raise _endless()


def _endless() -> UnsupportedModelError:
    """A model file can hold a pipeline that is among its own steps; it would be opened for ever."""
    return UnsupportedModelError("a pipeline with too many steps", got="more", allowed=f"at most {_MOST_STEPS}")


def _fold(transformers: list[tuple[str, Any]]) -> Scaling:
    scaling = Scaling()
    for name, scaler in transformers:
        kind = type(scaler).__name__
        if not _is_a(scaler, tuple(_SCALERS)):
            raise UnsupportedModelError(
                "unsupported pipeline step", where=f"step {name!r}", got=kind, allowed=", ".join(_SCALERS)
            )
        step = _SCALERS[kind](scaler)
        where = f"step {name!r} ({kind})"
        _check_step(step, where)
        count = len(step.center)
        if scaling.steps and count != len(scaling.steps[0].center):
            raise FeatureCountError("pipeline steps differ in the number of features", where=where, got=count)
        clips, range_ = scaling.clips, scaling.range
        if getattr(scaler, "clip", False):
            low, high = _CLIP_RANGE[kind](scaler, step)
            clips = (*clips, Clip(len(scaling.steps), where, low, high))
        if kind == "MinMaxScaler" and range_ is None:
            range_ = _pulled_back(scaling.steps, _fitted_range(scaler, step))
        scaling = Scaling((*scaling.steps, step), clips, range_)
    return scaling


def _check_step(step: AffineStep, where: str) -> None:
    parts = (step.center, step.divisor, step.factor, step.offset)
    if any(part.ndim != 1 or part.shape != step.center.shape for part in parts):
        raise ModelFileError("scaler arrays differ in shape", where=where, got=[part.shape for part in parts])
    for part in parts:
        check_finite(part, where)
    if np.any(step.divisor <= 0) or np.any(step.factor <= 0):
        raise ModelFileError("a scale must be positive", where=where, got=min(step.divisor.min(), step.factor.min()))


def _fitted_range(scaler: Estimator, step: AffineStep) -> InputRange:
    """Range of the scaler's input that maps to its feature_range; of width 1 or more for a constant feature."""
    low, high = scaler.feature_range
    return InputRange(_vector(fitted(scaler, "data_min_")), (high - low) / step.factor)


def _pulled_back(steps: tuple[AffineStep, ...], image: InputRange) -> InputRange:
    low, high = image.low, image.low + image.span
    for step in reversed(steps):
        low, high = step.invert(low), step.invert(high)
    return image if not steps else InputRange(low, high - low)


def _vector(values: ArrayLike) -> FloatArray:
    return np.atleast_1d(np.asarray(values, dtype=np.float64))


def _affine(
    scaler: Estimator,
    *,
    center: str | None = None,
    divisor: str | None = None,
    factor: str | None = None,
    offset: str | None = None,
) -> AffineStep:
    """Step of fitted attributes; those not named, or None (an option switched off), are neutral."""
    count = fitted(scaler, "n_features_in_")

    def part(name: str | None, neutral: float) -> FloatArray:
        values = None if name is None else fitted(scaler, name)
        return np.full(count, neutral) if values is None else _vector(values)

    return AffineStep(part(center, 0.0), part(divisor, 1.0), part(factor, 1.0), part(offset, 0.0))


_SCALERS: dict[str, Callable[[Any], AffineStep]] = {
    "MinMaxScaler": lambda s: _affine(s, factor="scale_", offset="min_"),
    "StandardScaler": lambda s: _affine(
        s, center="mean_" if s.with_mean else None, divisor="scale_" if s.with_std else None
    ),
    "MaxAbsScaler": lambda s: _affine(s, divisor="scale_"),
    "RobustScaler": lambda s: _affine(
        s, center="center_" if s.with_centering else None, divisor="scale_" if s.with_scaling else None
    ),
}


def _min_max_clip(scaler: Estimator, step: AffineStep) -> tuple[FloatArray, FloatArray]:
    fitted_range = _fitted_range(scaler, step)
    return fitted_range.low, fitted_range.low + fitted_range.span


_CLIP_RANGE: dict[str, Callable[[Any, AffineStep], tuple[FloatArray, FloatArray]]] = {
    "MinMaxScaler": _min_max_clip,
    "MaxAbsScaler": lambda _, step: (-step.divisor, step.divisor),
}
