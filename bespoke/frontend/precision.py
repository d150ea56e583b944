"""Bits and rounding that the user leaves open: the fewest bits that keep the float model's score."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from itertools import product
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from bespoke.errors import OptionError, RangeError
from bespoke.frontend.floatmodel import FloatArray
from bespoke.frontend.integer import integer_model
from bespoke.frontend.options import LEAST_LEAF_BITS, MOST_INPUT_BITS, MOST_LEAF_BITS, MOST_WEIGHT_BITS, OpenBits
from bespoke.frontend.source import Source
from bespoke.frontend.targets import Task
from bespoke.frontend.viewed import FloatForm
from bespoke.model import ROUNDINGS, InputCoding, IntegerModel, Rounding

# What fewer bits may cost on the training rows, as a share of them or of R2, and with so many standard errors added.
# Of 102 trees, SVMs and MLPs, 13 lose over 2 points of test accuracy if they are chosen by the loss alone, 1 by both.
KEPT_LOSS = 0.005
KEPT_RISK = 0.01
_RESERVE = 2.0
# Answers of ensembles that fewer input bits may change, as a share: most answer all of their training rows right, whose
# score then falls long after that of other rows. Forests and boosting on five data sets (`benchmarks/ensembles.py`)
# lose up to 1.1 points of test accuracy without it. Fewer leaf bits may change `KEPT_RISK`: each costs much area.
KEPT_ANSWERS = 0.001
# Bits of coefficients that are tried where they are left open.
_TRIED: dict[OpenBits, Sequence[int]] = {
    "weight_bits": range(2, MOST_WEIGHT_BITS + 1),
    "leaf_bits": range(LEAST_LEAF_BITS, MOST_LEAF_BITS + 1),
}
_JUDGES = 4000  # training rows that judge, at most
_FIRST_JUDGES = 500  # of them, that turn most candidates down
_PROBES = 2000  # rows of each kind, at most
_CLEARLY = 4.0  # standard errors

CoefficientBits = int | tuple[int, ...]
Bits = tuple[int, CoefficientBits]  # of inputs for which the options do not say any, and of weights or leaves
Limits = tuple[float, float, float]  # of loss, risk, and share of answers that change
_NO_LIMITS: Limits = (np.inf, np.inf, np.inf)


@dataclass(frozen=True, eq=False)
class Probes:
    """Rows, and what the float model says of them.

    Attributes
    ----------
    features : ndarray of float, shape (n_samples, n_features)
        Raw.
    outputs : ndarray of int64, shape (n_samples,)
        Class indices.
    """

    features: FloatArray
    outputs: NDArray[Any]

    @classmethod
    def among(cls, features: FloatArray, outputs: NDArray[Any], predict: Callable[[FloatArray], NDArray[Any]]) -> Self:
        """Given rows, and rows that have each feature from one or another of two of the same answer, or little more.

        Little are up to the next value that any row has. What is a whole number in all given rows stays one.

        Parameters
        ----------
        features : ndarray of float, shape (n_samples, n_features)
        outputs : ndarray of int64, shape (n_samples,)
            Class indices.
        predict : callable
            Gives those of other rows.
        """
        rng = np.random.default_rng(0)
        rows = np.linspace(0, len(outputs) - 1, min(len(outputs), _PROBES)).astype(np.int64)
        first = np.sort(rng.integers(len(rows), size=_PROBES))
        ordered = rows[np.argsort(outputs[rows], kind="stable")]
        groups = np.split(ordered, np.flatnonzero(np.diff(outputs[ordered])) + 1)
        ends = np.cumsum([len(group) for group in groups])
        group = np.searchsorted(ends, first, side="right")
        sizes = np.array([len(group) for group in groups])[group]
        second = ends[group] - sizes + rng.integers(sizes)
        is_first = rng.random((_PROBES, features.shape[1])) < 1 / 2
        mixed = np.where(is_first, features[ordered[first]], features[ordered[second]])
        mixed += rng.random(mixed.shape) * (_next_values(features, mixed) - mixed)
        mixed = np.where(np.all(~(features % 1 > 0), axis=0), np.rint(mixed), mixed)
        return cls(np.concatenate([features[rows], mixed]), np.concatenate([outputs[rows], predict(mixed)]))

    def changed(self, model: IntegerModel) -> float:
        """Share of them that an integer model answers otherwise."""
        found = model.predict(model.coding.quantise(self.features))
        return float(np.mean(found != self.outputs))


def _next_values(features: FloatArray, values: FloatArray) -> FloatArray:
    """The next larger value that any row has of the same feature, or the same where there is none."""
    found = np.empty_like(values)
    for column in range(features.shape[1]):
        known = np.unique(features[:, column])
        place = np.searchsorted(known, values[:, column], side="right")
        found[:, column] = known[np.minimum(place, len(known) - 1)]
    return found


@dataclass(frozen=True, eq=False)
class Judge:
    """Judge of integer models against their float model, row by row of the training data.

    Attributes
    ----------
    features : ndarray of float, shape (n_samples, n_features)
        Raw.
    outputs : ndarray, shape (n_samples,)
        What the float model says: class indices or values.
    task : Task
        With as many targets.
    check : callable
        Refuses a source whose words do not tell apart what they have to.
    probes : Probes, optional
        Rows whose answers are not to change.
    """

    features: FloatArray
    outputs: NDArray[Any]
    task: Task
    check: Callable[[Source], None]
    probes: Probes | None = None

    def part(self, count: int) -> Judge:
        """The judge on so many rows at most, evenly taken from all."""
        if len(self.outputs) <= count:
            return self
        rows = np.linspace(0, len(self.outputs) - 1, count).astype(np.int64)
        task = replace(self.task, targets=self.task.targets[rows])
        return Judge(self.features[rows], self.outputs[rows], task, self.check, self.probes)

    @property
    def float_score(self) -> float:
        """Score of the float model."""
        return self.task.score(self.outputs)

    def score_of(self, model: IntegerModel) -> float:
        """Score of an integer model."""
        return self.task.score_of(model, self.features)

    def loss(self, model: IntegerModel) -> tuple[float, float]:
        """What an integer model scores less than the float model, and the standard error of that.

        With ``d`` the loss of a row, it is ``sqrt(mean(d**2) / n)``: that of the mean of paired differences, if there
        were none.
        """
        words = model.predict(model.coding.quantise(self.features))
        found = words if self.task.classes else model.decision.decode(words)
        loss = self.task.errors(found) - self.task.errors(self.outputs)
        return float(loss.mean()), float(np.sqrt(np.mean(loss**2) / len(loss)))


@dataclass(frozen=True, slots=True, eq=False)
class Trial:
    """A model of some bits, and what it was made with.

    Attributes
    ----------
    source : Source
    model : IntegerModel
    loss, risk : float
        What it loses, and that with two standard errors added.
    changed : float
        Share of the judge's probes that it answers otherwise; 1 if its loss is known to be too large.
    """

    source: Source
    model: IntegerModel
    loss: float
    risk: float
    changed: float

    def keeps(self, limits: Limits) -> bool:
        """Whether it is within the limits."""
        return self.loss <= limits[0] and self.risk <= limits[1] and self.changed <= limits[2]


@dataclass(eq=False)
class _Trials:
    """Trials of bits, each made once; none where they are refused.

    Attributes
    ----------
    make : callable
        From bits to a source for them.
    model : FloatForm
    roundings : sequence of str
        Of which the better one counts.
    judge : Judge
    """

    make: Callable[[Bits], Source]
    model: FloatForm
    roundings: Sequence[Rounding]
    judge: Judge
    made: dict[Bits, Trial | None] = field(default_factory=dict)

    def of(self, bits: Bits, limits: Limits = _NO_LIMITS) -> Trial | None:
        """The trial of some bits; one that is clearly beyond the limits is measured on few rows."""
        if bits not in self.made:
            try:
                trials = [self.measured(bits, rounding, limits) for rounding in self.roundings]
                self.made[bits] = min(trials, key=lambda trial: (not trial.keeps(limits), trial.risk, trial.changed))
            except (RangeError, OptionError):
                self.made[bits] = None
        return self.made[bits]

    def keep(self, bits: Bits, limits: Limits) -> bool:
        """Whether some bits are within the limits."""
        trial = self.of(bits, limits)
        return trial is not None and trial.keeps(limits)

    def measured(self, bits: Bits, rounding: Rounding, limits: Limits) -> Trial:
        """A trial of a rounding.

        Raises
        ------
        RangeError, OptionError
            If numbers get too large, or words do not tell apart what they have to.
        """
        source = self.make(bits)
        model = integer_model(self.model, source, rounding)
        self.judge.check(replace(source, coding=model.coding))
        loss, error = self.judge.part(_FIRST_JUDGES).loss(model)
        if loss - _CLEARLY * error <= limits[0]:
            loss, error = self.judge.part(_JUDGES).loss(model)
        risk, probes = loss + _RESERVE * error, self.judge.probes
        changed = 0.0 if probes is None else 1.0 if loss > limits[0] or risk > limits[1] else probes.changed(model)
        return Trial(replace(source, coding=model.coding), model, loss, risk, changed)


def fewest_bits(
    model: FloatForm, source: Source, judge: Judge, coded: Callable[[int], InputCoding], *, is_open: bool
) -> Trial:
    """Model of the fewest bits that loses little on the training rows, as far as the options leave any open.

    Few are products of input bits and those of weights or leaves: constant multipliers are made of such. Little is
    `KEPT_LOSS`, and with two standard errors added `KEPT_RISK`; of the judge's probes, if it has any, at most
    `KEPT_ANSWERS` are answered otherwise for want of input bits, and `KEPT_RISK` in all. Where the most bits lose so
    much themselves, it is so much above that. More bits of one kind are taken to lose no more.

    Parameters
    ----------
    model : FloatForm
    source : Source
        Its options say what is given.
    judge : Judge
    coded : callable
        From the bits of inputs for which the options do not say any to the coding.
    is_open : bool
        Whether there are such inputs.

    Raises
    ------
    RangeError, OptionError
        If all choices need more than 62 bits, or do not tell apart what they have to.
    """
    options = source.options
    inputs = range(1, MOST_INPUT_BITS + 1) if is_open else (MOST_INPUT_BITS,)
    name = model.open_bits
    given: CoefficientBits | None = getattr(options, name) if name else 1
    coefficients: Sequence[CoefficientBits] = _TRIED[name] if name and given is None else (given or 1,)

    def made(bits: Bits) -> Source:
        chosen: dict[str, Any] = {name: bits[1]} if name else {}
        return replace(source, options=replace(options, **chosen), coding=coded(bits[0]))

    encoding = options.input_encoding
    trials = _Trials(made, model, ROUNDINGS if encoding == "auto" else (encoding,), judge)
    order = sorted(product(inputs, coefficients), key=_size)
    top = next((bits for bits in reversed(order) if trials.of(bits)), order[-1])
    finest = trials.of(top) or trials.measured(top, trials.roundings[0], _NO_LIMITS)
    limits = (
        max(KEPT_LOSS, finest.loss + KEPT_LOSS),
        max(KEPT_RISK, finest.risk + KEPT_LOSS),
        finest.changed + KEPT_RISK,
    )
    exact = (*limits[:2], finest.changed + KEPT_ANSWERS)
    fewest_inputs = next(bits for bits in inputs if trials.keep((bits, top[1]), exact))
    fewest = next(at for at, bits in enumerate(coefficients) if trials.keep((top[0], bits), limits))
    allowed = set(product(inputs[inputs.index(fewest_inputs) :], coefficients[fewest:]))
    found = next(bits for bits in order if bits in allowed and trials.keep(bits, limits))
    return trials.of(found) or finest


def _size(bits: Bits) -> tuple[int, int]:
    inputs, coefficients = bits
    return inputs * (coefficients if isinstance(coefficients, int) else 1), inputs
