"""A float form behind the steps of a pipeline -> the float form of the whole."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bespoke.errors import FeatureCountError, UnsupportedModelError
from bespoke.frontend.floatmodel import FloatArray, FloatLayer, FloatModel, FloatSums, FloatTree, FloatTrees
from bespoke.frontend.membership import Behind, ColumnTest
from bespoke.frontend.preimages import preimages
from bespoke.frontend.view import Column, View
from bespoke.frontend.viewed import FloatForm, FloatViewed
from bespoke.model import LEAF, IntArray


def folded(model: FloatForm, view: View | None) -> FloatForm:
    """The model as a function of the view's inputs; the model itself without a view.

    Raises
    ------
    FeatureCountError
        If the model takes another number of inputs than the view gives.
    UnsupportedModelError
        If the model cannot compute what the view gives.
    """
    if view is None:
        return model
    if view.output_count != model.feature_count:
        fault, allowed = "scaler and estimator differ in the number of features", str(model.feature_count)
        raise FeatureCountError(fault, where="Pipeline", got=view.output_count, allowed=allowed)
    return model if view.is_plain else _FOLDS[type(model)](model, view)


def _fold_sums(model: FloatSums, view: View) -> FloatForm:
    """Weighted sums of weighted sums: the matrices are multiplied, and affine functions go into the weights."""
    first, *others = model.layers
    weights, biases = first.weights, first.biases
    if view.mixing:
        weights, biases = weights @ view.mixing.weights, biases + weights @ view.mixing.biases
    lines = [column.line() for column in view.columns]
    curved = [number for number, line in enumerate(lines) if line is None]
    onto = np.zeros((len(weights), view.input_count))
    for number, (column, line) in enumerate(zip(view.columns, lines, strict=True)):
        if line is not None:
            onto[:, column.source] += weights[:, number] * line[0]
            biases = biases + weights[:, number] * line[1]
    layer = FloatLayer(np.column_stack([onto, weights[:, curved]]), biases, first.activation)
    sums = replace(model, layers=(layer, *others))
    return _viewed(sums, view, [view.columns[number] for number in curved])


def _fold_tree(model: FloatTree, view: View) -> FloatForm:
    """A tree that reads chosen features, with its thresholds moved in front of functions of them."""
    feature, threshold, curved = _moved((model.feature, model.threshold, model.precision), view, str(model.origin))
    count, precision = view.input_count + len(curved), _precision(model.precision, view)
    tree = replace(model, feature=feature, threshold=threshold, feature_count=count, precision=precision)
    return _viewed(tree, view, curved)


def _fold_trees(model: FloatTrees, view: View) -> FloatForm:
    """Trees that read chosen features; see `_fold_tree`. Their tests of members read the functions of features."""
    nodes, is_feature = model.nodes, model.nodes.feature < model.feature_count
    tested = np.where(is_feature, nodes.feature, LEAF), nodes.threshold, model.precision
    feature, threshold, curved = _moved(tested, view, str(model.origin))
    count, precision = view.input_count + len(curved), _precision(model.precision, view)
    feature = np.where(is_feature, feature, nodes.feature - model.feature_count + count)
    tests = tuple(_test_in_front(test, view.columns[test.feature], model.precision) for test in model.tests)
    nodes = replace(nodes, feature=feature, threshold=threshold)
    return _viewed(replace(model, nodes=nodes, feature_count=count, precision=precision, tests=tests), view, curved)


def _test_in_front(test: ColumnTest, column: Column, precision: type[np.floating[Any]]) -> ColumnTest:
    """A test of a column as one of its feature."""
    if not column.maps:
        return replace(test, feature=column.source)
    return Behind(column.source, column.apply, test, precision)


def _fold_viewed(model: FloatViewed[FloatModel], view: View) -> FloatForm:
    """Functions of what functions give."""
    if view.mixing:
        fault = "functions of single features behind weighted sums of them"
        where, allowed = model.origin.estimator, f"{model.origin.estimator} without it, or a linear model"
        raise UnsupportedModelError(fault, where=where, got=view.mixing.where, allowed=allowed)
    behind = [(view.columns[column.source], column.maps) for column in model.columns]
    columns = tuple(replace(front, maps=(*front.maps, *maps)) for front, maps in behind)
    return folded(model.inner, replace(view, columns=columns))


def _viewed(inner: FloatSums | FloatTree | FloatTrees, view: View, curved: list[Column]) -> FloatForm:
    """A model that reads the features themselves and then some columns."""
    if not curved:
        return inner
    return FloatViewed(inner, (*View.plain(view.input_count).columns, *curved), view.input_count)


def _precision(precision: type[np.floating[Any]], view: View) -> type[np.floating[Any]]:
    """That of comparisons in front of functions: what a function gets is not rounded."""
    return np.float64 if any(column.maps for column in view.columns) else precision


def _moved(
    tests: tuple[IntArray, FloatArray, type[np.floating[Any]]], view: View, where: str
) -> tuple[IntArray, FloatArray, list[Column]]:
    """Tests of a tree (feature, threshold, precision) on the view's inputs, and the columns that it still reads.

    A threshold of a column that does not fall becomes one of its feature. Columns of other functions, which stand
    behind the features, stay; their thresholds do too.
    """
    feature, threshold, precision = tests
    if view.mixing:
        fault, allowed = "a tree behind weighted sums of features", "a tree on the features, or a linear model"
        raise UnsupportedModelError(fault, where=where, got=view.mixing.where, allowed=allowed)
    is_rounded = _precision(precision, view) != precision
    curved: list[Column] = []
    onto, moved = np.full(len(feature), LEAF), threshold.copy()
    for tested in sorted(set(feature.tolist()) - {LEAF}):
        nodes: NDArray[np.bool_] = feature == tested
        column = view.columns[tested]
        if all(function.is_monotone for function in column.maps):
            onto[nodes] = column.source
            if column.maps or is_rounded:
                moved[nodes] = preimages(column, threshold[nodes], precision)
        else:
            onto[nodes] = view.input_count + len(curved)
            curved.append(column)
    return onto, moved, curved


_FOLDS: dict[type, Callable[[Any, View], FloatForm]] = {
    FloatSums: _fold_sums,
    FloatTree: _fold_tree,
    FloatTrees: _fold_trees,
    FloatViewed: _fold_viewed,
}
