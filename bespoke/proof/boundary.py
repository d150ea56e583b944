"""Inputs near the borders of a decision, where a small error of a sum shows at the output."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from bespoke.model import IntegerModel, IntegerTree
from bespoke.proof.vectors import IntArray

VECTORS = 4_000
_ROUNDS = 40
_SEED = 20240229
_Gap = Callable[[IntArray], IntArray]


def boundary_words(model: IntegerModel) -> IntArray:
    """Input words, shape (n_vectors, n_features), moved from random places towards the model's borders.

    Every vector is changed feature by feature as long as that brings it nearer to where its own border is: of a
    one-vs-one pair whose outcome decides, of the two largest scores, of a sign, or of two labels.
    """
    rng = np.random.default_rng(_SEED)
    tops = (1 << np.array(model.coding.bits, dtype=np.int64)) - 1
    words = rng.integers(0, tops + 1, (VECTORS, len(tops)))
    if isinstance(model, IntegerTree) or not len(tops):
        return words
    distance = _distance(model, rng)
    best = distance(words)
    rows = np.arange(VECTORS)
    for _ in range(_ROUNDS):
        columns = rng.integers(0, len(tops), VECTORS)
        trial = words.copy()
        step = np.where(rng.random(VECTORS) < 0.5, rng.choice([-1, 1], VECTORS), rng.integers(-(1 << 16), 1 << 16))
        trial[rows, columns] = (trial[rows, columns] + step) % (tops[columns] + 1)
        found = distance(trial)
        nearer = found <= best
        words[nearer], best[nearer] = trial[nearer], found[nearer]
    return words


def _distance(model: IntegerModel, rng: np.random.Generator) -> _Gap:
    """Distance of input words from their borders; each vector has a border of its own where there are several."""
    assert not isinstance(model, IntegerTree)
    decision = model.decision
    picked = rng.integers(0, decision.score_count, VECTORS)
    rows = np.arange(VECTORS)

    def votes(scores: IntArray) -> IntArray:
        flipped = scores.copy()
        flipped[rows, picked] = 1 - scores[rows, picked]
        idle = decision.decide(flipped) == decision.decide(scores)
        gap: IntArray = np.abs(scores[rows, picked]) + (idle.astype(np.int64) << 40)
        return gap

    def argmax(scores: IntArray) -> IntArray:
        top = np.sort(scores, axis=1)[:, -2:]
        return np.asarray(top[:, -1] - top[:, 0], dtype=np.int64)

    def label(scores: IntArray) -> IntArray:
        span = 1 << decision.frac_bits
        rest = (scores[:, 0] + span // 2) % span
        return np.asarray(np.minimum(rest, span - rest), dtype=np.int64)

    def sign(scores: IntArray) -> IntArray:
        return np.asarray(np.abs(scores[:, 0]), dtype=np.int64)

    gaps: dict[str, _Gap] = {"votes": votes, "argmax": argmax, "label": label}
    gap = gaps.get(decision.kind, sign)
    return lambda words: gap(model.scores(words))
