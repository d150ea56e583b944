"""How far scores are from another decision."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from bespoke.model import Decision, IntArray

FloatArray = NDArray[np.float64]


def score_margins(decision: Decision, scores: IntArray, targets: IntArray) -> FloatArray:
    """Distance from the border of the wanted decision, below 0 where the decision is another one.

    For an argmax the lead of the wanted score over the best other one, for a sign the score, for a rounded value
    the distance from the borders of its label; for a vote the least lead over another class in a direct match, which
    is positive where the class wins all of them.

    Parameters
    ----------
    decision : Decision
    scores : ndarray of int64, shape (n_candidates, n_rows, n_scores)
    targets : ndarray of int64, shape (n_rows,)
        Wanted output words.

    Returns
    -------
    ndarray of float, shape (n_candidates, n_rows)
        In units of the candidate's mean distance.
    """
    margins = _MARGINS[decision.kind](decision, scores, targets)
    scale = np.abs(margins).mean(axis=1, keepdims=True)
    return np.asarray(margins / np.maximum(scale, 1e-9), dtype=np.float64)


def _argmax(_: Decision, scores: IntArray, targets: IntArray) -> FloatArray:
    lowest = np.iinfo(np.int64).min
    wanted = scores[:, np.arange(len(targets)), targets]
    best = np.full(wanted.shape, lowest)
    # numpy takes several times as long for a maximum along the last axis, which is short.
    for label in range(scores.shape[2]):
        np.maximum(best, np.where(targets == label, lowest, scores[:, :, label]), out=best)
    return np.asarray(wanted.astype(np.float64) - best, dtype=np.float64)


def _sign(_: Decision, scores: IntArray, targets: IntArray) -> FloatArray:
    return np.asarray(np.where(targets == 1, 1, -1) * scores[:, :, 0], dtype=np.float64)


def _votes(decision: Decision, scores: IntArray, targets: IntArray) -> FloatArray:
    margins = np.full(scores.shape[:2], np.iinfo(np.int64).max)
    for column, (first, second) in enumerate(decision.pairs()):
        lead = scores[:, :, column]
        margins = np.where(targets == first, np.minimum(margins, lead), margins)
        margins = np.where(targets == second, np.minimum(margins, -lead), margins)
    return margins.astype(np.float64)


def _label(decision: Decision, scores: IntArray, targets: IntArray) -> FloatArray:
    values = np.ldexp(scores[:, :, 0].astype(np.float64), -decision.frac_bits) - decision.first
    low = np.where(targets == 0, -np.inf, targets - 0.5)
    high = np.where(targets == len(decision.classes) - 1, np.inf, targets + 0.5)
    margins = np.minimum(values - low, high - values)
    return np.asarray(np.clip(margins, -1e9, 1e9), dtype=np.float64)


_MARGINS = {"argmax": _argmax, "sign": _sign, "sign_inclusive": _sign, "votes": _votes, "label": _label}
