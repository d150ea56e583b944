"""A fitted model as people save it -> the float form of all that it computes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, NamedTuple

from bespoke.errors import ModelFileError
from bespoke.frontend.attributes import Estimator, malformed
from bespoke.frontend.estimators import read_estimator
from bespoke.frontend.folding import folded
from bespoke.frontend.pipeline import Unwrapped, passed, unwrap
from bespoke.frontend.scaling import Scaling
from bespoke.frontend.steps import is_a
from bespoke.frontend.view import Column
from bespoke.frontend.viewed import FloatForm, columns_read
from bespoke.frontend.wrappers import WRAPPERS, Inner

_MOST_LEVELS = 8


@dataclass(frozen=True, eq=False)
class Composed:
    """Float form of a pipeline, search or wrapper.

    Attributes
    ----------
    model : FloatForm
        As a function of the outputs of ``scaling``.
    scaling : Scaling
        Scalers in front of everything else.
    estimator : object
        The innermost estimator, or wrapper of several.
    is_bare : bool
        Whether no pipeline says how its inputs are scaled.
    columns : tuple of Column
        What steps make of single outputs of ``scaling``.
    notes : tuple of str
        Conditions of the steps.
    """

    model: FloatForm
    scaling: Scaling
    estimator: Any
    is_bare: bool
    columns: tuple[Column, ...]
    notes: tuple[str, ...]


def compose(model: Estimator) -> Composed:
    """Float form of a fitted estimator, pipeline, search or wrapper.

    Raises
    ------
    ModelError
        If some part of it is not supported, not fitted or malformed.
    """
    unwrapped = unwrap(model)
    read = _read(unwrapped, 0)
    notes = (*(unwrapped.view.notes if unwrapped.view else ()), *read.notes)
    model = folded(read.form, unwrapped.view)
    columns = (*unwrapped.view.columns, *columns_read(model)) if unwrapped.view else read.columns
    return Composed(model, unwrapped.scaling, unwrapped.estimator, read.is_bare, columns, tuple(dict.fromkeys(notes)))


class _Read(NamedTuple):
    """Float form of what stands inside, whether no pipeline is around it or in it, and what these have steps for."""

    form: FloatForm
    is_bare: bool
    columns: tuple[Column, ...] = ()
    notes: tuple[str, ...] = ()


def _read(unwrapped: Unwrapped, level: int) -> _Read:
    estimator = unwrapped.estimator
    if level > _MOST_LEVELS:
        raise ModelFileError("wrappers inside wrappers without end", allowed=f"{_MOST_LEVELS} levels")
    if not is_a(estimator, tuple(WRAPPERS)):
        form = read_estimator(estimator)
        return _Read(form, unwrapped.is_bare, columns_read(form))
    wrapper = WRAPPERS[type(estimator).__name__]
    with malformed(type(estimator).__name__):
        parts = [unwrap(part) for part in wrapper.parts(estimator)]
        read = [_read(part, level + 1) for part in parts]
        inner = [Inner(part.estimator, folded(found.form, part.whole)) for part, found in zip(parts, read, strict=True)]
        form = wrapper.joined(estimator, inner, passed)
    views = [part.whole for part in parts if part.whole]
    columns = tuple(column for view in views for column in view.columns)
    notes = tuple(note for view in views for note in view.notes)
    return _Read(form, unwrapped.is_bare and all(found.is_bare for found in read), columns, notes)
