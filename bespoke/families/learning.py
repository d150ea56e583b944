"""What a family of models learns from, and what the circuits of its models cost."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from bespoke.model import ClassLabel, InputCoding, IntArray, IntegerModel

FloatArray = NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class Prices:
    """What the parts of a system draw, as far as it is known before a circuit is built.

    Attributes
    ----------
    level_mw : ndarray of float64, shape (n_features, n_levels + 1)
        Power in mW of the converter of a feature that is compared with one level alone; 0 at level 0, which nothing
        compares with.
    gate_mw : float
        Mean static power in mW of what is as large as a NAND2.
    converters_mw : callable
        Power in mW of the converters in front of the circuit of a model.
    """

    level_mw: FloatArray
    gate_mw: float
    converters_mw: Callable[[IntegerModel], float]


@dataclass(frozen=True, slots=True, eq=False)
class Learning:
    """Rows as a circuit reads them, with their classes.

    Attributes
    ----------
    words : ndarray of int64, shape (n_rows, n_features)
        Input words.
    targets : ndarray of int64, shape (n_rows,)
        Class indices.
    coding : InputCoding
        What the words mean.
    classes : tuple
        Class labels by index.
    prices : Prices
    validating : ndarray of bool, shape (n_rows,), optional
        Rows by which models are compared that learn from the others; None for cross-validation.
    """

    words: IntArray
    targets: IntArray
    coding: InputCoding
    classes: tuple[ClassLabel, ...]
    prices: Prices
    validating: NDArray[np.bool_] | None = None

    @property
    def class_count(self) -> int:
        """Number of classes, also of those without a row."""
        return len(self.classes)

    @property
    def level_count(self) -> int:
        """Levels 1 .. ``level_count`` of the widest feature: ``word >= level`` tells words apart."""
        return (1 << max(self.coding.bits)) - 1

    def part(self, rows: IntArray | NDArray[np.bool_]) -> Learning:
        """Some of the rows, to learn from all of them."""
        return replace(self, words=self.words[rows], targets=self.targets[rows], validating=None)


def probabilities(scores: FloatArray) -> FloatArray:
    """Of classes by their scores in nats, both (n_rows, n_scores); a single score is that of the second class."""
    if scores.shape[1] == 1:
        with np.errstate(over="ignore"):  # what is beyond all floats leaves a probability of 0
            return np.asarray(1 / (1 + np.exp(-scores)), dtype=np.float64)
    raised = np.exp(scores - scores.max(axis=1, keepdims=True))
    return np.asarray(raised / raised.sum(axis=1, keepdims=True), dtype=np.float64)
