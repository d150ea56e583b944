"""Classifiers whose scores are affine but for a part that all classes share, such as nearest centroids."""

from __future__ import annotations

import numpy as np

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
    return compared(estimator, 2.0 * near / scale, 2.0 * np.log(priors) - (near**2).sum(axis=1))


def compared(estimator: Estimator, weights: FloatArray, biases: FloatArray) -> FloatSums:
    """Scores of which the largest wins; of two classes, their difference and its sign."""
    name = type(estimator).__name__
    classes = class_labels(fitted(estimator, "classes_"), name)
    if len(classes) == 2:
        weights, biases = np.diff(weights, axis=0), np.diff(biases)
    decision = Sign(classes) if len(classes) == 2 else Argmax(classes)
    return FloatSums((FloatLayer(weights, biases, "identity"),), decision, Origin("svm", name))
