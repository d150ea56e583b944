"""Trees that vote with one bit each, for samples of Boolean functions."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np
from numpy.typing import NDArray

from bespoke.arith import at_least
from bespoke.arith.operators import count_bits
from bespoke.families.bit_growth import grow_on_bits
from bespoke.families.bits import gates_model, has_bits
from bespoke.families.family import Family, Parameters
from bespoke.families.growth import Grown, Limits, leaves_of
from bespoke.families.learning import Learning
from bespoke.families.paired import Features, fringe
from bespoke.model import LEAF, IntegerModel
from bespoke.netlist import NetlistBuilder

# Trees and leaves of each, small circuits first.
_SIZES = (
    *((1, 4), (1, 8), (3, 4), (1, 16), (3, 8), (5, 6), (1, 30), (7, 6), (5, 12), (1, 50), (9, 8), (7, 16), (15, 8)),
    *((1, 100), (11, 16), (21, 8), (15, 16), (1, 200), (31, 8), (21, 16), (31, 16), (31, 24), (51, 16), (41, 32)),
)
_ROUNDS, _FEW_ROUNDS = (0, 4, 8, 16), (0, 8)  # of features from leaves, of one tree and of several
_MOST_NEW = 40  # features of a round
# What a vote adds to the logarithm of the odds: the best of five on validation rows of 14 functions of IWLS 2020
# (benchmarks/learning.py --steps).
_STEP = 0.6
_REGULARISATION = 1.0
_LEAST_ROWS = 5
_Tree = tuple[Grown, NDArray[np.bool_]]


class Votes(Family):
    """Boosted trees whose leaves are one bit, as many votes for each class as there are; of one tree, its bit.

    Tests may be of pairs of inputs, and pairs of these: those of the last two tests before leaves of earlier trees.
    """

    name = "votes"
    source = (
        "Freund, Schapire, A Decision-Theoretic Generalization of On-Line Learning, 1997; Pagallo, IJCAI 1989; "
        "Rai et al., DATE 2021"
    )

    is_first = True

    def suits(self, learning: Learning) -> bool:
        """Whether the features are bits."""
        return has_bits(learning)

    def candidates(self) -> Iterator[Parameters]:
        """Trees, leaves of each, and rounds of features from leaves."""
        for trees, leaves in _SIZES:
            for rounds in _ROUNDS if trees == 1 else _FEW_ROUNDS:
                yield {"trees": trees, "leaves": leaves, "fringe": rounds}

    def fit(self, learning: Learning, parameters: Parameters, random: np.random.Generator) -> IntegerModel:
        """Train the trees one after the other."""
        del random
        features = Features(learning.words.astype(np.uint8), learning.words.shape[1])
        targets = learning.targets
        limits = Limits(leaves=parameters["leaves"], least_rows=_LEAST_ROWS)
        for _ in range(parameters["fringe"]):
            tree, classes = _grown(features, _slope(targets, np.zeros(len(targets))), limits)
            features = features.extended(fringe(tree, classes)[:_MOST_NEW])
        scores, trees = np.zeros(len(targets)), []
        for _ in range(parameters["trees"]):
            tree, classes = _grown(features, _slope(targets, scores), limits)
            scores += np.where(classes[leaves_of(tree, features.bits)], _STEP, -_STEP)
            trees.append((tree, classes))

        def literal(builder: NetlistBuilder, inputs: Sequence[int]) -> int:
            columns = features.literals(builder, inputs)
            votes = [_voted(builder, columns, tree) for tree in trees]
            return at_least(builder, tuple(count_bits(builder, votes)), (len(votes) + 1) // 2)

        return gates_model(learning, literal, self.name)


def _slope(targets: NDArray[np.int64], scores: NDArray[np.float64]) -> NDArray[np.float64]:
    """What the probability of class 1 lacks by the scores."""
    return np.asarray(targets - 1 / (1 + np.exp(-scores)), dtype=np.float64)


def _grown(features: Features, slope: NDArray[np.float64], limits: Limits) -> _Tree:
    """A tree of a Newton step, and the class that each node votes for."""
    tree = grow_on_bits(features.bits, slope, limits, _REGULARISATION)
    return tree, tree.sums[:, 0] > 0


def _voted(builder: NetlistBuilder, columns: Sequence[int], tree: _Tree) -> int:
    """The bit of the leaf that a tree gets to; nodes stand before those below them."""
    grown, classes = tree
    found: dict[int, int] = {}
    for node in range(len(grown.feature) - 1, -1, -1):
        if grown.feature[node] == LEAF:
            found[node] = int(classes[node])
        else:
            above, below = found[int(grown.right[node])], found[int(grown.left[node])]
            found[node] = builder.mux(columns[int(grown.feature[node])], above, below)
    return found[0]
