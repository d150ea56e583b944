"""How raw features become the integers at the circuit's inputs."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any, Literal, get_args

import numpy as np
from numpy.typing import ArrayLike, NDArray

from bespoke.errors import FeatureCountError, ModelFileError
from bespoke.numeric import Interval, real_number, whole_number

Rounding = Literal["floor", "nearest"]
ROUNDINGS: tuple[Rounding, ...] = get_args(Rounding)
MAX_INPUT_BITS = 16


@dataclass(frozen=True, slots=True)
class InputCoding:
    """Quantisation of raw features, as the converter in front of the circuit does it.

    Feature ``j`` is scaled to ``x01 = (x - low[j]) / span[j]`` and becomes the unsigned integer
    ``clip(floor(x01 * 2**bits[j]), 0, 2**bits[j] - 1)`` with ``rounding="floor"``; with ``"nearest"`` one
    half is added before the floor. The integer stands for ``x_int / 2**bits[j]``.

    Attributes
    ----------
    names : tuple of str
        Feature names as the data give them, (n_features,).
    bits : tuple of int
        Bits per feature, 0 to 16; 0 is a feature that the circuit sees as constant.
    low, span : tuple of float
        Raw value of 0 and raw width of [0, 1); in the unit of the feature.
    rounding : {"floor", "nearest"}
    controls : int
        How many of the features, the last ones, are not measured but set, such as a mode. Raw features may leave them
        out, and they are 0 then.
    """

    names: tuple[str, ...]
    bits: tuple[int, ...]
    low: tuple[float, ...]
    span: tuple[float, ...]
    rounding: Rounding = "floor"
    controls: int = 0

    def __post_init__(self) -> None:
        if len({len(self.names), len(self.bits), len(self.low), len(self.span)}) != 1:
            raise ModelFileError("feature lists differ in length", where="inputs")
        if not all(isinstance(name, str) for name in self.names):
            raise ModelFileError("feature names must be texts", where="inputs", got=self.names)
        if any(not 0 <= bits <= MAX_INPUT_BITS for bits in self.bits):
            raise ModelFileError(
                "input bits out of range", where="inputs", got=self.bits, allowed=f"0 to {MAX_INPUT_BITS}"
            )
        if not (np.isfinite(self.low).all() and np.isfinite(self.span).all() and np.all(np.array(self.span) > 0)):
            raise ModelFileError("scaling must be finite with a positive span", where="inputs")
        if self.rounding not in ROUNDINGS:
            raise ModelFileError("unknown rounding", where="inputs", got=self.rounding, allowed=", ".join(ROUNDINGS))
        if not 0 <= self.controls <= len(self.names):
            allowed = f"0 to {len(self.names)}"
            raise ModelFileError("controls out of range", where="inputs", got=self.controls, allowed=allowed)

    @property
    def feature_count(self) -> int:
        """Number of features."""
        return len(self.names)

    @property
    def measured_count(self) -> int:
        """Number of features that data have: all but the controls."""
        return len(self.names) - self.controls

    def intervals(self) -> tuple[Interval, ...]:
        """Range of each input word."""
        return tuple(Interval.unsigned(bits) for bits in self.bits)

    def quantise(self, features: ArrayLike) -> NDArray[np.int64]:
        """Integers for raw features.

        Parameters
        ----------
        features : array_like of float, shape (n_samples, n_features)
            Or without the controls.

        Returns
        -------
        ndarray of int64, shape (n_samples, n_features)

        Raises
        ------
        FeatureCountError
            If the number of columns is not that of the model.
        """
        given = np.asarray(features, dtype=np.float64)
        if self.controls and given.ndim == 2 and given.shape[1] == self.measured_count:
            given = np.hstack([given, np.zeros((len(given), self.controls))])
        raw = feature_table(given, self.feature_count)
        steps = np.ldexp(1.0, np.array(self.bits, dtype=np.int64))
        unit = (raw - np.array(self.low)) / np.array(self.span)
        offset = 0.5 if self.rounding == "nearest" else 0.0
        return np.asarray(np.clip(np.floor(unit * steps + offset), 0, steps - 1), dtype=np.int64)

    def in_mode(self, words: NDArray[np.int64], mode: int) -> NDArray[np.int64]:
        """The words, shape (n_samples, n_features), with the controls at a mode."""
        is_control = np.arange(self.feature_count) >= self.measured_count
        return np.where(is_control, mode, words)

    def at_level(self, feature: int, level: int) -> float:
        """Where a feature, in its own unit, reaches an integer of its grid."""
        early = 0.5 if self.rounding == "nearest" else 0.0
        return self.low[feature] + (level - early) * self.span[feature] * 2.0 ** -self.bits[feature]

    def to_json(self) -> dict[str, Any]:
        """Plain-data form; controls are left out where there are none."""
        data = asdict(self)
        return data if self.controls else {name: value for name, value in data.items() if name != "controls"}

    @staticmethod
    def from_json(data: dict[str, Any]) -> InputCoding:
        """Inverse of `to_json`."""
        return InputCoding(
            names=tuple(data["names"]),
            bits=tuple(whole_number(bits, ModelFileError) for bits in data["bits"]),
            low=tuple(real_number(low, ModelFileError) for low in data["low"]),
            span=tuple(real_number(span, ModelFileError) for span in data["span"]),
            rounding=data["rounding"],
            controls=whole_number(data.get("controls", 0), ModelFileError),
        )


def feature_table(features: ArrayLike, feature_count: int) -> NDArray[np.float64]:
    """Raw features as an array of shape (n_samples, feature_count).

    Raises
    ------
    FeatureCountError
        If they have another shape.
    """
    raw = np.asarray(features, dtype=np.float64)
    if raw.ndim != 2 or raw.shape[1] != feature_count:
        raise FeatureCountError("wrong number of features", got=raw.shape, allowed=f"(n_samples, {feature_count})")
    return raw
