"""How far scores are from another decision."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from bespoke.model import Argmax, Decision, Index, IntArray, Label, Sign, Value, Votes
from bespoke.search.genes import FloatArray


def score_margins(decision: Decision, scores: IntArray, targets: IntArray) -> FloatArray | None:
    """Distance from the border of the wanted decision, below 0 where the decision is another one.

    For an argmax the lead of the wanted score over the best other one, for a sign the score, for a rounded value
    the distance from the borders of its label; for a vote the least lead over another class in a direct match, which
    is positive where the class wins all of them. A value has none.

    Parameters
    ----------
    decision : Decision
    scores : ndarray of int64, shape (n_candidates, n_rows, n_scores)
    targets : ndarray of int64, shape (n_rows,)
        Wanted output words.

    Returns
    -------
    ndarray of float, shape (n_candidates, n_rows), or None
        In units of the candidate's mean distance.
    """
    margins_of = DECISION_MARGINS[type(decision)]
    if margins_of is None:
        return None
    margins = margins_of(decision, scores, targets)
    scale = np.abs(margins).mean(axis=1, keepdims=True)
    return np.asarray(margins / np.maximum(scale, 1e-9), dtype=np.float64)


def _argmax(_: Argmax, scores: IntArray, targets: IntArray) -> FloatArray:
    lowest = np.iinfo(np.int64).min
    wanted = scores[:, np.arange(len(targets)), targets]
    best = np.full(wanted.shape, lowest)
    # numpy takes several times as long for a maximum along the last axis, which is short.
    for label in range(scores.shape[2]):
        np.maximum(best, np.where(targets == label, lowest, scores[:, :, label]), out=best)
    return np.asarray(wanted.astype(np.float64) - best, dtype=np.float64)


def _sign(_: Sign, scores: IntArray, targets: IntArray) -> FloatArray:
    return np.asarray(np.where(targets == 1, 1, -1) * scores[:, :, 0], dtype=np.float64)


def _votes(decision: Votes, scores: IntArray, targets: IntArray) -> FloatArray:
    margins = np.full(scores.shape[:2], np.iinfo(np.int64).max)
    for column, (first, second) in enumerate(decision.pairs()):
        lead = scores[:, :, column]
        margins = np.where(targets == first, np.minimum(margins, lead), margins)
        margins = np.where(targets == second, np.minimum(margins, -lead), margins)
    return margins.astype(np.float64)


def _label(decision: Label, scores: IntArray, targets: IntArray) -> FloatArray:
    values = np.ldexp(scores[:, :, 0].astype(np.float64), -decision.frac_bits) - decision.first
    return _within(decision, values, targets)


def _index(decision: Index, scores: IntArray, targets: IntArray) -> FloatArray:
    return _within(decision, scores[:, :, 0].astype(np.float64), targets)


def _within(decision: Decision, values: FloatArray, targets: IntArray) -> FloatArray:
    """Distance of values, which are rounded to a class index, from the borders of the wanted one."""
    low = np.where(targets == 0, -np.inf, targets - 0.5)
    high = np.where(targets == len(decision.classes) - 1, np.inf, targets + 0.5)
    margins = np.minimum(values - low, high - values)
    return np.asarray(np.clip(margins, -1e9, 1e9), dtype=np.float64)


DECISION_MARGINS: dict[type[Decision], Callable[[Any, IntArray, IntArray], FloatArray] | None] = {
    Argmax: _argmax,
    Sign: _sign,
    Votes: _votes,
    Value: None,
    Label: _label,
    Index: _index,
}
