"""Fitted pipelines of every kind that compiles, on the same small table: a name each."""

from __future__ import annotations

import warnings
from collections.abc import Callable
from functools import cache
from typing import Any

import numpy as np
from sklearn.calibration import CalibratedClassifierCV
from sklearn.cluster import FeatureAgglomeration
from sklearn.compose import ColumnTransformer, TransformedTargetRegressor
from sklearn.datasets import load_iris
from sklearn.decomposition import PCA, FastICA, TruncatedSVD
from sklearn.discriminant_analysis import LinearDiscriminantAnalysis
from sklearn.ensemble import ExtraTreesClassifier, HistGradientBoostingClassifier, RandomForestClassifier
from sklearn.feature_selection import RFE, SelectFromModel, SelectKBest, SelectPercentile, VarianceThreshold
from sklearn.frozen import FrozenEstimator
from sklearn.impute import SimpleImputer
from sklearn.linear_model import (
    BayesianRidge,
    HuberRegressor,
    LogisticRegression,
    PassiveAggressiveClassifier,
    RANSACRegressor,
    Ridge,
    RidgeClassifier,
)
from sklearn.model_selection import GridSearchCV
from sklearn.multiclass import OneVsOneClassifier, OneVsRestClassifier, OutputCodeClassifier
from sklearn.naive_bayes import BernoulliNB, CategoricalNB, ComplementNB, GaussianNB, MultinomialNB
from sklearn.neighbors import NearestCentroid
from sklearn.neural_network import MLPClassifier, MLPRegressor
from sklearn.pipeline import FeatureUnion, make_pipeline
from sklearn.preprocessing import (
    Binarizer,
    FunctionTransformer,
    KBinsDiscretizer,
    MaxAbsScaler,
    MinMaxScaler,
    OneHotEncoder,
    OrdinalEncoder,
    PowerTransformer,
    QuantileTransformer,
    RobustScaler,
    StandardScaler,
)
from sklearn.semi_supervised import SelfTrainingClassifier
from sklearn.svm import SVC, LinearSVC
from sklearn.tree import DecisionTreeClassifier, DecisionTreeRegressor


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


def counted(encoder: Any) -> ColumnTransformer:
    """The column of counts encoded, the others scaled."""
    return ColumnTransformer([("counts", encoder, [4])], remainder=MinMaxScaler())


def small_network(activation: str, layers: tuple[int, ...] = (5,)) -> MLPClassifier:
    return MLPClassifier(layers, activation=activation, solver="lbfgs", max_iter=300, random_state=0)


def equal_variances() -> Any:
    """GaussianNB is linear where its classes share their variances, as in a model that was pooled after fitting."""
    bayes = GaussianNB().fit(*flowers())
    bayes.var_ = np.tile(bayes.var_.mean(axis=0), (len(bayes.var_), 1))
    return bayes


def two_kinds(model: Any) -> Any:
    """A model of one kind of flowers against the others."""
    features, targets = flowers()
    return model.fit(features, targets == 1)


PIPELINES: dict[str, Callable[[], Any]] = {
    "best three, PCA": lambda: make_pipeline(SelectKBest(k=3), PCA(2), logistic()),
    "scaled, whitened PCA": lambda: make_pipeline(StandardScaler(), PCA(3, whiten=True), LinearSVC()),
    "truncated SVD": lambda: make_pipeline(MinMaxScaler(), TruncatedSVD(3, random_state=0), logistic()),
    "independent components": lambda: make_pipeline(FastICA(3, random_state=0), MinMaxScaler(), logistic()),
    "pooled columns": lambda: make_pipeline(MinMaxScaler(), FeatureAgglomeration(3), logistic()),
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
    "linear discriminants": lambda: make_pipeline(StandardScaler(), LinearDiscriminantAnalysis()),
    "nearest centroids": lambda: make_pipeline(RobustScaler(), NearestCentroid()),
    "nearest shrunken centroids": lambda: make_pipeline(
        MinMaxScaler(), NearestCentroid(shrink_threshold=0.2, priors=[0.5, 0.2, 0.3])
    ),
    "multinomial bayes": lambda: make_pipeline(MinMaxScaler(), MultinomialNB()),
    "complement bayes": lambda: make_pipeline(MinMaxScaler(), ComplementNB()),
    "passive aggressive": lambda: make_pipeline(StandardScaler(), PassiveAggressiveClassifier(random_state=0)),
    "huber": lambda: make_pipeline(StandardScaler(), HuberRegressor()),
    "bayesian ridge, scaled targets": lambda: TransformedTargetRegressor(
        make_pipeline(MinMaxScaler(), BayesianRidge()), transformer=StandardScaler()
    ),
    "regression tree, scaled targets": lambda: TransformedTargetRegressor(
        DecisionTreeRegressor(max_depth=3, random_state=0), transformer=MinMaxScaler()
    ),
    "one against the rest": lambda: make_pipeline(StandardScaler(), OneVsRestClassifier(SVC(kernel="linear"))),
    "pipelines against the rest": lambda: OneVsRestClassifier(
        make_pipeline(SelectKBest(k=3), StandardScaler(), logistic())
    ),
    "one against one": lambda: make_pipeline(StandardScaler(), OneVsOneClassifier(LinearSVC())),
    "pipelines against each other": lambda: OneVsOneClassifier(make_pipeline(PCA(2), logistic())),
    "codes of classes": lambda: make_pipeline(
        MinMaxScaler(), OutputCodeClassifier(LinearSVC(), code_size=3, random_state=1)
    ),
    "most rows agree": lambda: make_pipeline(StandardScaler(), RANSACRegressor(random_state=0)),
    "trained by itself": lambda: make_pipeline(StandardScaler(), SelfTrainingClassifier(logistic())),
    "gaussian bayes": lambda: make_pipeline(StandardScaler(), GaussianNB()),
    "bernoulli bayes": lambda: make_pipeline(StandardScaler(), BernoulliNB()),
    "bernoulli bayes of bits": lambda: make_pipeline(Binarizer(threshold=1.5), BernoulliNB(binarize=None)),
    "categorical bayes": lambda: make_pipeline(KBinsDiscretizer(4, encode="ordinal"), CategoricalNB()),
    "calibrated": lambda: CalibratedClassifierCV(make_pipeline(StandardScaler(), logistic()), ensemble=False),
    "searched": lambda: make_pipeline(
        MinMaxScaler(), GridSearchCV(make_pipeline(PCA(), RidgeClassifier()), {"pca__n_components": [2, 3]}, cv=3)
    ),
    "eliminating estimator": lambda: RFE(LinearSVC(), n_features_to_select=4),
    "quantiles, tree": lambda: make_pipeline(QuantileTransformer(n_quantiles=20), tree()),
    "normal quantiles, tree": lambda: make_pipeline(
        QuantileTransformer(n_quantiles=30, output_distribution="normal"), tree()
    ),
    "power, tree": lambda: make_pipeline(PowerTransformer(), SelectKBest(k=4), tree()),
    "box-cox, forest": lambda: make_pipeline(
        MinMaxScaler((1, 2)), PowerTransformer("box-cox"), RandomForestClassifier(5, max_depth=3, random_state=0)
    ),
    "logarithm, tree": lambda: make_pipeline(FunctionTransformer(np.log1p), StandardScaler(), tree()),
    "root, regression tree": lambda: make_pipeline(
        FunctionTransformer(np.sqrt), DecisionTreeRegressor(max_depth=3, random_state=0)
    ),
    "bins, tree": lambda: make_pipeline(KBinsDiscretizer(4, encode="ordinal"), tree()),
    "columns of bins, tree": lambda: make_pipeline(KBinsDiscretizer(4, encode="onehot-dense"), tree()),
    "columns of bins": lambda: make_pipeline(KBinsDiscretizer(4), logistic()),
    "binarised": lambda: make_pipeline(StandardScaler(), Binarizer(), LinearSVC()),
    "quantiles": lambda: make_pipeline(QuantileTransformer(n_quantiles=20), logistic()),
    "power": lambda: make_pipeline(PowerTransformer(), LinearSVC()),
    "power of some": lambda: make_pipeline(
        ColumnTransformer([("p", PowerTransformer(), [0, 3])], remainder=StandardScaler()), Ridge()
    ),
    "logarithm, PCA": lambda: make_pipeline(FunctionTransformer(np.log1p), PCA(3), logistic()),
    "column for each count": lambda: make_pipeline(counted(OneHotEncoder(handle_unknown="ignore")), logistic()),
    "column for each count, tree": lambda: make_pipeline(counted(OneHotEncoder(handle_unknown="ignore")), tree()),
    "column for each count, forest": lambda: make_pipeline(
        counted(OneHotEncoder(handle_unknown="ignore", drop="first")),
        ExtraTreesClassifier(5, max_depth=4, random_state=0),
    ),
    "codes of counts, tree": lambda: make_pipeline(
        counted(OrdinalEncoder(handle_unknown="use_encoded_value", unknown_value=-1)), tree()
    ),
    "codes of counts, boosted over categories": lambda: make_pipeline(
        counted(OrdinalEncoder(handle_unknown="use_encoded_value", unknown_value=-1)),
        HistGradientBoostingClassifier(max_iter=4, max_depth=3, categorical_features=[0]),
    ),
    "power, boosted over categories": lambda: make_pipeline(
        ColumnTransformer([("p", PowerTransformer(), [0, 3])], remainder="passthrough"),
        HistGradientBoostingClassifier(max_iter=4, max_depth=3, categorical_features=[4]),
    ),
    "column for each count, network": lambda: make_pipeline(
        counted(OneHotEncoder(handle_unknown="ignore")), small_network("relu")
    ),
    "logistic network": lambda: make_pipeline(MinMaxScaler(), small_network("logistic")),
    "tanh network": lambda: make_pipeline(StandardScaler(), small_network("tanh")),
    "tanh network of power": lambda: make_pipeline(PowerTransformer(), small_network("tanh", (4, 3))),
    "tanh regression": lambda: make_pipeline(
        StandardScaler(),
        MLPRegressor(hidden_layer_sizes=4, activation="tanh", solver="lbfgs", max_iter=200, random_state=0),
    ),
}
# Those that are not fitted to the whole table as it is.
FITTED: dict[str, Callable[[], Any]] = {
    "bayes of equal variances": equal_variances,
    "frozen": lambda: make_pipeline(FrozenEstimator(StandardScaler().fit(*flowers())), LinearSVC()).fit(*flowers()),
    "calibrated, two classes": lambda: two_kinds(CalibratedClassifierCV(LinearSVC(), ensemble=False)),
    "gaussian bayes of two classes": lambda: two_kinds(GaussianNB()),
    "discriminants of two classes": lambda: two_kinds(LinearDiscriminantAnalysis()),
    "centroids of two classes": lambda: two_kinds(make_pipeline(MaxAbsScaler(), NearestCentroid())),
}
NAMES = (*PIPELINES, *FITTED)


@cache
def fitted_pipeline(name: str) -> Any:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return FITTED[name]() if name in FITTED else PIPELINES[name]().fit(*flowers())


def answered(name: str) -> np.ndarray:
    """Targets of the table of which the pipeline knows those that it was fitted to."""
    known = fitted_pipeline(name)
    targets = flowers()[1]
    return targets == 1 if getattr(known, "classes_", targets).dtype == bool else targets
