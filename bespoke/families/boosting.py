"""Boosted trees with small whole numbers in their leaves."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from bespoke.families.family import Family, Parameters
from bespoke.families.forest import decision_of, joined
from bespoke.families.growth import Grown, Limits, grow, leaves_of, newton
from bespoke.families.learning import FloatArray, Learning
from bespoke.model import IntArray, IntegerModel, Origin

_SIZES = ((4, 2), (8, 2), (16, 2), (32, 2), (2, 4), (4, 4), (8, 4), (16, 4), (4, 8), (8, 8), (16, 8))
_TOLLS = (0.0, 0.05, 0.3)
_RATE, _REGULARISATION, _LEAST_ROWS = 0.3, 1.0, 3
_BITS = (3, 5)


class Boosting(Family):
    """Trees, each a Newton step of the logistic loss; with two leaves each an additive model of step functions."""

    name = "boosting"
    source = "Friedman, Greedy Function Approximation, Annals of Statistics 29, 2001"

    pays_levels = True

    def candidates(self) -> Iterator[Parameters]:
        """Rounds, leaves of each tree, bits of a leaf, and tolls."""
        for rounds, leaves in _SIZES:
            for toll in _TOLLS:
                for bits in _BITS:
                    yield {"rounds": rounds, "leaves": leaves, "toll": toll, "leaf_bits": bits}

    def fit(self, learning: Learning, parameters: Parameters, random: np.random.Generator) -> IntegerModel:
        """Train one ensemble: in each round a tree for each score."""
        del random
        wanted = np.eye(learning.class_count)[learning.targets]
        if learning.class_count == 2:
            wanted = wanted[:, 1:]
        scores = np.zeros_like(wanted)
        toll = parameters["toll"] * len(wanted) / 4 * learning.prices.level_mw
        trees: list[Grown] = []
        values: list[FloatArray] = []
        limits = Limits(leaves=parameters["leaves"], least_rows=_LEAST_ROWS)
        for _ in range(parameters["rounds"]):
            shares = _shares(scores)
            for index in range(wanted.shape[1]):
                slope, bend = wanted[:, index] - shares[:, index], shares[:, index] * (1 - shares[:, index])
                statistics = np.stack([slope, bend, np.ones_like(slope)], axis=1)
                tree = grow(learning.words, statistics, newton(_REGULARISATION), limits, toll)
                steps = _RATE * tree.sums[:, 0] / (tree.sums[:, 1] + _REGULARISATION)
                trees.append(tree)
                values.append(steps[:, None] * np.eye(wanted.shape[1])[index])
                scores[:, index] += steps[leaves_of(tree, learning.words)]
        return IntegerModel(
            learning.coding,
            (joined(trees, _whole(values, parameters["leaf_bits"])),),
            decision_of(learning),
            Origin(self.name, ""),
        )


def _shares(scores: FloatArray) -> FloatArray:
    """Probabilities of the classes; of a single score that of the second class."""
    if scores.shape[1] == 1:
        return np.asarray(1 / (1 + np.exp(-scores)), dtype=np.float64)
    raised = np.exp(scores - scores.max(axis=1, keepdims=True))
    return np.asarray(raised / raised.sum(axis=1, keepdims=True), dtype=np.float64)


def _whole(values: list[FloatArray], bits: int) -> list[IntArray]:
    """Steps as whole numbers, the largest of them with the given bits and a sign."""
    largest = max(float(np.abs(each).max(initial=0.0)) for each in values)
    scale = ((1 << bits) - 1) / largest if largest else 0.0
    return [np.rint(each * scale).astype(np.int64) for each in values]
