"""Few small trees that vote, over few shared levels."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np
from numpy.typing import NDArray

from bespoke.families.family import Family, Parameters
from bespoke.families.growth import Grown, Limits, class_statistics, gini, grow
from bespoke.families.learning import Learning
from bespoke.families.tree import tolls
from bespoke.model import Argmax, Decision, IntArray, IntegerModel, Origin, Sign, Trees
from bespoke.model.trees import LEAF

_SIZES = ((3, 6), (3, 12), (5, 8), (5, 16), (7, 12), (9, 20), (15, 12), (15, 25), (15, 50), (25, 25))
_TOLLS = (0.0, 0.05, 0.3)
_BITS = (1, 2, 4)


class Forest(Family):
    """Trees of bootstrapped rows and random features, whose leaves add up the shares of the classes."""

    name = "forest"
    source = "Breiman, Random Forests, Machine Learning 45, 2001"

    pays_levels = True

    def candidates(self) -> Iterator[Parameters]:
        """Trees, leaves of each, bits of a leaf's shares, and tolls."""
        for trees, leaves in _SIZES:
            for toll in _TOLLS:
                for bits in _BITS:
                    yield {"trees": trees, "leaves": leaves, "toll": toll, "leaf_bits": bits}

    def fit(self, learning: Learning, parameters: Parameters, random: np.random.Generator) -> IntegerModel:
        """Train one forest."""
        statistics = class_statistics(learning.targets, learning.class_count)
        toll = tolls(learning, statistics, gini, parameters["toll"])
        limits = Limits(leaves=parameters["leaves"], least_rows=1)
        rows, features = learning.words.shape
        most = max(1, round(features**0.5))

        def allowed() -> NDArray[np.bool_]:
            return np.isin(np.arange(features), random.choice(features, most, replace=False))

        grown = []
        for _ in range(parameters["trees"]):
            drawn = random.integers(rows, size=rows)
            grown.append(grow(learning.words[drawn], statistics[drawn], gini, limits, toll, allowed))
        shares = [_shares(tree, learning.class_count, parameters["leaf_bits"]) for tree in grown]
        return IntegerModel(learning.coding, (joined(grown, shares),), decision_of(learning), Origin(self.name, ""))


def _shares(tree: Grown, class_count: int, bits: int) -> IntArray:
    """Shares of the classes in whole steps; of two classes what the second has more."""
    shares = tree.sums[:, :-1] / np.maximum(tree.sums[:, -1:], 1.0)
    if class_count == 2:
        shares = shares[:, 1:] - shares[:, :1]
        return np.rint(shares * ((1 << (bits - 1)) - 1 or 1)).astype(np.int64)
    return np.rint(shares * ((1 << bits) - 1)).astype(np.int64)


def decision_of(learning: Learning) -> Decision:
    """The sign of the only score of two classes, else the largest score."""
    return Sign(learning.classes) if learning.class_count == 2 else Argmax(learning.classes)


def joined(trees: Sequence[Grown], values: Sequence[IntArray]) -> Trees:
    """One stage of trees with the given vectors in their leaves."""
    firsts = np.cumsum([0, *(len(tree.feature) for tree in trees[:-1])])
    sides = [
        [np.where(side == LEAF, LEAF, side + first) for side in (tree.left, tree.right)]
        for tree, first in zip(trees, firsts, strict=True)
    ]
    vectors = [np.where((tree.feature == LEAF)[:, None], value, 0) for tree, value in zip(trees, values, strict=True)]
    return Trees(
        np.concatenate([tree.feature for tree in trees]),
        np.concatenate([tree.threshold for tree in trees]),
        np.concatenate([left for left, _ in sides]),
        np.concatenate([right for _, right in sides]),
        np.concatenate(vectors),
        firsts.astype(np.int64),
    )
