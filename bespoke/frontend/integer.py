"""Float form and input coding -> IntegerModel."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bespoke.errors import RangeError
from bespoke.frontend.floatmodel import FloatArray, FloatModel, FloatSums, FloatTree, FloatTrees
from bespoke.frontend.membership import ColumnTest
from bespoke.frontend.options import MOST_LEAF_BITS
from bespoke.frontend.placement import between_rows, moves
from bespoke.frontend.source import Source
from bespoke.frontend.sums import (
    LARGEST,
    MAX_SHIFT,
    fraction_bits,
    integer_sums,
    integer_viewed_sums,
    sums_remarks,
    viewed_sums_remarks,
)
from bespoke.frontend.targets import Task, rounded_labels
from bespoke.frontend.viewed import FloatForm, FloatViewed, with_rank_thresholds
from bespoke.model import (
    LEAF,
    Decision,
    Index,
    IntArray,
    IntegerModel,
    Label,
    Lookup,
    Rounding,
    Stage,
    Table,
    Trees,
    Value,
)


def integer_model(model: FloatForm, source: Source, rounding: Rounding) -> IntegerModel:
    """The model on the input grid, for one rounding of the inputs."""
    rounded = replace(source, coding=replace(source.coding, rounding=rounding))
    return INTEGER_FORMS[type(model)](model, rounded)


def integer_tree(model: FloatTree, source: Source) -> IntegerModel:
    """Tree on the input grid.

    A threshold becomes the highest input word whose grid value the float tree sends left:
    ``floor(t * 2**b)`` for a threshold ``t`` in x01 units, found by comparing each grid value as scikit-learn does
    (scaled in float64, compared in float32). It is -1 where no word goes left, ``2**b - 1`` where all do. Some are then
    moved between the words of the training rows, see `moves` and `between_rows`.
    """
    threshold = _word_thresholds(source, model.feature, model.threshold, model.precision)
    inner = model.feature != LEAF
    leaves, decision = _leaves(model.value[~inner], source.task, source.options.value_bits)
    value = np.zeros(len(model.feature), dtype=np.int64)
    value[~inner] = leaves
    tree = Trees(model.feature, threshold, model.left, model.right, value)
    return IntegerModel(source.coding, (tree,), decision, model.origin)


def integer_trees(model: FloatTrees, source: Source) -> IntegerModel:
    """Sum of trees on the input grid, its leaves on a common fixed-point grid.

    With the step of that grid the leaves of no tree spread over more than ``2**leaf_bits`` steps; for a value it is a
    power of two. What is common to all classes of a leaf is left out, since an argmax does not see it, and so
    is a common divisor of all that scores are made of.
    """
    nodes, leaf = model.nodes, model.nodes.is_leaf
    steps, frac_bits = _leaf_steps(model, source.options.leaf_bits or MOST_LEAF_BITS)
    values = nodes.values + np.where((np.arange(len(leaf)) < _end_of_first(model))[:, None], model.prior, 0.0)
    scaled = np.rint(values * steps)
    if np.abs(scaled).sum() >= LARGEST:
        raise RangeError("a sum of leaves needs more than 62 bits", allowed="fewer leaf bits")
    whole = np.where(leaf[:, None], scaled, 0.0).astype(np.int64)
    decision = _tree_decision(model, source.task, frac_bits)
    if model.decision:
        whole = _without_common_part(whole, model)
        whole //= max(1, int(np.gcd.reduce(whole, axis=None)))
    threshold = _word_thresholds(source, nodes.feature, nodes.threshold, model.precision)
    trees = Trees(nodes.feature, threshold, nodes.left, nodes.right, whole, model.roots)
    return IntegerModel(source.coding, (*_membership_stage(model, source), trees), decision, model.origin)


def _membership_stage(model: FloatTrees, source: Source) -> Iterator[Stage]:
    """The words that the trees read as thresholds, and a bit for each test of members, if there is any."""
    if not model.tests:
        return
    used = set(model.nodes.feature.tolist())
    tables = []
    for feature, bits in enumerate(source.coding.bits):
        width = bits if feature in used else 0
        tables.append(Table.of_word(feature, np.arange(1 << width)))
    tables += [Table.of_word(test.feature, _members(model, test, source)) for test in model.tests]
    yield Lookup(tuple(tables))


def _members(model: FloatTrees, test: ColumnTest, source: Source) -> IntArray:
    """Column of a test at each word: what it is at the named value that has the word, the lowest of several.

    Values of the training rows and those that any test of the feature names are known, so all tests of a feature take
    a word for the same value. A word of no named value has what the column is at the value that the test says.
    """
    grid = _grid(source, test.feature, model.precision)
    rows = source.scaling.of_feature(test.feature).apply(source.features[:, test.feature, np.newaxis])
    named = [value for other in model.tests if other.feature == test.feature for value in other.known]
    known = np.unique(np.concatenate([rows[:, 0].astype(model.precision), named])).astype(np.float64)
    column = test.column(test.meant(grid, known))
    for ascending in test.named(grid, known):
        falling = ascending[::-1]
        column[source.words_of(test.feature, falling)] = test.column(falling)
    return column.astype(np.int64)


def _leaf_ranges(values: NDArray[Any], model: FloatTrees) -> tuple[FloatArray, FloatArray]:
    """Least and greatest of each number in the leaves of each tree, shape (n_trees, n_scores) each."""
    leaf = model.nodes.is_leaf
    tree = np.searchsorted(model.roots, np.arange(len(leaf)), side="right") - 1
    shape = (len(model.roots), values.shape[1])
    low, high = np.full(shape, np.inf), np.full(shape, -np.inf)
    np.minimum.at(low, tree[leaf], values[leaf])
    np.maximum.at(high, tree[leaf], values[leaf])
    return low, high


def _leaf_steps(model: FloatTrees, leaf_bits: int) -> tuple[float, int]:
    """Steps per unit with which no output of a tree spreads over more than ``2**leaf_bits`` steps, and their log2.

    They are a power of two for a value. Scores that are only compared use all steps, and have no fraction bits.
    """
    low, high = _leaf_ranges(model.nodes.values, model)
    spread = float((high - low).max()) or 1.0
    if model.decision:
        return 2.0**leaf_bits / spread, 0
    mantissa, exponent = np.frexp(spread)
    frac_bits = min(leaf_bits - int(exponent) + int(mantissa == 0.5), MAX_SHIFT)
    return 2.0**frac_bits, frac_bits


def _end_of_first(model: FloatTrees) -> int:
    return int(model.roots[1]) if len(model.roots) > 1 else len(model.nodes.feature)


def _without_common_part(values: IntArray, model: FloatTrees) -> IntArray:
    """Leaves of scores that are compared with each other, each less its least one.

    Trees with a score that is the same in all their leaves stay as they are: it costs nothing now.
    """
    if values.shape[1] == 1:
        return values
    low, high = _leaf_ranges(values, model)
    tree = np.searchsorted(model.roots, np.arange(len(values)), side="right") - 1
    is_dense: NDArray[np.bool_] = np.all(low < high, axis=1)
    changes = (is_dense[tree] & model.nodes.is_leaf)[:, None]
    return np.where(changes, values - values.min(axis=1, keepdims=True), values)


def _tree_decision(model: FloatTrees, task: Task, frac_bits: int) -> Decision:
    if model.decision:
        return model.decision
    return Label(task.classes, max(frac_bits, 0)) if task.rounds else Value(frac_bits=frac_bits)


def _word_thresholds(
    source: Source, feature: IntArray, threshold: FloatArray, precision: type[np.floating[Any]]
) -> IntArray:
    """Highest word that goes left at each node, -1 where none does; 0 at leaves."""
    words = np.zeros(len(feature), dtype=np.int64)
    rows = source.coding.quantise(source.features)
    for tested in sorted(set(feature.tolist()) - {LEAF}):
        nodes = feature == tested
        if tested >= source.coding.feature_count:
            continue
        highest = np.searchsorted(_grid(source, tested, precision), threshold[nodes], side="right") - 1
        column = source.features[:, tested : tested + 1]
        if moves(source.options.thresholds, column[:, 0], rows[:, tested]):
            seen = source.scaling.of_feature(tested).apply(column)[:, 0].astype(precision)
            highest = between_rows(threshold[nodes], highest, seen, rows[:, tested])
        words[nodes] = highest
    return words


def _grid(source: Source, feature: int, precision: type[np.floating[Any]]) -> NDArray[Any]:
    """What each word of a feature stands for at the model's inputs, ascending."""
    values: NDArray[Any] = source.word_values(feature).astype(precision)
    return values.astype(np.float64)


def _leaves(values: FloatArray, task: Task, value_bits: int) -> tuple[IntArray, Decision]:
    if task.rounds:
        return rounded_labels(values, task.classes), Index(task.classes)
    if task.classes:
        return values.astype(np.int64), Index(task.classes)
    signed_bits = value_bits if np.any(values < 0) else value_bits + 1
    frac_bits = fraction_bits(values, signed_bits)
    return np.rint(np.ldexp(values, frac_bits)).astype(np.int64), Value(frac_bits=frac_bits)


def _integer_viewed(model: FloatViewed[FloatModel], source: Source) -> IntegerModel:
    return _VIEWED_FORMS[type(model.inner)](model, source)


def _integer_viewed_trees(model: FloatViewed[FloatModel], source: Source) -> IntegerModel:
    """Trees on features and on columns of few values, each a table of the word of its feature.

    A word of such a table is the rank of the value, so a threshold becomes one of the ranks.
    """
    coding, count = source.coding, model.feature_count
    tables = [Table.of_word(j, np.arange(1 << bits)) for j, bits in enumerate(coding.bits)]
    ranks = []
    for column in model.columns[count:]:
        values, rank = np.unique(column.apply(source.word_values(column.source)), return_inverse=True)
        tables.append(Table.of_word(column.source, rank))
        ranks.append(values)
    inner = with_rank_thresholds(model.inner, count, ranks)
    built = INTEGER_FORMS[type(inner)](inner, source.with_words([max(len(r) - 1, 1).bit_length() for r in ranks]))
    return IntegerModel(coding, (Lookup(tuple(tables)), *built.stages), built.decision, built.origin)


def integer_remarks(model: FloatForm, source: Source) -> list[str]:
    """What the integer model of a float form loses by tables, one sentence each."""
    return _REMARKS[type(model)](model, source)


def _no_remarks(_model: FloatForm, _source: Source) -> list[str]:
    return []


INTEGER_FORMS: dict[type, Callable[..., IntegerModel]] = {
    FloatSums: integer_sums,
    FloatTree: integer_tree,
    FloatTrees: integer_trees,
    FloatViewed: _integer_viewed,
}
_VIEWED_FORMS: dict[type, Callable[..., IntegerModel]] = {
    FloatSums: integer_viewed_sums,
    FloatTree: _integer_viewed_trees,
    FloatTrees: _integer_viewed_trees,
}
_REMARKS: dict[type, Callable[..., list[str]]] = {
    FloatSums: sums_remarks,
    FloatTree: _no_remarks,
    FloatTrees: _no_remarks,
    FloatViewed: lambda model, source: _VIEWED_REMARKS[type(model.inner)](model, source),
}
_VIEWED_REMARKS: dict[type, Callable[..., list[str]]] = {
    FloatSums: viewed_sums_remarks,
    FloatTree: _no_remarks,
    FloatTrees: _no_remarks,
}
