"""Boosted trees for classes that are consecutive whole numbers: one sum, rounded to the nearest class."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from bespoke.families.family import Family, Parameters
from bespoke.families.forest import joined
from bespoke.families.growth import Grown, Limits, grow, leaves_of, newton
from bespoke.families.learning import FloatArray, Learning
from bespoke.model import IntArray, IntegerModel, Label, Origin

# Trees, leaves of each, and the share of each step that is taken.
_SIZES = ((2, 4, 0.7), (2, 8, 0.7), (3, 6, 0.6), (4, 4, 0.5), (4, 8, 0.5), (4, 16, 0.5), (8, 4, 0.3), (8, 8, 0.3))
_LARGER = ((8, 16, 0.3), (16, 8, 0.2), (16, 16, 0.2), (16, 32, 0.2), (32, 16, 0.1), (32, 32, 0.1))
_TOLLS = (0.02, 0.1, 0.5)
_BITS = (2, 3)
_REGULARISATION, _LEAST_ROWS = 1.0, 3


class Ordered(Family):
    """A sum of trees that fits the class as a number: a tree for each step instead of one for each class."""

    name = "ordered"
    source = "Friedman, Greedy Function Approximation, Annals of Statistics 29, 2001, with squared loss"

    def suits(self, learning: Learning) -> bool:
        """Whether there are three or more classes, all of them consecutive whole numbers."""
        first = learning.classes[0]
        return (
            learning.class_count > 2
            and isinstance(first, int)
            and learning.classes == tuple(range(first, first + learning.class_count))
        )

    def candidates(self) -> Iterator[Parameters]:
        """Trees, leaves, steps, tolls, and fraction bits of the sum."""
        for trees, leaves, rate in (*_SIZES, *_LARGER):
            for toll in _TOLLS:
                for bits in _BITS:
                    yield {"trees": trees, "leaves": leaves, "rate": rate, "toll": toll, "fraction_bits": bits}

    def fit(self, learning: Learning, parameters: Parameters, random: np.random.Generator) -> IntegerModel:
        """Train one sum of trees."""
        del random
        wanted = learning.targets.astype(np.float64)
        scores = np.full(len(wanted), wanted.mean())
        spread = float(((wanted - scores) ** 2).sum()) / 2
        toll = parameters["toll"] * spread * learning.prices.level_mw
        limits = Limits(leaves=parameters["leaves"], least_rows=_LEAST_ROWS)
        ones = np.ones(len(wanted))
        trees: list[Grown] = []
        values: list[FloatArray] = []
        for _ in range(parameters["trees"]):
            statistics = np.stack([wanted - scores, ones, ones], axis=1)
            tree = grow(learning.words, statistics, newton(_REGULARISATION), limits, toll)
            trees.append(tree)
            values.append(parameters["rate"] * tree.sums[:, 0] / (tree.sums[:, 1] + _REGULARISATION))
            scores += values[-1][leaves_of(tree, learning.words)]
        first = int(learning.classes[0])
        values[0] = values[0] + wanted.mean() + first
        decision = Label(learning.classes, parameters["fraction_bits"])
        stage = joined(trees, [_whole(each, decision.frac_bits) for each in values])
        return IntegerModel(learning.coding, (stage,), decision, Origin(self.name, ""))


def _whole(values: FloatArray, bits: int) -> IntArray:
    """Values on the grid of the sum, shape (n_nodes, 1)."""
    return np.rint(np.ldexp(values, bits)).astype(np.int64)[:, None]
