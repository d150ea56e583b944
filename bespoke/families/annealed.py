"""Small trees that are looked for as a whole, by what they have wrong and what they draw."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from bespoke.families.annealing import annealed
from bespoke.families.bits import has_many_bits
from bespoke.families.family import Family, Parameters
from bespoke.families.learning import Learning
from bespoke.families.size import TEST_CELLS
from bespoke.model import LEAF, Index, IntArray, IntegerModel, Origin, Trees

_DEPTHS = (2, 3, 4)
# Share of all rows that may be wrong to save 1 mW.
_TOLLS = (0.02, 0.05, 0.1, 0.2, 0.35, 0.6, 1.0, 2.0)
_MOVES_PER_NODE = 1500
_STARTS = 2
_MOST_ROWS = 1500  # by which tests are changed: each change looks at all of them
_HOT, _COLD = 0.01, 0.0003  # shares of the rows that a worse move may cost with a probability of 1 / e


class Annealed(Family):
    """A tree whose tests change one at a time, while worse changes are accepted ever less often."""

    name = "annealed"
    source = (
        "Kirkpatrick, Gelatt, Vecchi, Optimization by Simulated Annealing, Science 220, 1983; "
        "Grubinger, Zeileis, Pfeiffer, evtree, Journal of Statistical Software 61, 2014 (trees as a whole)"
    )

    def suits(self, learning: Learning) -> bool:
        """Whether there are not too many samples of a Boolean function."""
        return not has_many_bits(learning)

    def candidates(self) -> Iterator[Parameters]:
        """Depths and tolls."""
        for toll in _TOLLS[::-1]:
            for depth in _DEPTHS:
                yield {"depth": depth, "toll": toll}

    def fit(self, learning: Learning, parameters: Parameters, random: np.random.Generator) -> IntegerModel:
        """Anneal one tree, from a single leaf."""
        few = learning.part(np.sort(random.permutation(len(learning.targets))[:_MOST_ROWS]))
        rows, nodes = len(few.targets), (1 << parameters["depth"]) - 1
        prices = parameters["toll"] * rows * learning.prices.level_mw
        prices[:, 0] = parameters["toll"] * rows * learning.prices.gate_mw * TEST_CELLS
        words = np.ascontiguousarray(few.words)
        found = []
        for _ in range(_STARTS):
            tests = (np.full(nodes, LEAF, dtype=np.int64), np.ones(nodes, dtype=np.int64))
            heat = (random.random((_MOVES_PER_NODE * nodes, 4)), _HOT * rows, _COLD * rows)
            tree = _tree(*annealed(words, few.targets, few.class_count, prices, tests, heat), learning)
            found.append(tree)
        stage = max(found, key=lambda each: float((each.apply(learning.words)[:, 0] == learning.targets).mean()))
        return IntegerModel(learning.coding, (stage,), Index(learning.classes), Origin(self.name, ""))


def _tree(feature: IntArray, level: IntArray, learning: Learning) -> Trees:
    """The tree with the leading class of the rows in each leaf; of a leaf without rows, that of its parent."""
    columns: list[list[int]] = []
    queue = [(0, np.arange(len(learning.targets)), 0)]
    while queue:
        place, rows, leading = queue.pop(0)
        counts = np.bincount(learning.targets[rows], minlength=learning.class_count)
        leading = int(counts.argmax()) if len(rows) else leading
        if place >= len(feature) or feature[place] == LEAF:
            columns.append([LEAF, 0, LEAF, LEAF, leading])
            continue
        after = len(columns) + 1 + len(queue)
        columns.append([int(feature[place]), int(level[place]) - 1, after, after + 1, 0])
        is_above = learning.words[rows, feature[place]] >= level[place]
        queue += [(2 * place + 1, rows[~is_above], leading), (2 * place + 2, rows[is_above], leading)]
    return Trees(*np.array(columns, dtype=np.int64).T)
