"""Sums that leave out bits of their summands."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from bespoke.model import WHOLE, Affine, IntArray, IntegerModel, affine_of_summands, summands
from bespoke.numeric import Interval


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


def drop_columns(model: IntegerModel, columns: int) -> IntegerModel:
    """Leave out the partial products of all sums that count less than ``2**columns``.

    That is in units of the words that the stage before had if it did not drop bits. The partial products are those of
    the signed digits of the weights.

    Parameters
    ----------
    model : IntegerModel
        Weighted sums whose inputs are never negative.
    columns : int
        Not negative.
    """
    found: list[Affine] = []
    ranges = model.ranges[0]
    lost = np.zeros(len(ranges), dtype=np.int64)
    for stage in model.all_stages(Affine, "products"):
        kept = [
            term._replace(mask=term.mask & WHOLE << max(0, columns + int(lost[term.source]) - term.shift))
            for term in summands(stage)
        ]
        found.append(affine_of_summands(stage, kept, ranges))
        ranges, lost = found[-1].output_intervals(ranges), stage.dropped_bits
    return replace(model, stages=tuple(found))


def column_means(stage: Affine, inputs: IntArray) -> NDArray[np.float64]:
    """Mean of each column of a stage, shape (n_columns,)."""
    return np.asarray((inputs[:, stage.sources] & stage.masks).mean(axis=0), dtype=np.float64)


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
