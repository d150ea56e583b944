"""The choice among what a search found."""

from __future__ import annotations

import numpy as np

from bespoke.model import IntArray
from bespoke.search.outputs import FloatArray


def assured_gains(wrong: IntArray, caution: float) -> FloatArray:
    """Accuracy gained over the first candidate on the same rows, less ``caution`` standard errors, shape (n,).

    The rows on which just one of both is right decide: with ``b`` of them lost and ``c`` won of ``n``, the gain is
    ``(c - b) / n`` and its standard error ``sqrt(b + c - (c - b)**2 / n) / n`` (the paired difference behind
    McNemar, "Note on the Sampling Error of the Difference Between Correlated Proportions", Psychometrika 12, 1947).
    A candidate that decides as the exact model does nearly everywhere needs little reserve; one that wins and loses
    many rows may owe its gain to these very rows.

    Parameters
    ----------
    wrong : ndarray of int64, shape (n, n_rows)
        1 where a candidate is wrong; the exact model first.
    caution : float
        Standard errors.
    """
    rows = wrong.shape[1]
    lost = ((wrong == 1) & (wrong[:1] == 0)).sum(axis=1)
    won = ((wrong == 0) & (wrong[:1] == 1)).sum(axis=1)
    gain = won - lost
    error = np.sqrt(np.maximum(lost + won - gain**2 / rows, 0.0))
    return np.asarray((gain - caution * error) / rows, dtype=np.float64)
