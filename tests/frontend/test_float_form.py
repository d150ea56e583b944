"""The float form of each kind of estimator predicts what the estimator predicts."""

from __future__ import annotations

import warnings

import numpy as np
import pytest
import scipy.sparse as sp
import tree_ensembles
from sklearn import (
    cross_decomposition,
    discriminant_analysis,
    ensemble,
    linear_model,
    naive_bayes,
    neighbors,
    neural_network,
    svm,
    tree,
)
from sklearn.datasets import make_blobs, make_regression
from sklearn.model_selection import GridSearchCV, RandomizedSearchCV

from bespoke.frontend.estimators import SUPPORTED_ESTIMATORS, read_estimator
from bespoke.frontend.floatmodel import FloatSums, FloatTree
from bespoke.frontend.pipeline import unwrap
from bespoke.model import Sign

CLASSIFIERS = {
    "tree": lambda: tree.DecisionTreeClassifier(max_depth=6, random_state=0),
    "tree_best_first": lambda: tree.DecisionTreeClassifier(max_leaf_nodes=9, random_state=0),
    "tree_pruned": lambda: tree.DecisionTreeClassifier(ccp_alpha=0.01, random_state=0),
    "extra_tree": lambda: tree.ExtraTreeClassifier(max_depth=6, random_state=0),
    "random_forest": lambda: ensemble.RandomForestClassifier(5, max_depth=4, random_state=0),
    "extra_trees": lambda: ensemble.ExtraTreesClassifier(5, max_depth=4, random_state=0),
    "mlp": lambda: neural_network.MLPClassifier(hidden_layer_sizes=5, solver="lbfgs", max_iter=60, random_state=0),
    "mlp_deep": lambda: neural_network.MLPClassifier(
        hidden_layer_sizes=(5, 4, 3), solver="lbfgs", max_iter=60, random_state=0
    ),
    "mlp_none": lambda: neural_network.MLPClassifier(
        hidden_layer_sizes=(), solver="lbfgs", max_iter=60, random_state=0
    ),
    "mlp_identity": lambda: neural_network.MLPClassifier(
        hidden_layer_sizes=4, activation="identity", max_iter=30, random_state=0
    ),
    "svc": lambda: svm.SVC(kernel="linear"),
    "svc_ovo": lambda: svm.SVC(kernel="linear", decision_function_shape="ovo", C=0.01),
    "nu_svc": lambda: svm.NuSVC(kernel="linear", nu=0.1),
    "linear_svc": svm.LinearSVC,
    "linear_svc_no_intercept": lambda: svm.LinearSVC(fit_intercept=False),
    "crammer_singer": lambda: svm.LinearSVC(multi_class="crammer_singer", max_iter=5000),
    "logistic": lambda: linear_model.LogisticRegression(max_iter=200),
    "logistic_no_intercept": lambda: linear_model.LogisticRegression(fit_intercept=False, max_iter=200),
    "logistic_cv": lambda: linear_model.LogisticRegressionCV(Cs=2, cv=2, max_iter=200),
    "ridge": linear_model.RidgeClassifier,
    "ridge_no_intercept": lambda: linear_model.RidgeClassifier(fit_intercept=False),
    "ridge_cv": linear_model.RidgeClassifierCV,
    "perceptron": lambda: linear_model.Perceptron(random_state=0),
    "sgd": lambda: linear_model.SGDClassifier(random_state=0),
    "sgd_log": lambda: linear_model.SGDClassifier(loss="log_loss", random_state=0),
}
CLASSIFIERS |= {
    "passive_aggressive": lambda: linear_model.PassiveAggressiveClassifier(random_state=0),
    "discriminants": discriminant_analysis.LinearDiscriminantAnalysis,
    "discriminants_shrunken": lambda: discriminant_analysis.LinearDiscriminantAnalysis("lsqr", shrinkage="auto"),
    "centroids": neighbors.NearestCentroid,
    "centroids_priors": lambda: neighbors.NearestCentroid(priors="empirical"),
    "centroids_shrunken": lambda: neighbors.NearestCentroid(shrink_threshold=0.3),
    "gaussian_bayes": naive_bayes.GaussianNB,
    "gaussian_bayes_pooled": naive_bayes.GaussianNB,
    "bernoulli_bayes": naive_bayes.BernoulliNB,
    "bernoulli_bayes_of_bits": lambda: naive_bayes.BernoulliNB(binarize=None),
    "categorical_bayes": naive_bayes.CategoricalNB,
    "multinomial_bayes": naive_bayes.MultinomialNB,
    "complement_bayes": naive_bayes.ComplementNB,
    "complement_bayes_normed": lambda: naive_bayes.ComplementNB(norm=True),
}
REGRESSORS = {
    "tree": lambda: tree.DecisionTreeRegressor(max_depth=6, random_state=0),
    "extra_tree": lambda: tree.ExtraTreeRegressor(max_depth=6, random_state=0),
    "random_forest": lambda: ensemble.RandomForestRegressor(5, max_depth=4, random_state=0),
    "extra_trees": lambda: ensemble.ExtraTreesRegressor(5, max_depth=4, random_state=0),
    "mlp": lambda: neural_network.MLPRegressor(hidden_layer_sizes=(5, 4), solver="lbfgs", max_iter=60, random_state=0),
    "mlp_none": lambda: neural_network.MLPRegressor(hidden_layer_sizes=(), solver="lbfgs", max_iter=60, random_state=0),
    "svr": lambda: svm.SVR(kernel="linear"),
    "nu_svr": lambda: svm.NuSVR(kernel="linear"),
    "linear_svr": svm.LinearSVR,
    "linear": linear_model.LinearRegression,
    "linear_no_intercept": lambda: linear_model.LinearRegression(fit_intercept=False),
    "ridge": linear_model.Ridge,
    "ridge_cv": linear_model.RidgeCV,
    "lasso": linear_model.Lasso,
    "lasso_cv": lambda: linear_model.LassoCV(cv=2),
    "elastic_net": linear_model.ElasticNet,
    "elastic_net_cv": lambda: linear_model.ElasticNetCV(cv=2),
    "sgd": lambda: linear_model.SGDRegressor(random_state=0),
    "passive_aggressive": lambda: linear_model.PassiveAggressiveRegressor(random_state=0),
    "bayesian_ridge": linear_model.BayesianRidge,
    "ard": linear_model.ARDRegression,
    "huber": linear_model.HuberRegressor,
    "lars": linear_model.Lars,
    "lars_cv": lambda: linear_model.LarsCV(cv=2),
    "lasso_lars": linear_model.LassoLars,
    "lasso_lars_cv": lambda: linear_model.LassoLarsCV(cv=2),
    "lasso_lars_ic": linear_model.LassoLarsIC,
    "matching_pursuit": linear_model.OrthogonalMatchingPursuit,
    "matching_pursuit_cv": lambda: linear_model.OrthogonalMatchingPursuitCV(cv=2),
    "quantile": linear_model.QuantileRegressor,
    "theil_sen": lambda: linear_model.TheilSenRegressor(max_subpopulation=50, random_state=0),
    "partial_least_squares": cross_decomposition.PLSRegression,
    "tweedie": lambda: linear_model.TweedieRegressor(power=0),
}
# Numbers that are fit for some, from any.
FITTING = {
    **dict.fromkeys(("multinomial_bayes", "complement_bayes", "complement_bayes_normed"), np.abs),
    "categorical_bayes": lambda features: np.floor(np.abs(features)) % 4,
    "bernoulli_bayes_of_bits": lambda features: (features > 1.0).astype(float),
}


@pytest.fixture(autouse=True)
def _quiet():
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        yield


def overlapping_classes(count):
    features, targets = make_blobs(240, 5, centers=count, cluster_std=4.0, random_state=count)
    return features, targets


def float_predictions(estimator, features):
    model = read_estimator(estimator)
    outputs = model.outputs(np.asarray(features, dtype=np.float64))
    return np.array(model.classes)[outputs] if model.classes else outputs


def pooled(bayes, name):
    """GaussianNB with the variances that its classes have in the mean, since it is linear then."""
    if name == "gaussian_bayes_pooled":
        bayes.var_ = np.tile(bayes.var_.mean(axis=0), (len(bayes.var_), 1))
    return bayes


@pytest.mark.slow_if("crammer_singer-10", "logistic_cv-10")
@pytest.mark.parametrize("count", [2, 3, 10])
@pytest.mark.parametrize("name", CLASSIFIERS)
def test_classifiers(name, count):
    features, targets = overlapping_classes(count)
    fitting = FITTING.get(name, np.array)
    estimator = pooled(CLASSIFIERS[name]().fit(fitting(features), targets), name)
    fresh = np.random.default_rng(1).normal(scale=8.0, size=(2000, 5))
    fresh = fresh if name.startswith(("multinomial", "complement")) else fitting(fresh)
    np.testing.assert_array_equal(float_predictions(estimator, fresh), estimator.predict(fresh))


@pytest.mark.parametrize("name", REGRESSORS)
def test_regressors(name):
    features, targets = make_regression(200, 6, noise=5.0, random_state=0)
    estimator = REGRESSORS[name]().fit(features, targets)
    fresh = np.random.default_rng(1).normal(size=(500, 6))
    expected = estimator.predict(fresh)
    np.testing.assert_allclose(float_predictions(estimator, fresh), expected, rtol=1e-9, atol=1e-9)


def test_table_is_covered():
    made = {type(make()).__name__ for table in (CLASSIFIERS, REGRESSORS) for make in table.values()}
    made |= {
        type(model).__name__
        for table in (tree_ensembles.CLASSIFIERS, tree_ensembles.REGRESSORS)
        for model in table.values()
    }
    assert made == set(SUPPORTED_ESTIMATORS)


@pytest.mark.parametrize("labels", [["no", "yes"], [-3, 7], [1.0, 2.0], [False, True], ["a", "b", "c"]])
@pytest.mark.parametrize("name", ["tree", "mlp", "svc", "logistic"])
def test_labels(name, labels):
    features, targets = overlapping_classes(len(labels))
    estimator = CLASSIFIERS[name]().fit(features, np.array(labels)[targets])
    model = read_estimator(estimator)
    assert list(model.classes) == labels
    assert type(model.classes[0]) is type(labels[0])
    np.testing.assert_array_equal(float_predictions(estimator, features), estimator.predict(features))


def test_svc_binary_tie_is_class_one():
    estimator = svm.SVC(kernel="linear", C=100).fit([[0.0], [2.0]], [0, 1])
    middle = np.array([[1.0]])
    assert estimator.decision_function(middle)[0] == 0.0
    assert estimator.predict(middle)[0] == 1
    model = read_estimator(estimator)
    assert model.decision == Sign((0, 1), inclusive=True)
    assert model.outputs(middle)[0] == 1


def test_linear_binary_tie_is_class_zero():
    estimator = linear_model.Perceptron().fit([[0.0], [2.0]], [0, 1])
    estimator.coef_, estimator.intercept_ = np.array([[1.0]]), np.array([-1.0])
    assert estimator.predict([[1.0]])[0] == 0
    assert read_estimator(estimator).outputs(np.array([[1.0]]))[0] == 0


def test_mlp_binary_tie_is_class_zero():
    estimator = neural_network.MLPClassifier(hidden_layer_sizes=(), max_iter=2).fit([[0.0], [2.0]], [0, 1])
    estimator.coefs_, estimator.intercepts_ = [np.array([[1.0]])], [np.array([-1.0])]
    assert estimator.predict([[1.0]])[0] == 0
    assert read_estimator(estimator).outputs(np.array([[1.0]]))[0] == 0


def test_svc_multiclass_ties():
    """Three corners of a square: each pair's boundary runs through grid points, and votes tie on them."""
    corners = np.array([[0.0, 0.0], [2.0, 0.0], [0.0, 2.0], [2.0, 2.0]])
    estimator = svm.SVC(kernel="linear", C=1000).fit(corners, [0, 1, 2, 3])
    grid = np.stack(np.meshgrid(np.arange(-2, 5), np.arange(-2, 5)), axis=-1).reshape(-1, 2).astype(float)
    scores = svm.SVC.decision_function(estimator.set_params(decision_function_shape="ovo"), grid)
    assert np.any(scores == 0.0)
    np.testing.assert_array_equal(float_predictions(estimator, grid), estimator.predict(grid))


@pytest.mark.parametrize("count", [2, 4])
def test_svc_fitted_on_sparse_data(count):
    features, targets = overlapping_classes(count)
    estimator = svm.SVC(kernel="linear").fit(sp.csr_matrix(features), targets)
    np.testing.assert_array_equal(float_predictions(estimator, features), estimator.predict(sp.csr_matrix(features)))


def test_svr_without_support_vectors():
    estimator = svm.SVR(kernel="linear", epsilon=10.0).fit([[0.0], [1.0]], [0.0, 1.0])
    assert len(estimator.support_) == 0
    np.testing.assert_allclose(float_predictions(estimator, [[0.3]]), estimator.predict([[0.3]]))


def test_sparsified_coefficients():
    features, targets = overlapping_classes(3)
    estimator = linear_model.SGDClassifier(penalty="l1", random_state=0).fit(features, targets).sparsify()
    np.testing.assert_array_equal(float_predictions(estimator, features), estimator.predict(features))


def test_tree_compares_in_single_precision():
    estimator = tree.DecisionTreeClassifier().fit([[0.1], [0.7]], [0, 1])
    threshold = estimator.tree_.threshold[0]
    close = np.array([[np.nextafter(threshold, 1)], [np.nextafter(threshold, 0)], [threshold + 1e-9]])
    np.testing.assert_array_equal(float_predictions(estimator, close), estimator.predict(close))


def test_identity_hidden_layers_stay():
    features, targets = overlapping_classes(3)
    model = read_estimator(CLASSIFIERS["mlp_identity"]().fit(features, targets))
    assert isinstance(model, FloatSums)
    assert [layer.activation for layer in model.layers] == ["identity", "identity"]


def test_single_leaf_and_single_class():
    model = read_estimator(tree.DecisionTreeClassifier().fit([[0.0], [1.0]], ["only", "only"]))
    assert isinstance(model, FloatTree)
    assert model.is_constant
    assert model.outputs(np.array([[5.0]])).tolist() == [0]


@pytest.mark.parametrize("search", [GridSearchCV, RandomizedSearchCV])
def test_searches_are_opened(search):
    features, targets = overlapping_classes(3)
    grid = {"max_depth": [2, 3]}
    extra = {"n_iter": 2} if search is RandomizedSearchCV else {}
    fitted = search(tree.DecisionTreeClassifier(random_state=0), grid, cv=2, **extra).fit(features, targets)
    unwrapped = unwrap(fitted)
    assert unwrapped.estimator is fitted.best_estimator_
    assert unwrapped.is_bare
    np.testing.assert_array_equal(float_predictions(unwrapped.estimator, features), fitted.predict(features))
