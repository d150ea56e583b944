"""Inputs near the borders of a decision, where a small error of a sum shows at the output."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from bespoke.model import Decision, IntegerModel, Label
from bespoke.proof.vectors import IntArray

VECTORS = 4_000
_ROUNDS = 40
_SEED = 20240229
# From a decision, scores (n_vectors, n_scores) and a score picked for each vector to the distance of each vector.
Gap = Callable[[Any, IntArray, IntArray], IntArray]


def boundary_words(model: IntegerModel, gap: Gap | None) -> IntArray:
    """Input words, shape (n_vectors, n_features), moved from random places to where ``gap`` is small.

    Every vector is changed feature by feature as long as that brings it nearer to where its own border is: of a
    one-vs-one pair whose outcome decides, of the two largest scores, of a sign, or of two labels.
    """
    rng = np.random.default_rng(_SEED)
    tops = (1 << np.array(model.coding.bits, dtype=np.int64)) - 1
    words = rng.integers(0, tops + 1, (VECTORS, len(tops)))
    if gap is None or not len(tops):
        return words
    picked = rng.integers(0, model.decision.score_count, VECTORS)
    best = gap(model.decision, model.scores(words), picked)
    rows = np.arange(VECTORS)
    for _ in range(_ROUNDS):
        columns = rng.integers(0, len(tops), VECTORS)
        trial = words.copy()
        step = np.where(rng.random(VECTORS) < 0.5, rng.choice([-1, 1], VECTORS), rng.integers(-(1 << 16), 1 << 16))
        trial[rows, columns] = (trial[rows, columns] + step) % (tops[columns] + 1)
        found = gap(model.decision, model.scores(trial), picked)
        nearer = found <= best
        words[nearer], best[nearer] = trial[nearer], found[nearer]
    return words


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
