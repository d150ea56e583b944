"""Decision trees as a design space."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import numpy as np

from bespoke.approx import SubtreeOptions, ThresholdOptions, approximate_thresholds, comparators, prune_subtrees
from bespoke.model import LEAF, IntArray, IntegerTree
from bespoke.search.protocol import FloatArray, Outputs, Parameter
from bespoke.search.tree_cost import tree_cost
from bespoke.search.tree_growth import (
    GrownTree,
    Growth,
    Leaf,
    LeafValues,
    RowMasks,
    flags_of,
    integer_tree,
    leaves,
    output_words,
)
from bespoke.search.tree_variation import TreeVariation, rounded

_BITS = (8, 7, 6, 5, 4, 3, 2, 1)
_LOSSES = (0.0, 0.005, 0.01, 0.02, 0.03, 0.04, 0.06)  # shares of the training rows
_LOSS_STEP = 0.005  # share of the training rows, for the parameter
_MOST_LOSS_STEPS = 24
_PART = 64  # genomes whose outputs are held at once
_REMEMBERED_TREES = 4096
_REMEMBERED_ROWS = 4


class TreeDesigns:
    """All trees with the splits of a given one at other thresholds; see `bespoke.search.protocol.DesignSpace`.

    A genome holds a flag, and for each inner node of the exact tree the bound ``threshold + 1`` and whether the node
    is cut: a leaf takes its place. With the flag every leaf takes its value from the training rows that reach it;
    without it the exact tree's leaves keep theirs. The bits of a threshold that its comparator reads are those above
    the trailing zeros of the bound (precision per comparator: Balaskas et al., ISQED 2022).

    Parameters
    ----------
    exact : IntegerTree
    words : ndarray of int64, shape (n_rows, n_features)
        Training inputs, at least one row.
    targets : ndarray of int64, shape (n_rows,)
        Wanted output words.
    """

    def __init__(self, exact: IntegerTree, words: IntArray, targets: IntArray) -> None:
        self.exact: IntegerTree = exact
        self._words = words
        self._targets = targets
        self._inner = np.flatnonzero(exact.feature != LEAF)
        self._growth = Growth(exact, words, targets)
        self._variation = TreeVariation(exact, words)
        self._trees: dict[bytes, GrownTree] = {}
        self._rows: list[tuple[IntArray, IntArray | None, RowMasks, LeafValues | None]] = []

    def __getstate__(self) -> dict[str, Any]:
        """Without what is remembered, which would be most of what goes to other processes."""
        return self.__dict__ | {"_trees": {}, "_rows": []}

    @property
    def size(self) -> int:
        """Number of genes."""
        return 1 + 2 * len(self._inner)

    def decode(self, genome: IntArray) -> IntegerTree:
        """Model of one genome."""
        return integer_tree(self._tree(genome), self.exact)

    def costs(self, genomes: IntArray) -> FloatArray:
        """Estimated size of the circuits in NAND2 cells, shape (n,)."""
        return np.array([tree_cost(self._tree(genome)) for genome in genomes], dtype=np.float64)

    def outputs(self, genomes: IntArray, words: IntArray, targets: IntArray | None = None) -> Iterator[Outputs]:
        """Output words and, of a classifier, margins, part by part.

        The margin of a row is 1 where its class would lead in its leaf without its own vote, among the given rows, and
        -1 elsewhere (leave-one-out): leaves that stand on a single row earn nothing with it.
        """
        rows, values = self._masks(words, targets)
        for start in range(0, len(genomes), _PART):
            part = slice(start, min(start + _PART, len(genomes)))
            found = [leaves(self._tree(genome), rows) for genome in genomes[part]]
            decided = np.array([output_words(each, rows.count, self._growth.offset) for each in found])
            margins = np.array([self._margins(each, values) for each in found]) if values else None
            yield Outputs(part, decided, margins)

    def mutate(self, genome: IntArray, random: np.random.Generator) -> IntArray:
        """Slightly changed copy of a genome."""
        return self._variation.mutate(genome, random)

    def cross(self, first: IntArray, second: IntArray, random: np.random.Generator) -> IntArray:
        """Mixture of two genomes."""
        return self._variation.cross(first, second, random)

    def simplifications(self, genome: IntArray) -> list[IntArray]:
        """Genomes (n, size) with one more cut or one coarser bound; a tree is one part."""
        return [self._variation.simplifications(genome)]

    @property
    def parameters(self) -> tuple[Parameter, ...]:
        """Bits that the comparators of each feature do not read, and the loss at which subtrees are cut."""
        bits, features = self.exact.coding.bits, self._features.tolist()
        coarse = [Parameter(f"bits {feature}", 0, bits[feature]) for feature in features]
        return (*coarse, Parameter("cut", 0, _MOST_LOSS_STEPS)) if features else ()

    def with_parameters(self, values: IntArray) -> IntArray:
        """Genomes (n, size) of values (n, n_parameters)."""
        return np.array([self._of_parameters(row) for row in values], dtype=np.int64).reshape(len(values), self.size)

    def _of_parameters(self, values: IntArray) -> IntArray:
        genome = self._encode(self.exact, relabel=int(values.any()))
        if not values.any():
            return genome
        dropped = np.zeros(len(self.exact.coding.bits), dtype=np.int64)
        dropped[self._features] = values[:-1]
        bounds = genome[1 : 1 + len(self._inner)]
        bounds[:] = rounded(bounds, dropped[self.exact.feature[self._inner]])
        return self._cut(genome, float(values[-1]) * _LOSS_STEP) if values[-1] else genome

    @property
    def _features(self) -> IntArray:
        return np.unique(self.exact.feature[self._inner])

    def seeds(self) -> IntArray:
        """The exact model; thresholds of 8 to 1 bits, each with subtrees pruned at several losses."""
        found = [self._encode(self.exact, relabel=0)]
        for bits in _BITS:
            if bits <= max(self.exact.coding.bits, default=0):
                genome = self._encode(self._with_bits(bits), relabel=1)
                found += [genome, *(self._cut(genome, loss) for loss in _LOSSES)]
        return np.unique(np.array(found), axis=0)  # the exact model stays first: its flag alone is 0

    def _with_bits(self, bits: int) -> IntegerTree:
        count = len(comparators(self.exact))
        return approximate_thresholds(self.exact, ThresholdOptions((bits,) * count, (0,) * count)).model

    def _cut(self, genome: IntArray, loss: float) -> IntArray:
        """The genome with subtrees cut that add at most this share of the training rows to the loss."""
        tree = self._with_bounds(genome)
        options = SubtreeOptions(loss * len(self._targets))
        pruned = prune_subtrees(tree, options, self._words, self._targets).model
        cut = genome.copy()
        cut[1 + len(self._inner) :] = _missing(tree, pruned)[self._inner]
        return cut

    def _with_bounds(self, genome: IntArray) -> IntegerTree:
        threshold = self.exact.threshold.copy()
        threshold[self._inner] = genome[1 : 1 + len(self._inner)] - 1
        return replace(self.exact, threshold=threshold)

    def _encode(self, tree: IntegerTree, *, relabel: int) -> IntArray:
        """Genome of a tree with the nodes of the exact one."""
        tops = 1 << np.array(tree.coding.bits, dtype=np.int64)[tree.feature[self._inner]]
        bounds = np.clip(tree.threshold[self._inner] + 1, 0, tops)
        return np.concatenate([[relabel], bounds, np.zeros_like(bounds)]).astype(np.int64)

    def _tree(self, genome: IntArray) -> GrownTree:
        key = genome.tobytes()
        tree = self._trees.get(key)
        if tree is None:
            if len(self._trees) >= _REMEMBERED_TREES:
                self._trees.clear()
            count = len(self._inner)
            thresholds, cuts = np.zeros((2, self.exact.node_count), dtype=np.int64)
            thresholds[self._inner], cuts[self._inner] = genome[1 : 1 + count] - 1, genome[1 + count :]
            tree = self._trees[key] = self._growth.grow(thresholds.tolist(), cuts.tolist(), relabel=bool(genome[0]))
        return tree

    @staticmethod
    def _margins(found: list[Leaf], values: LeafValues) -> FloatArray:
        supported = 0
        for leaf in found:
            supported |= values.supported(leaf)
        return np.where(flags_of(supported, values.count) == 1, 1.0, -1.0)

    def _masks(self, words: IntArray, targets: IntArray | None) -> tuple[RowMasks, LeafValues | None]:
        for known, known_targets, rows, values in self._rows:
            if known is words and known_targets is targets:
                return rows, values
        aims = targets if self.exact.decision.is_classifier else None
        rows, values = RowMasks(words), None if aims is None else LeafValues(aims, 0, is_classifier=True)
        self._rows = [*self._rows[1 - _REMEMBERED_ROWS :], (words, targets, rows, values)]
        return rows, values


def _missing(tree: IntegerTree, pruned: IntegerTree) -> IntArray:
    """1 at the inner nodes of a tree that are leaves of the pruned one, shape (n_nodes,)."""
    cut = np.zeros(tree.node_count, dtype=np.int64)
    pairs = [(0, 0)]
    for node, other in pairs:
        if tree.feature[node] == LEAF:
            continue
        if pruned.feature[other] == LEAF:
            cut[node] = 1
        else:
            pairs += [
                (int(tree.left[node]), int(pruned.left[other])),
                (int(tree.right[node]), int(pruned.right[other])),
            ]
    return cut
