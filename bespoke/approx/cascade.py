"""A small classifier in front of a large one: rows of which it is sure come to the large one as constants."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from bespoke.cells import GateCosts
from bespoke.model import UNLIMITED, WHOLE, Affine, IntArray, IntegerModel, Masks

_COUNTS = (1, 2, 4, 8)  # of features that a detector reads; all of them are tried, too
_TOP_BITS = (1, 2, 4)
_LARGEST_WEIGHT = 4
_RIDGE = 1e-3


class Detector(NamedTuple):
    """Says of a row that it is easy, which it is where ``words & masks @ weights + bias`` is above 0.

    Attributes
    ----------
    label : int
        Class of the easy rows.
    weights, masks : ndarray of int64, shape (n_features,)
        Weights are 0 or powers of two.
    bias : int
    """

    label: int
    weights: IntArray
    masks: IntArray
    bias: int

    def sums(self, words: IntArray) -> IntArray:
        """The sum of each row, shape (n_rows,)."""
        return np.asarray((words & self.masks) @ self.weights + self.bias)

    def cost(self, costs: GateCosts) -> float:
        """About what its adders take: one for each bit that it reads."""
        return costs.full_adder * sum(int(mask).bit_count() for mask in self.masks[self.weights != 0].tolist())


class Lesson(NamedTuple):
    """Rows for detectors.

    Attributes
    ----------
    words : ndarray of int64, shape (n_rows, n_features)
    wanted : ndarray of int64, shape (n_rows,)
        Class of each row, and
    given : ndarray of int64, shape (n_rows,)
        that which the large classifier gives.
    """

    words: IntArray
    wanted: IntArray
    given: IntArray

    def gains(self, label: int) -> IntArray:
        """Per row 1, 0 or -1: rows right that are gained where the label is given instead."""
        return np.asarray(np.equal(self.wanted, label)).astype(np.int64) - np.equal(self.wanted, self.given)


def with_detector(model: IntegerModel, detector: Detector, constants: IntArray) -> IntegerModel:
    """The model behind a detector: its inputs are constants, shape (n_features,), on easy rows.

    All stages are ordinary ones: weighted sums that hand the inputs on and have the bit of the detector, masks whose
    mode that bit is, and the stages of the model.
    """
    count = model.coding.feature_count
    weights = np.zeros((count + 1, 2 * count), dtype=np.int64)
    weights[:count, :count] = np.eye(count)
    weights[count, count:] = detector.weights
    small = Affine(
        weights=weights,
        biases=np.append(np.zeros(count, dtype=np.int64), detector.bias),
        activation="relu",
        frac_bits=0,
        sources=np.tile(np.arange(count), 2),
        masks=np.append(_read_masks(model), detector.masks),
        saturation_bits=np.append(np.full(count, UNLIMITED), 1),
    )
    kept = np.stack([np.full(count, WHOLE), np.zeros(count, dtype=np.int64)])
    held = np.stack([np.zeros(count, dtype=np.int64), constants])
    return replace(model, stages=(small, Masks(count, np.arange(count), kept, held), *model.stages))


def _read_masks(model: IntegerModel) -> IntArray:
    """Bits of each feature at whose levels some output of the first stage changes."""
    levels = model.stages[0].read_levels(model.coding.intervals())
    lowest = [min((level & -level for level in found), default=0) for found in levels]
    tops = [1 << bits for bits in model.coding.bits]
    return np.array([top - low if low else 0 for low, top in zip(lowest, tops, strict=True)], dtype=np.int64)


def find_detector(
    lessons: tuple[Lesson, Lesson], model: IntegerModel, large_cost: float, costs: GateCosts, loss: float
) -> Detector | None:
    """The detector with which least is in use on average; None if none makes it less than the large one alone.

    Weights are the least-squares discriminant of one class on the first rows, rounded to powers of two; the bias is
    such that as many rows as possible are easy while on either rows no more than ``loss`` of them is lost.

    Parameters
    ----------
    lessons : tuple of Lesson
        Rows for the weights, and rows that have not seen those.
    model : IntegerModel
        The large classifier.
    large_cost : float
        What it costs in gates.
    costs : GateCosts
    loss : float
    """
    best, least = None, large_cost
    for drafted in _drafts(lessons[0], model):
        found = _with_bias(drafted, lessons, loss)
        if found is not None:
            detector, easy = found
            used = detector.cost(costs) + (1.0 - easy) * large_cost
            if used < least:
                best, least = detector, used
    return best


def _drafts(lesson: Lesson, model: IntegerModel) -> Iterator[Detector]:
    """Detectors of every class, number of features and of their bits, without biases."""
    bits, count = np.array(model.coding.bits), model.coding.feature_count
    for top in _TOP_BITS:
        masks = (1 << bits) - (1 << np.maximum(bits - top, 0))
        seen = (lesson.words & masks).astype(np.float64)
        for label in range(len(model.decision.classes)):
            wanted = np.where(lesson.wanted == label, 1.0, -1.0)
            worth = np.abs(_discriminant(seen, wanted)) * seen.std(axis=0)
            for number in sorted({*(n for n in _COUNTS if n < count), count}):
                read = np.sort(np.argsort(-worth, kind="stable")[:number])
                weights = np.zeros(count, dtype=np.int64)
                weights[read] = _rounded(_discriminant(seen[:, read], wanted))
                if weights.any():
                    yield Detector(label, weights, masks, 0)


def _discriminant(seen: NDArray[np.float64], wanted: NDArray[np.float64]) -> NDArray[np.float64]:
    centred = seen - seen.mean(axis=0)
    square = centred.T @ centred
    ridge = _RIDGE * max(1.0, float(np.trace(square)) / len(square)) * np.eye(len(square))
    return np.asarray(np.linalg.solve(square + ridge, centred.T @ (wanted - wanted.mean())))


def _rounded(weights: NDArray[np.float64]) -> IntArray:
    """Nearest powers of two up to the largest, or 0."""
    scaled = weights / max(float(np.abs(weights).max()), 1e-300) * _LARGEST_WEIGHT
    powers = 2.0 ** np.round(np.log2(np.maximum(np.abs(scaled), 1e-9)))
    return np.where(np.abs(scaled) < 0.7, 0, np.sign(scaled) * powers).astype(np.int64)


def _with_bias(draft: Detector, lessons: tuple[Lesson, Lesson], loss: float) -> tuple[Detector, float] | None:
    """The detector with the bias that makes most rows easy, and their share; None if none of them may be."""
    sums, gains = (
        [part(lesson) for lesson in lessons] for part in (lambda x: draft.sums(x.words), lambda x: x.gains(draft.label))
    )
    everything, best = np.concatenate(sums), None
    for threshold in np.unique(everything)[::-1].tolist():
        lost = [float(-gain[total >= threshold].sum()) / len(gain) for total, gain in zip(sums, gains, strict=True)]
        if max(lost) <= loss:
            best = threshold
    if best is None:
        return None
    return draft._replace(bias=1 - best), float(np.mean(everything >= best))
