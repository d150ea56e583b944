"""Errors of approximate sums made up for on the training rows, without a gate."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from bespoke.approx.coefficients import digit_counts, nearest_with_digits
from bespoke.model import Affine, IntArray, IntegerModel

_ROUNDS = 3
_LEAST_GAIN = 1e-9  # relative, of the variance of the error


def tune_weights(model: IntegerModel, reference: IntegerModel, words: IntArray) -> IntegerModel:
    """Give the weights that are left the errors of what was left out: ``w'`` for the least error of each sum.

    Stage by stage, behind tuned stages, each weight in turn becomes the one that minimises the variance of the sum's
    error against the reference over the training words, among those with no more signed digits and no lower digit than
    it has, so that nothing is added. Biases then take the mean of the error away. (Mrazek et al., "ALWANN: Automatic
    Layer-Wise Approximation of Deep Neural Network Accelerators without Retraining", ICCAD 2019, tunes each weight for
    the error of its multiplier alone; here the products of a sum make up for each other.)

    Parameters
    ----------
    model : IntegerModel
        Weighted sums after an approximation step, in the scale and of the sizes of the reference's.
    reference : IntegerModel
        Before the step.
    words : ndarray of int64, shape (n_samples, n_features)
        Training inputs.
    """
    where, values = "weight tuning", np.asarray(words, dtype=np.int64)
    pairs = zip(model.all_stages(Affine, where), reference.all_stages(Affine, where), strict=True)
    stages: list[Affine] = []
    for (stage, exact), wanted in zip(pairs, reference.stage_inputs(words), strict=True):
        columns = (values[:, stage.sources] & stage.masks).astype(np.float64)
        goals = exact.sums(wanted).astype(np.float64)
        weights = np.array(
            [tuned_weights(row, columns, goal) for row, goal in zip(stage.weights, goals.T, strict=True)]
        )
        left = (goals - columns @ weights.T).mean(axis=0)
        biases = np.floor(left + 0.5).astype(np.int64)
        stages.append(replace(stage, weights=weights, biases=biases))
        values = stages[-1].apply(values)
    return replace(model, stages=tuple(stages))


def tuned_weights(weights: IntArray, columns: NDArray[np.float64], goal: NDArray[np.float64]) -> IntArray:
    """Weights of one sum for which ``goal - columns @ weights`` varies least, one changed at a time.

    Parameters
    ----------
    weights : ndarray of int64, shape (n_columns,)
        None gets more signed digits than it has here, or a lower one.
    columns : ndarray, shape (n_samples, n_columns)
    goal : ndarray of float, shape (n_samples,)
    """
    tuned = weights.copy()
    centred = columns - columns.mean(axis=0)
    spreads = (centred**2).sum(axis=0)
    error = goal - goal.mean() - centred @ weights
    digits, lowest = digit_counts(weights), np.maximum(weights & -weights, 1)
    free = np.flatnonzero((weights != 0) & (spreads > 0)).tolist()
    for _ in range(_ROUNDS):
        for column in free:
            best = tuned[column] + float(centred[:, column] @ error) / spreads[column]
            units = np.rint(best / lowest[column]).astype(np.int64)
            weight = int(lowest[column] * nearest_with_digits(units, int(digits[column])))
            changed = error + (int(tuned[column]) - weight) * centred[:, column]
            if changed @ changed < (1 - _LEAST_GAIN) * (error @ error):
                tuned[column], error = weight, changed
    return tuned
