"""Decision trees as design spaces, and what lowering builds for a tree, estimated without building it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from functools import reduce
from operator import or_
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from bespoke.approx import rounded
from bespoke.cells import GateCosts
from bespoke.model import IntArray, IntegerModel
from bespoke.model.paths import PathTree
from bespoke.model.tree_paths import tree_of
from bespoke.search.design_space import DesignSpace, Outputs, distinct
from bespoke.search.genes import COMPARATOR_GENES, TREES_GENES, FloatArray, TreeSite, TreesPart, weak_tests
from bespoke.search.genes.thresholds import BITS, FEWEST_BITS, MOST_BITS
from bespoke.search.level_costs import LevelCosts
from bespoke.search.tree_growth import Growth, Rows, leaves, output_words

_LOSSES = (0.0, 0.005, 0.01, 0.02, 0.03, 0.04, 0.06)  # shares of the training rows
_PART = 64  # genomes whose outputs are held at once
_REMEMBERED_TREES = 4096
_REMEMBERED_ROWS = 4


class TreeSpace(DesignSpace):
    """Trees made of one tree by its genes.

    Parameters
    ----------
    exact : IntegerModel
        A single tree.
    words : ndarray of int64, shape (n_rows, n_features)
        Training inputs, at least one row.
    targets : ndarray of int64, shape (n_rows,)
        Wanted output words.
    costs : GateCosts
    converters : LevelCosts, optional
    """

    def __init__(
        self,
        exact: IntegerModel,
        words: IntArray,
        targets: IntArray,
        costs: GateCosts,
        converters: LevelCosts | None = None,
    ) -> None:
        self._part = TreesPart(exact, words, targets)
        self._growth = Growth(self._part)
        self._trees: dict[bytes, PathTree] = {}
        self._rows: list[tuple[IntArray, IntArray | None, Rows]] = []
        super().__init__(exact, (self._part,), costs, converters=converters)

    def __getstate__(self) -> dict[str, Any]:
        """Without what is remembered, which would be most of what goes to other processes."""
        return self.__dict__ | {"_trees": {}, "_rows": []}

    def decode(self, genome: IntArray) -> IntegerModel:
        """Model of one genome."""
        offset = self._growth.offset
        stage = tree_of(self._tree(genome), lambda code: (code + offset,))
        return replace(self.exact, stages=(stage,))

    def circuit_costs(self, genomes: IntArray) -> FloatArray:
        """Estimated size of the circuits in NAND2 cells, shape (n,)."""
        return np.array([self._circuit_cost(self._tree(genome)) for genome in genomes], dtype=np.float64)

    def _circuit_cost(self, tree: PathTree) -> float:
        """Size of a tree; a test that reads a wire takes no gate."""
        unary = None if self.level_costs is None else self.level_costs.is_unary
        return tree_cost(tree, self.gate_costs, unary)

    def converter_costs(self, genomes: IntArray, costs: LevelCosts) -> FloatArray:
        """What the converters cost of the levels that some test reads, shape (n,)."""
        trees = map(self._tree, genomes)
        read = (((split.feature, split.bound) for split in tree.splits) for tree in trees)
        return np.array([costs.of_levels(levels) for levels in read], dtype=np.float64)

    def outputs(self, genomes: IntArray, words: IntArray, targets: IntArray | None = None) -> Iterator[Outputs]:
        """Output words and, of a classifier, margins, part by part.

        The margin of a row is 1 where its class would lead in its leaf without its own vote, among the given rows, and
        -1 elsewhere (leave-one-out): leaves that stand on a single row earn nothing with it.
        """
        has_margins = targets is not None and self.exact.decision.is_classifier
        rows = self._rows_of(words, targets if has_margins else None)
        for start in range(0, len(genomes), _PART):
            part = slice(start, min(start + _PART, len(genomes)))
            found = [leaves(self._tree(genome), rows) for genome in genomes[part]]
            decided = np.array([output_words(each, rows, self._growth.offset) for each in found])
            margins = None
            if has_margins:
                supported = (reduce(or_, map(rows.supported, each), 0) for each in found)
                margins = np.array([2.0 * rows.flags(some) - 1.0 for some in supported])
            yield Outputs(part, decided, margins)

    def _tree(self, genome: IntArray) -> PathTree:
        key = genome.tobytes()
        tree = self._trees.get(key)
        if tree is None:
            if len(self._trees) >= _REMEMBERED_TREES:
                self._trees.clear()
            draft = self.applied(self._part.draft(), 0, genome[None])
            tree = self._trees[key] = self._growth.grow(draft)
        return tree

    def _rows_of(self, words: IntArray, targets: IntArray | None) -> Rows:
        for known, known_targets, rows in self._rows:
            if known is words and known_targets is targets:
                return rows
        rows = Rows(words, np.zeros(len(words), dtype=np.int64) if targets is None else targets)
        self._rows = [*self._rows[1 - _REMEMBERED_ROWS :], (words, targets, rows)]
        return rows


class TreesDesigns(TreeSpace):
    """All trees with the splits of a given one at other thresholds, ending where leaves stand for subtrees."""

    site = TreeSite
    genes = TREES_GENES

    def cross(self, first: IntArray, second: IntArray, random: np.random.Generator) -> IntArray:
        """Mixture: a subtree, some features' tests or any tests of the other parent."""
        count = len(self._part.inner)
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
        return self.of_units(from_second, first, second)

    def seeds(self) -> IntArray:
        """The exact model; thresholds of 8 to 1 bits, each with subtrees pruned at several losses."""
        part = self._part
        widths = np.array(self.exact.coding.bits, dtype=np.int64)
        found = [self.start]
        for bits in range(min(MOST_BITS, max(widths, default=0)), 0, -1):
            bounds = rounded(part.bounds, np.maximum(widths - bits, 0)[part.feature])
            unpruned = np.zeros_like(bounds)
            pruned = (weak_tests(part, bounds, loss) for loss in _LOSSES)
            found += [np.concatenate([[1], bounds, subtrees]) for subtrees in (unpruned, *pruned)]
        return np.unique(np.array(found), axis=0)  # the exact model stays first: its flag alone is 0


class ComparatorDesigns(TreeSpace):
    """All trees whose comparators have fewer bits and moved thresholds (Balaskas et al., ISQED 2022)."""

    genes = COMPARATOR_GENES

    def seeds(self) -> IntArray:
        """The exact model, and all comparators with 8 to 2 bits."""
        found = np.repeat(self.start[None], 2 + MOST_BITS - FEWEST_BITS, axis=0)
        for genome, bits in zip(found[1:], range(MOST_BITS, FEWEST_BITS - 1, -1), strict=True):
            genome[BITS::2] = np.minimum(genome[BITS::2], bits)
        return distinct(list(found))


class TreeCounts(NamedTuple):
    """What there is to build.

    Attributes
    ----------
    compare_bits : int
        Two-input gates of comparators, those that several of them share counted once.
    merges : int
        Output bits of splits with a constant on one side: a gate.
    selections : int
        Output bits of splits with something on either side: a multiplexer.
    tests : int
        Distinct comparisons, but for those that are a bit of an input.
    """

    compare_bits: int
    merges: int
    selections: int
    tests: int


def tree_counts(tree: PathTree, is_unary: NDArray[np.bool_] | None = None) -> TreeCounts:
    """Count comparators, but for those of unary features, and the selection from the leaves up."""
    steps: set[tuple[int, int, int]] = set()
    tests: set[tuple[int, int, int]] = set()
    words: list[tuple[int, int]] = []  # of each split: output bits that are not constant, and the constant ones
    merges = selections = 0
    for feature, bound, low, high, below, above in tree.splits:
        last = (low ^ high).bit_length()
        kept = bound & (1 << last) - 1
        lowest = last if is_unary is not None and is_unary[feature] else (kept & -kept).bit_length()
        if lowest < last:
            tests.add((feature, last, kept))
        steps.update((feature, bit, kept & (2 << bit) - 1) for bit in range(lowest, last))
        first, first_code = words[below] if below >= 0 else (0, ~below)
        other, other_code = words[above] if above >= 0 else (0, ~above)
        merges += (first ^ other).bit_count()
        selections += (first & other).bit_count()
        varying = first | other | (first_code ^ other_code)
        words.append((varying, first_code & ~varying))
    return TreeCounts(len(steps), merges, selections, len(tests))


def tree_cost(tree: PathTree, costs: GateCosts, is_unary: NDArray[np.bool_] | None = None) -> float:
    """Size in the unit of the costs; ``is_unary`` (n_features,) tells whose levels are wires."""
    return sum(cost * count for cost, count in zip(costs.tree_parts, tree_counts(tree, is_unary), strict=True))
