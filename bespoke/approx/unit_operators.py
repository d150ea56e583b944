"""Operators that a weighted sum may be realised with, and what they cost in accuracy."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from bespoke.approx.coefficients import digit_counts, nearest_with_digits
from bespoke.approx.compensation import tuned_weights
from bespoke.approx.low_columns import CELLS, EXACT_CELL, rounded_bias, with_low_columns
from bespoke.model import Affine, IntArray, Stage
from bespoke.numeric import Interval

_DIGITS = (3, 2, 1)  # signed digits that each weight keeps
LOW_COLUMNS = ("none", "or", "ama5")


@dataclass(frozen=True, slots=True, eq=False)
class UnitOperator:
    """How one weighted sum is realised.

    Attributes
    ----------
    weights : ndarray of int64, shape (n_inputs,)
    bias : int
    cell, columns : int
        Number in `bespoke.approx.CELLS` of what adds so many low columns.
    """

    weights: IntArray
    bias: int
    cell: int = EXACT_CELL
    columns: int = 0

    def stage(self, like: Affine, row: int, inputs: Sequence[Interval]) -> Stage:
        """The sum alone, behind the activation that it has in a stage."""
        one = replace(
            like,
            weights=self.weights[None],
            biases=np.array([self.bias]),
            dropped_bits=like.dropped_bits[row : row + 1],
            saturation_bits=like.saturation_bits[row : row + 1],
        )
        return with_low_columns(one, [self.cell], [self.columns], inputs)


def unit_operators(
    stage: Affine, row: int, values: IntArray, inputs: Sequence[Interval], *, cells: Sequence[str] = LOW_COLUMNS
) -> list[UnitOperator]:
    """Operators for one sum, the exact one first.

    The digits of its weights are limited, and those that are left tuned (`bespoke.approx.tune_weights`); its low
    columns are left out or added by inexact cells, in all combinations. The bias then keeps the mean of the sum over
    the training rows.

    Parameters
    ----------
    stage : Affine
        With one column per input, in order.
    row : int
        Which of its sums.
    values : ndarray of int64, shape (n_rows, n_inputs)
        Its inputs on the training rows.
    inputs : sequence of Interval
        Their ranges, none negative.
    cells : sequence of str
        What may add the low columns, of `bespoke.approx.CELLS`.
    """
    exact = UnitOperator(stage.weights[row], int(stage.biases[row]))
    goal = (values @ exact.weights + exact.bias).astype(np.float64)
    most = int(digit_counts(exact.weights).max(initial=0))
    plain = Affine(stage.weights, stage.biases, "identity", stage.frac_bits)
    columns = range(1, plain.sum_intervals(inputs)[row].width)
    low = [(EXACT_CELL, 0), *((CELLS.index(cell), count) for cell in cells for count in columns)]
    found = {_key(exact): exact}
    for digits in (most, *(count for count in _DIGITS if count < most)):
        weights = nearest_with_digits(exact.weights, digits)
        if digits < most:
            weights = tuned_weights(weights, values.astype(np.float64), goal)
        for cell, count in low:
            new = UnitOperator(weights, 0, cell, count)
            gone = goal.mean() - new.stage(plain, row, inputs).apply(values).mean()
            kept = np.array([(1 << interval.width) - 1 for interval in inputs], dtype=np.int64)
            new = replace(new, bias=rounded_bias(int(np.floor(gone + 0.5)), weights, kept, cell, count))
            found.setdefault(_key(new), new)
    return list(found.values())


def _key(operator: UnitOperator) -> tuple[bytes, int, int]:
    return operator.weights.tobytes(), operator.cell, operator.columns
