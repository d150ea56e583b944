"""A rough guess at how long a cell takes, before it runs, and how much of a search fits into a budget.

The constants were measured on the data sets of the published tables, on one core; they are meant to tell seconds from
hours, no more.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise

from bespoke.data import CLASSIFICATION, REGRESSION, Dataset
from bespoke.flow import ApproximateOptions, DesignOptions
from bespoke.sweep.options import ALL_CANDIDATES, DESIGN, Cell, SweepOptions
from bespoke.training import TrainingOptions

_START_S = 2.0
# Per candidate of the search: growing a tree; adding up one coefficient on one row, and what else there is to do.
_TREE_S = 3.5e-4
_TREE_ROW_S = 1e-7
_SUM_S = 4e-4
_COEFFICIENT_ROW_S = 0.8e-8
# Epochs of a tree's search that its refits take, see `bespoke.flow.searched`, as a multiple of its own; weighted sums
# have two populations.
_FOLD_EPOCHS = 2.5
_POPULATIONS = 2
# Per coefficient: verification and the exact circuit; each finalist. Pruning one, per coefficient squared and row.
_CIRCUIT_S = 0.03
_FINALIST_S = 0.005
_PRUNE_LAYER_S = 2e-8
_PRUNE_LAYERS_S = 5e-7
# Finalists are pruned if that takes at most so many times the budget.
_PRUNING_SHARE = 5.0
# Fitting a model; an MLP by one coefficient and row.
_FIT_S = 0.01
_FIT_MLP_S = 0.9e-6
# Networks that are trained as circuits: compilation of the training; an epoch by one coefficient and row.
_COMPILE_S = 10.0
_NETWORK_S = 3e-8
# Of a cell that looks for a model, within a factor of 1.6 on iris, seeds and vehicle (`benchmarks/design_runs.py
# times`): a candidate in all its folds, by rows, features and classes; a circuit, by rows; the float models, by rows.
# What is tried whatever the budget is, and what there is at most.
_CANDIDATE_S = 0.18
_CANDIDATE_ROW_S = 3e-6
_BUILT_S = 1.0
_BUILT_ROW_S = 2e-4
_FLOAT_ROW_S = 0.02
_LEAST_CANDIDATES, _MOST_CANDIDATES = 20, 800
_LEAST_CIRCUITS, _MOST_CIRCUITS = 6, 100


def seconds_together(cells: Sequence[float], jobs: int) -> float:
    """Rough time in s of cells that take so long each, ``jobs`` at a time: no less than the longest takes."""
    return max(sum(cells) / jobs, max(cells, default=0.0))


def cell_seconds(data: Dataset, options: SweepOptions, cell: Cell) -> float:
    """Seconds of a cell on one core, of an order of magnitude."""
    if cell.kind == DESIGN:
        return design_seconds(data, design_within_budget(data, options, cell))
    return rough_seconds(data, options.training_of(cell), within_budget(data, options, cell))


def rough_seconds(data: Dataset, training: TrainingOptions, options: ApproximateOptions) -> float:
    """The same of a cell that trains a model."""
    circuits = _coefficients(data, training) * (_CIRCUIT_S + _FINALIST_S * options.finalists)
    pruning = _pruning_seconds(data, training, options) if options.prune else 0.0
    searched = options.search.epochs * options.search.generations * _generation_seconds(data, training, options)
    return _START_S + _training_seconds(data, training) + searched + circuits + pruning


def within_budget(data: Dataset, options: SweepOptions, cell: Cell) -> ApproximateOptions:
    """Options of a cell with as many epochs as its budget allows; if not even one, with a shorter one.

    Where pruning at gate level would take minutes, it is left out. All that follows from sizes alone, so that it is the
    same on every machine.
    """
    chosen = options.approximate_of(cell)
    if options.budget_s is None:
        return chosen
    training, search = options.training_of(cell), chosen.search
    generations = int(options.budget_s / _generation_seconds(data, training, chosen))
    epochs = max(1, min(search.epochs, generations // search.generations))
    length = max(1, min(search.generations, generations))
    prune = chosen.prune and _pruning_seconds(data, training, chosen) <= _PRUNING_SHARE * options.budget_s
    return replace(chosen, prune=prune, search=replace(search, epochs=epochs, generations=length))


def design_within_budget(data: Dataset, options: SweepOptions, cell: Cell) -> DesignOptions:
    """Options of a cell that looks for a model with as many candidates and circuits as its budget allows.

    All that follows from sizes alone, so that it is the same on every machine.
    """
    chosen = options.design_of(cell)
    candidates, circuits = ALL_CANDIDATES, None
    if options.budget_s is not None:
        half = options.budget_s / 2
        candidates = max(_LEAST_CANDIDATES, int(half / _candidate_seconds(data)))
        circuits = max(_LEAST_CIRCUITS, int(half / _circuit_seconds(data)))
    return replace(chosen, candidates=chosen.candidates or candidates, circuits=chosen.circuits or circuits)


def design_seconds(data: Dataset, options: DesignOptions) -> float:
    """The same of a cell that looks for a model."""
    candidates = min(options.candidates or ALL_CANDIDATES, _MOST_CANDIDATES)
    circuits = min(options.circuits or ALL_CANDIDATES, _MOST_CIRCUITS)
    floats = _FLOAT_ROW_S * len(data.targets) if options.float_budget_s else 0.0
    return _START_S + candidates * _candidate_seconds(data) + circuits * _circuit_seconds(data) + floats


def _candidate_seconds(data: Dataset) -> float:
    return _CANDIDATE_S + _CANDIDATE_ROW_S * len(data.targets) * len(data.feature_names) * len(data.classes)


def _circuit_seconds(data: Dataset) -> float:
    return _BUILT_S + _BUILT_ROW_S * len(data.targets)


def _generation_seconds(data: Dataset, training: TrainingOptions, options: ApproximateOptions) -> float:
    """Of all populations, or of a search and its refits."""
    rows = len(data.targets) * (1 - options.compile.test_size)
    coefficients = _coefficients(data, training)
    each = _SUM_S + _COEFFICIENT_ROW_S * rows * coefficients if coefficients else _TREE_S + _TREE_ROW_S * rows
    return (_POPULATIONS if coefficients else 1 + _FOLD_EPOCHS) * options.search.population * each


def _pruning_seconds(data: Dataset, training: TrainingOptions, options: ApproximateOptions) -> float:
    rows = len(data.targets) * (1 - options.compile.test_size)
    each = _PRUNE_LAYERS_S if training.resolve(CLASSIFICATION)[0] == "mlp" else _PRUNE_LAYER_S
    return options.finalists * each * rows * _coefficients(data, training) ** 2


def _training_seconds(data: Dataset, training: TrainingOptions) -> float:
    kind, _ = training.resolve(CLASSIFICATION)
    if training.networks:
        count = len(training.networks) * (training.restarts + training.folds)
        epochs = sum(network.epochs for network in training.networks) / len(training.networks)
        return _COMPILE_S + count * epochs * _NETWORK_S * len(data.targets) * _coefficients(data, training)
    fits = training.search * training.folds + 1 if training.search else training.restarts if kind == "mlp" else 1
    return fits * (_FIT_S + _FIT_MLP_S * len(data.targets) * _coefficients(data, training) * (kind == "mlp"))


def _coefficients(data: Dataset, training: TrainingOptions) -> int:
    """Coefficients of a model of weighted sums; none of a tree."""
    kind, task = training.resolve(CLASSIFICATION)
    features, classes = len(data.feature_names), len(data.classes)
    is_single = REGRESSION in (task, data.task) or classes == 2
    if training.is_tree:
        return 0
    if kind == "mlp":
        sizes = (features, *training.hidden_layer_sizes, 1 if is_single else classes)
        return sum(inputs * outputs for inputs, outputs in pairwise(sizes))
    sums = 1 if is_single else classes * (classes - 1) // 2 if kind == "svm" else classes
    return sums * features
