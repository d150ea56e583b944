"""What the generator would build for weighted-sum models, estimated for many candidates at once."""

from __future__ import annotations

from itertools import combinations
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from bespoke.approx.adders import FloatArray, Sums, Words, bit_lengths, count_adders, layer_sums, widths
from bespoke.approx.batch import LayerBatch, ModelBatch
from bespoke.approx.coefficients import digit_counts
from bespoke.approx.shared import shared_cost
from bespoke.model import Decision, IntArray

# In NAND2 cells.
AND = 2.0
OR = 2.0
COMPARE_BIT = 5.0
SELECT_BIT = 3.5
INDEX_BIT = 3.0
VOTE = 20.0  # a pair of classes behind its sign
# What is left of the adders of three or more scores once they share and the best common part is searched, fitted to
# mapped candidates of the RedWine, WhiteWine and Cardio perceptrons of the DATE 2022 circuits.
SCORES_SHARED = 0.8
_MIXTURES = 8
_MOST_PAIRS = 12
_MOST_ROWS = 3  # rows tried as the common part of the scores

Mask = NDArray[np.bool_]


def estimate_cost(batch: ModelBatch, *, sharing_rounds: int = 0) -> FloatArray:
    """Estimated size of the mapped circuits in NAND2 cells, shape (n_candidates,).

    Counts what lowering builds: full and half adders per bit column, less carries and sums that nothing reads, of
    the sums that are needed; ReLU and saturation; for an argmax the cheapest of some common parts that can be
    subtracted, classes that never win left out, and the contests; units left out that no score depends on. What
    the optimiser finds on top is not counted.

    Parameters
    ----------
    batch : ModelBatch
    sharing_rounds : int
        Pairs of summands per layer that sums may share; 0 leaves sharing out, which is several times as fast.
    """
    words = batch.input_words()
    hidden = []
    inputs = [words]
    for layer in batch.layers[:-1]:
        shared = shared_cost(layer.weights, column_bits(layer, words), sharing_rounds)
        cost, words = _hidden(layer, words)
        hidden.append(cost * _remaining(shared, cost.sum(axis=1))[:, None])
        inputs.append(words)
    total, used = _last(batch, words, sharing_rounds)
    for number in reversed(range(len(hidden))):
        units = np.zeros(hidden[number].shape, dtype=bool)
        reader = batch.layers[number + 1]
        for column in range(used.shape[1]):
            units[np.arange(len(units)), reader.sources[:, column]] |= used[:, column]
        total += np.where(units, hidden[number], 0.0).sum(axis=1)
        used = ((batch.layers[number].weights != 0) & units[:, :, None]).any(axis=1)
    return total


def _sums_of(layer: LayerBatch, inputs: Words) -> Sums:
    return layer_sums(layer.weights, layer.biases, layer.sources, layer.masks, inputs)


def column_bits(layer: LayerBatch, inputs: Words) -> IntArray:
    """Bits that the columns of a layer add at most, shape (n_candidates, n_columns)."""
    full = (1 << np.take_along_axis(inputs.widths, layer.sources, 1)) - 1
    kept = (full[:, None, :] & layer.masks).max(axis=1)
    lowest = bit_lengths(kept & -kept) - (kept > 0)
    return np.asarray(bit_lengths(kept) - lowest, dtype=np.int64)


def _remaining(shared: FloatArray, cost: FloatArray) -> FloatArray:
    """Share of the cost that is left."""
    return np.asarray(1 - np.minimum(shared / np.maximum(cost, 1.0), 0.9), dtype=np.float64)


def _hidden(layer: LayerBatch, inputs: Words) -> tuple[FloatArray, Words]:
    """Cost of each unit, shape (n_candidates, n_outputs), and the ranges of the outputs."""
    sums = _sums_of(layer, inputs)
    cost = count_adders(sums, layer.dropped_bits).cost
    low, high = (end >> layer.dropped_bits for end in sums.words)
    if layer.activation == "identity":
        return cost, Words(low, high)
    signed = low < 0
    low, high = np.maximum(low, 0), np.maximum(high, 0)
    limit = (1 << layer.saturation_bits) - 1
    outputs = Words(np.minimum(low, limit), np.minimum(high, limit))
    kept = bit_lengths(outputs.high)
    over = np.maximum(bit_lengths(high) - layer.saturation_bits, 0)
    cost = cost + AND * kept * signed + OR * (over + kept) * (over > 0)
    return np.where(outputs.high > 0, cost, 0.0), outputs


def _last(batch: ModelBatch, inputs: Words, rounds: int) -> tuple[FloatArray, Mask]:
    """Cost of scores and decision, and the columns (n_candidates, n_columns) that they depend on."""
    layer, decision = batch.layers[-1], batch.decision
    if decision.kind == "argmax":
        return _argmax(layer, inputs, rounds)
    sums = _sums_of(layer, inputs)
    offset = decision.score_offset
    low, high = sums.words.low + offset, sums.words.high + offset
    sums = Sums(sums.heights, sums.constants + offset, Words(low, high))
    open_, lowest_read = np.ones(low.shape, dtype=bool), np.zeros_like(low)
    extra = 0.0
    if decision.kind == "label":
        last = len(decision.classes) - 1
        first_class, last_class = (np.clip(end >> decision.frac_bits, 0, last) for end in (low, high))
        open_, lowest_read = first_class != last_class, np.full_like(low, decision.frac_bits)
        extra = (AND + OR) * last.bit_length()
    elif decision.kind != "value":
        open_, lowest_read = (low < 0) & (high >= 0), widths(low, high) - 1
    if decision.kind == "votes":
        open_, extra = _deciding(decision, low, open_), VOTE
    cost = np.where(open_, count_adders(sums, lowest_read).cost + extra, 0.0)
    used = (layer.weights != 0) & open_[:, :, None]
    total = cost.sum(axis=1)
    shared = shared_cost(np.where(open_[:, :, None], layer.weights, 0), column_bits(layer, inputs), rounds)
    return total * _remaining(shared, total), used.any(axis=1)


def _deciding(decision: Decision, low: IntArray, open_: Mask) -> Mask:
    """Pairs on whose open outcome the class depends, shape (n_candidates, n_pairs)."""
    states = np.where(open_, -1, low >= 0)
    kinds, kind_of = np.unique(states, axis=0, return_inverse=True)
    found = np.zeros(kinds.shape, dtype=bool)
    for place, kind in enumerate(kinds):
        pairs = np.flatnonzero(kind < 0)
        if len(pairs) > _MOST_PAIRS:
            found[place] = kind < 0
            continue
        outcomes = np.arange(1 << len(pairs))[:, None] >> np.arange(len(pairs)) & 1
        scores = np.repeat(kind[None], len(outcomes), axis=0)
        scores[:, pairs] = outcomes
        classes = decision.decide(scores)
        for bit, pair in enumerate(pairs):
            found[place, pair] = (classes != classes[np.arange(len(outcomes)) ^ 1 << bit]).any()
    return found[kind_of.reshape(-1)]


def _argmax(layer: LayerBatch, inputs: Words, rounds: int) -> tuple[FloatArray, Mask]:
    live = _may_win(layer, inputs)
    dropped = layer.dropped_bits[:, 0] > 0
    parts = _common_parts(layer, inputs, live)
    count, tried = parts.biases.shape

    def spread(values: IntArray) -> IntArray:
        return np.repeat(values, tried, axis=0)

    less = LayerBatch(
        spread(layer.weights) - parts.weights.reshape(count * tried, 1, -1),
        spread(layer.biases) - parts.biases.reshape(-1, 1),
        spread(layer.sources),
        spread(layer.masks),
        spread(layer.dropped_bits),
        spread(layer.saturation_bits),
        "identity",
    )
    costs = _tournament(less, Words(spread(inputs.low), spread(inputs.high)), np.repeat(live, tried, axis=0))
    costs = costs.reshape(count, tried)
    # Behind a shift a common part does not cancel: only the first, which is none, can be used.
    costs[:, 1:] = np.where(dropped[:, None], np.inf, costs[:, 1:])
    chosen = costs.argmin(axis=1)
    best, common = costs[np.arange(count), chosen], parts.weights[np.arange(count), chosen]
    shared = shared_cost((layer.weights - common[:, None, :]) * live[:, :, None], column_bits(layer, inputs), rounds)
    best = best * _remaining(shared, best)
    some = np.where(live[:, :, None], layer.weights, layer.weights[np.arange(len(live)), live.argmax(axis=1)][:, None])
    used = (some != some[:, :1]).any(axis=1) | (dropped[:, None] & (layer.weights != 0).any(axis=1))
    alone = live.sum(axis=1) < 2
    return np.where(alone, 0.0, best), used & ~alone[:, None]


def _tournament(layer: LayerBatch, inputs: Words, live: Mask) -> FloatArray:
    sums = _sums_of(layer, inputs)
    cost = np.where(live, count_adders(sums, layer.dropped_bits).cost, 0.0).sum(axis=1)
    cost = np.where(live.sum(axis=1) > 2, SCORES_SHARED * cost, cost)
    low = np.where(live, sums.words.low, np.iinfo(np.int64).max).min(axis=1)
    high = np.where(live, sums.words.high, np.iinfo(np.int64).min).max(axis=1)
    bits = np.maximum(widths(low, high) - layer.dropped_bits[:, 0], 0)
    count = live.sum(axis=1)
    contests, selections = np.maximum(count - 1, 0), np.maximum(count - 2, 0)
    index = INDEX_BIT * bit_lengths(contests) * contests
    return np.asarray(cost + COMPARE_BIT * contests * bits + SELECT_BIT * selections * bits + index, dtype=np.float64)


class _Parts(NamedTuple):
    """Linear functions to subtract from all scores: weights (n, n_tried, n_columns) and biases (n, n_tried)."""

    weights: IntArray
    biases: IntArray


def _common_parts(layer: LayerBatch, inputs: Words, live: Mask) -> _Parts:
    """None, and those that leave the fewest bits: of the rows and of rows with one digit changed per column."""
    weights, biases = layer.weights, layer.biases
    rows = range(weights.shape[1])
    bits = column_bits(layer, inputs)
    places = 1 << np.arange(int(bit_lengths(np.abs(weights)).max(initial=0)) + 1)
    options = [np.zeros_like(weights[:, 0]), *(weights[:, row] for row in rows)]
    options += [weights[:, row] + step for row in rows for place in places.tolist() for step in (place, -place)]
    left = np.stack([(digit_counts(weights - o[:, None, :]) * live[:, :, None]).sum(axis=1) for o in options], axis=1)
    candidates = np.arange(len(weights))[:, None]
    sparse = np.stack(options, axis=1)[candidates, left.argmin(axis=1), np.arange(weights.shape[2])]
    fewest = (left[:, 1 : len(rows) + 1] * bits[:, None, :]).sum(axis=2).argsort(axis=1, kind="stable")[:, :_MOST_ROWS]
    row_parts = weights[candidates, fewest], biases[candidates, fewest]
    first = np.zeros_like(sparse)[:, None], np.zeros_like(biases[:, :1])
    last = np.repeat(sparse[:, None], fewest.shape[1], axis=1), row_parts[1]
    return _Parts(*(np.concatenate(group, axis=1) for group in zip(first, row_parts, last, strict=True)))


def _may_win(layer: LayerBatch, inputs: Words) -> Mask:
    """Classes that no other class, nor a mixture of two, is always ahead of, shape (n, n_classes)."""
    weights, biases = layer.weights, layer.biases
    count = weights.shape[1]
    low, high = (np.take_along_axis(end, layer.sources, 1) for end in inputs)
    whole = layer.dropped_bits[:, 0] == 0
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
            least += np.where(slope > 0, slope * low, slope * high).sum(axis=1)
            live[:, label] &= ~((least >= 1) & whole)
    return live
