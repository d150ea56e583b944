"""Averages and votes of scikit-learn's trees: forests, bagging, voting -> FloatTrees."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np

from bespoke.errors import ModelFileError, MultiOutputModelError, UnsupportedModelError
from bespoke.frontend.attributes import Estimator, check_setting, fitted
from bespoke.frontend.floatmodel import FloatTrees, class_labels
from bespoke.frontend.nodes import NodeTable, joined
from bespoke.frontend.tree import tree_nodes
from bespoke.model import Argmax, Decision, IntArray, Origin, Sign

# Most estimators inside estimators; a file could hold one that is inside itself.
_MOST_NESTED = 8


def read_averaged_classifier(estimator: Estimator) -> FloatTrees:
    """Float form of an ensemble that takes the class with the largest mean of the distributions of its trees."""
    return of_scores(estimator, _averaged(estimator), Origin("forest", type(estimator).__name__))


def read_averaged_regressor(estimator: Estimator) -> FloatTrees:
    """Float form of an ensemble that predicts the mean of its trees."""
    nodes, roots = joined(_averaged(estimator))
    origin = Origin("forest", type(estimator).__name__)
    return FloatTrees(nodes, roots, np.zeros(1), int(fitted(estimator, "n_features_in_")), None, origin)


def read_voting_classifier(estimator: Estimator) -> FloatTrees:
    """Float form of a vote: of the classes that single trees predict, or of the distributions of any of them."""
    if estimator.voting == "soft":
        return read_averaged_classifier(estimator)
    parts, count = fitted(estimator, "estimators_"), len(fitted(estimator, "classes_"))
    trees = [
        predicted(part, np.arange(count)).scaled(weight)
        for part, weight in zip(parts, _weights(estimator), strict=True)
    ]
    return of_scores(estimator, trees, Origin("forest", type(estimator).__name__))


def of_scores(estimator: Estimator, trees: Sequence[NodeTable], origin: Origin) -> FloatTrees:
    """Float form of an ensemble that takes the class with the largest sum over trees with a score per class.

    Of two classes only the difference of their scores is kept.
    """
    labels = fitted(estimator, "classes_")
    if isinstance(labels, list):
        raise MultiOutputModelError("several targets", where=origin.estimator, got=len(labels), allowed="one target")
    classes = class_labels(labels, origin.estimator)
    decision: Decision = Argmax(classes)
    if len(classes) == 2:
        decision = Sign(classes)
        trees = [tree.with_values(tree.values[:, 1:] - tree.values[:, :1]) for tree in trees]
    nodes, roots = joined(trees)
    prior = np.zeros(decision.score_count)
    return FloatTrees(nodes, roots, prior, int(fitted(estimator, "n_features_in_")), decision, origin)


def predicted(tree: Estimator, labels: Sequence[object] | IntArray) -> NodeTable:
    """A single tree with 1 at the class of each leaf, 0 at others; the classes are ``labels``.

    Raises
    ------
    UnsupportedModelError
        If the estimator is no single tree.
    """
    name = type(tree).__name__
    if name not in _TREES:
        allowed = ", ".join(_TREES)
        raise UnsupportedModelError("votes of an estimator that is no single tree", got=name, allowed=allowed)
    nodes, own = tree_nodes(tree), list(fitted(tree, "classes_"))
    columns = np.array([list(labels).index(label) for label in own], dtype=np.int64)
    votes = np.eye(len(labels))[columns[nodes.values.argmax(axis=1)]]
    return nodes.with_values(votes)


def _averaged(estimator: Estimator, depth: int = 0) -> list[NodeTable]:
    """Trees whose sum is the distribution over the classes, or the value, that an estimator predicts."""
    opened = _AVERAGED.get(type(estimator).__name__)
    if opened is None or depth > _MOST_NESTED or not type(estimator).__module__.startswith("sklearn."):
        got, allowed = type(estimator).__name__, ", ".join(_AVERAGED)
        raise UnsupportedModelError("an ensemble of an estimator that is no tree", got=got, allowed=allowed)
    return opened(estimator, depth + 1)


def _tree(estimator: Estimator, _depth: int) -> list[NodeTable]:
    return [tree_nodes(estimator)]


def _forest(estimator: Estimator, depth: int) -> list[NodeTable]:
    trees = fitted(estimator, "estimators_")
    return [tree_nodes(tree).scaled(_share(estimator, len(trees), depth)) for tree in trees]


def _bagging(estimator: Estimator, depth: int) -> list[NodeTable]:
    parts, features = fitted(estimator, "estimators_"), fitted(estimator, "estimators_features_")
    count, scale = int(fitted(estimator, "n_features_in_")), _share(estimator, len(parts), depth)
    trees = []
    for part, given in zip(parts, features, strict=True):
        columns = np.asarray(given, dtype=np.int64)
        if len(columns) != part.n_features_in_ or np.any(columns < 0) or np.any(columns >= count):
            raise ModelFileError("a tree tests a feature that does not exist", where=type(estimator).__name__)
        trees += [tree.on_features(columns).scaled(scale) for tree in _of_classes(estimator, part, depth)]
    return trees


def _voting(estimator: Estimator, depth: int) -> list[NodeTable]:
    if hasattr(estimator, "voting"):
        check_setting(estimator, "vote inside an ensemble", estimator.voting, ("soft",), 'voting="soft"')
    parts, weights = fitted(estimator, "estimators_"), _weights(estimator)
    pairs = zip(parts, weights, strict=True)
    return [tree.scaled(weight) for part, weight in pairs for tree in _of_classes(estimator, part, depth)]


def _share(estimator: Estimator, count: int, depth: int) -> float:
    """Weight of each of some parts of a mean.

    It is 1 in an outermost classifier, whose sums are only compared: they tie as those of scikit-learn do.
    """
    return 1.0 if depth == 1 and hasattr(estimator, "classes_") else 1 / count


def _of_classes(estimator: Estimator, part: Estimator, depth: int) -> list[NodeTable]:
    """Trees of a part of an ensemble, whose classes are numbers of the ensemble's, of which it may lack some."""
    trees = _averaged(part, depth)
    if not hasattr(estimator, "classes_"):
        return trees
    columns, count = np.asarray(part.classes_).astype(np.int64), len(estimator.classes_)
    if np.any(columns < 0) or np.any(columns >= count):
        raise ModelFileError("a tree has a class that does not exist", where=type(estimator).__name__)
    return [tree.placed(columns, count) for tree in trees]


def _weights(estimator: Estimator) -> list[float]:
    """Weight of each estimator of a vote; they add up to 1."""
    weights = estimator._weights_not_none  # noqa: SLF001  public are only the weights of those that were dropped, too
    count = len(fitted(estimator, "estimators_"))
    given = np.ones(count) if weights is None else np.asarray(weights, dtype=np.float64)
    return [float(weight) for weight in given / given.sum()]


_TREES = ("DecisionTreeClassifier", "ExtraTreeClassifier")
_AVERAGED: dict[str, Callable[[Estimator, int], list[NodeTable]]] = {
    **dict.fromkeys((*_TREES, "DecisionTreeRegressor", "ExtraTreeRegressor"), _tree),
    **dict.fromkeys(
        ("RandomForestClassifier", "RandomForestRegressor", "ExtraTreesClassifier", "ExtraTreesRegressor"), _forest
    ),
    **dict.fromkeys(("BaggingClassifier", "BaggingRegressor"), _bagging),
    **dict.fromkeys(("VotingClassifier", "VotingRegressor"), _voting),
}
