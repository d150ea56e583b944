"""Scalers in front of a model: affine steps of each feature, and the range that they say."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from bespoke.errors import UnsupportedModelError
from bespoke.frontend.floatmodel import FloatArray

# Either end of a clip that never bites; their difference is a float, too.
NEVER = np.finfo(np.float64).max / 4
# A clip counts as idle where it cuts off less than this share of a feature's span.
_CLIP_TOLERANCE = 1e-9


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
        Range to which the first MinMaxScaler was fitted, in the units of the pipeline's inputs; not a number for
        features without one.
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

    def range_or(self, data: InputRange) -> InputRange:
        """The range, and that of the data for features without one."""
        if self.range is None:
            return data
        given = np.isfinite(self.range.low)
        return InputRange(np.where(given, self.range.low, data.low), np.where(given, self.range.span, data.span))

    def clipped(self, count: int) -> NDArray[np.bool_]:
        """Which of so many features a step clips, shape (n_features,)."""
        found = np.zeros(count, dtype=bool)
        for step in self.steps:
            found |= step.clip.span < NEVER if step.clip else False
        return found

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
