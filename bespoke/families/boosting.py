"""Boosted trees with small whole numbers in their leaves."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np

from bespoke.families.family import Family, Parameters
from bespoke.families.forest import decision_of, joined
from bespoke.families.growth import Grown, Limits, grow, leaves_of, newton
from bespoke.families.learning import FloatArray, Learning, probabilities
from bespoke.model import IntArray, IntegerModel, Origin

_SIZES = ((4, 2), (8, 2), (16, 2), (32, 2), (64, 2), (2, 4), (4, 4), (8, 4), (16, 4), (2, 8), (4, 8), (8, 8), (16, 8))
_LARGER = ((2, 16), (4, 16), (8, 16), (2, 32), (4, 32))
_TOLLS = (0.0, 0.05, 0.3)
_BITS = (2, 3)
# Share of a Newton step that is taken, and how often all leaves are then corrected.
_STEPS = ((0.3, 0), (0.6, 3))
_CORRECTED = 0.5  # share of the step of a correction
_UNSATURATED = 0.98  # share of the steps
_REGULARISATION, _LEAST_ROWS = 1.0, 3


class Boosting(Family):
    """Trees, each a Newton step of the logistic loss; with two leaves each an additive model of step functions.

    Leaves of few trees are corrected once all trees stand: each takes a further step for what the others leave.
    """

    name = "boosting"
    source = (
        "Friedman, Greedy Function Approximation, Annals of Statistics 29, 2001; "
        "Johnson, Zhang, Learning Nonlinear Functions Using Regularized Greedy Forest, PAMI 36, 2014 (correction)"
    )

    pays_levels = True

    def candidates(self) -> Iterator[Parameters]:
        """Rounds, leaves of each tree, bits of a leaf, tolls, steps and corrections."""
        for rounds, leaves in (*_SIZES, *_LARGER):
            for toll in _TOLLS:
                for bits in _BITS:
                    for rate, corrections in _STEPS:
                        yield {
                            "rounds": rounds,
                            "leaves": leaves,
                            "toll": toll,
                            "leaf_bits": bits,
                            "rate": rate,
                            "corrections": corrections,
                        }

    def fit(self, learning: Learning, parameters: Parameters, random: np.random.Generator) -> IntegerModel:
        """Train one ensemble: in each round a tree for each score."""
        del random
        wanted = np.eye(learning.class_count)[learning.targets]
        if learning.class_count == 2:
            wanted = wanted[:, 1:]
        boosted = _Boosted(learning, wanted, parameters)
        for _ in range(parameters["rounds"]):
            boosted.grow()
        for _ in range(parameters["corrections"]):
            boosted.correct()
        stage = joined(boosted.trees, _whole(boosted.values, parameters["leaf_bits"]))
        return IntegerModel(learning.coding, (stage,), decision_of(learning), Origin(self.name, ""))


class _Boosted:
    """Trees so far, the score that each is of, the values of their nodes, and the scores of all rows."""

    def __init__(self, learning: Learning, wanted: FloatArray, parameters: Parameters) -> None:
        self._words, self._wanted, self._rate = learning.words, wanted, parameters["rate"]
        self._toll = parameters["toll"] * len(wanted) / 4 * learning.prices.level_mw
        self._limits = Limits(leaves=parameters["leaves"], least_rows=_LEAST_ROWS)
        self._scores = np.zeros_like(wanted)
        self._leaves: list[IntArray] = []
        self._steps: list[FloatArray] = []
        self.trees: list[Grown] = []

    @property
    def values(self) -> list[FloatArray]:
        """What the nodes of each tree add to each score, shape (n_nodes, n_scores)."""
        units = np.eye(self._wanted.shape[1])
        return [steps[:, None] * units[number % len(units)] for number, steps in enumerate(self._steps)]

    def grow(self) -> None:
        """Add a tree for each score, all by the same shares."""
        shares = probabilities(self._scores)
        for index in range(self._wanted.shape[1]):
            slope, bend = self._slopes(shares, index)
            statistics = np.stack([slope, bend, np.ones_like(slope)], axis=1)
            tree = grow(self._words, statistics, newton(_REGULARISATION), self._limits, self._toll)
            steps = self._rate * tree.sums[:, 0] / (tree.sums[:, 1] + _REGULARISATION)
            self.trees.append(tree)
            self._steps.append(steps)
            self._leaves.append(leaves_of(tree, self._words))
            self._scores[:, index] += steps[self._leaves[-1]]

    def correct(self) -> None:
        """Let each leaf in turn take part of a regularised Newton step."""
        for number, (leaves, steps) in enumerate(zip(self._leaves, self._steps, strict=True)):
            index = number % self._wanted.shape[1]
            slope, bend = (
                np.bincount(leaves, each, len(steps)) for each in self._slopes(probabilities(self._scores), index)
            )
            change = _CORRECTED * (slope - _REGULARISATION * steps) / (bend + _REGULARISATION)
            change[np.bincount(leaves, minlength=len(steps)) == 0] = 0.0
            self._steps[number] = steps + change
            self._scores[:, index] += change[leaves]

    def _slopes(self, shares: FloatArray, index: int) -> tuple[FloatArray, FloatArray]:
        """First and second derivative of the likelihood of each row by one score."""
        return self._wanted[:, index] - shares[:, index], shares[:, index] * (1 - shares[:, index])


def _whole(values: Sequence[FloatArray], bits: int) -> list[IntArray]:
    """Steps as whole numbers of the given bits and a sign; the few largest ones, of leaves of few rows, saturate."""
    sizes = np.abs(np.concatenate([each.ravel() for each in values]))
    largest = float(np.quantile(sizes[sizes > 0], _UNSATURATED)) if sizes.any() else 0.0
    scale = ((1 << bits) - 1) / largest if largest else 0.0
    return [np.rint(np.clip(each, -largest, largest) * scale).astype(np.int64) for each in values]
