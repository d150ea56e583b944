"""What the generator would build for weighted-sum models, estimated for many candidates at once."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np

from bespoke.approx.batch import AffineBatch, FloatArray, ModelBatch, Sums, Words, adder_costs, bit_lengths, sums_of
from bespoke.approx.tournament import Mask, argmax_cost
from bespoke.cells import GateCosts
from bespoke.model import UNLIMITED, WHOLE, Argmax, Decision, Index, IntArray, Label, Sign, Value, Votes

_MOST_PAIRS = 12


class DecisionCost(NamedTuple):
    """What scores and a decision over them cost, and which inputs (n_candidates, n_inputs) they depend on.

    Attributes
    ----------
    estimate : callable
        Of the decision, the sums before it, the ranges of their inputs, and costs of gates.
    may_shift : bool
        Whether scores may lose low bits, all as many, without being words of their own.
    """

    estimate: Callable[[Any, AffineBatch, Words, GateCosts], tuple[FloatArray, Mask]]
    may_shift: bool = False


def estimate_cost(batch: ModelBatch, costs: GateCosts) -> FloatArray:
    """Estimated size of the mapped circuits in the unit of the costs, shape (n_candidates,).

    Counts what lowering builds: full and half adders per bit column, less carries and sums that nothing reads, of
    the sums that are needed; activations and saturation; for an argmax the cheapest of some common parts that can be
    subtracted, classes that never win left out, and the contests; units left out that no score depends on. What
    sums share and what the optimiser finds on top is not counted.
    """
    decision = DECISION_COSTS[type(batch.decision)]
    stages = batch.stages if _is_plain(batch.stages[-1], decision) else (*batch.stages, _copied(batch.stages[-1]))
    ends = np.array([(word.low, word.high) for word in batch.inputs], dtype=np.int64).reshape(-1, 2).T
    words = Words(*(np.broadcast_to(end, stages[0].shifts.shape) for end in ends))
    hidden = []
    for stage in stages[:-1]:
        cost, words = _hidden(stage, words, costs)
        hidden.append(cost)
    total, used = decision.estimate(batch.decision, stages[-1], words, costs)
    for stage, cost in zip(reversed(stages[:-1]), reversed(hidden), strict=True):
        total += np.where(used, cost, 0.0).sum(axis=1)
        used = ((stage.weights != 0) & used[:, :, None]).any(axis=1)
    return total


def _is_plain(last: AffineBatch, decision: DecisionCost) -> bool:
    """Whether a decision reads the sums of a stage themselves."""
    dropped = last.dropped_bits
    alike = not dropped.any() or (decision.may_shift and bool((dropped == dropped[:, :1]).all()))
    return last.activation == "identity" and alike


def _copied(last: AffineBatch) -> AffineBatch:
    """A stage that hands on the outputs of a stage as they are."""
    count, outputs = last.biases.shape
    none = np.zeros((count, outputs), dtype=np.int64)
    weights = np.broadcast_to(np.eye(outputs, dtype=np.int64), (count, outputs, outputs))
    limits = none + UNLIMITED
    return AffineBatch(weights, none[:, None] + WHOLE, none, none, limits, none, none, none, "identity")


def _hidden(stage: AffineBatch, inputs: Words, costs: GateCosts) -> tuple[FloatArray, Words]:
    """Cost of each unit, shape (n_candidates, n_outputs), and the ranges of the outputs."""
    sums = sums_of(stage, inputs)
    if stage.activation == "step":
        low, high = (np.greater_equal(end, 0).astype(np.int64) for end in sums.words)
        cost = adder_costs(sums, costs, sums.words.widths - 1)
        return np.where(low < high, cost, 0.0), Words(low, high)
    cost = adder_costs(sums, costs, stage.dropped_bits)
    low, high = (end >> stage.dropped_bits for end in sums.words)
    if stage.activation == "identity":
        return cost, Words(low, high)
    signed = low < 0
    low, high = np.maximum(low, 0), np.maximum(high, 0)
    limit = (1 << stage.saturation_bits) - 1
    outputs = Words(np.minimum(low, limit), np.minimum(high, limit))
    kept = bit_lengths(outputs.high)
    over = np.maximum(bit_lengths(high) - stage.saturation_bits, 0)
    cost = cost + costs.either * (kept * signed + (over + kept) * (over > 0))
    return np.where(outputs.high > 0, cost, 0.0), outputs


def _with_offset(decision: Decision, stage: AffineBatch, inputs: Words) -> Sums:
    """The sums with the offset that turns the decision into a look at leading bits."""
    sums, offset = sums_of(stage, inputs), decision.score_offset
    return sums._replace(constants=sums.constants + offset, words=Words(*(end + offset for end in sums.words)))


def _scores(
    stage: AffineBatch, sums: Sums, costs: GateCosts, lowest_read: IntArray | int, open_: Mask, extra: float
) -> tuple[FloatArray, Mask]:
    """Cost of sums that are open, of which only high bits are read, and of ``extra`` gates behind each."""
    cost = np.where(open_, adder_costs(sums, costs, lowest_read) + extra, 0.0)
    return cost.sum(axis=1), ((stage.weights != 0) & open_[:, :, None]).any(axis=1)


def _word(decision: Decision, stage: AffineBatch, inputs: Words, costs: GateCosts) -> tuple[FloatArray, Mask]:
    sums = _with_offset(decision, stage, inputs)
    return _scores(stage, sums, costs, 0, np.ones(stage.biases.shape, dtype=bool), 0.0)


def _sign(decision: Decision, stage: AffineBatch, inputs: Words, costs: GateCosts) -> tuple[FloatArray, Mask]:
    sums = _with_offset(decision, stage, inputs)
    return _scores(stage, sums, costs, sums.words.widths - 1, _open_signs(sums), 0.0)


def _votes(decision: Votes, stage: AffineBatch, inputs: Words, costs: GateCosts) -> tuple[FloatArray, Mask]:
    sums = _with_offset(decision, stage, inputs)
    deciding = _deciding(decision, sums.words.low, _open_signs(sums))
    return _scores(stage, sums, costs, sums.words.widths - 1, deciding, costs.vote)


def _label(decision: Label, stage: AffineBatch, inputs: Words, costs: GateCosts) -> tuple[FloatArray, Mask]:
    sums = _with_offset(decision, stage, inputs)
    last = len(decision.classes) - 1
    first_class, last_class = (np.clip(end >> decision.frac_bits, 0, last) for end in sums.words)
    clipping = 2 * costs.either * last.bit_length()
    return _scores(stage, sums, costs, decision.frac_bits, first_class != last_class, clipping)


def _argmax(_: Argmax, stage: AffineBatch, inputs: Words, costs: GateCosts) -> tuple[FloatArray, Mask]:
    return argmax_cost(stage, inputs, costs)


def _open_signs(sums: Sums) -> Mask:
    return np.asarray((sums.words.low < 0) & (sums.words.high >= 0), dtype=np.bool_)


def _deciding(decision: Votes, low: IntArray, open_: Mask) -> Mask:
    """Pairs on whose open outcome the class depends, shape (n_candidates, n_pairs)."""
    states = np.where(open_, -1, low >= 0)
    kinds, kind_of = np.unique(states, axis=0, return_inverse=True)
    found = np.zeros(kinds.shape, dtype=bool)
    for number, kind in enumerate(kinds):
        pairs = np.flatnonzero(kind < 0)
        if len(pairs) > _MOST_PAIRS:
            found[number] = kind < 0
            continue
        outcomes = np.arange(1 << len(pairs))[:, None] >> np.arange(len(pairs)) & 1
        scores = np.repeat(kind[None], len(outcomes), axis=0)
        scores[:, pairs] = outcomes
        classes = decision.decide(scores)
        for bit, pair in enumerate(pairs):
            found[number, pair] = (classes != classes[np.arange(len(outcomes)) ^ 1 << bit]).any()
    return found[kind_of.reshape(-1)]


DECISION_COSTS: dict[type[Decision], DecisionCost] = {
    Argmax: DecisionCost(_argmax, may_shift=True),
    Sign: DecisionCost(_sign),
    Votes: DecisionCost(_votes),
    Value: DecisionCost(_word),
    Label: DecisionCost(_label),
    Index: DecisionCost(_word),
}
