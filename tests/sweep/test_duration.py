"""Rough times: finite, and larger where there is more to do."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bespoke.data import load_dataset
from bespoke.flow import ApproximateOptions
from bespoke.sweep.duration import rough_seconds
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


def test_finalists_and_layers_count():
    iris, mlp = load_dataset("iris"), TrainingOptions(kind="mlp")
    first = rough_seconds(iris, mlp, BASE)
    assert rough_seconds(iris, mlp, replace(BASE, finalists=20)) > first
    assert rough_seconds(iris, replace(mlp, hidden_layer_sizes=(9, 9)), BASE) > first
