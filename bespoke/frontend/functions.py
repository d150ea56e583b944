"""Steps that apply a function to each number."""

from __future__ import annotations

from bespoke.errors import UnsupportedModelError
from bespoke.frontend.steps import Step, StepReader
from bespoke.frontend.view import View


def read_function(step: Step) -> View:
    """FunctionTransformer; without a function it passes on what it gets, as ``passthrough`` does."""
    step.check_count(step.fitted("n_features_in_"))
    if step.transformer.func is not None:
        raise UnsupportedModelError("unknown function", where=step.where, got=repr(step.transformer.func))
    return step.view


FUNCTIONS: dict[str, StepReader] = {"FunctionTransformer": read_function}
