"""Many candidates of one shape as arrays."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from bespoke.model import Activation, Affine, Decision, IntArray
from bespoke.numeric import Interval


@dataclass(frozen=True, slots=True, eq=False)
class AffineBatch:
    """Weighted sums of n candidates; fields as in `Affine` with a leading axis, and one column per input.

    Attributes
    ----------
    weights : ndarray of int64, shape (n, n_outputs, n_inputs)
    masks : ndarray of int64, shape (n, 1, n_inputs) or (n, n_outputs, n_inputs)
        Bits of the input that each product sees.
    biases, dropped_bits, saturation_bits : ndarray of int64, shape (n, n_outputs)
    shifts : ndarray of int64, shape (n, n_inputs)
        Low bits that the inputs have lost, for which the weights make up.
    activation : {"relu", "identity", "step"}
    """

    weights: IntArray
    masks: IntArray
    biases: IntArray
    dropped_bits: IntArray
    saturation_bits: IntArray
    shifts: IntArray
    activation: Activation

    @staticmethod
    def of(stage: Affine, shifts: IntArray) -> AffineBatch:
        """A stage with one column per input, in order, once for each row of shifts (n, n_inputs)."""

        def repeated(array: IntArray) -> IntArray:
            return np.broadcast_to(array, (len(shifts), *array.shape))

        return AffineBatch(
            weights=repeated(stage.weights),
            masks=repeated(stage.masks[None]),
            biases=repeated(stage.biases),
            dropped_bits=repeated(stage.dropped_bits),
            saturation_bits=repeated(stage.saturation_bits),
            shifts=shifts,
            activation=stage.activation,
        )


@dataclass(frozen=True, slots=True, eq=False)
class ModelBatch:
    """Candidates with the same inputs, numbers of units and classes, and one decision."""

    inputs: tuple[Interval, ...]
    stages: tuple[AffineBatch, ...]
    decision: Decision
