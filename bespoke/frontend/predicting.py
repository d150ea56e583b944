"""Which models of others may predict: compiled code of scikit-learn believes the tables that it is given."""

from __future__ import annotations

from typing import Any

import numpy as np

from bespoke.errors import ModelFileError, UnsupportedModelError
from bespoke.frontend.attributes import Estimator, malformed
from bespoke.frontend.composition import compose
from bespoke.frontend.pipeline import unwrap
from bespoke.frontend.steps import is_a

_LIBSVM = ("SVC", "NuSVC")
# Classifiers here predict by numpy alone, which looks at shapes and indices itself.
_NUMPY_ALONE = (
    "sklearn.naive_bayes",
    "sklearn.discriminant_analysis",
    "sklearn.linear_model",
    "sklearn.neural_network",
)


def check_predicts(model: Estimator) -> None:
    """Refuse a model whose prediction could read outside of its tables, or never end.

    Models that circuits can be made of have their tables checked when they are read; others are SVMs of any kernel,
    whose tables are checked here, and classifiers without compiled code.

    Raises
    ------
    ModelError
        If the model is none of these, or holds forged arrays.
    """
    try:
        compose(model)
    except UnsupportedModelError:
        last = unwrap(model).estimator
        if is_a(last, _LIBSVM):
            with malformed(type(last).__name__):
                _check_libsvm(last)
        elif not type(last).__module__.startswith(_NUMPY_ALONE):
            raise


def _check_libsvm(model: Estimator) -> None:
    """Whether the arrays that libsvm reads have the sizes that it takes them to have."""
    held = vars(model)
    classes, vectors, features = len(held["classes_"]), len(held["support_vectors_"]), held["n_features_in_"]
    pairs, counts = classes * (classes - 1) // 2, np.asarray(held["_n_support"])
    wanted: dict[str, tuple[Any, tuple[int, ...]]] = {
        "support_vectors_": (np.float64, (vectors, features)),
        "_n_support": (np.int32, (classes,)),
        "support_": (np.int32, (vectors,)),
        "_dual_coef_": (np.float64, (classes - 1, vectors)),
        "_intercept_": (np.float64, (pairs,)),
    }
    arrays = {name: np.asarray(held[name]) for name in wanted}
    fits = all((arrays[name].dtype, arrays[name].shape) == kind for name, kind in wanted.items())
    sizes = [np.asarray(held[name]).size for name in ("_probA", "_probB")]
    is_dense = not held["_sparse"] and tuple(held["shape_fit_"])[1:] == (features,)
    is_counted = bool((counts >= 0).all()) and int(counts.sum()) == vectors
    if not (fits and is_dense and is_counted and sizes in ([0, 0], [pairs, pairs])):
        raise ModelFileError("arrays do not fit each other", where=type(model).__name__)
