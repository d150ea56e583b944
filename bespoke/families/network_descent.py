"""Descent of small networks of whole numbers on the likelihood of the classes.

`bespoke.training` has larger ones, and needs JAX; this one needs NumPy alone.

Sources: Kingma and Ba, arXiv 1412.6980 (Adam); Bengio et al., arXiv 1308.3432 (gradients that pass a rounding); Liu and
Mattina, "Learning Low-precision Neural Networks without Straight-Through Estimator (STE)", IJCAI 2019 (rounding that
grows while a network learns).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from bespoke.families.learning import FloatArray, probabilities
from bespoke.model import IntArray

_STEPS, _BATCH, _RATE = 2000, 128, 0.05
_DECAY, _SQUARE_DECAY, _SMALL = 0.9, 0.99, 1e-8
# Shares of the steps: rounding grows in between, bits to drop are fitted until then, steps shrink and networks are
# judged from then on. Networks are judged as circuits, so rounding must have grown before.
_SOFT, _HARD, _FITTED, _SHRINKING, _JUDGED = 0.1, 0.55, 0.3, 0.5, 0.6
_FITTED_EACH, _JUDGED_EACH = 50, 60  # steps
# Of the largest weight (and input, for a bias): how far a unit of the rate takes them.
_WEIGHT_STEP, _BIAS_STEP = 1 / 4, 1 / 8
_FIRST_SPREAD = 1 / 3  # of weights, as a share of the largest
_UNSATURATED = 0.97  # share of the sums of hidden units


@dataclass(frozen=True, slots=True)
class Plan:
    """What a network is to be.

    Attributes
    ----------
    units : int
        Hidden units; 0 for weighted sums alone.
    word_bits : int
        Bits of what a hidden unit gives.
    largest : int
        Largest weight in magnitude.
    price : float
        What a weight of that size adds to the mean loss of a row, in nats; smaller ones in proportion.
    """

    units: int
    word_bits: int
    largest: int
    price: float

    @property
    def top(self) -> int:
        """Largest number that a hidden unit gives."""
        return (1 << self.word_bits) - 1


@dataclass(frozen=True, slots=True, eq=False)
class Network:
    """Weighted sums, and before them those of hidden units if there are any.

    Attributes
    ----------
    weights : tuple of ndarray of int64, shape (n_outputs, n_inputs)
        Of each layer.
    biases : tuple of ndarray of int64, shape (n_outputs,)
    dropped : int
        Low bits that hidden units lose; what then is below 0 or too large for their word saturates.
    """

    weights: tuple[IntArray, ...]
    biases: tuple[IntArray, ...]
    dropped: int

    @property
    def has_units(self) -> bool:
        """Whether hidden units stand between inputs and scores."""
        return len(self.weights) > 1


def descend(inputs: IntArray, wanted: FloatArray, plan: Plan, random: np.random.Generator) -> Network:
    """The network that has the most rows right of those that a descent comes by.

    Parameters
    ----------
    inputs : ndarray of int64, shape (n_rows, n_inputs)
        Whole numbers from 0.
    wanted : ndarray of float64, shape (n_rows, n_scores)
        1 for the class of a row, else 0; a single column is that of the second of two classes.
    plan : Plan
    random : numpy.random.Generator
    """
    descent = _Descent(inputs.astype(np.float64), wanted, plan, random)
    best, most = descent.network(), -1.0
    for step, rows in enumerate(_batches(len(inputs), random)):
        descent.step(rows, step)
        if step >= _JUDGED * _STEPS and (_STEPS - 1 - step) % _JUDGED_EACH == 0:
            right = descent.share_right()
            if right >= most:
                best, most = descent.network(), right
    return best


def _batches(count: int, random: np.random.Generator) -> Iterator[IntArray]:
    """Rows of each step: all of them in random order, again and again."""
    order = np.zeros(0, dtype=np.int64)
    for _ in range(_STEPS):
        while len(order) < _BATCH:
            order = np.concatenate([order, random.permutation(count)])
        yield order[:_BATCH]
        order = order[_BATCH:]


class _Descent:
    """Weights and biases before they are rounded, in units of the circuit's, and what Adam remembers."""

    def __init__(self, inputs: FloatArray, wanted: FloatArray, plan: Plan, random: np.random.Generator) -> None:
        self._inputs, self._wanted, self._plan = inputs, wanted, plan
        self._middle = inputs.mean(axis=0)
        self._dropped, self._rounding = 0, 0.0
        sizes = [inputs.shape[1], *([plan.units] if plan.units else []), wanted.shape[1]]
        spread = plan.largest * _FIRST_SPREAD
        weights = [random.normal(size=(after, before)) * spread for before, after in pairwise(sizes)]
        steps = [plan.largest * _BIAS_STEP * most for most in (float(inputs.max(initial=1)), plan.top)]
        self._weights, self._biases = weights, [np.zeros(after) for after in sizes[1:]]
        self._gain = np.zeros(())
        self._step_sizes = [*(plan.largest * _WEIGHT_STEP for _ in weights), *steps[: len(weights)], 1.0]
        self._adam = _Adam([*map(np.shape, self._weights), *map(np.shape, self._biases), ()])
        self._centre()

    def _centre(self) -> None:
        """Let all sums be about 0 in the mean, and scores about 1 in size."""
        self._biases[0] = -self._weights[0] @ self._middle
        if self._plan.units:
            self._fit_dropped(self._inputs)
            self._biases[1] = -self._weights[1] @ self._hidden(self._inputs)[0].mean(axis=0)
        self._gain = -np.log(self._scores(self._inputs)[1].std() + _SMALL)

    def network(self) -> Network:
        """The network, rounded."""
        return Network(_whole(self._weights), _whole(self._biases), self._dropped)

    def share_right(self) -> float:
        """Share of all rows that the network has right, which is that of the circuit once rounding has grown."""
        scores = self._scores(self._inputs)[1]
        if scores.shape[1] == 1:
            return float(((scores >= 0) == self._wanted).mean())
        return float((scores.argmax(axis=1) == self._wanted.argmax(axis=1)).mean())

    def step(self, rows: IntArray, step: int) -> None:
        """Take a step by some of the rows."""
        share = step / _STEPS
        inputs = self._inputs[rows]
        self._rounding = min(1.0, max(0.0, (share - _SOFT) / (_HARD - _SOFT)))
        if self._plan.units and share < _FITTED and step % _FITTED_EACH == 0:
            self._fit_dropped(inputs)
        rate = _RATE * min(1.0, (1 - share) / (1 - _SHRINKING))
        changes = self._adam.changes(self._slopes(inputs, self._wanted[rows]))
        changes = [rate * size * change for size, change in zip(self._step_sizes, changes, strict=True)]
        count, largest = len(self._weights), self._plan.largest
        self._biases[0] += changes[0] @ self._middle
        for number in range(count):
            self._weights[number] = np.clip(self._weights[number] - changes[number], -largest, largest)
            self._biases[number] -= changes[count + number]
        self._gain = self._gain - changes[-1]

    def _slopes(self, inputs: FloatArray, wanted: FloatArray) -> list[FloatArray]:
        """Of the loss by all weights, biases and the gain; those of the first layer with its middle held."""
        words, scores, passes = self._scores(inputs)
        gain = np.exp(self._gain)
        wrong = (probabilities(gain * scores) - wanted) / len(inputs)
        slopes, biases = [wrong.T @ words * gain], [wrong.sum(axis=0) * gain]
        if self._plan.units:
            passed = wrong @ self._rounded(self._weights[1]) * (passes * gain / (1 << self._dropped))
            slopes, biases = [passed.T @ inputs, *slopes], [passed.sum(axis=0), *biases]
        slopes[0] -= np.outer(biases[0], self._middle)
        price = self._plan.price / self._plan.largest
        slopes = [slope + price * np.sign(weights) for slope, weights in zip(slopes, self._weights, strict=True)]
        return [*slopes, *biases, (wrong * scores).sum() * gain]

    def _scores(self, inputs: FloatArray) -> tuple[FloatArray, FloatArray, FloatArray]:
        """What the last layer reads, its sums, and where hidden units pass a gradient."""
        words, passes = self._hidden(inputs) if self._plan.units else (inputs, np.ones(()))
        return words, words @ self._rounded(self._weights[-1]).T + self._rounded(self._biases[-1]), passes

    def _hidden(self, inputs: FloatArray) -> tuple[FloatArray, FloatArray]:
        """Words of hidden units, and 1 where a change of their sums changes them."""
        sums = self._first_sums(inputs) / (1 << self._dropped)
        top = self._plan.top
        floors = sums + self._rounding * (np.floor(sums) - sums)
        return np.clip(floors, 0, top), ((sums > -0.5) & (sums < top + 1)).astype(np.float64)

    def _first_sums(self, inputs: FloatArray) -> FloatArray:
        return inputs @ self._rounded(self._weights[0]).T + self._rounded(self._biases[0])

    def _rounded(self, numbers: FloatArray) -> FloatArray:
        """Numbers as far on their way to whole ones as rounding has grown."""
        return numbers + self._rounding * (np.rint(numbers) - numbers)

    def _fit_dropped(self, inputs: FloatArray) -> None:
        """Drop bits so that few sums are too large for a word."""
        high = max(1.0, float(np.quantile(self._first_sums(inputs), _UNSATURATED)))
        self._dropped = max(0, round(np.log2(high / self._plan.top)))


def _whole(numbers: Sequence[FloatArray]) -> tuple[IntArray, ...]:
    return tuple(np.rint(each).astype(np.int64) for each in numbers)


class _Adam:
    """Steps of the size that slopes have had, about 1 each."""

    def __init__(self, shapes: Sequence[tuple[int, ...]]) -> None:
        self._means, self._squares = ([np.zeros(shape) for shape in shapes] for _ in range(2))
        self._count = 0

    def changes(self, slopes: Sequence[FloatArray]) -> list[FloatArray]:
        self._count += 1
        whole, square = 1 - _DECAY**self._count, 1 - _SQUARE_DECAY**self._count
        for number, slope in enumerate(slopes):
            self._means[number] = _DECAY * self._means[number] + (1 - _DECAY) * slope
            self._squares[number] = _SQUARE_DECAY * self._squares[number] + (1 - _SQUARE_DECAY) * slope**2
        pairs = zip(self._means, self._squares, strict=True)
        return [mean / whole / (np.sqrt(size / square) + _SMALL) for mean, size in pairs]
