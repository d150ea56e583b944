"""Accuracy of the integer forms of the reference models in ../shared."""

from __future__ import annotations

import importlib.util
from pathlib import Path

import pytest

SCRIPT = Path(__file__).resolve().parents[2] / "benchmarks" / "accuracy.py"
# Float test accuracy of MLP_clf, MLP_reg, SVM_clf, SVM_reg.
FLOAT = {
    "RedWine": (0.565, 0.573, 0.558, 0.577),
    "WhiteWine": (0.544, 0.533, 0.528, 0.527),
    "Cardio": (0.887, 0.842, 0.903, 0.837),
    "Balance_Scale": (0.915, 0.872, 0.888, 0.856),
}


@pytest.mark.slow
def test_accuracy_loss(shared):
    spec = importlib.util.spec_from_file_location("accuracy_benchmark", SCRIPT)
    benchmark = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(benchmark)
    rows = {
        f"{name}.{kind}": benchmark.accuracies(
            shared / "models" / f"{name}.{kind}.skops", shared / "data" / "uci" / f"{file}.csv"
        )
        for name, file in benchmark.DATASETS.items()
        for kind in benchmark.KINDS
    }
    for name, expected in FLOAT.items():
        found = [rows[f"{name}.{kind}"]["float"] for kind in benchmark.KINDS]
        assert found == pytest.approx(expected, abs=0.0006)
    default = benchmark.losses(rows, "4 bits")
    assert max(default) <= 2.5
    assert sum(points <= 1.5 for points in default) >= 14
    assert max(benchmark.losses(rows, "auto, 5 bits")) <= 1.5
