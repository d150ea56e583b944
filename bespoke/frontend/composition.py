"""A fitted model as people save it -> the float form of all that it computes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from bespoke.errors import ModelFileError
from bespoke.frontend.attributes import Estimator, malformed
from bespoke.frontend.estimators import read_estimator
from bespoke.frontend.floatmodel import FloatModel
from bespoke.frontend.folding import folded
from bespoke.frontend.pipeline import Unwrapped, passed, unwrap
from bespoke.frontend.scaling import Scaling
from bespoke.frontend.steps import is_a
from bespoke.frontend.wrappers import WRAPPERS, Inner

_MOST_LEVELS = 8


@dataclass(frozen=True, eq=False)
class Composed:
    """Float form of a pipeline, search or wrapper.

    Attributes
    ----------
    model : FloatModel
        As a function of the outputs of ``scaling``.
    scaling : Scaling
        Scalers in front of everything else.
    estimator : object
        The innermost estimator, or wrapper of several.
    is_bare : bool
        Whether no pipeline says how its inputs are scaled.
    notes : tuple of str
        Conditions of the steps.
    """

    model: FloatModel
    scaling: Scaling
    estimator: Any
    is_bare: bool
    notes: tuple[str, ...]


def compose(model: Estimator) -> Composed:
    """Float form of a fitted estimator, pipeline, search or wrapper.

    Raises
    ------
    ModelError
        If some part of it is not supported, not fitted or malformed.
    """
    unwrapped = unwrap(model)
    inner, is_bare = _read(unwrapped, 0)
    notes = unwrapped.view.notes if unwrapped.view else ()
    return Composed(folded(inner, unwrapped.view), unwrapped.scaling, unwrapped.estimator, is_bare, notes)


def _read(unwrapped: Unwrapped, level: int) -> tuple[FloatModel, bool]:
    """Float form of what stands inside, and whether no pipeline is around it or in it."""
    estimator = unwrapped.estimator
    if level > _MOST_LEVELS:
        raise ModelFileError("wrappers inside wrappers without end", allowed=f"{_MOST_LEVELS} levels")
    if not is_a(estimator, tuple(WRAPPERS)):
        return read_estimator(estimator), unwrapped.is_bare
    wrapper = WRAPPERS[type(estimator).__name__]
    with malformed(type(estimator).__name__):
        parts = [unwrap(part) for part in wrapper.parts(estimator)]
        forms = [_read(part, level + 1) for part in parts]
        inner = [Inner(part.estimator, folded(form, part.whole)) for part, (form, _) in zip(parts, forms, strict=True)]
        return wrapper.joined(estimator, inner, passed), unwrapped.is_bare and all(bare for _, bare in forms)
