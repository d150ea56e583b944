"""Forests of scikit-learn -> FloatTrees."""

from __future__ import annotations

import numpy as np

from bespoke.errors import MultiOutputModelError
from bespoke.frontend.attributes import Estimator, fitted
from bespoke.frontend.floatmodel import FloatTrees, class_labels
from bespoke.frontend.nodes import NodeTable, joined
from bespoke.frontend.tree import tree_nodes
from bespoke.model import Argmax, Decision, Origin, Sign


def read_forest_classifier(estimator: Estimator) -> FloatTrees:
    """Float form of a forest: the class with the largest sum of the leaves' distributions."""
    trees = [tree_nodes(tree) for tree in fitted(estimator, "estimators_")]
    return summed_distributions(estimator, trees, Origin("forest", type(estimator).__name__))


def read_forest_regressor(estimator: Estimator) -> FloatTrees:
    """Float form of a forest that predicts the mean of its trees."""
    trees = [tree_nodes(tree) for tree in fitted(estimator, "estimators_")]
    nodes, roots = joined([tree.scaled(1 / len(trees)) for tree in trees])
    origin = Origin("forest", type(estimator).__name__)
    return FloatTrees(nodes, roots, np.zeros(1), int(estimator.n_features_in_), None, origin)


def summed_distributions(estimator: Estimator, trees: list[NodeTable], origin: Origin) -> FloatTrees:
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
