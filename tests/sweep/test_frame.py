"""The table of a sweep as a frame of pandas."""

from __future__ import annotations

import pytest

from bespoke.sweep.run import SweepResult
from bespoke.sweep.tables import OURS, Row


def test_one_row_per_cell_with_its_figures():
    pytest.importorskip("pandas")
    rows = tuple(
        Row("iris", "tree", OURS, "iris tree", seed, "egfet", 1.0, {"area_cm2": float(seed)}, metric="accuracy")
        for seed in (1, 2)
    )
    table = SweepResult((), rows).to_frame()
    assert table["seed"].tolist() == [1, 2]
    assert table["area_cm2"].sum() == 3.0
    assert {"dataset", "model", "technology", "metric"} <= set(table.columns)
