"""What can be said about an approximate circuit beside its estimates."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy import stats

from bespoke.flow.assurance import target_words
from bespoke.flow.design import Design
from bespoke.flow.scoring import clopper_pearson
from bespoke.flow.sources import FloatPredict, Rows, Source
from bespoke.flow.sum_errors import score_errors
from bespoke.model import IntArray, IntegerTree


class Parts(NamedTuple):
    """Rows on which a circuit is judged; None where there are none.

    Attributes
    ----------
    train : Rows
        All training rows.
    validation : Rows or None
        Training rows that the search did not see.
    test : Rows or None
    """

    train: Rows
    validation: Rows | None
    test: Rows | None


def parts_of(source: Source, seen: NDArray[np.bool_]) -> Parts:
    """The rows of a source; ``seen``, shape (n_train,), says which ones the search saw."""
    train = source.train or Rows(np.zeros((0, 0)), np.zeros(0))
    hidden = None if seen.all() else Rows(train.features[~seen], train.targets[~seen])
    return Parts(train, hidden, source.test)


def guarantees(design: Design, exact: Design, parts: Parts, float_predict: FloatPredict | None) -> dict[str, Any]:
    """Accuracies with intervals, confusion with the float model, paired test, error figures, as plain data.

    Parameters
    ----------
    design, exact : Design
        The approximate circuit and the exact one.
    parts : Parts
    float_predict : callable, optional
        The float model on raw features.
    """
    named = {name: rows for name, rows in parts._asdict().items() if rows is not None and len(rows.targets)}
    found: dict[str, Any] = {}
    if design.model.decision.is_classifier:
        found["accuracy"] = {name: _accuracy(design, rows) for name, rows in named.items()}
        found["against_exact"] = {
            name: mcnemar(_right(exact, rows), _right(design, rows)) for name, rows in named.items()
        }
        if float_predict is not None:
            found["confusion_with_float"] = {
                name: _confusion(design, rows, float_predict) for name, rows in named.items() if name != "validation"
            }
    if design.cuts.cuts:
        found["changed_by_cuts"] = {name: _changed(design, rows) for name, rows in named.items()}
    model, original = design.model, exact.model
    if not isinstance(model, IntegerTree) and not isinstance(original, IntegerTree):
        words = model.coding.quantise(parts.train.features)
        errors = score_errors(original, model, words)
        found["sums"] = {"rows": "train", "before_cuts": True, "errors": [error.to_json() for error in errors]}
    return found


def mcnemar(exact: NDArray[np.bool_], design: NDArray[np.bool_]) -> dict[str, Any]:
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
    return {"lost_rows": lost, "won_rows": won, "rows": len(exact), "p_value": p_value}


def _right(design: Design, rows: Rows) -> NDArray[np.bool_]:
    return np.asarray(_outputs(design, rows) == target_words(design.model.decision, rows.targets), dtype=bool)


def _outputs(design: Design, rows: Rows) -> IntArray:
    return design.outputs(design.model.coding.quantise(rows.features))


def _changed(design: Design, rows: Rows) -> dict[str, int]:
    """On how many rows the pruned circuit differs from its model."""
    before = design.model.predict(design.model.coding.quantise(rows.features))
    return {"changed": int(np.count_nonzero(before != _outputs(design, rows))), "rows": len(before)}


def _accuracy(design: Design, rows: Rows) -> dict[str, Any]:
    right = int(_right(design, rows).sum())
    low, high = clopper_pearson(right, len(rows.targets))
    return {"accuracy": right / len(rows.targets), "right": right, "rows": len(rows.targets), "interval": [low, high]}


def _confusion(design: Design, rows: Rows, float_predict: FloatPredict) -> dict[str, Any]:
    """Rows by class of the float model (first index) and class of the circuit."""
    wanted = target_words(design.model.decision, np.asarray(float_predict(rows.features)))
    count = len(design.model.decision.classes)
    table = np.zeros((count, count), dtype=np.int64)
    known = wanted >= 0
    np.add.at(table, (wanted[known], _outputs(design, rows)[known]), 1)
    return {"agree": int(np.trace(table)), "rows": len(wanted), "counts": table.tolist()}
