"""Boosted trees with small whole numbers in their leaves."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import product

import numpy as np

from bespoke.families.family import Family, Parameters
from bespoke.families.forest import decision_of, joined
from bespoke.families.growth import Grown, Limits, grow, leaves_of, newton
from bespoke.families.learning import FloatArray, Learning, probabilities
from bespoke.model import LEAF, IntArray, IntegerModel, Origin

_SIZES = ((4, 2), (8, 2), (16, 2), (32, 2), (64, 2), (2, 4), (4, 4), (8, 4), (16, 4), (2, 8), (4, 8), (8, 8), (16, 8))
_LARGER = ((2, 16), (4, 16), (8, 16), (2, 32), (4, 32), (24, 8), (32, 8))
_TOLLS = (0.0, 0.05, 0.3)
# Bits of a leaf beside its sign, share of a Newton step that is taken, and how often all leaves are then corrected.
_STEPS = ((2, 0.3, 0), (3, 0.3, 0), (1, 0.6, 3), (2, 0.6, 3), (3, 0.6, 3))
_NAMES = ("rounds", "leaves", "toll", "leaf_bits", "rate", "corrections")
_CORRECTED = 0.5  # share of the step of a correction
_AGAIN = 5  # times that all whole numbers are corrected
_UNSATURATED = 0.98  # share of the steps
_REGULARISATION, _LEAST_ROWS = 1.0, 3


class Boosting(Family):
    """Trees, each a Newton step of the logistic loss; with two leaves each an additive model of step functions.

    Leaves of trees that take large steps are corrected once all stand: each takes a further step for what the others
    leave, and when they are whole numbers, for what rounding left of the others.
    """

    name = "boosting"
    source = (
        "Friedman, Greedy Function Approximation, Annals of Statistics 29, 2001; "
        "Johnson, Zhang, Learning Nonlinear Functions Using Regularized Greedy Forest, PAMI 36, 2014 (correction); "
        "Frantar, Alistarh, Optimal Brain Compression, NeurIPS 2022 (rounding)"
    )

    pays_levels = True

    def candidates(self) -> Iterator[Parameters]:
        """Rounds, leaves of each tree, bits of a leaf, tolls, steps and corrections."""
        for size, toll, step in product((*_SIZES, *_LARGER), _TOLLS, _STEPS):
            yield dict(zip(_NAMES, (*size, toll, *step), strict=True))

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
            boosted.correct(_CORRECTED)
        most = (1 << parameters["leaf_bits"]) - 1
        stage = joined(boosted.trees, boosted.whole(most, _AGAIN if parameters["corrections"] else 0))
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

    def correct(self, share: float, rounded: Callable[[FloatArray], FloatArray] = np.asarray) -> None:
        """Let each leaf in turn take a share of a regularised Newton step, and round it."""
        for number, (leaves, steps) in enumerate(zip(self._leaves, self._steps, strict=True)):
            index = number % self._wanted.shape[1]
            slope, bend = (
                np.bincount(leaves, each, len(steps)) for each in self._slopes(probabilities(self._scores), index)
            )
            change = share * (slope - _REGULARISATION * steps) / (bend + _REGULARISATION)
            change[np.bincount(leaves, minlength=len(steps)) == 0] = 0.0
            self._steps[number] = rounded(steps + change)
            self._scores[:, index] += (self._steps[number] - steps)[leaves]

    def whole(self, most: int, corrections: int) -> list[IntArray]:
        """What the nodes of each tree add to each score as whole numbers up to ``most``, shape (n_nodes, n_scores).

        Each correction lets all leaves in turn make up for what the others lost by rounding.
        """
        steps = [each[tree.feature == LEAF] for each, tree in zip(self._steps, self.trees, strict=True)]
        unit = _unit(np.concatenate(steps), most)

        def rounded(steps: FloatArray) -> FloatArray:
            return np.clip(np.rint(steps / unit), -most, most) * unit

        for share in (0.0, *[1.0] * corrections):
            self.correct(share, rounded)
        units, whole = np.eye(self._wanted.shape[1], dtype=np.int64), (np.rint(each / unit) for each in self._steps)
        return [each.astype(np.int64)[:, None] * units[number % len(units)] for number, each in enumerate(whole)]

    def _slopes(self, shares: FloatArray, index: int) -> tuple[FloatArray, FloatArray]:
        """First and second derivative of the likelihood of each row by one score."""
        return self._wanted[:, index] - shares[:, index], shares[:, index] * (1 - shares[:, index])


def _unit(steps: FloatArray, most: int) -> float:
    """What 1 stands for, if the few largest steps, of leaves of few rows, saturate at ``most``."""
    sizes = np.abs(steps[steps != 0.0])
    return float(np.quantile(sizes, _UNSATURATED)) / most if len(sizes) else 1.0
