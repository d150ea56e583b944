"""Single decision trees."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from bespoke.families.family import Family, Parameters
from bespoke.families.growth import Grown, Limits, Worth, class_statistics, entropy, gini, grow
from bespoke.families.learning import FloatArray, Learning
from bespoke.model import Index, IntegerModel, Origin, Trees

CRITERIA: dict[str, Worth] = {"gini": gini, "entropy": entropy}
_LEAVES = (2, 3, 4, 5, 6, 8, 10, 13, 16, 20, 25, 32, 40, 50, 64, 80, 100, 130, 180, 250)
_LEAST_ROWS = (1, 3, 8)
_EXTREMES, _FEW_LEAVES = (1, 8), 10  # so few leaves have many rows each, unless there are few rows
# Share of all that a perfect tree would gain that 1 mW of levels costs.
_TOLLS = (0.0, 0.1, 0.5, 2.0)


class Tree(Family):
    """A tree grown best split first, with a toll on levels that no test reads yet."""

    name = "tree"
    source = "Breiman et al., Classification and Regression Trees, 1984; Armeniakos et al., DATE 2024"

    pace = 3
    pays_levels = True

    def candidates(self) -> Iterator[Parameters]:
        """Sizes, criteria and tolls."""
        for leaves in _LEAVES:
            for criterion in CRITERIA:
                for least_rows in _EXTREMES if leaves <= _FEW_LEAVES else _LEAST_ROWS:
                    for toll in _TOLLS:
                        yield {"leaves": leaves, "criterion": criterion, "least_rows": least_rows, "toll": toll}

    def fit(self, learning: Learning, parameters: Parameters, random: np.random.Generator) -> IntegerModel:
        """Train one tree."""
        del random
        worth = CRITERIA[parameters["criterion"]]
        statistics = class_statistics(learning.targets, learning.class_count)
        limits = Limits(leaves=parameters["leaves"], least_rows=parameters["least_rows"])
        toll = tolls(learning, statistics, worth, parameters["toll"])
        grown = grow(learning.words, statistics, worth, limits, toll)
        return IntegerModel(learning.coding, (leading(grown),), Index(learning.classes), Origin(self.name, ""))


def tolls(learning: Learning, statistics: FloatArray, worth: Worth, toll: float) -> FloatArray:
    """What the first test of each level must gain beyond, shape (n_features, n_levels + 1).

    ``toll`` is the share of all that telling the classes apart would gain that 1 mW of levels costs.
    """
    each = [worth(statistics[learning.targets == index].sum(axis=0)) for index in range(learning.class_count)]
    most = float(np.sum(each) - worth(statistics.sum(axis=0)))
    return toll * most * learning.prices.level_mw


def leading(grown: Grown) -> Trees:
    """The tree with the leading class in each leaf, the first of equally many."""
    return Trees(grown.feature, grown.threshold, grown.left, grown.right, grown.sums[:, :-1].argmax(axis=1))
