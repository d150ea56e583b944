"""Coefficients that are cheaper to multiply by."""

from __future__ import annotations

from dataclasses import dataclass, replace
from itertools import combinations

import numpy as np
from numpy.typing import NDArray

from bespoke.approx.change import Approximated, Change, column_means
from bespoke.errors import OptionError
from bespoke.model import Affine, IntArray, IntegerModel, replaced

EXHAUSTIVE_WEIGHTS = 14
_MAX_DIGITS = 8
# Sideways addition of the bits of a 64-bit word: neighbours, pairs, fours and so on (Knuth, TAOCP 4A, 7.1.3).
_SIDEWAYS = tuple((np.uint64(1 << step), np.uint64(((1 << 64) - 1) // ((1 << (1 << step)) + 1))) for step in range(6))


@dataclass(frozen=True, slots=True)
class CoefficientOptions:
    """Largest change of a coefficient."""

    radius: int = 4

    def __post_init__(self) -> None:
        if self.radius < 0:
            raise OptionError("must not be negative", where="radius", got=self.radius, allowed="0 or more")


@dataclass(frozen=True, slots=True)
class DigitOptions:
    """Most non-zero signed digits of a weight, per stage."""

    digits: tuple[int, ...]


def approximate_coefficients(model: IntegerModel, options: CoefficientOptions, words: IntArray) -> Approximated:
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
    options : CoefficientOptions
    words : ndarray of int64, shape (n_samples, n_features)
        Training inputs.
    """
    current = model
    changed = 0
    values = np.asarray(words, dtype=np.int64)
    for number, stage in enumerate(model.all_stages(Affine, "coefficients")):
        widths = [interval.width for interval in stage.column_intervals(current.ranges[number])]
        weights = _balanced(stage, np.array(widths), column_means(stage, values), options.radius)
        changed += int((weights != stage.weights).sum())
        current = replace(current, stages=replaced(current.stages, {number: replace(stage, weights=weights)}))
        values = current.stages[number].apply(values)
    text = f"{changed} weights within +-{options.radius} for fewer digits"
    return Approximated(current, Change("coefficients", changed, text))


def limit_digits(model: IntegerModel, options: DigitOptions) -> Approximated:
    """Replace each weight by the nearest integer with at most so many non-zero signed digits.

    One digit makes every weight a power of two or zero, so that a product is a wire (Lim and Parker, "FIR filter
    design over a discrete powers-of-two coefficient space", IEEE TASSP 31, 1983).
    """
    stages, digits = model.all_stages(Affine, "digits"), options.digits
    if len(digits) != len(stages) or min(digits) < 0:
        raise OptionError("needs one number >= 0 for each stage", where="digits", got=digits, allowed=str(len(stages)))
    sparse = [
        replace(stage, weights=nearest_with_digits(stage.weights, count))
        for stage, count in zip(stages, digits, strict=True)
    ]
    changed = sum(int((new.weights != old.weights).sum()) for new, old in zip(sparse, stages, strict=True))
    text = f"{changed} weights with at most {', '.join(map(str, digits))} signed digits"
    return Approximated(replace(model, stages=tuple(sparse)), Change("digits", changed, text))


def digit_counts(values: IntArray) -> IntArray:
    """Number of non-zero digits of the canonical signed-digit form of each value below 2**60."""
    magnitude = np.abs(np.asarray(values, dtype=np.int64)).astype(np.uint64)
    bits = magnitude * np.uint64(3) ^ magnitude
    for shift, mask in _SIDEWAYS:
        bits = (bits & mask) + (bits >> shift & mask)
    return bits.astype(np.int64)


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
    below, above = _cheapest_sides(stage.weights, radius)
    weights = stage.weights.copy()
    for row in range(len(weights)):
        errors = np.stack([(weights[row] - below[row]) * means, (weights[row] - above[row]) * means])
        errors[:, widths == 0] = 0
        costs = np.stack([digit_counts(below[row]), digit_counts(above[row])]) * widths
        side = choose_sides(errors, costs)
        weights[row] = np.where(widths == 0, weights[row], np.where(side == 0, below[row], above[row]))
    return weights


def _cheapest_sides(weights: IntArray, radius: int) -> tuple[IntArray, IntArray]:
    """Cheapest value at most ``radius`` below and above each weight, the nearest of equally cheap ones."""
    sides = []
    for sign in (-1, 1):
        candidates = weights[..., None] + sign * np.arange(radius + 1)
        best = digit_counts(candidates).argmin(axis=-1)
        sides.append(weights + sign * best)
    return sides[0], sides[1]


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
