"""The scikit-learn estimator and the search space for each kind of model."""

from __future__ import annotations

from importlib import import_module
from typing import Any

from bespoke.training.options import KINDS, TREES, TrainingOptions

SCALER, STEP = "scaler", "model"  # names of the steps of the Pipeline
# Modules of scikit-learn, and the parameters that the options fix; others keep their defaults.
_MODULES = {
    "tree": "tree",
    "extra_tree": "tree",
    "svm": "svm",
    "linear_svm": "svm",
    "mlp": "neural_network",
    **dict.fromkeys(("logistic", "ridge", "perceptron", "sgd", "linear"), "linear_model"),
}
_FIXED = {
    "tree": ("max_depth", "random_state"),
    "extra_tree": ("max_depth", "random_state"),
    "svm": ("kernel", "C", "max_iter"),
    "linear_svm": ("C", "max_iter", "random_state"),
    "mlp": ("hidden_layer_sizes", "solver", "max_iter", "random_state"),
    "logistic": ("C", "max_iter", "random_state"),
    "ridge": ("random_state",),
    "perceptron": ("max_iter", "random_state"),
    "sgd": ("max_iter", "random_state"),
    "linear": (),
}
_ITERATIONS = {"svm": -1, "mlp": 500}
_LINEAR_ITERATIONS = 10_000

Parameters = dict[str, Any]


def make_estimator(kind: str, task: str, options: TrainingOptions, seed: int) -> Any:  # noqa: ANN401  scikit-learn's
    """An unfitted estimator of that kind."""
    values = {
        "max_depth": options.max_depth,
        "hidden_layer_sizes": options.hidden_layer_sizes,
        "C": options.c,
        "kernel": "linear",
        "solver": "lbfgs",
        "max_iter": options.max_iter or _ITERATIONS.get(kind, _LINEAR_ITERATIONS),
        "random_state": seed,
    }
    module = import_module(f"sklearn.{_MODULES[kind]}")
    return getattr(module, KINDS[kind][task])(**{name: values[name] for name in _FIXED[kind]})


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
