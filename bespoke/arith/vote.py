"""One-vs-one voting."""

from __future__ import annotations

from collections.abc import Sequence

from bespoke.arith.sharing_search import SharingEffort
from bespoke.arith.sums import WeightedSum, weighted_sums
from bespoke.arith.word import Word
from bespoke.cells import GateCosts
from bespoke.netlist import NetlistBuilder
from bespoke.numeric import Interval


def count_votes(
    builder: NetlistBuilder, pairs: Sequence[tuple[int, int]], wins: Sequence[int], classes: int, costs: GateCosts
) -> list[WeightedSum]:
    """Votes per class; ``wins[p]`` is the literal of "the first class of pair p wins"."""
    weights = [[0] * len(pairs) for _ in range(classes)]
    biases = [0] * classes
    for pair, (first, second) in enumerate(pairs):
        weights[first][pair], weights[second][pair] = 1, -1
        biases[second] += 1
    words = [Word((win,), Interval(0, 1)) for win in wins]
    return weighted_sums(builder, weights, words, biases, SharingEffort(costs))
