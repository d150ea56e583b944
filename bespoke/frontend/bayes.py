"""Naive Bayes: scores that add up over the features -> weighted sums, of functions of single features if need be."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from bespoke.frontend.attributes import Estimator, fitted
from bespoke.frontend.centroids import compared
from bespoke.frontend.encoders import Coded, Staircase
from bespoke.frontend.floatmodel import FloatArray, FloatSums
from bespoke.frontend.folding import folded
from bespoke.frontend.view import Column, View
from bespoke.frontend.viewed import FloatForm


@dataclass(frozen=True)
class Square:
    """``(x - center)**2``."""

    center: float
    where: str

    @property
    def is_monotone(self) -> bool:
        """No."""
        return False

    @property
    def line(self) -> tuple[float, float] | None:
        """None: it is not affine."""
        return None

    @property
    def points(self) -> tuple[float, ...]:
        """None."""
        return ()

    def apply(self, values: FloatArray) -> FloatArray:
        """Squares."""
        squares: FloatArray = (values - self.center) ** 2
        return squares


def read_gaussian_bayes(estimator: Estimator) -> FloatForm:
    """Float form of GaussianNB: sums of squares; of the features themselves where classes share their variances."""
    means = np.asarray(fitted(estimator, "theta_"), dtype=np.float64)
    variances = np.asarray(fitted(estimator, "var_"), dtype=np.float64)
    center = means.mean(axis=0)
    biases = np.log(fitted(estimator, "class_prior_")) - 0.5 * np.log(variances).sum(axis=1)
    if np.allclose(variances, variances[0], rtol=1e-9, atol=0.0):
        return compared(estimator, means / variances[0], biases - 0.5 * (means**2 / variances[0]).sum(axis=1))
    # (x - m)**2 = (x - c)**2 + 2 (c - m) x + m**2 - c**2
    biases = biases - 0.5 * ((means**2 - center**2) / variances).sum(axis=1)
    sums = compared(estimator, np.column_stack([(means - center) / variances, -0.5 / variances]), biases)
    columns = [Column(j, (Square(float(c), "GaussianNB"),)) for j, c in enumerate(center)]
    return _viewed(sums, (*View.plain(len(center)).columns, *columns), len(center))


def read_bernoulli_bayes(estimator: Estimator) -> FloatForm:
    """Float form of BernoulliNB: a weight for each feature above a threshold."""
    ones = np.asarray(fitted(estimator, "feature_log_prob_"), dtype=np.float64)
    zeros = np.log(-np.expm1(ones))
    sums = compared(estimator, ones - zeros, np.asarray(fitted(estimator, "class_log_prior_")) + zeros.sum(axis=1))
    if estimator.binarize is None:
        return sums
    stair = Staircase("BernoulliNB", (float(estimator.binarize),), (0.0, 1.0), passes_at=False)
    return _viewed(sums, [Column(j, (stair,)) for j in range(ones.shape[1])], ones.shape[1])


def read_categorical_bayes(estimator: Estimator) -> FloatForm:
    """Float form of CategoricalNB: a weight for each category of each feature, which are whole numbers from 0."""
    weights = [np.asarray(table, dtype=np.float64) for table in fitted(estimator, "feature_log_prob_")]
    sums = compared(estimator, np.column_stack(weights), np.asarray(fitted(estimator, "class_log_prior_")))
    columns = [
        Column(j, (Coded("CategoricalNB", tuple(map(float, range(len(one)))), tuple(one.tolist())),))
        for j, table in enumerate(weights)
        for one in np.eye(table.shape[1])
    ]
    return _viewed(sums, columns, len(weights))


def read_multinomial_bayes(estimator: Estimator) -> FloatSums:
    """Float form of MultinomialNB: ``x @ feature_log_prob_.T + class_log_prior_``."""
    weights = np.asarray(fitted(estimator, "feature_log_prob_"), dtype=np.float64)
    return compared(estimator, weights, np.asarray(fitted(estimator, "class_log_prior_"), dtype=np.float64))


def read_complement_bayes(estimator: Estimator) -> FloatSums:
    """Float form of ComplementNB: ``x @ feature_log_prob_.T``."""
    weights = np.asarray(fitted(estimator, "feature_log_prob_"), dtype=np.float64)
    return compared(estimator, weights, np.zeros(len(weights)))


def _viewed(sums: FloatSums, columns: Sequence[Column], count: int) -> FloatForm:
    return folded(sums, View(count, tuple(columns)))
