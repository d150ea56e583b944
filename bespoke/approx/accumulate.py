"""Sums that leave out bits of their summands."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from bespoke.model import WHOLE, Affine, IntArray, IntegerModel
from bespoke.numeric import Interval, csd


class Summand(NamedTuple):
    """``sign * 2**shift * (x & mask)`` in sum ``row``, for input ``source`` of a stage."""

    row: int
    source: int
    shift: int
    sign: int
    mask: int


def truncate_products(model: IntegerModel, threshold: float, kept_bits: int, words: IntArray) -> IntegerModel:
    """Leave out the low columns of products that matter little on average (AxSum).

    The significance of product ``i`` of a sum is ``|mean(w_i * x_i) / sum_j mean(w_j * x_j)|`` over the training
    words. One up to ``threshold`` keeps only the summand bits in the ``kept_bits`` highest columns that
    ``|w_i| * max(x_i)`` reaches (Armeniakos et al., "Co-Design of Approximate Multilayer Perceptron for
    Ultra-Resource Constrained Printed Circuits", IEEE TC 72, 2023). Inputs that may be negative keep all bits.

    Parameters
    ----------
    model : IntegerModel
        Weighted sums.
    threshold : float
        Not negative.
    kept_bits : int
        Not negative.
    words : ndarray of int64, shape (n_samples, n_features)
        Training inputs.
    """
    found: list[Affine] = []
    ranges = model.ranges[0]
    for stage, values in zip(model.all_stages(Affine, "products"), model.stage_inputs(words), strict=True):
        lowest = _lowest_columns(stage, values, ranges, threshold, kept_bits).tolist()
        terms = []
        for term in summands(stage):
            word = ranges[term.source]
            above = WHOLE << max(0, lowest[term.row][term.source] - term.shift)
            kept = term.mask if word.signed or above == WHOLE else term.mask & above & (1 << word.width) - 1
            terms.append(term._replace(mask=kept))
        found.append(affine_of_summands(stage, terms, ranges))
        ranges = found[-1].output_intervals(ranges)
    return replace(model, stages=tuple(found))


def column_means(stage: Affine, inputs: IntArray) -> NDArray[np.float64]:
    """Mean of each column of a stage, shape (n_columns,)."""
    return np.asarray((inputs[:, stage.sources] & stage.masks).mean(axis=0), dtype=np.float64)


def summands(stage: Affine) -> tuple[Summand, ...]:
    """Summands of a stage's sums: one per signed digit of each weight, by sum, column and rising shift."""
    return tuple(
        Summand(row, source, digit.position, digit.sign, mask)
        for row, weights in enumerate(stage.weights.tolist())
        for weight, source, mask in zip(weights, stage.sources.tolist(), stage.masks.tolist(), strict=True)
        for digit in csd(weight)
    )


def affine_of_summands(stage: Affine, terms: Sequence[Summand], inputs: Sequence[Interval]) -> Affine:
    """The stage with the given summands instead of its own; masks that clear nothing are seen as whole."""
    columns: dict[tuple[int, int], int] = {(source, WHOLE): source for source in range(len(inputs))}
    entries = []
    for row, source, shift, sign, mask in terms:
        full = (1 << inputs[source].width) - 1
        kept = mask if mask == WHOLE else mask & full
        if kept:
            key = (source, WHOLE if kept == full else kept)
            entries.append((row, columns.setdefault(key, len(columns)), sign << shift))
    weights = np.zeros((len(stage.biases), len(columns)), dtype=np.int64)
    for row, column, weight in entries:
        weights[row, column] += weight
    keys = np.array(list(columns), dtype=np.int64).reshape(-1, 2)
    return replace(stage, weights=weights, sources=keys[:, 0], masks=keys[:, 1])


def _lowest_columns(
    stage: Affine, values: IntArray, inputs: Sequence[Interval], threshold: float, kept_bits: int
) -> IntArray:
    """Lowest column kept of each product, shape (n_sums, n_inputs)."""
    means = np.zeros((len(stage.biases), len(inputs)))
    tops = np.zeros((len(stage.biases), len(inputs)), dtype=np.int64)
    for column, (source, mean) in enumerate(zip(stage.sources.tolist(), column_means(stage, values), strict=True)):
        means[:, source] += stage.weights[:, column] * mean
        tops[:, source] += np.abs(stage.weights[:, column]) * inputs[source].high
    total = np.abs(means.sum(axis=1, keepdims=True))
    significance = np.divide(np.abs(means), total, out=np.full(means.shape, np.inf), where=total > 0)
    widths = np.frexp(tops.astype(np.float64))[1]
    return np.where(significance <= threshold, np.maximum(widths - kept_bits, 0), 0).astype(np.int64)
