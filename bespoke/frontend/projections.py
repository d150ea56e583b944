"""Steps that make weighted sums of features, such as PCA."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

import numpy as np

from bespoke.errors import ModelFileError, UnsupportedModelError
from bespoke.frontend.floatmodel import FloatArray, check_finite, dense
from bespoke.frontend.steps import Step, StepReader
from bespoke.frontend.view import View


class _Projection(NamedTuple):
    """``weights @ (x - center)`` with weights of shape (n_outputs, n_features) and a center of (n_features,) or 0."""

    weights: FloatArray
    center: FloatArray | float


def _reader(projection: Callable[[Step], _Projection]) -> StepReader:
    def read(step: Step) -> View:
        weights, center = projection(step)
        if weights.ndim != 2 or np.shape(center) not in ((), weights.shape[1:]):
            got = (weights.shape, np.shape(center))
            raise ModelFileError("a projection's arrays do not fit", where=step.where, got=got)
        step.check_count(weights.shape[1])
        biases = -weights @ (np.zeros(weights.shape[1]) + center)
        check_finite(weights, step.where)
        check_finite(biases, step.where)
        return step.view.mixed(weights, biases, step.where)

    return read


def _pca(step: Step) -> _Projection:
    """``(x - mean_) @ components_.T``, divided by the deviations if whitened."""
    weights = dense(step.fitted("components_"))
    if step.transformer.whiten:
        # scikit-learn's PCA.transform: a deviation below the smallest step of float counts as that
        deviations = np.sqrt(step.fitted("explained_variance_"))
        weights = weights / np.maximum(deviations, np.finfo(deviations.dtype).eps)[:, np.newaxis]
    return _Projection(weights, _array(step.fitted("mean_")))


def _components(step: Step) -> _Projection:
    """``x @ components_.T``, as TruncatedSVD, random projections and neighbourhood components do."""
    return _Projection(dense(step.fitted("components_")), 0.0)


def _fast_ica(step: Step) -> _Projection:
    """``(x - mean_) @ components_.T``; without a mean where nothing was whitened."""
    weights = dense(step.fitted("components_"))
    return _Projection(weights, _array(step.fitted("mean_")) if step.transformer.whiten else 0.0)


def _pooled(step: Step) -> _Projection:
    """FeatureAgglomeration: the mean of the features of each cluster."""
    if getattr(step.transformer.pooling_func, "__name__", "") != "mean":
        got, allowed = step.transformer.pooling_func, "pooling_func=numpy.mean"
        raise UnsupportedModelError("features that are not averaged", where=step.where, got=got, allowed=allowed)
    labels = np.asarray(step.fitted("labels_"), dtype=np.int64)
    members = (labels == np.unique(labels)[:, np.newaxis]).astype(np.float64)
    return _Projection(members / members.sum(axis=1, keepdims=True), 0.0)


def _discriminants(step: Step) -> _Projection:
    """LinearDiscriminantAnalysis.transform: the leading scalings, centred with ``solver="svd"``."""
    solver = step.transformer.solver
    if solver not in ("svd", "eigen"):
        raise UnsupportedModelError("no transform", where=step.where, got=f"solver={solver}", allowed="svd, eigen")
    weights = dense(step.fitted("scalings_"))[:, : int(step.fitted("_max_components"))].T
    return _Projection(weights, _array(step.fitted("xbar_")) if solver == "svd" else 0.0)


def _array(values: object) -> FloatArray:
    return np.asarray(values, dtype=np.float64)


PROJECTIONS: dict[str, StepReader] = {
    **dict.fromkeys(("PCA", "IncrementalPCA"), _reader(_pca)),
    **dict.fromkeys(
        ("TruncatedSVD", "GaussianRandomProjection", "SparseRandomProjection", "NeighborhoodComponentsAnalysis"),
        _reader(_components),
    ),
    "FastICA": _reader(_fast_ica),
    "FeatureAgglomeration": _reader(_pooled),
    "LinearDiscriminantAnalysis": _reader(_discriminants),
}
