"""Classes that never win an argmax."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from bespoke.numeric import Interval

Row = Sequence[int]
_SCALE = 1 << 20  # of the multipliers, whose sum is 1, as whole numbers


def beaten_by(
    weights: Sequence[Row], biases: Sequence[int], ranges: Sequence[Interval], label: int
) -> tuple[int, ...] | None:
    """Multipliers that prove that class ``label`` never wins the argmax, or None.

    Class j beats class i where ``t_j = s_j - s_i + (j < i) >= 1``. If a non-negative integer combination of the
    t_j is at least 1 over the whole box of inputs, then at every input some t_j is, so i never wins. A linear
    program finds the combination (Farkas' lemma); exact integers confirm it.

    Returns
    -------
    tuple of int or None
        One multiplier per class, that of ``label`` 0.
    """
    from scipy.optimize import linprog

    others = [j for j in range(len(biases)) if j != label]
    if not others:
        return None
    gaps = np.array([np.subtract(weights[j], weights[label]) for j in others], dtype=float)
    consts = np.array([biases[j] - biases[label] + (j < label) for j in others], dtype=float)
    # Over the box, maximise the margin m with m <= -t_j for all j; its dual values are the multipliers.
    upper = np.hstack([gaps, np.ones((len(others), 1))])
    objective = np.zeros(upper.shape[1])
    objective[-1] = -1
    bounds = [(r.low, r.high) for r in ranges] + [(None, None)]
    solution = linprog(objective, A_ub=upper, b_ub=-consts, bounds=bounds, method="highs")
    if not solution.success or solution.x[-1] >= 0:
        return None
    scaled = np.rint(-solution.ineqlin.marginals * _SCALE).astype(np.int64)
    multipliers = [0] * len(biases)
    for other, value in zip(others, scaled.tolist(), strict=True):
        multipliers[other] = max(0, value)
    return tuple(multipliers) if is_beaten(weights, biases, ranges, label, multipliers) else None


def is_beaten(
    weights: Sequence[Row], biases: Sequence[int], ranges: Sequence[Interval], label: int, multipliers: Sequence[int]
) -> bool:
    """Whether the combination of `beaten_by` is at least 1 for all inputs, in exact integers."""
    constant = sum(
        m * (b - biases[label] + (j < label)) for j, (m, b) in enumerate(zip(multipliers, biases, strict=True))
    )
    combined = [
        sum(m * (row[k] - weights[label][k]) for m, row in zip(multipliers, weights, strict=True))
        for k in range(len(ranges))
    ]
    return Interval.of_sum(combined, ranges, constant).low >= 1
