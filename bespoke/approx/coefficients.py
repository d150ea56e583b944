"""Coefficients that are cheaper to multiply by, and biases that make up for them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from itertools import combinations

import numpy as np
from numpy.typing import NDArray

from bespoke.approx.accumulate import column_means
from bespoke.model import Affine, IntArray, IntegerModel

EXHAUSTIVE_WEIGHTS = 14
_MAX_DIGITS = 8
# Sideways addition of the bits of a 64-bit word: neighbours, pairs, fours and so on (Knuth, TAOCP 4A, 7.1.3).
_SIDEWAYS = tuple((np.uint64(1 << step), np.uint64(((1 << 64) - 1) // ((1 << (1 << step)) + 1))) for step in range(6))


def approximate_coefficients(model: IntegerModel, radius: int, words: IntArray) -> IntegerModel:
    """Replace each weight by a neighbour that takes fewer adders, errors of a sum balanced against each other.

    Each weight ``w`` becomes the cheapest integer of ``[w - radius, w]`` or of ``[w, w + radius]`` (the nearest of
    equally cheap ones), where the cost of a coefficient is its number of non-zero signed digits times the width of
    its input word, so that weights of constant inputs are left alone. Per sum the sides are chosen such that
    ``|sum((w_i - w~_i) * mean(x_i))|`` over the training words is smallest: by trying all choices for up to 14
    weights, else largest first and then improving pairs (Armeniakos et al., "Cross-Layer Approximation for Printed
    Machine Learning Circuits", DATE 2022, which balances without the means).

    Parameters
    ----------
    model : IntegerModel
        Weighted sums.
    radius : int
        Largest change of a weight, not negative.
    words : ndarray of int64, shape (n_samples, n_features)
        Training inputs.
    """
    stages: list[Affine] = []
    values, ranges = np.asarray(words, dtype=np.int64), model.ranges[0]
    for stage in model.all_stages(Affine, "coefficients"):
        widths = np.array([interval.width for interval in stage.column_intervals(ranges)])
        stages.append(replace(stage, weights=_balanced(stage, widths, column_means(stage, values), radius)))
        values, ranges = stages[-1].apply(values), stages[-1].output_intervals(ranges)
    return replace(model, stages=tuple(stages))


def limit_digits(model: IntegerModel, digits: Sequence[int]) -> IntegerModel:
    """Replace each weight by the nearest integer with at most so many non-zero signed digits, a number per stage.

    One digit makes every weight a power of two or zero, so that a product is a wire (Lim and Parker, "FIR filter
    design over a discrete powers-of-two coefficient space", IEEE TASSP 31, 1983).
    """
    pairs = zip(model.all_stages(Affine, "digits"), digits, strict=True)
    stages = [replace(stage, weights=nearest_with_digits(stage.weights, count)) for stage, count in pairs]
    return replace(model, stages=tuple(stages))


def correct_biases(model: IntegerModel, reference: IntegerModel, words: IntArray) -> IntegerModel:
    """Give every sum the mean that it has in a reference model: ``b' = b + round(mean(s_reference - s))``.

    Stage by stage, behind corrected stages, over the training words (Nagel et al., "Data-Free Quantization Through
    Weight Equalization and Bias Correction", ICCV 2019, section 4.2, with the data at hand).

    Parameters
    ----------
    model : IntegerModel
        Weighted sums after an approximation step, in the scale and of the sizes of the reference's.
    reference : IntegerModel
        Before the step.
    words : ndarray of int64, shape (n_samples, n_features)
        Training inputs.
    """
    where, values = "bias correction", np.asarray(words, dtype=np.int64)
    pairs = zip(model.all_stages(Affine, where), reference.all_stages(Affine, where), strict=True)
    stages: list[Affine] = []
    for (stage, exact), wanted in zip(pairs, reference.stage_inputs(words), strict=True):
        error = exact.sums(wanted).mean(axis=0) - stage.sums(values).mean(axis=0)
        stages.append(replace(stage, biases=stage.biases + np.floor(error + 0.5).astype(np.int64)))
        values = stages[-1].apply(values)
    return replace(model, stages=tuple(stages))


def digit_counts(values: IntArray) -> IntArray:
    """Number of non-zero digits of the canonical signed-digit form of each value below 2**60."""
    magnitude = np.abs(np.asarray(values, dtype=np.int64)).astype(np.uint64)
    bits = magnitude * np.uint64(3) ^ magnitude
    for shift, mask in _SIDEWAYS:
        bits = (bits & mask) + (bits >> shift & mask)
    return bits.astype(np.int64)


def signed_digits(values: IntArray) -> list[IntArray]:
    """Canonical signed digits -1, 0, 1, one array per position from the lowest on."""
    planes = []
    rest = values.copy()
    while rest.any():
        digit = np.where(rest & 1, 2 - (rest & 3), 0)
        planes.append(digit)
        rest = (rest - digit) >> 1
    return planes


def nearest_with_digits(values: IntArray, digits: int | IntArray) -> IntArray:
    """Nearest integer with at most ``digits`` non-zero signed digits; the smaller magnitude of two.

    Parameters
    ----------
    values : ndarray of int64
        Of magnitude below 2**60.
    digits : int or ndarray of int64
        One number or an array that broadcasts to ``values``; 0 gives 0.
    """
    values = np.asarray(values, dtype=np.int64)
    allowed = np.minimum(np.broadcast_to(np.asarray(digits, dtype=np.int64), values.shape), digit_counts(values))
    result = values.copy()
    for count in np.unique(allowed).tolist():
        chosen = allowed == count
        if count < _MAX_DIGITS:
            result[chosen] = np.sign(values[chosen]) * _nearest(np.abs(values[chosen]), count)
    return result


def _nearest(values: IntArray, digits: int) -> IntArray:
    """The leading digit is the power of two below or above; what is left is the same task with a digit fewer."""
    if digits == 0:
        return np.zeros_like(values)
    exponents = np.frexp(values.astype(np.float64))[1].astype(np.int64)
    options = []
    for lead in (np.where(values > 0, 1 << np.maximum(exponents - 1, 0), 0), np.where(values > 0, 1 << exponents, 0)):
        rest = values - lead
        options.append(lead + np.sign(rest) * _nearest(np.abs(rest), digits - 1))
    low, high = options
    distances = np.abs(values - low), np.abs(values - high)
    better = (distances[1] < distances[0]) | ((distances[1] == distances[0]) & (high < low))
    return np.asarray(np.where(better, high, low), dtype=np.int64)


def _balanced(stage: Affine, widths: IntArray, means: NDArray[np.float64], radius: int) -> IntArray:
    """Per weight the cheapest value at most ``radius`` below or above, the nearest of equally cheap ones."""
    steps = np.array([-1, 1])[:, None, None, None] * np.arange(radius + 1)
    best = digit_counts(stage.weights[..., None] + steps).argmin(axis=-1)
    sides = stage.weights + np.where(widths > 0, [[[-1]], [[1]]] * best, 0)
    errors, costs = (stage.weights - sides) * means, digit_counts(sides) * widths
    chosen = [choose_sides(errors[:, row], costs[:, row]) for row in range(len(stage.weights))]
    return np.asarray(np.take_along_axis(sides, np.array(chosen)[None], axis=0)[0], dtype=np.int64)


def choose_sides(errors: NDArray[np.float64], costs: IntArray) -> IntArray:
    """Side 0 or 1 per weight such that the absolute sum of errors is smallest, then the sum of costs.

    Parameters
    ----------
    errors, costs : ndarray, shape (2, n_weights)
    """
    side = np.asarray(np.argmin(costs, axis=0), dtype=np.int64)
    free = np.flatnonzero(errors[0] != errors[1])
    if len(free) <= EXHAUSTIVE_WEIGHTS:
        return _best_of_all(errors, costs, side, free)
    order = free[np.argsort(-np.abs(errors[0] - errors[1])[free], kind="stable")]
    total = errors[side, np.arange(errors.shape[1])].sum() - errors[side[free], free].sum()
    for weight in order:
        side[weight] = int(abs(total + errors[1, weight]) < abs(total + errors[0, weight]))
        total += errors[side[weight], weight]
    return _improved(errors, side, free)


def _best_of_all(errors: NDArray[np.float64], costs: IntArray, side: IntArray, free: IntArray) -> IntArray:
    choices = np.arange(1 << len(free))[:, None] >> np.arange(len(free)) & 1
    fixed = np.ones(len(side), dtype=bool)
    fixed[free] = False
    total = errors[side, np.arange(len(side))][fixed].sum()
    errors_of = np.abs(total + np.where(choices == 1, errors[1, free], errors[0, free]).sum(axis=1))
    costs_of = np.where(choices == 1, costs[1, free], costs[0, free]).sum(axis=1)
    best = np.lexsort((np.arange(len(choices)), costs_of, np.round(errors_of, 9)))[0]
    result = side.copy()
    result[free] = choices[best]
    return result


def _improved(errors: NDArray[np.float64], side: IntArray, free: IntArray) -> IntArray:
    """Flip single weights and pairs while that brings the sum of errors nearer to zero."""
    result = side.copy()
    moves = [(weight,) for weight in free.tolist()] + list(combinations(free.tolist()[:64], 2))
    total = errors[result, np.arange(errors.shape[1])].sum()
    for move in moves:
        flipped = np.array(move)
        new = total + (errors[1 - result[flipped], flipped] - errors[result[flipped], flipped]).sum()
        if abs(new) < abs(total) - 1e-9:
            result[flipped] ^= 1
            total = new
    return result
