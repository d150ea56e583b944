"""Refits of a fitted estimator without some of its training rows."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from bespoke.errors import ModelError, OptionError


class Refit(NamedTuple):
    """A fitted estimator, the places of the rows that it saw, and of those held out."""

    estimator: Any
    seen: NDArray[np.int64]
    held: NDArray[np.int64]


def refits(
    estimator: Any,  # noqa: ANN401  scikit-learn has no types
    features: NDArray[Any],
    targets: NDArray[Any],
    folds: int,
    seed: int,
) -> Iterator[Refit]:
    """Fit an estimator anew, with its own settings, without each fold of the rows in turn.

    Parameters
    ----------
    estimator : estimator
        Fitted or not; it stays as it is.
    features : ndarray, shape (n_rows, n_features)
        Training rows, as ``estimator.fit`` takes them.
    targets : ndarray, shape (n_rows,)
    folds : int
    seed : int
        Of the assignment of rows to folds.

    Raises
    ------
    OptionError
        If there are less than two folds, or less rows than folds.
    ModelError
        If scikit-learn cannot fit the estimator anew.
    """
    from sklearn.base import clone

    if not 2 <= folds <= len(targets):
        raise OptionError("needs rows for each", where="folds", got=folds, allowed=f"2 to {len(targets)}")
    fold_of = np.random.default_rng(seed).permutation(len(targets)) % folds
    for fold in range(folds):
        seen, held = np.flatnonzero(fold_of != fold), np.flatnonzero(fold_of == fold)
        try:
            fitted = _seeded(clone(estimator), seed).fit(features[seen], targets[seen])
        except (TypeError, ValueError) as error:
            reason = (str(error).strip().splitlines() or [""])[0]
            raise ModelError("cannot be fitted anew", where=f"fold {fold}", got=reason) from error
        yield Refit(fitted, seen, held)


def _seeded(estimator: Any, seed: int) -> Any:  # noqa: ANN401  scikit-learn has no types
    """The estimator with a seed wherever it has none, so that a refit can be repeated."""
    settings = estimator.get_params()
    open_ones = [name for name in settings if name.split("__")[-1] == "random_state"]
    return estimator.set_params(**{name: seed for name in open_ones if not isinstance(settings[name], int)})
