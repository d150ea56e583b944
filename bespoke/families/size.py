"""What the circuit of a model will draw, before it is built: the order of candidates, not a figure to report."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray

from bespoke.families.learning import Prices
from bespoke.model import Affine, Compare, Gates, InexactSums, IntegerModel, Lookup, Stage, Table, Trees
from bespoke.numeric import Interval, count_ones

# In NAND2 cells, of mapped circuits: a full adder, and one bit of a comparison of two words and the larger of them.
_ADDER, _CONTEST_BIT = 9.0, 7.0
# Splits of a tree with a class in each leaf, and each bit of a vector in the leaves, by mapped circuits.
_SPLIT, _VECTOR_BIT = 1.3, 0.35
# Each change of a bit of a word that levels are coded as, by what the gates of a conventional encoder take.
_CODED = 1.3


def estimated_mw(model: IntegerModel, prices: Prices) -> float:
    """Power in mW of the circuit and of its converters."""
    cells = sum(
        STAGE_CELLS[type(stage)](stage, ranges) for stage, ranges in zip(model.stages, model.ranges[:-1], strict=True)
    )
    scores = model.ranges[-1]
    if len(scores) > 1:
        cells += _CONTEST_BIT * (len(scores) - 1) * max(_width(each) for each in scores)
    return prices.gate_mw * cells + prices.converters_mw(model)


def _tree_cells(stage: Trees, ranges: Sequence[Interval]) -> float:
    """Selections, and the sums over the trees of outputs that more than one tree varies."""
    cells, terms = 0.0, 0
    trees = tuple(stage.single())
    for tree in trees:
        splits = tree.node_count // 2
        bits = sum(_width(each) for each in tree.leaf_intervals() if each.low < each.high)
        cells += splits * (_SPLIT * max(1.0, bits / 2) if len(trees) == 1 else _SPLIT + _VECTOR_BIT * bits)
        terms += bits
    whole = (
        sum(_width(each) for each in stage.output_intervals(ranges) if each.low < each.high)
        if len(trees) > 1
        else terms
    )
    return cells + _ADDER * max(0, terms - whole)


def _affine_cells(stage: Affine, ranges: Sequence[Interval]) -> float:
    widths = np.array([_width(ranges[source]) for source in stage.sources])
    digits = _digits(stage.weights)
    return float((np.maximum(digits, 0) * widths).sum() * _ADDER)


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
