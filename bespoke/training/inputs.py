"""Scaling as the circuit's inputs do it; imported late, since scikit-learn takes long to import."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray
from sklearn.preprocessing import MinMaxScaler

from bespoke.model import InputCoding


class CircuitInputs(MinMaxScaler):  # type: ignore[misc]  # scikit-learn has no types
    """A MinMaxScaler whose output is what the words at the inputs of a circuit stand for.

    Parameters
    ----------
    bits : int
        Of every input word, 1 to 16.
    """

    def __init__(self, bits: int) -> None:
        super().__init__()
        self.bits = bits

    def transform(self, X: ArrayLike) -> NDArray[np.float64]:  # noqa: N803  scikit-learn's name
        """Multiples of ``2**-bits`` in [0, 1), shape (n_samples, n_features), for raw features of that shape."""
        words = self._coding().quantise(X)
        return np.ldexp(words.astype(np.float64), -self.bits)

    def _coding(self) -> InputCoding:
        count = len(self.data_min_)
        names = tuple(f"x{feature}" for feature in range(count))
        span = 1.0 / np.asarray(self.scale_)  # not data_range_, which is 0 for a constant feature
        return InputCoding(names, (self.bits,) * count, tuple(self.data_min_.tolist()), tuple(span.tolist()))


def unfitted_scaler(bits: int | None) -> Any:  # noqa: ANN401  a scaler of scikit-learn
    """What stands in front of the estimator while it is fitted and judged."""
    return MinMaxScaler() if bits is None else CircuitInputs(bits)
