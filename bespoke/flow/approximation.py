"""What was given up for an approximate circuit, and what can be said about it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy import stats

from bespoke.flow.circuit import Circuit
from bespoke.flow.options import Constraint
from bespoke.flow.records import Confusion, Measured
from bespoke.flow.sources import FloatPredict, Rows
from bespoke.model import Decision, IntArray
from bespoke.numeric import clopper_pearson


@dataclass(frozen=True, slots=True)
class PartAccuracy:
    """Share of right rows of a part, with its 95 % interval (`clopper_pearson`)."""

    accuracy: float
    right: int
    rows: int
    interval: tuple[float, float]


@dataclass(frozen=True, slots=True)
class PairedTest:
    """Two circuits on the same rows: how many of ``rows`` the second loses and wins, and the two-sided p-value."""

    lost_rows: int
    won_rows: int
    rows: int
    p_value: float


@dataclass(frozen=True, slots=True)
class Agreement:
    """On how many of ``rows`` float model and circuit agree; ``counts[class of the float model][class]``."""

    agree: int
    rows: int
    counts: tuple[tuple[int, ...], ...]


@dataclass(frozen=True, slots=True)
class Changed:
    """On how many of ``rows`` a circuit with edits differs from its model."""

    changed: int
    rows: int


@dataclass(frozen=True, slots=True)
class Guarantees:
    """What is known of an approximate circuit, by part of the rows: ``train``, ``validation`` and ``test``.

    The validation rows are training rows that the search did not see. All but ``changed_by_edits`` is empty for
    circuits that put out a value.
    """

    accuracy: Mapping[str, PartAccuracy] = field(default_factory=dict)
    against_exact: Mapping[str, PairedTest] = field(default_factory=dict)
    confusion_with_float: Mapping[str, Agreement] = field(default_factory=dict)
    changed_by_edits: Mapping[str, Changed] = field(default_factory=dict)

    def to_json(self) -> dict[str, Any]:
        """Plain-data form; what is empty is left out."""
        return {name: found for name, found in asdict(self).items() if found}


@dataclass(frozen=True, slots=True)
class Approximation:
    """How a design of a front compares with the exact one.

    Attributes
    ----------
    exact : bool
        Whether it is the exact design itself.
    judged_on : str
        Which rows the assured gain is about.
    assured_gain, assured_score : float
        Assured gain over the exact circuit, and the score that follows.
    constraint : Constraint
        What was asked.
    changes : mapping of str to (int, int)
        By name the size in the exact model and in this one.
    edits : int
        Number of edits at gate level.
    estimated_cost : float
        Size in NAND2 cells that the search estimated, before pruning.
    exact_area_mm2, exact_power_mw : float
        Of the exact circuit, converters included; the power is None where the library does not state it.
    exact_coefficients : mapping
        See `bespoke.flow.stage_facts.coefficients`; empty for the exact design.
    guarantees : Guarantees
    options : mapping
        The options as they were asked for, and
    search : mapping
        what the search did, as plain data.
    front : tuple of mapping
        Rows of the front that the design stands on.
    exact_confusion : Confusion or None
        Of the exact circuit.
    """

    exact: bool
    judged_on: str
    assured_gain: float
    assured_score: float
    constraint: Constraint
    changes: Mapping[str, tuple[int, int]]
    edits: int
    estimated_cost: float
    exact_area_mm2: float
    exact_power_mw: float | None
    exact_coefficients: Mapping[str, Any]
    guarantees: Guarantees
    options: Mapping[str, Any]
    search: Mapping[str, Any]
    front: tuple[Mapping[str, Any], ...] = ()
    exact_confusion: Confusion | None = None

    def to_json(self) -> dict[str, Any]:
        """Plain-data form."""
        limits, known = self.constraint.to_json(), self.guarantees.to_json()
        facts = {**asdict(self), "constraint": limits, "guarantees": known}
        return facts | {"exact_confusion": facts["exact_confusion"] or {}}


class Judges(NamedTuple):
    """Rows on which circuits are judged; ``seen``, shape (n_train,), says which training rows the search saw."""

    train: Rows
    test: Rows | None
    seen: NDArray[np.bool_]

    def parts(self, measured: Measured) -> dict[str, tuple[Rows, IntArray]]:
        """The parts that have rows, and the output words of a circuit there."""
        outputs, held = measured.outputs, ~self.seen
        found = {"train": (self.train, outputs["train"])}
        if held.any():
            found["validation"] = (self.train.selected(held), outputs["train"][held])
        if self.test is not None and len(self.test.targets):
            found["test"] = (self.test, outputs["test"])
        return found


def guarantees(
    circuit: Circuit, measured: Measured, exact: Measured, judges: Judges, float_predict: FloatPredict | None
) -> Guarantees:
    """Accuracies with intervals, paired test against the exact circuit, agreement with the float model.

    Parameters
    ----------
    circuit : Circuit
        The approximate circuit, and
    measured : Measured
        its outputs.
    exact : Measured
        Outputs of the exact circuit.
    judges : Judges
    float_predict : callable, optional
        The float model on raw features.
    """
    model, parts = circuit.model, judges.parts(measured)
    changed = {
        name: Changed(int(np.count_nonzero(model.predict(rows.words) != words)), len(words))
        for name, (rows, words) in parts.items()
        if circuit.edits.edits
    }
    if not model.decision.is_classifier:
        return Guarantees(changed_by_edits=changed)
    right, before = (
        {name: words == rows.wanted for name, (rows, words) in judges.parts(one).items()} for one in (measured, exact)
    )
    agreements = {
        name: _agreement(model.decision, words, float_predict(rows.features))
        for name, (rows, words) in parts.items()
        if float_predict is not None and name != "validation"
    }
    return Guarantees(
        accuracy={name: _accuracy(found) for name, found in right.items()},
        against_exact={name: mcnemar(before[name], found) for name, found in right.items()},
        confusion_with_float=agreements,
        changed_by_edits=changed,
    )


def mcnemar(exact: NDArray[np.bool_], design: NDArray[np.bool_]) -> PairedTest:
    """Paired test of two circuits on the same rows, exact binomial.

    McNemar, "Note on the Sampling Error of the Difference Between Correlated Proportions or Percentages",
    Psychometrika 12, 1947.

    Parameters
    ----------
    exact, design : ndarray of bool, shape (n_rows,)
        Rows that either circuit gets right.
    """
    lost, won = int(np.sum(exact & ~design)), int(np.sum(~exact & design))
    p_value = float(stats.binomtest(won, won + lost).pvalue) if won + lost else 1.0
    return PairedTest(lost, won, len(exact), p_value)


def _accuracy(right: NDArray[np.bool_]) -> PartAccuracy:
    count, rows = int(right.sum()), len(right)
    return PartAccuracy(count / rows, count, rows, clopper_pearson(count, rows))


def _agreement(decision: Decision, words: IntArray, predicted: NDArray[Any]) -> Agreement:
    found = Confusion.of(decision, decision.encode(np.asarray(predicted)), words)
    return Agreement(found.right, found.rows, found.counts)
