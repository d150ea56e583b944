"""Weighted sums of the words with few signed digits in a weight."""

from __future__ import annotations

import warnings
from collections.abc import Iterator

import numpy as np

from bespoke.families.bits import has_many_bits
from bespoke.families.family import Family, Parameters
from bespoke.families.forest import decision_of
from bespoke.families.learning import FloatArray, Learning
from bespoke.families.size import with_fewest_digits
from bespoke.model import Affine, IntegerModel, Origin

_ITERATIONS = 200
_STRENGTHS = (0.1, 1.0, 30.0)
_BITS = (1, 2, 3, 4, 6)


class Linear(Family):
    """Logistic regression, its weights rounded to whole numbers of few bits."""

    name = "linear"
    source = "Cox, The Regression Analysis of Binary Sequences, 1958; scikit-learn's LogisticRegression"

    def suits(self, learning: Learning) -> bool:
        """Whether there are not too many samples of a Boolean function."""
        return not has_many_bits(learning)

    def candidates(self) -> Iterator[Parameters]:
        """Bits of a weight without its sign, and inverse strengths of regularisation."""
        for bits in _BITS:
            for strength in _STRENGTHS:
                yield {"weight_bits": bits, "c": strength}

    def fit(self, learning: Learning, parameters: Parameters, random: np.random.Generator) -> IntegerModel:
        """Train one model."""
        del random
        weights, biases = _logistic(learning, parameters["c"])
        largest = float(np.abs(weights).max(initial=0.0)) or 1.0
        scale = ((1 << parameters["weight_bits"]) - 1) / largest
        whole, biases = (np.rint(each * scale).astype(np.int64) for each in (weights, biases))
        stage = Affine(with_fewest_digits(whole), biases, "identity", 0)
        return IntegerModel(learning.coding, (stage,), decision_of(learning), Origin(self.name, ""))


def _logistic(learning: Learning, c: float) -> tuple[FloatArray, FloatArray]:
    """Weights of words and biases, one row a score; classes without a row never lead."""
    from sklearn.linear_model import LogisticRegression

    seen = np.unique(learning.targets)
    scores = 1 if learning.class_count == 2 else learning.class_count
    weights, biases = np.zeros((scores, learning.words.shape[1])), np.full(scores, -1e3)
    if len(seen) == 1:
        return weights, _sure(biases, int(seen[0]))
    top = learning.level_count
    model = LogisticRegression(C=c, max_iter=_ITERATIONS)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # weights are rounded anyway: how near the solver came does not matter
        model.fit(learning.words / top, learning.targets)
    found, offsets = model.coef_ / top, model.intercept_
    if scores == 1:
        return found, offsets
    if len(seen) == 2:
        found, offsets = np.concatenate([-found, found]) / 2, np.concatenate([-offsets, offsets]) / 2
    weights[seen], biases[seen] = found, offsets
    return weights, biases


def _sure(biases: FloatArray, index: int) -> FloatArray:
    if len(biases) == 1:
        return np.array([1.0 if index else -1.0])
    return np.where(np.arange(len(biases)) == index, 1.0, -1.0)
