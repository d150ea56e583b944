"""Decision trees: comparators that share their parts, then selection from the leaves up."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from bespoke.arith import Word
from bespoke.lowering.comparisons import Comparisons
from bespoke.lowering.draft import Draft, Words
from bespoke.lowering.inputs import Inputs
from bespoke.lowering.tree_boxes import box_vectors, boxes, codes_of
from bespoke.model import IntArray, Trees
from bespoke.model.paths import PathTree
from bespoke.netlist import SimpleGates
from bespoke.numeric import Interval
from bespoke.opt import Care, SearchEffort, boxes_of, packed, resubstitute

FAST = SearchEffort(work=4_400_000, heat=0.6)
THOROUGH = SearchEffort(work=50_000_000, heat=1.0)
# Small circuits are searched through sooner.
_WORK_SHARE_PER_GATE = 1 / 100
# Gates of several trees that are searched at all: what a signal is on all boxes between their bounds takes 50 kB.
_MOST_GATES = 4000


class _Coded(NamedTuple):
    """A single tree on its decided paths.

    Attributes
    ----------
    paths : PathTree
        Its leaf codes number the different vectors.
    flags : ndarray of bool, shape (n_codes, n_bits)
        Bits of all numbers of each vector.
    """

    paths: PathTree
    flags: NDArray[np.bool_]


def leaf_words(draft: Draft, stage: Trees, inputs: Inputs, *, reads_ports: bool) -> Words:
    """Words of the numbers in the leaf that each tree gets to, tree after tree."""
    comparisons = Comparisons(inputs)
    ranges = [word.interval for word in comparisons.words]
    thresholds = stage.threshold + np.array([*comparisons.offsets, 0])[stage.feature]
    shifted = replace(stage, threshold=thresholds)
    intervals = [interval for tree in shifted.single() for interval in tree.leaf_intervals()]
    trees = [_coded(tree, ranges) for tree in shifted.single()]
    outputs = [literal for tree in trees for literal in _selected(comparisons, tree)]
    gates = comparisons.gates(outputs, draft)
    care = _care(gates, trees, comparisons.words)
    gates = _searched(gates, care, draft) if care else gates
    literals = comparisons.build(gates, draft)
    if reads_ports:
        draft.gates, draft.gate_outputs, draft.care = gates, literals, care
    bits = iter(literals)
    return tuple(Word(tuple(next(bits) for _ in range(interval.width)), interval) for interval in intervals)


def _coded(tree: Trees, ranges: Sequence[Interval]) -> _Coded:
    vectors, codes = np.unique(tree.values, axis=0, return_inverse=True)
    widths = [interval.width for interval in tree.leaf_intervals()]
    flags = [vectors[:, output] >> bit & 1 for output, width in enumerate(widths) for bit in range(width)]
    paths = tree.paths(ranges, codes.reshape(-1).tolist())
    return _Coded(paths, np.array(flags).reshape(len(flags), len(vectors)).T > 0)


def _selected(comparisons: Comparisons, tree: _Coded) -> Sequence[int]:
    """Literals of the graph for the bits of the leaf that a tree gets to."""
    words: list[Sequence[int]] = []

    def word_of(side: int) -> Sequence[int]:
        return words[side] if side >= 0 else tree.flags[~side].astype(int).tolist()

    tests = [comparisons.at_least(s.feature, s.bound, Interval(s.low, s.high)) for s in tree.paths.splits]
    for split, test in zip(tree.paths.splits, tests, strict=True):
        pairs = zip(word_of(split.above), word_of(split.below), strict=True)
        words.append([comparisons.graph.mux(test, above, below) for above, below in pairs])
    return word_of(tree.paths.root)


def _searched(gates: SimpleGates, care: Care, draft: Draft) -> SimpleGates:
    """The cheapest gates of those that little effort finds, and with high effort those of much."""
    share = min(1.0, _WORK_SHARE_PER_GATE * len(gates.kinds))
    efforts = (FAST, THOROUGH) if draft.effort == "high" else (FAST,)
    found = [resubstitute(gates, care, replace(e, work=int(e.work * share)), draft.costs) for e in efforts]
    return min(found, key=lambda each: each.cost(draft.costs.simple))


def _care(gates: SimpleGates, trees: Sequence[_Coded], words: Inputs) -> Care | None:
    """Where the function of gates matters: on numbers, if there are boxes of them that describe it."""
    paths, ranges = [tree.paths for tree in trees], [word.interval for word in words]
    is_searched = gates.kinds and (len(trees) == 1 or len(gates.kinds) <= _MOST_GATES)
    found = boxes(paths, ranges) if is_searched else None
    if found is None:
        return None
    widths = tuple(width for word in words for width in word.widths)
    inputs = _parts(words, box_vectors(paths, found, np.random.default_rng(0)))
    vectors = packed(np.stack([inputs[:, f] >> bit & 1 for f, width in enumerate(widths) for bit in range(width)]) > 0)
    wanted = np.hstack([tree.flags[codes_of(tree.paths, found.low)] for tree in trees]).T
    bounds = boxes_of(widths, _parts(words, found.low), _parts(words, found.high), wanted)
    return Care(widths, vectors, bounds)


def _parts(words: Inputs, numbers: IntArray) -> IntArray:
    """What the parts of words are, shape (n, n_parts), for numbers (n, n_words)."""
    return np.hstack([word.parts(column) for word, column in zip(words, numbers.T, strict=True)])
