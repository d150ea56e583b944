"""Fitted pipelines of every kind that compiles, on the same small table: a name each."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import Any

import numpy as np
from sklearn.compose import ColumnTransformer
from sklearn.datasets import load_iris
from sklearn.decomposition import PCA, FastICA, TruncatedSVD
from sklearn.discriminant_analysis import LinearDiscriminantAnalysis
from sklearn.feature_selection import RFE, SelectFromModel, SelectKBest, SelectPercentile, VarianceThreshold
from sklearn.impute import SimpleImputer
from sklearn.linear_model import LogisticRegression, Ridge
from sklearn.pipeline import FeatureUnion, make_pipeline
from sklearn.preprocessing import MaxAbsScaler, MinMaxScaler, RobustScaler, StandardScaler
from sklearn.svm import SVC, LinearSVC
from sklearn.tree import DecisionTreeClassifier


@cache
def flowers() -> tuple[np.ndarray, np.ndarray]:
    """Iris with a column of whole numbers from 0 to 4 and one that does not vary much."""
    features, targets = load_iris(return_X_y=True)
    rng = np.random.default_rng(3)
    counts = np.clip(targets + rng.integers(0, 3, len(targets)), 0, 4)
    return np.column_stack([features, counts, rng.uniform(0.0, 0.1, len(targets))]), targets


def logistic() -> LogisticRegression:
    return LogisticRegression(max_iter=2000)


def tree() -> DecisionTreeClassifier:
    return DecisionTreeClassifier(max_depth=5, random_state=0)


def scaled_some() -> ColumnTransformer:
    return ColumnTransformer(
        [("wide", StandardScaler(), [0, 2]), ("gone", "drop", [1]), ("kept", "passthrough", slice(3, 5))],
        remainder=MinMaxScaler(),
    )


PIPELINES: dict[str, Callable[[], Any]] = {
    "best three, PCA": lambda: make_pipeline(SelectKBest(k=3), PCA(2), logistic()),
    "scaled, whitened PCA": lambda: make_pipeline(StandardScaler(), PCA(3, whiten=True), LinearSVC()),
    "truncated SVD": lambda: make_pipeline(MinMaxScaler(), TruncatedSVD(3, random_state=0), logistic()),
    "independent components": lambda: make_pipeline(FastICA(3, random_state=0), MinMaxScaler(), logistic()),
    "discriminants as features": lambda: make_pipeline(
        LinearDiscriminantAnalysis(n_components=2), SVC(kernel="linear")
    ),
    "best half, scaled": lambda: make_pipeline(SelectPercentile(percentile=50), MinMaxScaler(), logistic()),
    "varying columns, tree": lambda: make_pipeline(VarianceThreshold(0.05), tree()),
    "columns of a model": lambda: make_pipeline(SelectFromModel(tree()), RobustScaler(), logistic()),
    "eliminated columns": lambda: make_pipeline(RFE(logistic(), n_features_to_select=3), LinearSVC()),
    "imputed, scaled": lambda: make_pipeline(SimpleImputer(), StandardScaler(), LinearSVC()),
    "column transformer": lambda: make_pipeline(scaled_some(), logistic()),
    "column transformer, tree": lambda: make_pipeline(scaled_some(), tree()),
    "union of projections": lambda: make_pipeline(FeatureUnion([("p", PCA(2)), ("s", MaxAbsScaler())]), logistic()),
    "nested, ridge": lambda: make_pipeline(
        make_pipeline(SimpleImputer(), make_pipeline(SelectKBest(k=4))), PCA(3), StandardScaler(), Ridge()
    ),
}
