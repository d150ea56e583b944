"""Decision trees as design spaces."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import numpy as np

from bespoke.approx import rounded
from bespoke.cells import GateCosts
from bespoke.model import IntArray, IntegerModel, Trees
from bespoke.model.tree_paths import PathTree, tree_of
from bespoke.search.archive import distinct
from bespoke.search.design_space import DesignSpace
from bespoke.search.genes import (
    COMPARATOR_GENES,
    TECHNIQUES,
    TREES_GENES,
    ComparatorsPart,
    GenomeLayout,
    TreeDraft,
    TreesPart,
    weak_tests,
)
from bespoke.search.genes.comparators import BITS, FEWEST_BITS, MOST_BITS
from bespoke.search.outputs import FloatArray, Outputs
from bespoke.search.tree_cost import tree_cost
from bespoke.search.tree_growth import Growth, Leaf, LeafValues, RowMasks, flags_of, leaves, output_words

_LOSSES = (0.0, 0.005, 0.01, 0.02, 0.03, 0.04, 0.06)  # shares of the training rows
_PART = 64  # genomes whose outputs are held at once
_REMEMBERED_TREES = 4096
_REMEMBERED_ROWS = 4


class TreesDesigns(DesignSpace):
    """All trees with the splits of a given one at other thresholds, ending where leaves stand for subtrees.

    Parameters
    ----------
    exact : IntegerModel
        A single tree.
    words : ndarray of int64, shape (n_rows, n_features)
        Training inputs, at least one row.
    targets : ndarray of int64, shape (n_rows,)
        Wanted output words.
    costs : GateCosts
    """

    def __init__(self, exact: IntegerModel, words: IntArray, targets: IntArray, costs: GateCosts) -> None:
        self._part = TreesPart(exact, words, targets)
        self._growth = Growth(self._part)
        self._trees: dict[bytes, PathTree] = {}
        self._rows: list[tuple[IntArray, IntArray | None, RowMasks, LeafValues | None]] = []
        super().__init__(exact, self._layout(), costs)

    def __getstate__(self) -> dict[str, Any]:
        """Without what is remembered, which would be most of what goes to other processes."""
        return self.__dict__ | {"_trees": {}, "_rows": []}

    def _layout(self) -> GenomeLayout[Any, TreeDraft]:
        return GenomeLayout([self._part], TREES_GENES, TECHNIQUES[Trees])

    def decode(self, genome: IntArray) -> IntegerModel:
        """Model of one genome."""
        offset = self._growth.offset
        stage = tree_of(self._tree(genome), lambda code: (code + offset,))
        return replace(self.exact, stages=(stage,))

    def costs(self, genomes: IntArray) -> FloatArray:
        """Estimated size of the circuits in NAND2 cells, shape (n,)."""
        return np.array([tree_cost(self._tree(genome), self.gate_costs) for genome in genomes], dtype=np.float64)

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

    def cross(self, first: IntArray, second: IntArray, random: np.random.Generator) -> IntArray:
        """Mixture: a subtree, some features' tests or any tests of the other parent."""
        count = self._part.units
        if not count:
            return first.copy()
        kind = int(random.integers(3))
        if kind == 0:
            root = int(random.integers(count))
            from_second = self._part.above[:, root] | (np.arange(count) == root)
        elif kind == 1:
            from_second = (random.random(self.exact.coding.feature_count) < 0.5)[self._part.feature]
        else:
            from_second = random.random(count) < random.random()
        return self.layout.of_units(from_second, first, second)

    def seeds(self) -> IntArray:
        """The exact model; thresholds of 8 to 1 bits, each with subtrees pruned at several losses."""
        part, exact = self._part, self.layout.exact
        widths = np.array(self.exact.coding.bits, dtype=np.int64)
        found = [exact]
        for bits in range(min(MOST_BITS, max(widths, default=0)), 0, -1):
            bounds = rounded(part.bounds, np.maximum(widths - bits, 0)[part.feature])
            unpruned = np.zeros_like(bounds)
            pruned = (weak_tests(part, bounds, loss) for loss in _LOSSES)
            found += [np.concatenate([[1], bounds, subtrees]) for subtrees in (unpruned, *pruned)]
        return np.unique(np.array(found), axis=0)  # the exact model stays first: its flag alone is 0

    def _tree(self, genome: IntArray) -> PathTree:
        key = genome.tobytes()
        tree = self._trees.get(key)
        if tree is None:
            if len(self._trees) >= _REMEMBERED_TREES:
                self._trees.clear()
            draft = self.layout.applied(self._part.draft(), 0, genome[None])
            tree = self._trees[key] = self._growth.grow(draft)
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


class ComparatorDesigns(TreesDesigns):
    """All trees whose comparators have fewer bits and moved thresholds (Balaskas et al., ISQED 2022)."""

    def _layout(self) -> GenomeLayout[Any, TreeDraft]:
        part = ComparatorsPart(self._part, self._part.tree.tests())
        return GenomeLayout([part], COMPARATOR_GENES, TECHNIQUES[Trees])

    def cross(self, first: IntArray, second: IntArray, random: np.random.Generator) -> IntArray:
        """Mixture: some comparators or single genes of the other parent."""
        return self.layout.cross(first, second, random)

    def seeds(self) -> IntArray:
        """The exact model, and all comparators with 8 to 2 bits."""
        found = np.repeat(self.layout.exact[None], 2 + MOST_BITS - FEWEST_BITS, axis=0)
        for genome, bits in zip(found[1:], range(MOST_BITS, FEWEST_BITS - 1, -1), strict=True):
            genome[BITS::2] = np.minimum(genome[BITS::2], bits)
        return distinct(list(found))
