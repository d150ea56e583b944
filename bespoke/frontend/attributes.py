"""Reading fitted attributes of estimators."""

from __future__ import annotations

from typing import Any

from bespoke.errors import NotFittedModelError


def fitted(estimator: Any, name: str) -> Any:  # noqa: ANN401  any estimator, any attribute
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
