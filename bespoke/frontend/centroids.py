"""Classifiers whose scores are affine but for a part that all classes share: nearest centroids, naive Bayes."""

from __future__ import annotations

import numpy as np

from bespoke.errors import UnsupportedModelError
from bespoke.frontend.attributes import Estimator, check_setting, fitted
from bespoke.frontend.floatmodel import FloatArray, FloatLayer, FloatSums, class_labels
from bespoke.model import Argmax, Origin, Sign


def read_nearest_centroid(estimator: Estimator) -> FloatSums:
    """Float form of NearestCentroid: ``-|x - c|**2 + 2 log(prior)`` without ``|x|**2``.

    With other than equal priors scikit-learn divides features by the deviation within classes first (eq. 18.2 of
    Hastie et al., The Elements of Statistical Learning).
    """
    check_setting(estimator, "metric", estimator.metric, ("euclidean",), 'metric="euclidean"')
    centroids = np.asarray(fitted(estimator, "centroids_"), dtype=np.float64)
    priors = np.asarray(getattr(estimator, "class_prior_", np.full(len(centroids), 1.0 / len(centroids))))
    scale = np.ones(centroids.shape[1])
    if not np.isclose(priors, 1.0 / len(centroids)).all():
        deviations = np.asarray(fitted(estimator, "within_class_std_dev_"), dtype=np.float64)
        scale = np.where(deviations != 0, deviations, 1.0)
    near = centroids / scale
    return _compared(estimator, 2.0 * near / scale, 2.0 * np.log(priors) - (near**2).sum(axis=1))


def read_gaussian_bayes(estimator: Estimator) -> FloatSums:
    """Float form of GaussianNB whose classes share their variances; else its scores are quadratic."""
    variances = np.asarray(fitted(estimator, "var_"), dtype=np.float64)
    if not np.allclose(variances, variances[0], rtol=1e-9, atol=0.0):
        raise UnsupportedModelError(
            "each class has variances of its own, so scores are quadratic",
            where="GaussianNB",
            allowed="LinearDiscriminantAnalysis, or GaussianNB with equal rows of var_",
        )
    means = np.asarray(fitted(estimator, "theta_"), dtype=np.float64)
    biases = np.log(fitted(estimator, "class_prior_")) - 0.5 * (means**2 / variances[0]).sum(axis=1)
    return _compared(estimator, means / variances[0], biases)


def read_multinomial_bayes(estimator: Estimator) -> FloatSums:
    """Float form of MultinomialNB: ``x @ feature_log_prob_.T + class_log_prior_``."""
    weights = np.asarray(fitted(estimator, "feature_log_prob_"), dtype=np.float64)
    return _compared(estimator, weights, np.asarray(fitted(estimator, "class_log_prior_"), dtype=np.float64))


def read_complement_bayes(estimator: Estimator) -> FloatSums:
    """Float form of ComplementNB: ``x @ feature_log_prob_.T``."""
    weights = np.asarray(fitted(estimator, "feature_log_prob_"), dtype=np.float64)
    return _compared(estimator, weights, np.zeros(len(weights)))


def _compared(estimator: Estimator, weights: FloatArray, biases: FloatArray) -> FloatSums:
    """Scores of which the largest wins; of two classes, their difference and its sign."""
    name = type(estimator).__name__
    classes = class_labels(fitted(estimator, "classes_"), name)
    if len(classes) == 2:
        weights, biases = np.diff(weights, axis=0), np.diff(biases)
    decision = Sign(classes) if len(classes) == 2 else Argmax(classes)
    return FloatSums((FloatLayer(weights, biases, "identity"),), decision, Origin("svm", name))
