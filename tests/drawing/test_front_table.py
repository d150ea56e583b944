"""Texts of the table of a front."""

from __future__ import annotations

from typing import Any

import pytest

from bespoke.drawing import front_table

ROW: dict[str, Any] = {
    "number": 0,
    "folder": ".",
    "chosen": True,
    "exact": False,
    "train": 0.9,
    "assured": 0.9,
    "test": 0.9,
    "area_mm2": 3.0,
    "exact_mm2": 9.0,
    "power_mw": 1.0,
    "delay_ms": 2.0,
    "vdd": 1.0,
    "gates": 5,
    "edits": 0,
    "converters": "none",
    "levels": 0,
    "converter_area_mm2": 0.0,
    "converter_power_mw": 0.0,
}


@pytest.mark.parametrize(
    ("rate", "text"),
    [(0.0, "0.0%"), (1e-5, "< 0.1%"), (0.0009, "< 0.1%"), (0.001, "0.1%"), (0.25, "25.0%"), (None, "-")],
)
def test_a_small_share_of_other_outputs_is_not_none(rate: float | None, text: str) -> None:
    rows = [{**ROW, "output_error_rate": rate}, {**ROW, "output_error_rate": 0.5}]
    columns, cells = front_table(rows)
    assert text in {row[columns.index(">other outputs")] for row in cells}
    assert ">other outputs" not in front_table([{**ROW, "output_error_rate": None}])[0]
