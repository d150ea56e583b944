"""Inputs on which a one-vs-one vote hangs on one pair whose score is about zero."""

from __future__ import annotations

import time
from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import Bounds, LinearConstraint, milp

from bespoke.model import Affine, IntegerModel, Votes
from bespoke.proof.vectors import IntArray

_BAND = 4  # largest score, in magnitude, that counts as about zero
_LIMIT_S = 2.0
_ALL_S = 120.0
_WALKERS = 400
_STEPS = 1500
_KEPT = 10  # one of so many steps is kept
_NEAR = 0.8  # share of changes by one
_SEED = 20240229


def vote_border_words(model: IntegerModel, decision: Votes, limit_s: float = _ALL_S) -> IntArray:
    """Input words, shape (n_vectors, n_features); none for a model that is not one plain affine with such a decision.

    For each pair of classes, integer programs find inputs on which its score is about zero and its vote decides;
    random walks that keep both spread them. Random search alone misses such inputs where a pair of classes rarely
    decides. No pair is begun after ``limit_s`` seconds.
    """
    started = time.perf_counter()
    found = [np.zeros((0, model.coding.feature_count), dtype=np.int64)]
    if len(model.stages) > 1 or not model.has_only(Affine):
        return found[0]
    affine = model.only_stage(Affine, "votes")
    if affine.activation != "identity" or affine.dropped_bits.any() or not affine.has_plain_columns():
        return found[0]
    rng, tops = np.random.default_rng(_SEED), (1 << np.array(model.coding.bits)) - 1
    for pair in range(decision.score_count):
        if time.perf_counter() - started > limit_s:
            break
        seeds = list(_seeds(affine, tops, decision, pair, rng))
        if seeds:
            found.append(_walks(model, pair, np.array(seeds), rng))
    return np.unique(np.concatenate(found), axis=0)


def _seeds(affine: Affine, tops: IntArray, decision: Votes, pair: int, rng: np.random.Generator) -> Iterator[IntArray]:
    """One input per way in which the vote of the pair can decide."""
    first, second = decision.pairs()[pair]
    system = _System(affine, tops, decision.pairs(), pair)
    for winner, loser in ((first, second), (second, first)):
        for rival in range(len(decision.classes)):
            if rival != winner:
                cost = np.concatenate([rng.normal(size=len(tops)), np.zeros(system.pair_count)])
                rows = [*system.signs, *system.wins(winner), system.loses(winner, loser, rival)]
                result = milp(
                    cost,
                    integrality=np.ones(len(cost)),
                    bounds=system.bounds,
                    constraints=rows,
                    options={"time_limit": _LIMIT_S},
                )
                if result.x is not None:
                    yield np.rint(result.x[: len(tops)]).astype(np.int64)


class _System:
    """Linear constraints over the inputs and one binary outcome per pair; the outcome of ``pair`` itself is free."""

    def __init__(self, affine: Affine, tops: IntArray, pairs: tuple[tuple[int, int], ...], pair: int) -> None:
        self._pairs, self._pair = pairs, pair
        self.pair_count = len(pairs)
        self._inputs = len(tops)
        zeros, ones = np.zeros(self._inputs + len(pairs)), np.ones(len(pairs))
        self.bounds = Bounds(zeros, np.concatenate([tops, ones]))
        self.signs = [self._sign(affine, tops, number) for number in range(len(pairs)) if number != pair]
        row = np.concatenate([affine.weights[pair], 0 * ones])
        self.signs.append(LinearConstraint(row, -_BAND - affine.biases[pair], _BAND - affine.biases[pair]))

    def _sign(self, affine: Affine, tops: IntArray, number: int) -> LinearConstraint:
        """The outcome is 1 exactly where the score is at least 1."""
        weights, bias = affine.weights[number], int(affine.biases[number])
        low = int(np.minimum(weights * tops, 0).sum()) + bias
        high = int(np.maximum(weights * tops, 0).sum()) + bias
        rows = np.zeros((2, self._inputs + self.pair_count))
        rows[:, : self._inputs] = weights
        rows[0, self._inputs + number], rows[1, self._inputs + number] = -(1 - min(low, 0)), -max(high, 0)
        return LinearConstraint(rows, [min(low, 0) - bias, -np.inf], [np.inf, -bias])

    def _lead(self, ahead: int, behind: int) -> tuple[NDArray[np.float64], int]:
        """Votes of one class less those of another, without those of the pair: factors, and a constant."""
        row, constant = np.zeros(self._inputs + self.pair_count), 0
        for number, (a, b) in enumerate(self._pairs):
            if number != self._pair:
                sign = (a == ahead) - (a == behind)
                other = (b == ahead) - (b == behind)
                row[self._inputs + number] += sign - other
                constant += other
        return row, constant

    def wins(self, winner: int) -> Iterator[LinearConstraint]:
        """With the vote of the pair ``winner`` has the most votes."""
        for rival in range(max(max(pair) for pair in self._pairs) + 1):
            if rival != winner:
                row, constant = self._lead(winner, rival)
                yield LinearConstraint(row, int(rival < winner) - 1 - constant, np.inf)

    def loses(self, winner: int, loser: int, rival: int) -> LinearConstraint:
        """With the vote given to ``loser`` instead, ``rival`` comes before ``winner``."""
        row, constant = self._lead(rival, winner)
        return LinearConstraint(row, int(winner < rival) - int(rival == loser) - constant, np.inf)


def _walks(model: IntegerModel, pair: int, seeds: IntArray, rng: np.random.Generator) -> IntArray:
    """Inputs met on random walks that keep the score about zero and the vote decisive."""
    tops = (1 << np.array(model.coding.bits)) - 1
    words = seeds[rng.integers(len(seeds), size=_WALKERS)]
    met, rows = [words], np.arange(len(words))
    for number in range(_STEPS):
        trial = words.copy()
        for _ in range(int(rng.integers(1, 4))):
            columns = rng.integers(len(tops), size=len(rows))
            near = rng.random(len(rows)) < _NEAR
            step = np.where(near, rng.choice([-1, 1], len(rows)), rng.integers(-tops[columns], tops[columns] + 1))
            trial[rows, columns] = np.clip(trial[rows, columns] + step, 0, tops[columns])
        words = np.where(_hangs_on(model, pair, trial)[:, None], trial, words)
        if number % _KEPT == 0:
            met.append(words)
    return np.concatenate(met)


def _hangs_on(model: IntegerModel, pair: int, words: IntArray) -> NDArray[np.bool_]:
    scores = model.scores(words)
    flipped = scores.copy()
    flipped[:, pair] = 1 - scores[:, pair]
    decides = model.decision.decide(flipped) != model.decision.decide(scores)
    return np.asarray(decides & (np.abs(scores[:, pair]) <= _BAND))
