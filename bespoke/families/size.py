"""What the circuit of a model will draw, before it is built: the order of candidates, not a figure to report."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray

from bespoke.families.learning import Prices
from bespoke.model import Affine, Compare, Gates, InexactSums, IntegerModel, Lookup, Stage, Table, Trees
from bespoke.numeric import Interval, count_ones

# In NAND2 cells, of mapped circuits: a full adder, and one bit of a comparison of two words and the larger of them.
ADDER_CELLS, _CONTEST_BIT = 9.0, 7.0
# Tests of a tree with a class in each leaf, and each bit of a vector in the leaves, by mapped circuits.
TEST_CELLS = 1.3
_VECTOR_BIT = 0.35
# Each signed digit of what a test adds to a sum, where trees have one test each, by mapped circuits.
_STEP_DIGIT, _STEP_NODES = 6.0, 3
# Each change of a bit of a word that levels are coded as, by what the gates of a conventional encoder take.
_CODED = 1.3


def estimated_mw(model: IntegerModel, prices: Prices) -> float:
    """Power in mW of the circuit and of its converters."""
    return prices.gate_mw * estimated_cells(model) + prices.converters_mw(model)


def estimated_cells(model: IntegerModel) -> float:
    """Size of the circuit in NAND2 cells."""
    cells = sum(
        STAGE_CELLS[type(stage)](stage, ranges) for stage, ranges in zip(model.stages, model.ranges[:-1], strict=True)
    )
    scores = model.ranges[-1]
    if len(scores) > 1:
        cells += _CONTEST_BIT * (len(scores) - 1) * max(_width(each) for each in scores)
    return cells


def with_fewest_digits(weights: NDArray[np.int64]) -> NDArray[np.int64]:
    """Weights, shape (n_scores, n_columns), of scores of which only the largest matters, with few signed digits.

    Each column is less one of its own weights, if it then has fewer digits: all scores lose the same.
    """
    if len(weights) == 1:
        return weights
    found = []
    for column in weights.T:
        tried = column - np.concatenate([[0], column])[:, None]
        found.append(tried[_digits(tried).sum(axis=1).argmin()])
    return np.stack(found, axis=1)


def _tree_cells(stage: Trees, ranges: Sequence[Interval]) -> float:
    """Selections, and the sums over the trees of outputs that more than one tree varies."""
    trees = tuple(stage.single())
    if len(trees) == 1:
        return trees[0].node_count // 2 * TEST_CELLS * max(1.0, _varying_bits(trees[0].leaf_intervals()) / 2)
    larger = [tree for tree in trees if tree.node_count > _STEP_NODES]
    cells, terms = _step_cells([tree for tree in trees if tree.node_count == _STEP_NODES]), 0
    for tree in larger:
        bits = _varying_bits(tree.leaf_intervals())
        cells += tree.node_count // 2 * (TEST_CELLS + _VECTOR_BIT * bits)
        terms += bits
    return cells + ADDER_CELLS * max(0, terms - _varying_bits(stage.output_intervals(ranges)))


def _varying_bits(numbers: Sequence[Interval]) -> int:
    return sum(_width(each) for each in numbers if each.low < each.high)


def _step_cells(steps: Sequence[Trees]) -> float:
    """Sums of trees of one test each: what several of them add for the same test is one number."""
    found: dict[tuple[int, int], NDArray[np.int64]] = {}
    for step in steps:
        test = int(step.feature[0]), int(step.threshold[0])
        found[test] = found.get(test, 0) + step.values[step.right[0]] - step.values[step.left[0]]
    return _STEP_DIGIT * sum(int(_digits(difference).sum()) for difference in found.values())


def _affine_cells(stage: Affine, ranges: Sequence[Interval]) -> float:
    widths = np.array([_width(ranges[source]) for source in stage.sources])
    digits = _digits(stage.weights)
    return float((np.maximum(digits, 0) * widths).sum() * ADDER_CELLS)


def _inexact_cells(stage: InexactSums, ranges: Sequence[Interval]) -> float:
    """As if the cells cost nothing."""
    exact = stage.exact_part()
    return _affine_cells(exact, [*ranges, *stage.word_intervals()])


def _digits(weights: NDArray[np.int64]) -> NDArray[np.int64]:
    """Non-zero signed digits of each weight: ones of ``3 w`` exclusive or ``w`` (Reitwiesner's form)."""
    size = np.abs(weights)
    changed = size ^ (3 * size)
    return count_ones(changed.astype(np.uint64)).astype(np.int64)


def _no_cells(_: Stage, __: Sequence[Interval]) -> float:
    return 0.0


def _table_cells(stage: Lookup, ranges: Sequence[Interval]) -> float:
    return sum(_cells_of(table, ranges) for table in stage.tables)


def _cells_of(table: Table, ranges: Sequence[Interval]) -> float:
    """Of a function of one word, the changes of each of its bits but one, which is a level; else its values."""
    if len(table.sources) > 1:
        return float(len(table.values))
    levels = np.array([level for source in table.sources for level in table.changes(ranges[source])], dtype=np.int64)
    pairs: list[int] = (table.by_number(levels) ^ table.by_number(levels - 1)).tolist()
    width = max((pair.bit_length() for pair in pairs), default=0)
    changes = [sum(pair >> bit & 1 for pair in pairs) for bit in range(width)]
    return _CODED * sum(max(0, count - 1) for count in changes)


def _gate_cells(stage: Gates, _: Sequence[Interval]) -> float:
    return float(stage.netlist.gate_count)


def _width(interval: Interval) -> int:
    return max(1, (int(interval.high) - int(interval.low)).bit_length())


STAGE_CELLS: dict[type[Stage], Callable[..., float]] = {
    Trees: _tree_cells,
    Affine: _affine_cells,
    InexactSums: _inexact_cells,
    Compare: _no_cells,
    Lookup: _table_cells,
    Gates: _gate_cells,
}
