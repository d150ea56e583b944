"""Reading fitted attributes of estimators."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from bespoke.errors import ModelFileError, NotFittedModelError

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
