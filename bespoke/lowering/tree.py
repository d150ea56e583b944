"""Decision trees: comparators that share their parts, then selection from the leaves up."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from bespoke.arith import FormGraph, Thermometer, Word, cheapest_gates
from bespoke.lowering.tree_boxes import box_vectors, boxes
from bespoke.lowering.tree_paths import PathTree, path_tree
from bespoke.model import IntegerTree
from bespoke.netlist import Certificate, NetlistBuilder, SimpleGates
from bespoke.opt import SearchEffort, boxes_of, packed, resubstitute

Bits = tuple[int, ...]
FAST = SearchEffort(work=3_000_000, heat=0.3)
THOROUGH = SearchEffort(work=40_000_000, heat=1.0)
# Small circuits are searched through sooner.
_WORK_SHARE_PER_GATE = 1 / 200


def lower_tree(
    builder: NetlistBuilder, model: IntegerTree, inputs: tuple[Word, ...], *, thorough: bool
) -> tuple[Word, Certificate, SimpleGates]:
    """Output word of a tree, and its gates. Its certificate is empty: no net needs to be one test of the tree."""
    tree = path_tree(model)
    gates = tree_gates(tree, model.coding.bits)
    effort = THOROUGH if thorough else FAST
    effort = replace(effort, work=int(effort.work * min(1.0, _WORK_SHARE_PER_GATE * len(gates.kinds))))
    gates = smaller_gates(tree, model.coding.bits, gates, effort)
    bits = gates.build(builder, [bit for word in inputs for bit in word.bits])
    return Word(bits, model.output_interval()), Certificate({}, {}), gates


def smaller_gates(tree: PathTree, bits: tuple[int, ...], gates: SimpleGates, effort: SearchEffort) -> SimpleGates:
    """Cheaper gates with the function of a tree."""
    if not gates.kinds:
        return gates
    low, high, codes = boxes(tree, bits)
    inputs = box_vectors(tree, low, high, np.random.default_rng(0))
    vectors = packed(np.stack([inputs[:, f] >> bit & 1 for f, width in enumerate(bits) for bit in range(width)]) > 0)
    wanted = np.stack([codes >> bit & 1 for bit in range(tree.width)]) > 0
    return resubstitute(gates, bits, vectors, boxes_of(bits, low, high, wanted), effort)


def tree_gates(tree: PathTree, bits: tuple[int, ...]) -> SimpleGates:
    """Gates of a tree over features of the given widths.

    Each test may be built in many ways that agree where a path gets to it; which ones are taken is decided for all
    tests and the selection together.
    """
    graph = FormGraph(sum(bits))
    words, first = [], 1
    for width in bits:
        words.append(Thermometer(graph, [2 * node for node in range(first, first + width)]))
        first += width
    tests = [words[s.feature].at_least(s.bound, s.low, s.high) for s in tree.splits]
    outputs: list[Bits] = []

    def word_of(side: int) -> Bits:
        return outputs[side] if side >= 0 else tuple(~side >> bit & 1 for bit in range(tree.width))

    for split, test in zip(tree.splits, tests, strict=True):
        pairs = zip(word_of(split.above), word_of(split.below), strict=True)
        outputs.append(tuple(graph.mux(test, above, below) for above, below in pairs))
    return cheapest_gates(graph, word_of(tree.root))
