"""The moves of annealed trees, compiled: small trees as arrays of tests that change one at a time."""

from __future__ import annotations

import numpy as np

from bespoke.compiled import compiled, entry
from bespoke.families.learning import FloatArray
from bespoke.model import IntArray

_NONE = -1


@entry
def annealed(
    words: IntArray,
    targets: IntArray,
    classes: int,
    prices: FloatArray,
    tests: tuple[IntArray, IntArray],
    random: tuple[FloatArray, float, float],
) -> tuple[IntArray, IntArray]:
    """Feature and level of each test of the tree with the least errors and price that a cooling walk meets.

    Node ``k`` has the children ``2 k + 1`` and ``2 k + 2``, of which the second is taken where the word reaches the
    level; a feature of -1 is a leaf, and what stands below it is kept for when it grows again.

    Parameters
    ----------
    words : ndarray of int64, shape (n_rows, n_features)
    targets : ndarray of int64, shape (n_rows,)
    classes : int
    prices : ndarray of float64, shape (n_features, n_levels + 1)
        Of a level the first time that it is tested, in rows that are wrong; at level 0 the price of a test as such.
    tests : tuple of two ndarrays of int64, shape (n_nodes,)
        Features and levels to start from.
    random : tuple
        Numbers in [0, 1), four for each move, shape (n_moves, 4), and the first and last temperature in rows.
    """
    feature, level = tests[0].copy(), tests[1].copy()
    best_feature, best_level = feature.copy(), level.copy()
    numbers, first, last = random
    moves, nodes = len(numbers), len(feature)
    counts = np.zeros((2 * nodes + 1, classes), dtype=np.int64)
    current = _cost(words, targets, prices, feature, level, counts)
    best = current
    for move in range(moves):
        node = int(numbers[move, 0] * nodes)
        if node and feature[(node - 1) // 2] == _NONE:
            continue
        old_feature, old_level = feature[node], level[node]
        kind = numbers[move, 1]
        if kind < 0.15:
            feature[node] = _NONE
        elif kind < 0.45 and old_feature != _NONE:
            step = 1 if numbers[move, 2] < 0.5 else -1
            level[node] = min(max(old_level + step, 1), prices.shape[1] - 1)
        elif kind < 0.65:  # a test that stands elsewhere in the tree
            other = int(numbers[move, 2] * nodes)
            feature[node], level[node] = feature[other], level[other]
        else:
            feature[node] = int(numbers[move, 2] * prices.shape[0])
            level[node] = 1 + int(numbers[move, 3] * (prices.shape[1] - 1))
        found = _cost(words, targets, prices, feature, level, counts)
        heat = first * (last / first) ** (move / moves)
        if found <= current or numbers[move, 3] < np.exp((current - found) / heat):
            current = found
            if found < best - 1e-9:
                best = found
                best_feature[:], best_level[:] = feature, level
        else:
            feature[node], level[node] = old_feature, old_level
    return best_feature, best_level


@compiled
def _cost(
    words: IntArray, targets: IntArray, prices: FloatArray, feature: IntArray, level: IntArray, counts: IntArray
) -> float:
    """Rows that the tree with the leading class in each leaf has wrong, and the prices of its tests."""
    nodes = len(feature)
    counts[:] = 0
    for row in range(len(words)):
        node = 0
        while node < nodes and feature[node] != _NONE:
            node = 2 * node + (2 if words[row, feature[node]] >= level[node] else 1)
        counts[node, targets[row]] += 1
    cost = float(len(words))
    for node in range(len(counts)):
        cost -= counts[node].max()
    reached = np.zeros(nodes, dtype=np.bool_)
    for node in range(nodes):
        above = (node - 1) // 2
        reached[node] = feature[node] != _NONE and (node == 0 or reached[above])
        if not reached[node]:
            continue
        cost += prices[0, 0]
        is_new = True
        for other in range(node):
            if reached[other] and feature[other] == feature[node] and level[other] == level[node]:
                is_new = False
        if is_new:
            cost += prices[feature[node], level[node]]
    return cost
