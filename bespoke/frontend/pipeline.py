"""Pipelines, fitted searches and wrappers: the estimator inside, and what stands in front of it."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import Any

from bespoke.errors import ModelFileError, NotFittedModelError, UnsupportedModelError
from bespoke.frontend.attributes import Estimator, fitted, malformed
from bespoke.frontend.columns import COLUMN_STEPS
from bespoke.frontend.encoders import ENCODERS
from bespoke.frontend.functions import FUNCTIONS
from bespoke.frontend.hoisting import hoisted
from bespoke.frontend.instead import STEPS_INSTEAD
from bespoke.frontend.projections import PROJECTIONS
from bespoke.frontend.scalers import SCALERS
from bespoke.frontend.scaling import Scaling
from bespoke.frontend.steps import Step, StepReader, is_a
from bespoke.frontend.view import View

SEARCHES = ("GridSearchCV", "RandomizedSearchCV", "HalvingGridSearchCV", "HalvingRandomSearchCV")
_MOST_STEPS = 1000
_MOST_LEVELS = 20


@dataclass(frozen=True, eq=False)
class Unwrapped:
    """What stands inside pipelines, searches and frozen estimators.

    Attributes
    ----------
    estimator : object
        The final estimator.
    scaling : Scaling
        The scalers that stand in front of all other steps, or may stand there.
    view : View or None
        What it reads, as functions of the outputs of ``scaling``; None where there is no step in front of it.
    whole : View or None
        What it reads, as functions of the model's inputs.
    is_bare : bool
        Whether there was no pipeline, so that nothing says how the estimator's inputs are scaled.
    """

    estimator: Any
    scaling: Scaling
    view: View | None
    whole: View | None
    is_bare: bool


def unwrap(model: Estimator) -> Unwrapped:
    """Open pipelines, fitted searches and frozen estimators.

    Raises
    ------
    UnsupportedModelError
        If a step is not supported.
    NotFittedModelError
        If a search or a step was not fitted.
    """
    with malformed(type(model).__name__):
        estimator, transformers, is_bare = _opened(model)
        if not is_bare and (estimator is None or isinstance(estimator, str)):
            raise UnsupportedModelError("no estimator", where="Pipeline", got=f"last step {estimator!r}")
        view = None
        for name, transformer in transformers:
            view = passed(view, name, transformer)
        scaling, rest = hoisted(view) if view else (Scaling(), None)
        return Unwrapped(estimator, scaling, rest, view, is_bare)


def _opened(model: Estimator) -> tuple[Estimator, list[tuple[str, Estimator]], bool]:
    """Innermost estimator, the transformers in front of it, and whether there was no pipeline."""
    transformers: list[tuple[str, Any]] = []
    is_bare = True
    pending: list[tuple[str, Any]] = [("", model)]  # what computes first is last
    for _ in range(_MOST_STEPS):
        name, step = pending.pop()
        if is_a(step, ("Pipeline",)):
            is_bare = False
            outer = f"{name}." if pending else ""
            pending += [(outer + inner, part) for inner, part in reversed(step.steps)]
        elif not pending and not is_a(step, OPENED):
            return step, transformers, is_bare
        elif not pending and is_a(step, _CHOOSING):
            transformers.append((name or type(step).__name__, step))
            pending.append(("", fitted(step, "estimator_")))
        elif not pending:
            pending.append(("", _inside(step)))
        elif step is not None and step != "passthrough":
            transformers.append((name, step))
    # A model file can hold a pipeline that is among its own steps; it would be opened for ever.
    raise UnsupportedModelError("a pipeline with too many steps", got="more", allowed=f"at most {_MOST_STEPS}")


def _inside(wrapper: Estimator) -> Estimator:
    attribute, name = _INSIDE[type(wrapper).__name__], type(wrapper).__name__
    if attribute == "best_estimator_" and not hasattr(wrapper, attribute):
        raise NotFittedModelError(
            "no best estimator", where=name, got=f"refit={wrapper.refit}", allowed="a search fitted with refit=True"
        )
    return fitted(wrapper, attribute)


def passed(view: View | None, name: str, transformer: Estimator, level: int = 0) -> View:
    """The view behind a transformer; without one in front, that of as many inputs as it takes.

    Raises
    ------
    UnsupportedModelError
        If the step is not supported.
    """
    kind = type(transformer).__name__
    if level > _MOST_LEVELS:
        raise ModelFileError("steps inside steps without end", where=f"step {name!r}", allowed=f"{_MOST_LEVELS} levels")
    if not is_a(transformer, tuple(STEPS)):
        allowed = STEPS_INSTEAD.get(kind, _KNOWN)
        raise UnsupportedModelError("unsupported pipeline step", where=f"step {name!r}", got=kind, allowed=allowed)
    front = view or View.plain(int(fitted(transformer, "n_features_in_")))
    return STEPS[kind](Step(front, name, transformer, partial(passed, level=level + 1)))


def _read_inner_pipeline(step: Step) -> View:
    view = step.view
    for name, transformer in step.transformer.steps:
        if transformer is not None and transformer != "passthrough":
            view = step.passed(view, f"{step.name}.{name}", transformer)
    return view


def _read_frozen(step: Step) -> View:
    return step.passed(step.view, f"{step.name}.estimator", step.transformer.estimator)


# Attribute of what is inside the wrappers whose answers are those of one estimator in it.
_INSIDE = {
    **dict.fromkeys(SEARCHES, "best_estimator_"),
    **dict.fromkeys(("RANSACRegressor", "SelfTrainingClassifier"), "estimator_"),
    "FrozenEstimator": "estimator",
}
_KNOWN = "steps that scale, choose, impute, encode or project features, ColumnTransformer, FeatureUnion"
# Estimators that choose features and then predict with what is inside.
_CHOOSING = ("RFE", "RFECV")
OPENED = (*_INSIDE, *_CHOOSING)
STEPS: dict[str, StepReader] = {
    **SCALERS,
    **COLUMN_STEPS,
    **PROJECTIONS,
    **FUNCTIONS,
    **ENCODERS,
    "Pipeline": _read_inner_pipeline,
    "FrozenEstimator": _read_frozen,
}
