"""Confidence of measured shares."""

from __future__ import annotations

from scipy import stats

_LEVEL = 0.95


def clopper_pearson(right: int, rows: int) -> tuple[float, float]:
    """Exact 95 % confidence interval of a share.

    Clopper and Pearson, "The Use of Confidence or Fiducial Limits Illustrated in the Case of the Binomial",
    Biometrika 26, 1934.
    """
    tail = (1.0 - _LEVEL) / 2.0
    low = float(stats.beta.ppf(tail, right, rows - right + 1)) if right else 0.0
    high = float(stats.beta.ppf(1.0 - tail, right + 1, rows - right)) if right < rows else 1.0
    return low, high
