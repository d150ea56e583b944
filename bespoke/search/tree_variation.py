"""Small random changes of genomes of trees, and their mixture."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from bespoke.model import LEAF, IntArray, IntegerTree

_MEAN_CHANGES = 2.0
_FURTHEST = 5  # steps of the last place of a threshold, as in ISQED 2022
_NEAR = 4  # neighbouring training values


class _Site(NamedTuple):
    """One node of one genome, the genes as views that can be written to, and what a move may look at."""

    node: int
    feature: int
    bits: int
    bounds: IntArray
    cuts: IntArray
    exact: IntArray
    active: IntArray
    alike: IntArray
    values: IntArray
    random: np.random.Generator

    def set_bound(self, nodes: IntArray | int, bound: int) -> None:
        """Change bounds, within the feature's range."""
        self.bounds[nodes] = min(max(bound, 0), 1 << self.bits)


class TreeVariation:
    """Mutation and crossover of genomes: a flag, then a bound and a cut for each inner node of a tree.

    Parameters
    ----------
    exact : IntegerTree
    words : ndarray of int64, shape (n_rows, n_features)
        Training inputs, of which bounds are taken.
    """

    def __init__(self, exact: IntegerTree, words: IntArray) -> None:
        inner = np.flatnonzero(exact.feature != LEAF)
        self._feature = exact.feature[inner]
        self._exact = exact.threshold[inner] + 1
        self._bits = exact.coding.bits
        self._values = [np.unique(column) for column in np.asarray(words).T]
        self._above = _ancestors(exact)[np.ix_(inner, inner)]

    def mutate(self, genome: IntArray, random: np.random.Generator) -> IntArray:
        """Changed copy of a genome."""
        result = genome.copy()
        result[0] = 1
        if not len(self._feature):
            return result
        for _ in range(1 + int(random.poisson(_MEAN_CHANGES - 1))):
            move = _MOVES[int(random.choice(len(_MOVES), p=_SHARES))]
            move(self._site(result, random))
        return result

    def cross(self, first: IntArray, second: IntArray, random: np.random.Generator) -> IntArray:
        """Mixture: a subtree, some features' nodes or any nodes of the other parent."""
        count = len(self._feature)
        if not count:
            return first.copy()
        kind = int(random.integers(3))
        if kind == 0:
            root = int(random.integers(count))
            from_second = self._above[:, root] | (np.arange(count) == root)
        elif kind == 1:
            from_second = (random.random(len(self._bits)) < 0.5)[self._feature]
        else:
            from_second = random.random(count) < random.random()
        return np.where(np.concatenate([[False], from_second, from_second]), second, first)

    def simplifications(self, genome: IntArray) -> IntArray:
        """Genomes with one more cut, or one bound with a trailing zero more, shape (n, size)."""
        count = len(self._feature)
        found = []
        for node in self._active(genome).tolist():
            bound = int(genome[1 + node])
            step = 2 * (bound & -bound)
            changes = {1 + count + node: [1]}
            if 0 < bound < 1 << self._bits[self._feature[node]]:
                changes[1 + node] = [bound - step // 2, bound + step // 2]
            for place, values in changes.items():
                for value in values:
                    changed = genome.copy()
                    changed[0], changed[place] = 1, value
                    found.append(changed)
        return np.array(found, dtype=np.int64).reshape(len(found), len(genome))

    def _active(self, genome: IntArray) -> IntArray:
        """Nodes that are neither cut nor below a cut."""
        cuts = genome[1 + len(self._feature) :] == 1
        return np.flatnonzero(~(self._above & cuts).any(axis=1) & ~cuts)

    def _site(self, genome: IntArray, random: np.random.Generator) -> _Site:
        count = len(self._feature)
        bounds, cuts = genome[1 : 1 + count], genome[1 + count :]
        hidden = (self._above & (cuts == 1)).any(axis=1)
        active = np.flatnonzero(~hidden)
        node = int(random.choice(active))
        feature = int(self._feature[node])
        return _Site(
            node=node,
            feature=feature,
            bits=self._bits[feature],
            bounds=bounds,
            cuts=cuts,
            exact=self._exact,
            active=active,
            alike=active[self._feature[active] == feature],
            values=self._values[feature],
            random=random,
        )


def rounded(bounds: IntArray, dropped: int | IntArray) -> IntArray:
    """Nearest multiples of ``2**dropped``, the upper of equally near ones."""
    return (bounds + (1 << dropped >> 1)) >> dropped << dropped


def _ancestors(exact: IntegerTree) -> NDArray[np.bool_]:
    """Which nodes are above which, shape (n_nodes, n_nodes): ``[node, ancestor]``."""
    above = np.zeros((exact.node_count, exact.node_count), dtype=bool)
    for node in np.flatnonzero(exact.feature != LEAF):
        for child in (exact.left[node], exact.right[node]):
            above[child] = above[node]
            above[child, node] = True
    return above


def _round(site: _Site) -> None:
    """A bound with more trailing zeros: the comparator reads fewer bits."""
    dropped = int(site.random.integers(site.bits + 1))
    down = int(site.bounds[site.node]) >> dropped << dropped
    site.set_bound(site.node, down + (int(site.random.integers(2)) << dropped))


def _shift(site: _Site) -> None:
    """A bound moved by steps of its last place."""
    bound = int(site.bounds[site.node])
    step = int(site.random.integers(1, _FURTHEST + 1)) * (1 if site.random.random() < 0.5 else -1)
    site.set_bound(site.node, bound + step * max(1, bound & -bound))


def _move_comparator(site: _Site) -> None:
    """All tests of one comparator take another bound with few bits."""
    together = site.alike[site.bounds[site.alike] == site.bounds[site.node]]
    dropped = int(site.random.integers(site.bits + 1))
    down = int(site.bounds[site.node]) >> dropped << dropped
    site.set_bound(together, down + (int(site.random.integers(-1, 3)) << dropped))


def _merge(site: _Site) -> None:
    """The bound of another test of the feature, most likely a near one."""
    bounds = np.unique(site.bounds[site.alike])
    bounds = bounds[bounds != site.bounds[site.node]]
    if len(bounds):
        nearest = bounds[np.argsort(np.abs(bounds - site.bounds[site.node]), kind="stable")]
        site.set_bound(site.node, int(nearest[min(int(site.random.geometric(0.5)), len(nearest)) - 1]))


def _round_feature(site: _Site) -> None:
    """All tests of a feature with as many bits at most."""
    dropped = int(site.random.integers(site.bits + 1))
    site.bounds[site.alike] = rounded(site.bounds[site.alike], dropped)


def _to_data(site: _Site) -> None:
    """A bound at another value of the training rows."""
    place = int(np.searchsorted(site.values, site.bounds[site.node]))
    if site.random.random() < 0.5:
        place += int(site.random.integers(-_NEAR, _NEAR + 1))
    else:
        place = int(site.random.integers(len(site.values)))
    site.set_bound(site.node, int(site.values[min(max(place, 0), len(site.values) - 1)]))


def _restore(site: _Site) -> None:
    """The bound of the exact tree."""
    site.set_bound(site.node, int(site.exact[site.node]))


def _cut(site: _Site) -> None:
    """A leaf in the place of a subtree, more often of a low one; or the subtree again."""
    if site.cuts[site.node]:
        site.cuts[site.node] = 0
        return
    others = site.random.choice(site.active, 2)
    site.cuts[max(site.node, *others.tolist())] = 1


def _restore_subtree(site: _Site) -> None:
    """A cut subtree grows again, one test high."""
    cut = site.active[site.cuts[site.active] == 1]
    if len(cut):
        site.cuts[int(site.random.choice(cut))] = 0


_Move = Callable[[_Site], None]
_TABLE: list[tuple[_Move, float]] = [
    (_round, 3),
    (_shift, 2),
    (_move_comparator, 2),
    (_merge, 3),
    (_round_feature, 0.5),
    (_to_data, 2),
    (_restore, 0.5),
    (_cut, 3),
    (_restore_subtree, 1),
]
_MOVES = [move for move, _ in _TABLE]
_SHARES = np.array([share for _, share in _TABLE]) / sum(share for _, share in _TABLE)
