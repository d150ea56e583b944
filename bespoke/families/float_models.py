"""What float models reach on the raw features, out of fold: how far a circuit could come."""

from __future__ import annotations

import warnings
from collections.abc import Callable
from functools import partial
from math import inf
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bespoke.families.validation import Fold, folds
from bespoke.model import IntArray
from bespoke.search import Task, Work

# Rows that are enough for judging on few parts of a repetition, and these parts.
_MANY_ROWS, _FEW_PARTS = 2500, 2
Rows = tuple[NDArray[Any], NDArray[Any]]  # features and classes


def float_accuracies(
    features: NDArray[Any],
    targets: IntArray,
    seed: int = 0,
    work: Work | None = None,
    budget_s: float = inf,
    validating: NDArray[np.bool_] | None = None,
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
    work : Work, optional
        What trains them; by default this process.
    budget_s : float
        Time after which no further model is begun; one with a part missing is left out.
    validating : ndarray of bool, shape (n_rows,), optional
        Rows that judge models of the others; by default cross-validation.

    Returns
    -------
    dict of str to float
        By name of `FLOAT_MODELS`.
    """
    parts = list(folds(targets, seed, 0))
    parts = parts[:_FEW_PARTS] if len(targets) > _MANY_ROWS else parts
    if validating is not None:
        parts = [Fold(0, 0, np.flatnonzero(~validating), np.flatnonzero(validating))]
    wanted = [(name, part) for name in FLOAT_MODELS for part in parts]
    right = list((work or Work()).run(_RIGHT, (features, targets, seed), wanted, budget_s))
    rows = sum(len(part.held) for part in parts)
    counts = {name: right[first : first + len(parts)] for name, first in _firsts(len(parts)).items()}
    return {name: sum(found) / rows for name, found in counts.items() if len(found) == len(parts)}


def _firsts(count: int) -> dict[str, int]:
    return {name: number * count for number, name in enumerate(FLOAT_MODELS)}


def _right(shared: tuple[NDArray[Any], IntArray, int], item: tuple[str, Fold]) -> int:
    """Held rows that a model gets right that was trained on the others."""
    features, targets, seed = shared
    name, part = item
    seen, held = ((features[rows], targets[rows]) for rows in (part.seen, part.held))
    return int(_is_right(name, seen, held, seed).sum())


def _key(item: tuple[str, Fold]) -> str:
    return f"{item[0]}, part {item[1].number}"


_RIGHT = Task("float models", _right, _key, int, lambda _, data, item: _count(data, item))


def _count(data: Any, item: tuple[str, Fold]) -> int:  # noqa: ANN401  any JSON
    """A number of held rows; raises ValueError if it is none."""
    if not 0 <= int(data) <= len(item[1].held):
        raise ValueError(f"{data} of {len(item[1].held)} rows")
    return int(data)


def float_score(name: str, train: Rows, test: Rows, seed: int = 0) -> float:
    """Accuracy on test rows of one of `FLOAT_MODELS` that is trained on training rows.

    Parameters
    ----------
    name : str
    train, test : tuple of two ndarrays
        Raw features, shape (n_rows, n_features), and classes of any kind, shape (n_rows,).
    seed : int
    """
    return float(_is_right(name, train, test, seed).mean())


def _is_right(name: str, seen: Rows, held: Rows, seed: int) -> NDArray[np.bool_]:
    """Which of the held rows a model gets right, shape (n_held,)."""
    classes = np.unique(seen[1])
    if len(classes) < 2:
        return np.asarray(held[1] == classes[0])
    model = FLOAT_MODELS[name](seed)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # how near a solver came shows in the accuracy
        model.fit(*seen)
    return np.asarray(model.predict(held[0]) == held[1])


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
