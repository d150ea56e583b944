"""Many candidates of one shape as arrays, and what the adders of the generator's compressor cost for them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from bespoke.approx.coefficients import signed_digits
from bespoke.approx.low_columns import EXACT_CELL, NO_CELL, CellFigures
from bespoke.cells import GateCosts
from bespoke.model import Activation, Affine, Decision, IntArray
from bespoke.numeric import Interval

FloatArray = NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class AffineBatch:
    """Weighted sums of n candidates; fields as in `Affine` with a leading axis, and one column per input.

    Attributes
    ----------
    weights : ndarray of int64, shape (n, n_outputs, n_inputs)
    masks : ndarray of int64, shape (n, 1, n_inputs) or (n, n_outputs, n_inputs)
        Bits of the input that each product sees.
    biases, dropped_bits, saturation_bits : ndarray of int64, shape (n, n_outputs)
    cells, columns : ndarray of int64, shape (n, n_outputs)
        Number in `CELLS` of what adds so many low columns of each sum.
    shifts : ndarray of int64, shape (n, n_inputs)
        Low bits that the inputs have lost, for which the weights make up.
    activation : {"relu", "identity", "step"}
    """

    weights: IntArray
    masks: IntArray
    biases: IntArray
    dropped_bits: IntArray
    saturation_bits: IntArray
    cells: IntArray
    columns: IntArray
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
            cells=repeated(np.zeros_like(stage.biases)),
            columns=repeated(np.zeros_like(stage.biases)),
            shifts=shifts,
            activation=stage.activation,
        )


@dataclass(frozen=True, slots=True, eq=False)
class ModelBatch:
    """Candidates with the same inputs, numbers of units and classes, and one decision."""

    inputs: tuple[Interval, ...]
    stages: tuple[AffineBatch, ...]
    decision: Decision


class Words(NamedTuple):
    """Ranges of words, both of shape (n_candidates, n_words)."""

    low: IntArray
    high: IntArray

    @property
    def widths(self) -> IntArray:
        """Bits of each word."""
        return widths(self.low, self.high)


class Sums(NamedTuple):
    """What enters the compressors of a stage.

    Attributes
    ----------
    heights : ndarray of int64, shape (n_candidates, n_sums, n_columns)
        Partial-product bits per bit column.
    constants : ndarray of int64, shape (n_candidates, n_sums)
        What is added to them, modulo a power of two.
    words : Words
        Ranges of the sums.
    cells, columns : ndarray of int64, shape (n_candidates, n_sums)
        What adds the low columns.
    """

    heights: IntArray
    constants: IntArray
    words: Words
    cells: IntArray
    columns: IntArray


def bit_lengths(values: NDArray[np.generic]) -> IntArray:
    """``int.bit_length`` of numbers >= 0, exact below 2**53."""
    return np.asarray(np.frexp(values.astype(np.float64))[1], dtype=np.int64)


def widths(low: IntArray, high: IntArray) -> IntArray:
    """Bits of words of the ranges: two's complement where ``low`` is negative."""
    signed = 1 + np.maximum(bit_lengths(-low - 1), bit_lengths(np.maximum(high, 0)))
    return np.where(low < 0, signed, bit_lengths(high))


def sums_of(batch: AffineBatch, inputs: Words) -> Sums:
    """Bits that the sums add, and the ranges of the sums.

    The ranges are exact for input words that take all values of their bits, else too wide by a rounding at most
    where a mask clears bits.
    """
    weights = batch.weights
    bits = inputs.widths
    half = np.where(inputs.low < 0, 1 << np.maximum(bits - 1, 0), 0)
    full = (1 << bits) - 1
    kept = full[:, None, :] & batch.masks
    digits = signed_digits(weights)
    most = int(bits.max(initial=0))
    heights = np.zeros((*batch.biases.shape, len(digits) + most + 6), dtype=np.int64)
    middle = batch.biases - (weights * half[:, None, :]).sum(axis=2)
    constants = middle
    if digits and most:
        planes = np.stack(digits, axis=2).astype(np.float32)
        seen = (kept[..., None] >> np.arange(most) & 1).astype(np.float32)
        # Counts of bits and, for the negative digits, sums of kept bits: all exact below 2**24.
        counts = np.matmul(np.abs(planes), seen).astype(np.int64)
        negative = np.matmul((planes < 0).astype(np.float32), seen).astype(np.int64)
        for position in range(len(digits)):
            heights[:, :, position : position + most] += counts[:, :, position]
        powers = 1 << np.arange(len(digits))[:, None] + np.arange(most)
        gone = np.where(batch.cells == NO_CELL, batch.columns, 0)
        powers = np.where(powers >> gone[..., None, None] > 0, powers, 0) if gone.any() else powers
        constants = middle - (negative * powers).sum(axis=(2, 3))
    share = np.where(inputs.low < 0, 1.0, inputs.high / np.maximum(full, 1))
    spread = _spread(weights, kept, share, most)
    words = Words(middle + spread.low, middle + spread.high)
    return Sums(heights, constants, words, batch.cells, batch.columns)


def _spread(weights: IntArray, kept: IntArray, share: FloatArray, most: int) -> Words:
    """Least and largest sum of the unsigned inputs, bit by bit."""
    low, high = np.zeros(weights.shape[:2]), np.zeros(weights.shape[:2])
    for bit in range(most):
        parts = (weights * (kept >> bit & 1) << bit) * share[:, None, :]
        low += np.minimum(parts, 0).sum(axis=2)
        high += np.maximum(parts, 0).sum(axis=2)
    return Words(np.rint(low).astype(np.int64), np.rint(high).astype(np.int64))


def adder_costs(sums: Sums, costs: GateCosts, lowest_read: IntArray | int = 0) -> FloatArray:
    """Cost of the adders that reduce the columns of each sum to one word, shape (n_candidates, n_sums).

    A column of n bits takes ``(n - 1) // 2`` full adders, and a half adder where n is even; a constant 1 makes one
    of them cheaper. Carries out of the top column are not built, nor sums of columns below ``lowest_read``, which
    broadcasts to (n_candidates, n_sums). Low columns that inexact cells add, or that are left out, cost theirs.
    """
    width, cost = sums.words.widths, np.zeros(sums.constants.shape)
    carries = np.zeros_like(sums.constants)
    inexact = np.where(sums.cells == EXACT_CELL, 0, sums.columns)
    figures = CellFigures.of(costs) if inexact.any() else None
    for column in range(sums.heights.shape[2]):
        inside, top = (column < width) & (column >= inexact), column == width - 1
        one = sums.constants >> column & 1
        bits = sums.heights[:, :, column] + carries
        count = np.where(inside, bits + one, 0)
        of_one = ((one == 1) & (count > 2)).astype(np.int64)
        three = np.maximum(count - 1, 0) // 2 - of_one
        two = ((count > 0) & (count % 2 == 0) & ~((count == 2) & (one == 1))).astype(np.int64)
        unread = np.asarray(np.greater(lowest_read, column) & ~top, dtype=np.bool_)
        # In the top column there are sums alone; that of two bits and 1 is one of two.
        of_top = costs.sum_of_three * three + costs.xor * (two + of_one)
        cost += np.where(top, of_top, _cost(three, two, of_one, unread, costs))
        carries = np.where(top, 0, count // 2)
        if figures and (column < inexact).any():
            own, low_carries = _low_cost(figures, sums.cells, bits, np.equal(column, inexact - 1), unread)
            cost += np.where(column < inexact, own, 0.0)
            carries = np.where(column < inexact, low_carries, carries)
    return cost


def _low_cost(
    figures: CellFigures, cells: IntArray, bits: IntArray, last: NDArray[np.bool_], unread: NDArray[np.bool_]
) -> tuple[FloatArray, IntArray]:
    """Cost of a low column's cells, and their carries; without any, a sum that is not read needs no gates."""
    bits = np.where(cells == NO_CELL, 0, bits)
    three, two = np.maximum(bits - 1, 0) // 2, ((bits > 0) & (bits % 2 == 0)).astype(np.int64)
    cost = figures.three[cells] * three + figures.two[cells] * two + last * figures.last_carry[cells] * (three + two)
    has_carries = np.where(last, figures.last_carries[cells], figures.carries[cells])
    return np.where(unread & ~has_carries, 0.0, cost), np.where(has_carries, three + two, 0)


def _cost(three: IntArray, two: IntArray, of_one: IntArray, unread: NDArray[np.bool_], costs: GateCosts) -> FloatArray:
    """Cost of a column's adders, the last of them without a sum where the result bit is not read."""
    cost = costs.full_adder * three + costs.half_adder * two + costs.full_adder_of_one * of_one
    saved = np.select(
        [two > 0, three > 0, of_one > 0],
        [
            costs.half_adder - costs.either,
            costs.full_adder - costs.carry_of_three,
            costs.full_adder_of_one - costs.either,
        ],
    )
    return np.asarray(cost - np.where(unread, saved, 0.0), dtype=np.float64)
