"""The table of supported estimators."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from bespoke.errors import UnsupportedModelError
from bespoke.frontend.attributes import Estimator, fitted, malformed
from bespoke.frontend.bayes import (
    read_bernoulli_bayes,
    read_categorical_bayes,
    read_complement_bayes,
    read_gaussian_bayes,
    read_multinomial_bayes,
)
from bespoke.frontend.boosting import read_boosted_classifier, read_boosted_regressor, read_weighted_votes
from bespoke.frontend.centroids import read_nearest_centroid
from bespoke.frontend.forest import read_averaged_classifier, read_averaged_regressor, read_voting_classifier
from bespoke.frontend.hist_boosting import read_hist_classifier, read_hist_regressor
from bespoke.frontend.instead import ESTIMATORS_INSTEAD
from bespoke.frontend.lightgbm import lightgbm_form, read_lightgbm_classifier
from bespoke.frontend.linear import (
    read_linear_classifier,
    read_linear_regressor,
    read_partial_least_squares,
    read_svc,
    read_svr,
    read_tweedie,
)
from bespoke.frontend.mlp import read_mlp_classifier, read_mlp_regressor
from bespoke.frontend.tree import read_tree_classifier, read_tree_regressor
from bespoke.frontend.viewed import FloatForm
from bespoke.frontend.xgboost import read_xgboost_classifier, read_xgboost_regressor, xgboost_form

_MORE_LINEAR_CLASSIFIERS = ("PassiveAggressiveClassifier", "LinearDiscriminantAnalysis")
_MORE_LINEAR_REGRESSORS = (
    "PassiveAggressiveRegressor",
    "BayesianRidge",
    "ARDRegression",
    "HuberRegressor",
    "Lars",
    "LarsCV",
    "LassoLars",
    "LassoLarsCV",
    "LassoLarsIC",
    "OrthogonalMatchingPursuit",
    "OrthogonalMatchingPursuitCV",
    "QuantileRegressor",
    "TheilSenRegressor",
)
_READERS: dict[str, Callable[[Any], FloatForm]] = {
    "DecisionTreeClassifier": read_tree_classifier,
    "DecisionTreeRegressor": read_tree_regressor,
    "ExtraTreeClassifier": read_tree_classifier,
    "ExtraTreeRegressor": read_tree_regressor,
    "RandomForestClassifier": read_averaged_classifier,
    "RandomForestRegressor": read_averaged_regressor,
    "ExtraTreesClassifier": read_averaged_classifier,
    "ExtraTreesRegressor": read_averaged_regressor,
    "BaggingClassifier": read_averaged_classifier,
    "BaggingRegressor": read_averaged_regressor,
    "VotingClassifier": read_voting_classifier,
    "VotingRegressor": read_averaged_regressor,
    "GradientBoostingClassifier": read_boosted_classifier,
    "GradientBoostingRegressor": read_boosted_regressor,
    "HistGradientBoostingClassifier": read_hist_classifier,
    "HistGradientBoostingRegressor": read_hist_regressor,
    "AdaBoostClassifier": read_weighted_votes,
    "MLPClassifier": read_mlp_classifier,
    "MLPRegressor": read_mlp_regressor,
    "SVC": read_svc,
    "NuSVC": read_svc,
    "SVR": read_svr,
    "NuSVR": read_svr,
    "LinearSVC": read_linear_classifier,
    "LinearSVR": read_linear_regressor,
    "LogisticRegression": read_linear_classifier,
    "LogisticRegressionCV": read_linear_classifier,
    "RidgeClassifier": read_linear_classifier,
    "RidgeClassifierCV": read_linear_classifier,
    "Perceptron": read_linear_classifier,
    "SGDClassifier": read_linear_classifier,
    "SGDRegressor": read_linear_regressor,
    "LinearRegression": read_linear_regressor,
    "Ridge": read_linear_regressor,
    "RidgeCV": read_linear_regressor,
    "Lasso": read_linear_regressor,
    "LassoCV": read_linear_regressor,
    "ElasticNet": read_linear_regressor,
    "ElasticNetCV": read_linear_regressor,
    **dict.fromkeys(_MORE_LINEAR_CLASSIFIERS, read_linear_classifier),
    **dict.fromkeys(_MORE_LINEAR_REGRESSORS, read_linear_regressor),
    "TweedieRegressor": read_tweedie,
    "PLSRegression": read_partial_least_squares,
    "NearestCentroid": read_nearest_centroid,
    "GaussianNB": read_gaussian_bayes,
    "BernoulliNB": read_bernoulli_bayes,
    "CategoricalNB": read_categorical_bayes,
    "MultinomialNB": read_multinomial_bayes,
    "ComplementNB": read_complement_bayes,
}

# Model files and estimators of other packages.
_OTHERS: dict[str, Callable[[Any], FloatForm]] = {
    "bespoke.TreeFile": lambda file: file.form,
    "lightgbm.Booster": lightgbm_form,
    "lightgbm.LGBMClassifier": read_lightgbm_classifier,
    "lightgbm.LGBMRegressor": lambda model: lightgbm_form(fitted(model, "booster_")),
    "xgboost.Booster": xgboost_form,
    **dict.fromkeys(("xgboost.XGBClassifier", "xgboost.XGBRFClassifier"), read_xgboost_classifier),
    **dict.fromkeys(("xgboost.XGBRegressor", "xgboost.XGBRFRegressor"), read_xgboost_regressor),
}

_KNOWN = (
    "trees, forests, linear models, SVMs with a linear kernel and MLPs of scikit-learn, bare, in a Pipeline, a fitted "
    "search or a wrapper such as OneVsRestClassifier"
)
SUPPORTED_ESTIMATORS: tuple[str, ...] = tuple(_READERS)


def read_estimator(estimator: Estimator) -> FloatForm:
    """Float form of a fitted estimator, without pipeline or search around it.

    Raises
    ------
    UnsupportedModelError
        If the class or one of its settings is not supported. Subclasses may predict differently and are refused.
    NotFittedModelError, MultiOutputModelError, NonFiniteModelError, ModelFileError
        If the estimator is not usable.
    """
    if isinstance(estimator, type):
        raise UnsupportedModelError("a class, not a fitted estimator", got=estimator.__qualname__)
    kind = type(estimator)
    package = kind.__module__.partition(".")[0]
    reader = _READERS.get(kind.__name__) if package == "sklearn" else _OTHERS.get(f"{package}.{kind.__name__}")
    if reader is None:
        raise UnsupportedModelError(
            "unsupported model",
            got=f"{kind.__module__}.{kind.__qualname__}",
            allowed=ESTIMATORS_INSTEAD.get(kind.__name__, _KNOWN),
        )
    with malformed(kind.__name__):
        return reader(estimator)
