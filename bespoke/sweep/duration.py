"""A rough guess at how long a cell takes, before it runs.

The constants were measured on iris, wine and cardio with one to 2,000 candidates on one core of a machine at work; they
are meant to tell seconds from hours, no more.
"""

from __future__ import annotations

from itertools import pairwise

from bespoke.data import CLASSIFICATION, REGRESSION, Dataset
from bespoke.flow import ApproximateOptions
from bespoke.training import TrainingOptions

_START_S = 1.0
# Per candidate of the search: growing a tree; adding up one coefficient on one row.
_TREE_S = 3e-3
_TREE_ROW_S = 1e-6
_COEFFICIENT_ROW_S = 1e-8
# Per coefficient, some 60 gates: verification and the exact circuit; each finalist, with its pruning.
_CIRCUIT_S = 0.06
_FINALIST_S = 0.018


def rough_seconds(data: Dataset, training: TrainingOptions, options: ApproximateOptions) -> float:
    """Seconds of a cell on one core, of an order of magnitude; a random search of the training is not counted."""
    search = options.search
    candidates = search.population * search.generations * search.epochs
    rows = len(data.targets) * (1 - options.compile.test_size)
    coefficients = _coefficients(data, training)
    if not coefficients:
        return _START_S + candidates * (_TREE_S + _TREE_ROW_S * rows)
    circuits = coefficients * (_CIRCUIT_S + _FINALIST_S * options.finalists)
    return _START_S + candidates * rows * coefficients * _COEFFICIENT_ROW_S + circuits


def _coefficients(data: Dataset, training: TrainingOptions) -> int:
    """Coefficients of a model of weighted sums; none of a tree."""
    kind, task = training.resolve(CLASSIFICATION)
    features, classes = len(data.feature_names), len(data.classes)
    is_single = REGRESSION in (task, data.task) or classes == 2
    if kind in ("tree", "extra_tree"):
        return 0
    if kind == "mlp":
        sizes = (features, *training.hidden_layer_sizes, 1 if is_single else classes)
        return sum(inputs * outputs for inputs, outputs in pairwise(sizes))
    sums = 1 if is_single else classes * (classes - 1) // 2 if kind == "svm" else classes
    return sums * features
