"""The contests of an argmax over weighted sums, estimated for many candidates at once."""

from __future__ import annotations

from dataclasses import replace
from itertools import combinations
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from bespoke.approx.batch import AffineBatch, FloatArray, Words, adder_costs, bit_lengths, sums_of, widths
from bespoke.approx.coefficients import digit_counts
from bespoke.approx.low_columns import EXACT_CELL
from bespoke.cells import GateCosts
from bespoke.model import IntArray

# What is left of the adders of three or more scores once they share and the best common part is searched, fitted to
# mapped candidates of the RedWine, WhiteWine and Cardio perceptrons of the DATE 2022 circuits.
_LEFT_OF_SCORES = 0.8
_MIXTURES = 8
_MOST_ROWS = 3  # rows tried as the common part of the scores

Mask = NDArray[np.bool_]


def argmax_cost(stage: AffineBatch, inputs: Words, costs: GateCosts) -> tuple[FloatArray, Mask]:
    """Cost of scores and contests, and the inputs (n_candidates, n_inputs) that they depend on."""
    live = _may_win(stage, inputs)
    dropped = stage.dropped_bits[:, 0] > 0
    parts = _common_parts(stage, inputs, live)
    count, tried = parts.biases.shape

    def spread(values: IntArray) -> IntArray:
        return np.repeat(values, tried, axis=0)

    less = replace(
        stage,
        weights=spread(stage.weights) - parts.weights.reshape(count * tried, 1, -1),
        masks=spread(stage.masks),
        biases=spread(stage.biases) - parts.biases.reshape(-1, 1),
        dropped_bits=spread(stage.dropped_bits),
        cells=spread(stage.cells),
        columns=spread(stage.columns),
    )
    found = _contests(less, Words(*map(spread, inputs)), np.repeat(live, tried, axis=0), costs).reshape(count, tried)
    # Behind a shift or under inexact columns a common part does not cancel: only the first, which is none, can be used.
    found[:, 1:] = np.where((dropped | _is_inexact(stage))[:, None], np.inf, found[:, 1:])
    some = np.where(live[:, :, None], stage.weights, stage.weights[np.arange(len(live)), live.argmax(axis=1)][:, None])
    used = (some != some[:, :1]).any(axis=1) | (dropped[:, None] & (stage.weights != 0).any(axis=1))
    alone = live.sum(axis=1) < 2
    return np.where(alone, 0.0, found.min(axis=1)), used & ~alone[:, None]


def _contests(stage: AffineBatch, inputs: Words, live: Mask, costs: GateCosts) -> FloatArray:
    sums = sums_of(stage, inputs)
    cost = np.where(live, adder_costs(sums, costs, stage.dropped_bits), 0.0).sum(axis=1)
    cost = np.where(live.sum(axis=1) > 2, _LEFT_OF_SCORES * cost, cost)
    low = np.where(live, sums.words.low, np.iinfo(np.int64).max).min(axis=1)
    high = np.where(live, sums.words.high, np.iinfo(np.int64).min).max(axis=1)
    bits = np.maximum(widths(low, high) - stage.dropped_bits[:, 0], 0)
    count = live.sum(axis=1)
    contests, selections = np.maximum(count - 1, 0), np.maximum(count - 2, 0)
    behind = costs.carry_of_three * contests * bits + costs.selection * selections * bits
    behind += costs.constant_selection * bit_lengths(contests) * contests
    return np.asarray(cost + behind, dtype=np.float64)


class _Parts(NamedTuple):
    """Linear functions to subtract from all scores: weights (n, n_tried, n_inputs) and biases (n, n_tried)."""

    weights: IntArray
    biases: IntArray


def _common_parts(stage: AffineBatch, inputs: Words, live: Mask) -> _Parts:
    """None, and those that leave the fewest bits: of the rows and of rows with one digit changed per input."""
    weights, biases = stage.weights, stage.biases
    rows = range(weights.shape[1])
    bits = _input_bits(stage, inputs)
    powers = 1 << np.arange(int(bit_lengths(np.abs(weights)).max(initial=0)) + 1)
    options = [np.zeros_like(weights[:, 0]), *(weights[:, row] for row in rows)]
    options += [weights[:, row] + step for row in rows for power in powers.tolist() for step in (power, -power)]
    left = np.stack([(digit_counts(weights - o[:, None, :]) * live[:, :, None]).sum(axis=1) for o in options], axis=1)
    candidates = np.arange(len(weights))[:, None]
    sparse = np.stack(options, axis=1)[candidates, left.argmin(axis=1), np.arange(weights.shape[2])]
    fewest = (left[:, 1 : len(rows) + 1] * bits[:, None, :]).sum(axis=2).argsort(axis=1, kind="stable")[:, :_MOST_ROWS]
    row_parts = weights[candidates, fewest], biases[candidates, fewest]
    first = np.zeros_like(sparse)[:, None], np.zeros_like(biases[:, :1])
    last = np.repeat(sparse[:, None], fewest.shape[1], axis=1), row_parts[1]
    return _Parts(*(np.concatenate(group, axis=1) for group in zip(first, row_parts, last, strict=True)))


def _input_bits(stage: AffineBatch, inputs: Words) -> IntArray:
    """Bits that the products of each input add at most, shape (n_candidates, n_inputs)."""
    full = (1 << inputs.widths) - 1
    kept = (full[:, None, :] & stage.masks).max(axis=1)
    lowest = bit_lengths(kept & -kept) - (kept > 0)
    return np.asarray(bit_lengths(kept) - lowest, dtype=np.int64)


def _is_inexact(stage: AffineBatch) -> Mask:
    return np.asarray(((stage.cells != EXACT_CELL) & (stage.columns > 0)).any(axis=1), dtype=np.bool_)


def _may_win(stage: AffineBatch, inputs: Words) -> Mask:
    """Classes that no other class, nor a mixture of two, is always ahead of, shape (n, n_classes)."""
    weights, biases = stage.weights, stage.biases
    count = weights.shape[1]
    whole = (stage.dropped_bits[:, 0] == 0) & ~_is_inexact(stage)
    live = np.ones(biases.shape, dtype=bool)
    for label in range(count):
        gaps = weights - weights[:, label : label + 1]
        ahead = biases - biases[:, label : label + 1] + (np.arange(count) < label)
        others = [other for other in range(count) if other != label]
        mixtures: list[tuple[tuple[int, int], ...]] = [((other, 1),) for other in others]
        shares = range(1, _MIXTURES) if count <= 8 else (_MIXTURES // 2,)
        mixtures += [((a, s), (b, _MIXTURES - s)) for a, b in combinations(others, 2) for s in shares]
        for mixture in mixtures:
            slope = np.sum([factor * gaps[:, other] for other, factor in mixture], axis=0)
            least = np.sum([factor * ahead[:, other] for other, factor in mixture], axis=0)
            least += np.where(slope > 0, slope * inputs.low, slope * inputs.high).sum(axis=1)
            live[:, label] &= ~((least >= 1) & whole)
    return live
