"""Float form and input coding -> IntegerModel."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bespoke.errors import RangeError
from bespoke.frontend.floatmodel import FloatArray, FloatLayer, FloatModel, FloatSums, FloatTree, FloatTrees
from bespoke.frontend.membership import ColumnTest
from bespoke.frontend.options import QuantisationOptions
from bespoke.frontend.placement import between_rows, moves
from bespoke.frontend.scaling import AffineStep, InputRange, Scaling
from bespoke.frontend.targets import Task, rounded_labels
from bespoke.model import (
    LEAF,
    Affine,
    Decision,
    Index,
    InputCoding,
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

# A layer whose weights are all below 2**-40 keeps fewer of their bits instead of an ever finer format.
_MAX_SHIFT = 48
_MAX_LABEL_FRACTION = 61
_LARGEST = 2.0**62


@dataclass(frozen=True, eq=False)
class Source:
    """What a float model becomes an integer model with; ``features`` are the raw training rows."""

    scaling: Scaling
    coding: InputCoding
    options: QuantisationOptions
    task: Task
    features: FloatArray


def integer_model(model: FloatModel, source: Source, rounding: Rounding) -> IntegerModel:
    """The model on the input grid, for one rounding of the inputs."""
    rounded = replace(source, coding=replace(source.coding, rounding=rounding))
    return INTEGER_FORMS[type(model)](model, rounded)


def integer_sums(model: FloatSums, source: Source) -> IntegerModel:
    """Weighted sums on the input grid.

    The first layer is re-expressed for x01 in [0, 1), then each layer's weights become
    ``round(w * 2**f)`` with the largest ``f`` that fits, and its biases take the format of its sums. Features of
    fewer bits than the widest have their weights shifted left.

    Raises
    ------
    RangeError
        If a bias or a sum needs more than 62 bits.
    """
    coding = source.coding
    frac_bits = widest = max(coding.bits)
    layers: list[Affine] = []
    floats = (_on_unit_inputs(model.layers[0], source), *model.layers[1:])
    for layer, bits in zip(floats, source.options.bits_per_layer(len(floats)), strict=True):
        shift = fraction_bits(layer.weights, bits)
        frac_bits += shift
        weights = np.rint(np.ldexp(layer.weights, shift)).astype(np.int64)
        if not layers:
            weights = _shifted(weights, coding, widest)
        layers.append(Affine(weights, _biases(layer.biases, frac_bits), layer.activation, frac_bits))
    layers[-1] = _without_negative_format(layers[-1])
    return IntegerModel(coding, tuple(layers), _sum_decision(model, source.task, layers[-1].frac_bits), model.origin)


def fraction_bits(values: FloatArray, bits: int) -> int:
    """Largest ``f`` with ``|round(v * 2**f)| < 2**(bits - 1)`` for all values; ``bits - 1`` where all are zero."""
    largest = float(np.abs(values).max(initial=0.0))
    if largest == 0.0:
        return bits - 1
    limit = (1 << (bits - 1)) - 1
    shift = bits - int(np.frexp(largest)[1])
    while np.rint(np.ldexp(largest, shift)) > limit:
        shift -= 1
    return min(shift, _MAX_SHIFT)


def integer_tree(model: FloatTree, source: Source) -> IntegerModel:
    """Tree on the input grid.

    A threshold becomes the highest input word whose grid value the float tree sends left:
    ``floor(t * 2**b)`` for a threshold ``t`` in x01 units, found by comparing each grid value as scikit-learn does
    (scaled in float64, compared in float32). It is -1 where no word goes left, ``2**b - 1`` where all do. Some are then
    moved between the words of the training rows, see `moves` and `between_rows`.
    """
    threshold = _word_thresholds(source, model.feature, model.threshold, np.float32)
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
    steps, frac_bits = _leaf_steps(model, source.options.leaf_bits)
    values = nodes.values + np.where((np.arange(len(leaf)) < _end_of_first(model))[:, None], model.prior, 0.0)
    scaled = np.rint(values * steps)
    if np.abs(scaled).sum() >= _LARGEST:
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
        tables.append(Table(tuple((feature, bit) for bit in range(width)), np.arange(1 << width)))
    for test in model.tests:
        address = tuple((test.feature, bit) for bit in range(source.coding.bits[test.feature]))
        tables.append(Table(address, _members(model, test, source)))
    yield Lookup(tuple(tables))


def _members(model: FloatTrees, test: ColumnTest, source: Source) -> IntArray:
    """Column of a test at each word: what it is at the named value that has the word, the lowest of several.

    A word of no such value has what the column is at the value that the test says.
    """
    grid = _grid(source, test.feature, model.precision)
    column = test.column(test.meant(grid))
    for named in test.named(float(grid[0]), float(grid[-1])):
        falling = np.sort(np.array(named, dtype=np.float64))[::-1]
        column[_words_of(source, test.feature, falling)] = test.column(falling)
    return column.astype(np.int64)


def _words_of(source: Source, feature: int, values: FloatArray) -> IntArray:
    """Word of each of some values of a feature at the model's inputs."""
    raw = values
    for step in reversed(source.scaling.of_feature(feature).steps):
        raw = step.invert(raw)
    rows = np.tile(np.array(source.coding.low), (len(raw), 1))
    rows[:, feature] = raw
    return source.coding.quantise(rows)[:, feature]


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
    frac_bits = min(leaf_bits - int(exponent) + int(mantissa == 0.5), _MAX_SHIFT)
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


def _on_unit_inputs(layer: FloatLayer, source: Source) -> FloatLayer:
    """The first layer as a function of x01 instead of the model's own inputs."""
    rest, grid = _from_grid(source)
    with np.errstate(over="ignore", invalid="ignore"):
        weights = layer.weights * (rest.slope() * grid.span)
        biases = layer.biases + layer.weights @ (rest.apply(grid.low) + np.zeros_like(grid.low))
    if not (np.isfinite(weights).all() and np.isfinite(biases).all()):
        raise RangeError("a coefficient overflows when the scaling is folded in", allowed="smaller coefficients")
    return FloatLayer(weights, biases, layer.activation)


def _from_grid(source: Source) -> tuple[Scaling, InputRange]:
    """Steps from x01 to the model's inputs: an affine map to ``InputRange``, then the scaling.

    Where the first step is the inverse of that map, both are left out, and with them their rounding errors.
    """
    scaling, grid = source.scaling, InputRange(np.array(source.coding.low), np.array(source.coding.span))
    inverse = AffineStep.to_unit(grid)
    if scaling.steps and all(map(np.array_equal, scaling.steps[0].parts, inverse.parts)):
        return Scaling(scaling.steps[1:]), InputRange(inverse.offset, inverse.factor)
    return scaling, grid


def _shifted(weights: IntArray, coding: InputCoding, widest: int) -> IntArray:
    bits = np.array(coding.bits, dtype=np.int64)
    shifted: IntArray = np.where(bits > 0, weights << (widest - bits), 0)
    return shifted


def _biases(biases: FloatArray, frac_bits: int) -> IntArray:
    with np.errstate(over="ignore"):
        scaled = np.rint(np.ldexp(biases, frac_bits))
    if np.abs(scaled).max(initial=0.0) >= _LARGEST:
        raise RangeError("a bias needs more than 62 bits", allowed="fewer layers, input bits or weight bits")
    return scaled.astype(np.int64)


def _without_negative_format(layer: Affine) -> Affine:
    """The same sums in units of 1 where they are in units of more than 1."""
    if layer.frac_bits >= 0:
        return layer
    shift = -layer.frac_bits
    if max(np.abs(layer.weights).max(initial=0), np.abs(layer.biases).max(initial=0)) >= _LARGEST / 2.0**shift:
        raise RangeError("a coefficient needs more than 62 bits", allowed="smaller coefficients")
    return Affine(layer.weights << shift, layer.biases << shift, layer.activation, 0)


def _sum_decision(model: FloatSums, task: Task, frac_bits: int) -> Decision:
    if model.decision:
        return model.decision
    if task.rounds and frac_bits > _MAX_LABEL_FRACTION:
        raise RangeError(
            "a rounded output needs more than 61 fraction bits", got=frac_bits, allowed="fewer layers or weight bits"
        )
    return Label(task.classes, frac_bits) if task.rounds else Value(frac_bits=frac_bits)


def _grid(source: Source, feature: int, precision: type[np.floating[Any]]) -> NDArray[Any]:
    """What each word of a feature stands for at the model's inputs, ascending."""
    rest, grid = _from_grid(source)
    words = np.arange(1 << source.coding.bits[feature], dtype=np.float64)[:, np.newaxis]
    values = grid.low[feature] + grid.span[feature] * (words / len(words))
    rounded: NDArray[Any] = rest.of_feature(feature).apply(values)[:, 0].astype(precision)
    return rounded.astype(np.float64)


def _leaves(values: FloatArray, task: Task, value_bits: int) -> tuple[IntArray, Decision]:
    if task.rounds:
        return rounded_labels(values, task.classes), Index(task.classes)
    if task.classes:
        return values.astype(np.int64), Index(task.classes)
    signed_bits = value_bits if np.any(values < 0) else value_bits + 1
    frac_bits = fraction_bits(values, signed_bits)
    return np.rint(np.ldexp(values, frac_bits)).astype(np.int64), Value(frac_bits=frac_bits)


INTEGER_FORMS: dict[type, Callable[..., IntegerModel]] = {
    FloatSums: integer_sums,
    FloatTree: integer_tree,
    FloatTrees: integer_trees,
}
