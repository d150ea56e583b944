"""What an approximation starts from."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bespoke.cells import CellLibrary, GateCosts
from bespoke.errors import OptionError
from bespoke.flow.approximate_options import ApproximateOptions
from bespoke.flow.assurance import Assurance
from bespoke.flow.design import Design
from bespoke.flow.sources import Rows, Source
from bespoke.model import UNKNOWN
from bespoke.search import Metric


@dataclass(frozen=True, slots=True, eq=False)
class Case:
    """The model of one call of `bespoke.flow.approximate`, with all that finding smaller circuits needs.

    Attributes
    ----------
    estimator : object
        What the caller gave: a fitted estimator, or an integer model.
    source : Source
        With training rows.
    library : CellLibrary
    options : ApproximateOptions
    exact : Design
        The circuit of the exact model.
    """

    estimator: Any
    source: Source
    library: CellLibrary
    options: ApproximateOptions
    exact: Design

    @property
    def costs(self) -> GateCosts:
        """What gates cost in the library."""
        return GateCosts.of(self.library)

    @property
    def train(self) -> Rows:
        """The training rows."""
        assert self.source.train is not None
        return self.source.train

    @property
    def known(self) -> NDArray[np.bool_]:
        """Which training rows have a label that the model knows, shape (n_train,)."""
        if not self.source.model.decision.is_classifier:
            return np.ones(len(self.train.wanted), dtype=bool)
        return np.asarray(self.train.wanted != UNKNOWN, dtype=bool)

    @property
    def metric(self) -> Metric:
        """R2 for circuits that put out a value, else the metric asked for.

        Raises
        ------
        OptionError
            If that is R2.
        """
        asked = self.options.search.metric
        if not self.source.model.decision.is_classifier:
            return "r2"
        if asked == "r2":
            raise OptionError(
                "does not suit a classifier", where="metric", got=asked, allowed="accuracy, balanced_accuracy"
            )
        return asked

    def assurance(self, caution: float) -> Assurance:
        """Judge of circuits on the training rows, with so many standard errors held back."""
        return Assurance(self.train.wanted, self.exact.measured.outputs["train"], self.metric, caution)
