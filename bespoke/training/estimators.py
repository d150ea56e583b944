"""The scikit-learn estimator and the search space for each kind of model."""

from __future__ import annotations

from importlib import import_module
from typing import Any

from bespoke.training.options import KINDS, TREES, TrainingOptions

SCALER, STEP = "scaler", "model"  # names of the steps of the Pipeline
_MLP_ITERATIONS = 500
_LINEAR_ITERATIONS = 10_000

Parameters = dict[str, Any]


def make_estimator(kind: str, task: str, options: TrainingOptions, seed: int) -> Any:  # noqa: ANN401  scikit-learn's
    """An unfitted estimator of that kind."""
    name = KINDS[kind][task]
    return getattr(import_module(f"sklearn.{_MODULES[name]}"), name)(**_fixed_parameters(name, options, seed))


def search_space(kind: str, task: str, options: TrainingOptions) -> Parameters:
    """Distributions for a randomised search, by the names that the Pipeline gives the parameters.

    What fixes the size of the circuit (layers, greatest depth) stays as the options say.
    """
    from scipy.stats import loguniform, randint, uniform

    spaces: dict[str, Parameters] = {
        "tree": {"max_depth": randint(2, options.max_depth + 1) if options.max_depth > 1 else [1]}
        | {"min_samples_leaf": randint(1, 21), "ccp_alpha": loguniform(1e-5, 1e-2)},
        "svm": {"C": loguniform(1e-2, 1e2)},
        "linear_svm": {"C": loguniform(1e-3, 1e2)},
        "mlp": {"alpha": loguniform(1e-6, 1.0), "random_state": randint(0, 2**31 - 1)},
        "logistic": {"C": loguniform(1e-3, 1e3)},
        "ridge": {"alpha": loguniform(1e-3, 1e2)},
        "perceptron": {"alpha": loguniform(1e-6, 1e-2), "penalty": [None, "l2", "l1"]},
        "sgd": {"alpha": loguniform(1e-6, 1e-1), "penalty": ["l2", "l1"]},
        "linear": {"fit_intercept": [True]},
    }
    space = spaces["tree" if kind in TREES else kind]
    if (kind, task) in (("svm", "regression"), ("linear_svm", "regression")):
        space["epsilon"] = uniform(0.0, 0.5)
    return {f"{STEP}__{name}": values for name, values in space.items()}


def _fixed_parameters(name: str, options: TrainingOptions, seed: int) -> Parameters:
    iterations = options.max_iter or _LINEAR_ITERATIONS
    if name.startswith(("DecisionTree", "ExtraTree")):
        return {"max_depth": options.max_depth, "random_state": seed}
    if name.startswith("MLP"):
        return {
            "hidden_layer_sizes": options.hidden_layer_sizes,
            "solver": "lbfgs",
            "max_iter": options.max_iter or _MLP_ITERATIONS,
            "random_state": seed,
        }
    table: dict[str, Parameters] = {
        "SVC": {"kernel": "linear", "C": options.c, "max_iter": options.max_iter or -1},
        "SVR": {"kernel": "linear", "C": options.c, "max_iter": options.max_iter or -1},
        "LinearSVC": {"C": options.c, "max_iter": iterations, "random_state": seed},
        "LinearSVR": {"C": options.c, "max_iter": iterations, "random_state": seed},
        "LogisticRegression": {"C": options.c, "max_iter": iterations, "random_state": seed},
        "RidgeClassifier": {"random_state": seed},
        "Ridge": {"random_state": seed},
        "Perceptron": {"max_iter": iterations, "random_state": seed},
        "SGDClassifier": {"max_iter": iterations, "random_state": seed},
        "SGDRegressor": {"max_iter": iterations, "random_state": seed},
        "LinearRegression": {},
    }
    return table[name]


_MODULES = {
    "DecisionTreeClassifier": "tree",
    "DecisionTreeRegressor": "tree",
    "ExtraTreeClassifier": "tree",
    "ExtraTreeRegressor": "tree",
    "SVC": "svm",
    "SVR": "svm",
    "LinearSVC": "svm",
    "LinearSVR": "svm",
    "MLPClassifier": "neural_network",
    "MLPRegressor": "neural_network",
    "LogisticRegression": "linear_model",
    "RidgeClassifier": "linear_model",
    "Ridge": "linear_model",
    "Perceptron": "linear_model",
    "SGDClassifier": "linear_model",
    "SGDRegressor": "linear_model",
    "LinearRegression": "linear_model",
}
