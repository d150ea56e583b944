"""Inputs near the borders of a decision, where a small error of a sum shows at the output."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from itertools import islice
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import Bounds, LinearConstraint, milp

from bespoke.model import Affine, Decision, IntegerModel, Label, Votes
from bespoke.proof.vectors import EXHAUSTIVE_BITS, IntArray

VECTORS = 4_000
_ROUNDS = 80  # with 40 about half as many vectors of the 16 reference models end within 4 of a border
_CHANGES = 3  # most words that one step of a walk changes
_NEAR = 0.7  # share of changes by one; the others are to any word
_SEED = 20240229
_BAND = 4  # largest score, in magnitude, that counts as about zero
_LIMIT_S = 2.0
_ALL_S = 120.0
_WALKERS = 400
_STEPS = 1500
_KEPT = 10  # one of so many steps is kept
# From a decision, scores (n_vectors, n_scores) and a score picked for each vector to the distance of each vector.
Gap = Callable[[Any, IntArray, IntArray], IntArray]


def border_words(model: IntegerModel, gap: Gap | None) -> IntArray:
    """Input words, shape (n_vectors, n_features), moved from random places to where ``gap`` is small.

    There are none where the inputs are so few that `stimuli` are all of them.

    Every vector is changed as long as that brings it nearer to where its own border is: of a one-vs-one pair whose
    outcome decides, of the two largest scores, of a sign, or of two labels.
    """
    rng = np.random.default_rng(_SEED)
    words = rng.integers(0, _tops(model) + 1, (VECTORS, model.coding.feature_count))
    if sum(model.coding.bits) <= EXHAUSTIVE_BITS:
        return words[:0]
    if gap is None:
        return words
    picked = rng.integers(0, model.decision.score_count, VECTORS)
    return list(islice(_walk(model, gap, picked, words, rng), _ROUNDS))[-1]


def _tops(model: IntegerModel) -> IntArray:
    return np.asarray((1 << np.array(model.coding.bits, dtype=np.int64)) - 1)


def _walk(
    model: IntegerModel, gap: Gap, picked: IntArray, words: IntArray, rng: np.random.Generator, band: int = 0
) -> Iterator[IntArray]:
    """Input words after each step of random walks on which gaps beyond ``band`` do not grow."""
    rows, tops = np.arange(len(words)), _tops(model)
    gaps = gap(model.decision, model.scores(words), picked)
    while True:
        trial = words.copy()
        for _ in range(int(rng.integers(1, _CHANGES + 1))):
            columns = rng.integers(len(tops), size=len(rows))
            near = rng.random(len(rows)) < _NEAR
            step = np.where(near, rng.choice([-1, 1], len(rows)), rng.integers(0, tops[columns] + 1))
            trial[rows, columns] = (trial[rows, columns] + step) % (tops[columns] + 1)
        found = gap(model.decision, model.scores(trial), picked)
        is_kept = found <= np.maximum(gaps, band)
        words, gaps = np.where(is_kept[:, None], trial, words), np.where(is_kept, found, gaps)
        yield words


def vote_gap(decision: Decision, scores: IntArray, picked: IntArray) -> IntArray:
    """The picked pair's score, and far off where its vote does not decide."""
    own = np.arange(len(scores)), picked
    flipped = scores.copy()
    flipped[own] = 1 - scores[own]
    idle = decision.decide(flipped) == decision.decide(scores)
    return np.asarray(np.abs(scores[own]) + (idle.astype(np.int64) << 40))


def argmax_gap(_decision: Decision, scores: IntArray, _picked: IntArray) -> IntArray:
    """The lead of the largest score."""
    top = np.sort(scores, axis=1)[:, -2:]
    return np.asarray(top[:, -1] - top[:, 0])


def label_gap(decision: Label, scores: IntArray, _picked: IntArray) -> IntArray:
    """The way to the nearest middle between labels."""
    span = 1 << decision.frac_bits
    rest = (scores[:, 0] + span // 2) % span
    return np.asarray(np.minimum(rest, span - rest))


def sign_gap(_decision: Decision, scores: IntArray, _picked: IntArray) -> IntArray:
    """The way to 0."""
    return np.asarray(np.abs(scores[:, 0]))


def vote_border_words(model: IntegerModel, decision: Votes, limit_s: float = _ALL_S) -> IntArray:
    """Input words, shape (n_vectors, n_features); none for a model that is not one plain affine with such a decision.

    For each pair of classes, integer programs find inputs on which its score is about zero and its vote decides;
    random walks that keep both spread them. Random search alone misses such inputs where a pair of classes rarely
    decides. No pair is begun after ``limit_s`` seconds.
    """
    started, rng = time.perf_counter(), np.random.default_rng(_SEED)
    found = [np.zeros((0, model.coding.feature_count), dtype=np.int64)]
    if len(model.stages) > 1 or not model.has_only(Affine):
        return found[0]
    affine = model.only_stage(Affine, "votes")
    if affine.activation != "identity" or affine.dropped_bits.any() or not affine.has_plain_columns():
        return found[0]
    for pair in range(decision.score_count):
        if time.perf_counter() - started > limit_s:
            break
        seeds = list(_seeds(affine, _tops(model), decision, pair, rng))
        if seeds:
            words = np.array(seeds)[rng.integers(len(seeds), size=_WALKERS)]
            walk = _walk(model, vote_gap, np.full(_WALKERS, pair), words, rng, _BAND)
            found += [words, *islice(walk, 0, _STEPS, _KEPT)]
    return np.unique(np.concatenate(found), axis=0)


def _seeds(affine: Affine, tops: IntArray, decision: Votes, pair: int, rng: np.random.Generator) -> Iterator[IntArray]:
    """One input per way in which the vote of the pair can decide.

    Variables are the inputs and one outcome per pair; that of ``pair`` itself is free.
    """
    pairs, classes = np.array(decision.pairs()), np.arange(len(decision.classes))
    others = np.arange(len(pairs)) != pair
    signs = _outcomes(affine, tops, others)
    about_zero = np.append(affine.weights[pair], np.zeros(len(pairs)))
    signs.append(LinearConstraint(about_zero, -_BAND - affine.biases[pair], _BAND - affine.biases[pair]))
    # Votes of each class without those of the pair: factors of the outcomes, and a constant.
    first, second = ((side == classes[:, None]) & others for side in pairs.T)
    factors = np.hstack([np.zeros((len(classes), len(tops))), first.astype(np.int64) - second])
    for winner, loser in (pairs[pair], pairs[pair][::-1]):
        lead, constant = factors[winner] - factors, second[winner].sum() - second.sum(axis=1)
        wins = LinearConstraint(lead, (classes < winner) - 1 - constant, np.inf)
        for rival in classes[classes != winner]:
            # With the vote given to the loser instead, the rival comes before the winner.
            least = int(winner < rival) - int(rival == loser) + constant[rival]
            result = milp(
                np.append(rng.normal(size=len(tops)), np.zeros(len(pairs))),
                integrality=np.ones(len(tops) + len(pairs)),
                bounds=Bounds(0, np.append(tops, np.ones(len(pairs)))),
                constraints=[*signs, wins, LinearConstraint(-lead[rival], least, np.inf)],
                options={"time_limit": _LIMIT_S},
            )
            if result.x is not None:
                yield np.rint(result.x[: len(tops)]).astype(np.int64)


def _outcomes(affine: Affine, tops: IntArray, others: NDArray[np.bool_]) -> list[LinearConstraint]:
    """The outcome of each other pair is 1 exactly where its score is at least 1."""
    weights, biases = affine.weights[others], affine.biases[others]
    low = np.minimum(np.minimum(weights * tops, 0).sum(axis=1) + biases, 0)
    high = np.maximum(np.maximum(weights * tops, 0).sum(axis=1) + biases, 0)
    slots = np.eye(len(others))[others]
    return [
        LinearConstraint(np.hstack([weights, (low - 1)[:, None] * slots]), low - biases, np.inf),
        LinearConstraint(np.hstack([weights, -high[:, None] * slots]), -np.inf, -biases),
    ]
