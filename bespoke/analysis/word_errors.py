"""How far words inside an approximate model are from those of the exact one."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from bespoke.analysis.inputs import Floats, Inputs
from bespoke.model import Affine, IntArray, IntegerModel, Trees
from bespoke.numeric import ErrorFigures, Interval, figures_of_pairs, figures_of_shares
from bespoke.sim import every_input

_EXHAUSTIVE_BITS = 17  # input bits up to which words are compared on every input
_MOST_ERRORS = 1 << 20  # errors of a sum up to which their distribution is computed


class WordErrors(NamedTuple):
    """Errors of a word, in units of its last bit.

    Attributes
    ----------
    name : str
    figures : ErrorFigures
        Over all inputs, or samples of them.
    limit : int or None
        Error distance that no input exceeds; None where none is known.
    """

    name: str
    figures: ErrorFigures
    limit: int | None


class Sample(NamedTuple):
    """Inputs on which words are compared, shape (n, n_features), and whether these are all there are."""

    words: IntArray
    is_whole: bool

    @staticmethod
    def of(inputs: Inputs, drawn: IntArray) -> Sample:
        """Every input where they are few and alike, else those drawn."""
        bits = inputs.bits
        is_whole = sum(bits) <= _EXHAUSTIVE_BITS and inputs.name == "uniform"
        return Sample(every_input(bits), is_whole=True) if is_whole else Sample(drawn, is_whole=False)

    def compared(self, name: str, wanted: IntArray, found: IntArray, limit: int | None = None) -> WordErrors:
        """Errors of a word, shape (n,), on these inputs."""
        figures = figures_of_pairs(wanted, found, "exhaustive" if self.is_whole else "sampling")
        return WordErrors(name, figures, figures.worst if self.is_whole else limit)


def score_errors(exact: IntegerModel, approximate: IntegerModel, inputs: Inputs, sample: Sample) -> list[WordErrors]:
    """Errors of each score, that of a sum before its low bits are dropped; none unless they are numbers of one unit.

    Sums that read the inputs directly differ by a sum of parts, one per feature, which are independent: their
    distributions are convolved. Other scores are compared on a sample, and limited by their ranges.

    Parameters
    ----------
    exact, approximate : IntegerModel
        With the same inputs.
    inputs : Inputs
    sample : Sample
    """
    are_sums = exact.has_only(Affine) and approximate.has_only(Affine)
    if not _are_alike(exact, approximate, are_sums=are_sums):
        return []
    names = [f"score {number}" for number in range(exact.decision.score_count)]
    if are_sums and len(exact.stages) == len(approximate.stages) == 1:
        apart = difference(_last(exact), _last(approximate))
        ranges = apart.sum_intervals(exact.coding.intervals())
        if all(each.high - each.low < _MOST_ERRORS for each in ranges):
            errors = [_convolved(apart, row, inputs) for row in range(len(names))]
            worst = [max(-each.low, each.high) for each in ranges]
            return [WordErrors(*each) for each in zip(names, errors, worst, strict=True)]
    wanted, found = (_scores(model, sample.words, are_sums=are_sums) for model in (exact, approximate))
    limits = map(_apart, *(_ranges(model, are_sums=are_sums) for model in (exact, approximate)))
    return [sample.compared(*each) for each in zip(names, wanted.T, found.T, limits, strict=True)]


def difference(exact: Affine, layer: Affine) -> Affine:
    """Sums of ``layer`` less those of ``exact``, which read the same inputs."""
    return Affine(
        np.hstack([layer.weights, -exact.weights]),
        layer.biases - exact.biases,
        "identity",
        exact.frac_bits,
        np.concatenate([layer.sources, exact.sources]),
        np.concatenate([layer.masks, exact.masks]),
    )


def _convolved(apart: Affine, row: int, inputs: Inputs) -> ErrorFigures:
    """Figures of one of the sums over independent inputs."""
    lowest, shares = int(apart.biases[row]), np.ones(1)
    for feature in range(len(inputs.shares)):
        columns = apart.sources == feature
        weights, masks = apart.weights[row, columns], apart.masks[columns]
        for words, own in inputs.parts(feature):
            lowest, shares = _added(lowest, shares, (words[:, None] & masks) @ weights, own)
    # Both ends occur, though among many features their shares may be below all floats.
    return figures_of_shares(lowest + np.arange(len(shares)), shares, 1 << sum(inputs.bits))


def _added(lowest: int, shares: Floats, parts: IntArray, own: Floats) -> tuple[int, Floats]:
    """Least value and distribution of a sum and one more part, whose values have shares of their own."""
    values, places = np.unique(parts, return_inverse=True)
    least, merged = int(values[0]), np.bincount(places, own)
    total = np.zeros(len(shares) + int(values[-1]) - least)
    for shift, share in zip((values - least).tolist(), merged.tolist(), strict=True):
        total[shift : shift + len(shares)] += share * shares
    return lowest + least, total


def _are_alike(exact: IntegerModel, approximate: IntegerModel, *, are_sums: bool) -> bool:
    """Whether scores of both are numbers for the same things and in the same unit."""
    models = (exact, approximate)
    if any(model.has_only(Trees) or model.stages[-1].stands_alone for model in models):
        return False
    units = {_last(model).frac_bits for model in models} if are_sums else set()
    rules = {(each.name, each.score_count, each.frac_bits) for each in (model.decision for model in models)}
    return len(rules) == 1 and len(units) <= 1


def _last(model: IntegerModel) -> Affine:
    return model.all_stages(Affine, "errors of words")[-1]


def _scores(model: IntegerModel, words: IntArray, *, are_sums: bool) -> IntArray:
    return _last(model).sums(model.stage_inputs(words)[-1]) if are_sums else model.scores(words)


def _ranges(model: IntegerModel, *, are_sums: bool) -> tuple[Interval, ...]:
    return _last(model).sum_intervals(model.ranges[-2]) if are_sums else model.ranges[-1]


def _apart(one: Interval, other: Interval) -> int:
    return max(one.high - other.low, other.high - one.low)
