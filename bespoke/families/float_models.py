"""What float models reach on the raw features, out of fold: how far a circuit could come."""

from __future__ import annotations

import time
import warnings
from collections.abc import Callable
from functools import partial
from itertools import takewhile
from typing import Any

import numpy as np
from joblib import Parallel, delayed
from numpy.typing import NDArray

from bespoke.external import in_child
from bespoke.families.validation import Fold, folds
from bespoke.model import IntArray

# Rows that are enough for judging on few parts of a repetition, and these parts.
_MANY_ROWS, _FEW_PARTS = 2500, 2


def float_accuracies(
    features: NDArray[Any], targets: IntArray, *, seed: int = 0, jobs: int = 1, budget_s: float = np.inf
) -> dict[str, float]:
    """Out-of-fold accuracy of each float model that was tried.

    Parameters
    ----------
    features : ndarray of float, shape (n_rows, n_features)
        Raw, of the training part.
    targets : ndarray of int64, shape (n_rows,)
        Class indices.
    seed : int
        Of the cross-validation and of the training.
    jobs : int
        Processes.
    budget_s : float
        Time after which no further model is begun; one with a part missing is left out.

    Returns
    -------
    dict of str to float
        By name of `FLOAT_MODELS`.
    """
    parts = list(folds(targets, seed, 0))
    parts = parts[:_FEW_PARTS] if len(targets) > _MANY_ROWS else parts
    closing = time.perf_counter() + budget_s
    wanted = [(name, part) for name in FLOAT_MODELS for part in parts]
    on_time = takewhile(lambda _: time.perf_counter() < closing, wanted)
    run = Parallel(n_jobs=jobs, return_as="generator")
    right = list(run(delayed(in_child(_right))(name, features, targets, part, seed) for name, part in on_time))
    rows = sum(len(part.held) for part in parts)
    counts = {name: right[first : first + len(parts)] for name, first in _firsts(len(parts)).items()}
    return {name: sum(found) / rows for name, found in counts.items() if len(found) == len(parts)}


def _firsts(count: int) -> dict[str, int]:
    return {name: number * count for number, name in enumerate(FLOAT_MODELS)}


def _right(name: str, features: NDArray[Any], targets: IntArray, part: Fold, seed: int) -> int:
    """Held rows that a model gets right that was trained on the others."""
    if len(np.unique(targets[part.seen])) < 2:
        return int((targets[part.held] == targets[part.seen][0]).sum())
    model = FLOAT_MODELS[name](seed)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # how near a solver came shows in the accuracy
        model.fit(features[part.seen], targets[part.seen])
    return int((model.predict(features[part.held]) == targets[part.held]).sum())


def _forest(seed: int) -> Any:  # noqa: ANN401  scikit-learn has no types
    from sklearn.ensemble import RandomForestClassifier

    return RandomForestClassifier(300, random_state=seed)


def _boosting(seed: int) -> Any:  # noqa: ANN401  scikit-learn has no types
    from sklearn.ensemble import HistGradientBoostingClassifier

    return HistGradientBoostingClassifier(max_iter=100, max_leaf_nodes=15, min_samples_leaf=10, random_state=seed)


def _svm(c: float, seed: int) -> Any:  # noqa: ANN401  scikit-learn has no types
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import StandardScaler
    from sklearn.svm import SVC

    return make_pipeline(StandardScaler(), SVC(C=c, random_state=seed))


def _mlp(seed: int) -> Any:  # noqa: ANN401  scikit-learn has no types
    from sklearn.neural_network import MLPClassifier
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import StandardScaler

    return make_pipeline(StandardScaler(), MLPClassifier((64,), max_iter=200, random_state=seed))


FLOAT_MODELS: dict[str, Callable[[int], Any]] = {
    "forest of 300": _forest,
    "gradient boosting": _boosting,
    "SVM, C 1": partial(_svm, 1.0),
    "SVM, C 30": partial(_svm, 30.0),
    "MLP": _mlp,
}
