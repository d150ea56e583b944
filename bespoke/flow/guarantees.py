"""What can be said about an approximate circuit beside its estimates."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy import stats

from bespoke.flow.circuit import Circuit
from bespoke.flow.measured import Confusion, Measured
from bespoke.flow.scoring import clopper_pearson
from bespoke.flow.sources import FloatPredict, Rows
from bespoke.model import IntArray


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


class Judges(NamedTuple):
    """Rows on which circuits are judged; ``seen``, shape (n_train,), says which training rows the search saw."""

    train: Rows
    test: Rows | None
    seen: NDArray[np.bool_]

    def rows(self) -> dict[str, Rows]:
        """The parts that have rows."""
        parts = {"train": self.train, "validation": self.train.selected(~self.seen), "test": self.test}
        return {name: rows for name, rows in parts.items() if rows is not None and len(rows.targets)}

    def outputs(self, measured: Measured) -> dict[str, IntArray]:
        """Output words of a circuit on each part."""
        own = measured.outputs
        return {
            "train": own["train"],
            "validation": own["train"][~self.seen],
            "test": own.get("test", own["train"][:0]),
        }


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
    parts, outputs, before = judges.rows(), judges.outputs(measured), judges.outputs(exact)
    edited = parts if circuit.edits.edits else {}
    changed = {name: _changed(circuit, rows, outputs[name]) for name, rows in edited.items()}
    if not circuit.model.decision.is_classifier:
        return Guarantees(changed_by_edits=changed)
    right = {name: outputs[name] == rows.wanted for name, rows in parts.items()}
    return Guarantees(
        accuracy={name: _accuracy(found) for name, found in right.items()},
        against_exact={name: mcnemar(before[name] == parts[name].wanted, found) for name, found in right.items()},
        confusion_with_float={
            name: _agreement(circuit, outputs[name], float_predict(rows.features))
            for name, rows in parts.items()
            if float_predict is not None and name != "validation"
        },
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


def _changed(circuit: Circuit, rows: Rows, outputs: IntArray) -> Changed:
    return Changed(int(np.count_nonzero(circuit.model.predict(rows.words) != outputs)), len(outputs))


def _agreement(circuit: Circuit, outputs: IntArray, predicted: NDArray[Any]) -> Agreement:
    wanted = circuit.model.decision.encode(np.asarray(predicted))
    found = Confusion.of(circuit.model.decision, wanted, outputs)
    return Agreement(found.right, found.rows, found.counts)
