"""Scaling as the circuit's inputs do it; imported late, since scikit-learn takes long to import."""

from __future__ import annotations

from typing import Any, Self

import numpy as np
from numpy.typing import ArrayLike, NDArray
from sklearn.preprocessing import MinMaxScaler

from bespoke.frontend import InputRange, QuantisationOptions, Scaling, input_coding, is_word


class CircuitInputs(MinMaxScaler):  # type: ignore[misc]  # scikit-learn has no types
    """A MinMaxScaler whose output is that of what the words at the inputs of a circuit stand for.

    Parameters
    ----------
    bits : int
        Of every input word, 1 to 16.
    """

    def __init__(self, bits: int) -> None:
        super().__init__()
        self.bits = bits

    def fit(self, X: ArrayLike, y: Any = None) -> Self:  # noqa: ANN401, N803  as scikit-learn's
        """Range and words of raw features, shape (n_samples, n_features)."""
        super().fit(X, y)
        rows = np.asarray(X, dtype=np.float64)
        names = tuple(f"x{feature}" for feature in range(rows.shape[1]))
        range_ = InputRange(self.data_min_, 1.0 / self.scale_)  # not data_range_, which is 0 for a constant feature
        scaling = Scaling(range=range_)
        self.coding_ = input_coding(names, rows, QuantisationOptions(input_bits=self.bits), self.bits, scaling)
        return self

    def transform(self, X: ArrayLike) -> NDArray[np.float64]:  # noqa: N803  scikit-learn's name
        """Min-max scaled values of the words, shape (n_samples, n_features), for raw features of that shape."""
        words = self.coding_.quantise(X).astype(np.float64)
        scaled: NDArray[np.float64] = super().transform(np.array(self.coding_.low) + words)
        return np.where(is_word(self.coding_), scaled, np.ldexp(words, -self.bits))


def unfitted_scaler(bits: int | None) -> Any:  # noqa: ANN401  a scaler of scikit-learn
    """What stands in front of the estimator while it is fitted and judged."""
    return MinMaxScaler() if bits is None else CircuitInputs(bits)
