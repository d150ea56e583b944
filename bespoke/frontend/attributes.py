"""Reading fitted attributes of estimators."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from bespoke.errors import ModelFileError, NotFittedModelError, UnsupportedModelError

# Any object of scikit-learn, which has no type information.
Estimator = Any
_FORGED = (AttributeError, TypeError, ValueError, KeyError, IndexError, OverflowError)


def fitted(estimator: Estimator, name: str) -> Estimator:
    """A fitted attribute of an estimator.

    Raises
    ------
    NotFittedModelError
        If the estimator lacks it.
    """
    try:
        return getattr(estimator, name)
    except AttributeError:
        raise NotFittedModelError(
            "the estimator is not fitted", where=type(estimator).__name__, got=f"no {name}", allowed="call fit first"
        ) from None


def check_setting(estimator: Estimator, what: str, got: object, allowed: tuple[str, ...], retrain: str) -> None:
    """Refuse an estimator that was trained with a setting that no circuit computes.

    Raises
    ------
    UnsupportedModelError
        Naming the setting, and how to train without it.
    """
    if got not in allowed:
        words, where = f"{', '.join(allowed)}; retrain with {retrain}", type(estimator).__name__
        raise UnsupportedModelError(f"unsupported {what}", where=where, got=got, allowed=words)


@contextmanager
def malformed(where: str) -> Iterator[None]:
    """Name whatever an estimator with forged or foreign attributes leads to.

    Raises
    ------
    ModelFileError
    """
    try:
        yield
    except _FORGED as error:
        raise ModelFileError("malformed estimator", where=where, got=f"{type(error).__name__}: {error}") from None
