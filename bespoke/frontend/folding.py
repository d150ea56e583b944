"""A float form behind the steps of a pipeline -> the float form of the whole."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np

from bespoke.errors import FeatureCountError, UnsupportedModelError
from bespoke.frontend.floatmodel import FloatLayer, FloatModel, FloatSums, FloatTree, FloatTrees
from bespoke.frontend.view import View
from bespoke.model import LEAF, IntArray


def folded(model: FloatModel, view: View | None) -> FloatModel:
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


def fold_sums(model: FloatSums, view: View) -> FloatSums:
    """Weighted sums of weighted sums: the matrices are multiplied."""
    first, *others = model.layers
    weights, biases = first.weights, first.biases
    if view.mixing:
        weights, biases = weights @ view.mixing.weights, biases + weights @ view.mixing.biases
    onto = np.zeros((len(weights), view.input_count))
    for number, column in enumerate(view.columns):
        line = column.line()
        if line is None:
            raise UnsupportedModelError("not an affine step in front of weighted sums", where=column.where)
        onto[:, column.source] += weights[:, number] * line[0]
        biases = biases + weights[:, number] * line[1]
    return replace(model, layers=(FloatLayer(onto, biases, first.activation), *others))


def fold_tree(model: FloatTree, view: View) -> FloatTree:
    """A tree that reads chosen features."""
    feature = _chosen(model.feature, view, str(model.origin))
    return replace(model, feature=feature, feature_count=view.input_count)


def fold_trees(model: FloatTrees, view: View) -> FloatTrees:
    """Trees that read chosen features."""
    count, where = model.feature_count, str(model.origin)
    is_feature = model.nodes.feature < count
    chosen = _chosen(np.where(is_feature, model.nodes.feature, LEAF), view, where)
    feature = np.where(is_feature, chosen, model.nodes.feature - count + view.input_count)
    sources = _chosen(np.array([test.feature for test in model.tests], dtype=np.int64), view, where).tolist()
    tests = tuple(replace(test, feature=source) for test, source in zip(model.tests, sources, strict=True))
    nodes = replace(model.nodes, feature=feature)
    return replace(model, nodes=nodes, feature_count=view.input_count, tests=tests)


def _chosen(feature: IntArray, view: View, where: str) -> IntArray:
    """Features of the view's inputs for features of its outputs; leaves stay leaves."""
    if view.mixing:
        fault, allowed = "a tree behind weighted sums of features", "a tree on the features, or a linear model"
        raise UnsupportedModelError(fault, where=where, got=view.mixing.where, allowed=allowed)
    sources = np.array([column.source for column in view.columns])
    return np.where(feature == LEAF, LEAF, sources[feature])


_FOLDS: dict[type, Callable[[Any, View], FloatModel]] = {
    FloatSums: fold_sums,
    FloatTree: fold_tree,
    FloatTrees: fold_trees,
}
