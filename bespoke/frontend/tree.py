"""Decision trees -> FloatTree."""

from __future__ import annotations

import numpy as np

from bespoke.errors import ModelFileError, MultiOutputModelError
from bespoke.frontend.attributes import Estimator, fitted
from bespoke.frontend.floatmodel import FloatArray, FloatTree, class_labels
from bespoke.frontend.nodes import NodeTable
from bespoke.model import LEAF, ClassLabel, IntArray, Origin

_NO_CHILD = -1


def read_tree_classifier(estimator: Estimator) -> FloatTree:
    """Float form of a fitted classification tree; a leaf's class is the first of its most frequent ones."""
    name = type(estimator).__name__
    tree = checked_tree(estimator)
    classes = class_labels(fitted(estimator, "classes_"), name)
    votes = np.asarray(tree.value, dtype=np.float64)[:, 0, :]
    if votes.shape[1] != len(classes):
        raise ModelFileError("classes and leaves do not fit", where=name, got=(len(classes), votes.shape[1]))
    return _float_tree(tree, votes.argmax(axis=1).astype(np.float64), classes, name)


def read_tree_regressor(estimator: Estimator) -> FloatTree:
    """Float form of a fitted regression tree."""
    tree = checked_tree(estimator)
    return _float_tree(tree, np.asarray(tree.value, dtype=np.float64)[:, 0, 0], (), type(estimator).__name__)


def tree_nodes(estimator: Estimator) -> NodeTable:
    """Nodes of a fitted tree of scikit-learn: its distributions over classes, or its values, are in the leaves."""
    tree = checked_tree(estimator)
    values = np.asarray(tree.value, dtype=np.float64)[:, 0, :]
    if hasattr(estimator, "classes_"):
        # Older versions kept counts.
        values = values / values.sum(axis=1, keepdims=True)
    feature, threshold, left, right = _links(tree)
    return NodeTable(feature, threshold, left, right, values).with_values(values)


def checked_tree(estimator: Estimator) -> Estimator:
    """The estimator's node table, after a check of all that a file could have forged.

    Raises
    ------
    MultiOutputModelError
        If the tree predicts several targets.
    ModelFileError
        If a count, child, feature or array shape is inconsistent, or a node has not exactly one parent.
    """
    name = type(estimator).__name__
    tree = fitted(estimator, "tree_")
    if tree.n_outputs != 1:
        raise MultiOutputModelError("several targets", where=name, got=tree.n_outputs, allowed="one target")
    if not 0 < tree.node_count <= tree.capacity:
        raise ModelFileError("wrong number of nodes", where=f"{name}.tree_", got=tree.node_count)
    if tree.n_features != fitted(estimator, "n_features_in_"):
        raise ModelFileError("wrong number of features", where=f"{name}.tree_", got=tree.n_features)
    _check_links(tree, f"{name}.tree_")
    return tree


def _check_links(tree: Estimator, where: str) -> None:
    count = tree.node_count
    left, right, feature = tree.children_left, tree.children_right, tree.feature
    inner = left != _NO_CHILD
    if np.any((right != _NO_CHILD) != inner):
        raise ModelFileError("a node has one child only", where=where)
    parents = np.arange(count)[inner]
    if np.any(left[inner] <= parents) or np.any(right[inner] <= parents):
        raise ModelFileError("a child's number must be above its parent's", where=where)
    if sorted([*left[inner].tolist(), *right[inner].tolist()]) != list(range(1, count)):
        raise ModelFileError("every node but the root needs exactly one parent", where=where)
    if np.any(feature[inner] < 0) or np.any(feature[inner] >= tree.n_features):
        raise ModelFileError("a node tests a feature that does not exist", where=where)


def _float_tree(tree: Estimator, value: FloatArray, classes: tuple[ClassLabel, ...], origin: str) -> FloatTree:
    feature, threshold, left, right = _links(tree)
    return FloatTree(
        feature=feature,
        threshold=threshold,
        left=left,
        right=right,
        value=value,
        feature_count=int(tree.n_features),
        classes=classes,
        origin=Origin("tree", origin),
    )


def _links(tree: Estimator) -> tuple[IntArray, FloatArray, IntArray, IntArray]:
    """Features, thresholds, left and right children of all nodes."""
    left: IntArray = np.array(tree.children_left, dtype=np.int64)
    right: IntArray = np.array(tree.children_right, dtype=np.int64)
    inner = left != _NO_CHILD
    return np.where(inner, tree.feature, LEAF).astype(np.int64), np.where(inner, tree.threshold, 0.0), left, right
