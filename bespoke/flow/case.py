"""What an approximation starts from, how its circuits are judged, and what may become circuits."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bespoke.cells import CellLibrary, GateCosts
from bespoke.errors import OptionError
from bespoke.flow.compile import Pruner
from bespoke.flow.design import Design
from bespoke.flow.options import ApproximateOptions
from bespoke.flow.sources import Rows, Source
from bespoke.model import UNKNOWN, IntArray, IntegerModel
from bespoke.search import FloatArray, Metric, assured_gains


@dataclass(frozen=True, slots=True, eq=False)
class Assurance:
    """Judge of circuits against the exact one on the same rows.

    Attributes
    ----------
    targets : ndarray of int64, shape (n_rows,)
        Wanted output words.
    exact : ndarray of int64, shape (n_rows,)
        Output words of the exact circuit.
    metric : {"accuracy", "balanced_accuracy", "r2"}
    caution : float
        Standard errors that are taken from a gain.
    """

    targets: IntArray
    exact: IntArray
    metric: Metric
    caution: float

    @property
    def exact_score(self) -> float:
        """Score of the exact circuit under the metric."""
        return float((1.0 - self.errors(self.exact[None]) @ self._weights())[0])

    def gains(self, outputs: IntArray) -> FloatArray:
        """Assured gain over the exact circuit, shape (n,), of output words (n, n_rows).

        For the accuracy that of `bespoke.search.assured_gains`; for other metrics the same formula for paired
        differences with weights ``w`` of the rows: ``sum(w d) - caution * sqrt(sum((w d)**2) - sum(w d)**2 / n)``.
        """
        errors = self.errors(np.concatenate([self.exact[None], outputs]))
        if self.metric == "accuracy":
            return assured_gains(errors.astype(np.int64), self.caution)[1:]
        parts = (errors[:1] - errors[1:]) * self._weights()
        gain = parts.sum(axis=1)
        variance = (parts**2).sum(axis=1) - gain**2 / max(1, errors.shape[1])
        return np.asarray(gain - self.caution * np.sqrt(np.maximum(variance, 0.0)), dtype=np.float64)

    def gain(self, outputs: IntArray) -> float:
        """Assured gain of one circuit, from its output words (n_rows,)."""
        return float(self.gains(outputs[None])[0])

    def errors(self, outputs: IntArray) -> FloatArray:
        """Per row 1 for a wrong output, or its squared error for a value; shape (n, n_rows)."""
        if self.metric == "r2":
            return np.asarray((outputs - self.targets).astype(np.float64) ** 2, dtype=np.float64)
        return np.asarray(outputs != self.targets, dtype=np.float64)

    def _weights(self) -> FloatArray:
        count = max(1, len(self.targets))
        if self.metric == "r2":
            return np.full(count, 1.0 / count / (float(np.var(self.targets)) or 1.0))
        if self.metric == "accuracy":
            return np.full(count, 1.0 / count)
        classes, index, counts = np.unique(self.targets, return_inverse=True, return_counts=True)
        return np.asarray(1.0 / counts[index] / len(classes), dtype=np.float64)


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
    def labelled(self) -> Rows:
        """The training rows with a label that the model knows."""
        return self.train.selected(self.known)

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
            allowed = "accuracy, balanced_accuracy"
            raise OptionError("does not suit a classifier", where="metric", got=asked, allowed=allowed)
        return asked

    def assurance(self, caution: float) -> Assurance:
        """Judge of circuits on the training rows, with so many standard errors held back."""
        return Assurance(self.train.wanted, self.exact.measured.outputs["train"], self.metric, caution)


@dataclass(frozen=True, slots=True, eq=False)
class Candidates:
    """What may become circuits; the first one is the exact model.

    Attributes
    ----------
    model : callable
        From the number of a candidate to its model.
    pruner : callable
        From the number of a candidate to what edits its lowered netlist, if anything does.
    identity : callable
        From the number of a candidate to what it has in common with others that give the same circuit.
    gains : ndarray of float, shape (n,)
        Assured gain of each over the exact model.
    costs : ndarray of float, shape (n,)
        Estimated size in NAND2 cells, before pruning.
    exact_score : float
        Score of the exact model on the rows that judge.
    assurance : Assurance or None
        Judge of the circuits on the training rows; None where the gains come from refits.
    seen : ndarray of bool, shape (n_train,)
        Which training rows were seen when the candidates were made.
    log : mapping
        What was done, as plain data: among it which rows the gains are about, ``judged_on``, and the ``caution``.
    state : str
        State of the search, from which it can go on; empty for none.
    """

    model: Callable[[int], IntegerModel]
    pruner: Callable[[int], Pruner | None]
    identity: Callable[[int], object]
    gains: FloatArray
    costs: FloatArray
    exact_score: float
    assurance: Assurance | None
    seen: NDArray[np.bool_]
    log: Mapping[str, Any]
    state: str = ""

    def gain_of(self, index: int, design: Design) -> float:
        """Assured gain of the circuit made of a candidate: by its own outputs where training rows judge."""
        if self.assurance is None:
            return float(self.gains[index])
        return self.assurance.gain(design.measured.outputs["train"])
