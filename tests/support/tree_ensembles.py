"""Ensembles of trees of scikit-learn, small ones of every kind that is read."""

from __future__ import annotations

from typing import Any

from sklearn.ensemble import (
    AdaBoostClassifier,
    BaggingClassifier,
    BaggingRegressor,
    ExtraTreesClassifier,
    ExtraTreesRegressor,
    GradientBoostingClassifier,
    GradientBoostingRegressor,
    HistGradientBoostingClassifier,
    HistGradientBoostingRegressor,
    RandomForestClassifier,
    RandomForestRegressor,
    VotingClassifier,
    VotingRegressor,
)
from sklearn.tree import DecisionTreeClassifier, DecisionTreeRegressor

CATEGORIES = 3  # number of the feature that has categories
SHAPE = {"n_estimators": 5, "max_depth": 4, "random_state": 0}
HIST = {"max_iter": 5, "max_leaf_nodes": 8, "min_samples_leaf": 5, "random_state": 0}
TREES = [("small", DecisionTreeClassifier(max_depth=2)), ("large", DecisionTreeClassifier(max_depth=5))]
CLASSIFIERS: dict[str, Any] = {
    "random forest": RandomForestClassifier(**SHAPE),
    "whole trees": RandomForestClassifier(n_estimators=3, random_state=1),
    "extra trees": ExtraTreesClassifier(**SHAPE),
    "balanced": RandomForestClassifier(class_weight="balanced", **SHAPE),
    "bagging": BaggingClassifier(DecisionTreeClassifier(max_depth=4), n_estimators=5, max_features=0.5, random_state=0),
    "bags without some class": BaggingClassifier(n_estimators=5, max_samples=6, random_state=2),
    "bagged forests": BaggingClassifier(RandomForestClassifier(2, max_depth=3), n_estimators=2, random_state=0),
    "hard votes": VotingClassifier([*TREES, ("middle", DecisionTreeClassifier(max_depth=3))], weights=[1, 2, 2.5]),
    "soft votes": VotingClassifier([*TREES, ("forest", RandomForestClassifier(**SHAPE))], voting="soft"),
    "dropped vote": VotingClassifier([*TREES, ("none", "drop")], voting="soft", weights=[2, 1, 9]),
    "boosting": GradientBoostingClassifier(n_estimators=5, random_state=0),
    "boosting from zero": GradientBoostingClassifier(n_estimators=3, init="zero", random_state=0),
    "histograms": HistGradientBoostingClassifier(**HIST),
    "categories": HistGradientBoostingClassifier(categorical_features=[CATEGORIES], **HIST),
    "stumps": AdaBoostClassifier(n_estimators=6, random_state=0),
    "boosted trees": AdaBoostClassifier(DecisionTreeClassifier(max_depth=3), n_estimators=4, random_state=0),
}
REGRESSORS: dict[str, Any] = {
    "random forest": RandomForestRegressor(**SHAPE),
    "extra trees": ExtraTreesRegressor(**SHAPE),
    "bagging": BaggingRegressor(DecisionTreeRegressor(max_depth=4), n_estimators=5, max_features=0.5, random_state=0),
    "votes": VotingRegressor(
        [("a", DecisionTreeRegressor(max_depth=3)), ("b", RandomForestRegressor(**SHAPE))], weights=[1, 2]
    ),
    "boosting": GradientBoostingRegressor(n_estimators=5, random_state=0),
    "huber": GradientBoostingRegressor(n_estimators=5, loss="huber", random_state=0),
    "histograms": HistGradientBoostingRegressor(**HIST),
    "categories": HistGradientBoostingRegressor(categorical_features=[CATEGORIES], **HIST),
}
