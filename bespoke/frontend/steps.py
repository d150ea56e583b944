"""One step of a pipeline, and what all readers of steps need."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from bespoke.errors import FeatureCountError
from bespoke.frontend.attributes import Estimator, fitted
from bespoke.frontend.view import View


def is_a(model: object, names: tuple[str, ...]) -> bool:
    """Whether a model is an object of a class of scikit-learn with one of some names."""
    kind = type(model)
    return kind.__name__ in names and kind.__module__.startswith("sklearn.")


@dataclass(frozen=True)
class Step:
    """A fitted transformer and what it is applied to.

    Attributes
    ----------
    view : View
        What the steps in front of it give.
    name : str
        Name in its pipeline.
    transformer : object
    passed : callable
        ``passed(view, name, transformer)``: the view behind a step inside this one.
    """

    view: View
    name: str
    transformer: Any
    passed: Callable[[View, str, Estimator], View]

    @property
    def kind(self) -> str:
        """Name of the class."""
        return type(self.transformer).__name__

    @property
    def where(self) -> str:
        """The step, for messages."""
        return f"step {self.name!r} ({self.kind})"

    def fitted(self, attribute: str) -> Estimator:
        """A fitted attribute of the transformer.

        Raises
        ------
        NotFittedModelError
        """
        return fitted(self.transformer, attribute)

    def check_count(self, count: int) -> None:
        """Refuse a transformer that was fitted to another number of features.

        Raises
        ------
        FeatureCountError
        """
        if count != self.view.output_count:
            fault = "pipeline steps differ in the number of features"
            raise FeatureCountError(fault, where=self.where, got=count, allowed=str(self.view.output_count))


StepReader = Callable[[Step], View]
