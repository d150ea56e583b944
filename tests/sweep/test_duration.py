"""Rough times: finite, and larger where there is more to do."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bespoke.data import load_dataset
from bespoke.flow import ApproximateOptions
from bespoke.sweep import Cell, SweepOptions
from bespoke.sweep.duration import rough_seconds, seconds_together, within_budget
from bespoke.training import ALIASES, KINDS, TrainingOptions

BASE = ApproximateOptions()


@pytest.mark.parametrize("kind", [*KINDS, *ALIASES])
def test_more_to_do_takes_longer(kind: str):
    small, large = load_dataset("iris"), load_dataset("digits")
    training = TrainingOptions(kind=kind)
    first = rough_seconds(small, training, BASE)
    assert 1 < first < 200
    assert rough_seconds(large, training, BASE) > first
    assert rough_seconds(small, training, BASE.with_settings(epochs=20)) > first


def test_cells_together_take_no_less_than_the_longest():
    assert seconds_together([], 2) == 0
    assert seconds_together([43.0], 2) == 43
    assert seconds_together([4.0, 3.0, 5.0], 2) == 6


def test_finalists_and_layers_count():
    iris, mlp = load_dataset("iris"), TrainingOptions(kind="mlp")
    first = rough_seconds(iris, mlp, BASE)
    assert rough_seconds(iris, mlp, replace(BASE, finalists=20)) > first
    assert rough_seconds(iris, replace(mlp, hidden_layer_sizes=(9, 9)), BASE) > first


@pytest.mark.parametrize("kind", ["tree", "svm", "mlp"])
def test_a_budget_bounds_epochs_by_sizes(kind: str):
    def epochs(name: str, budget_s: float | None) -> int:
        options = SweepOptions(datasets=(name,), models=(kind,), budget_s=budget_s)
        return within_budget(load_dataset(name), options, Cell(name, kind)).search.epochs

    most = BASE.search.epochs
    assert epochs("digits", None) == epochs("iris", 1e6) == most
    assert epochs("digits", 1e-6) == 1
    assert 1 <= epochs("digits", 20.0) <= epochs("iris", 20.0) <= epochs("iris", 40.0) <= most
    assert epochs("digits", 20.0) < most
    options = SweepOptions(datasets=("digits",), models=("svm",), budget_s=5.0)
    short = within_budget(load_dataset("digits"), options, Cell("digits", "svm"))
    assert (short.search.epochs, short.prune) == (1, False)
    assert 1 <= short.search.generations < BASE.search.generations
    assert within_budget(load_dataset("digits"), options, Cell("digits", "tree")).prune
