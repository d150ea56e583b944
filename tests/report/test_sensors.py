"""The sensor side on the page of a design."""

from __future__ import annotations

from typing import Any

from bespoke.report.sensors import sensors_section


def section(values: list[float]) -> str:
    """The section for one feature, without costs of converters."""
    feature: dict[str, Any] = {"feature": "alcohol", "values": values, "comparators": len(values), "encoder_gates": 0}
    feature |= {"area_mm2": 0.0, "power_mw": 0.0}
    return sensors_section({"converters": {"features": [feature], "model": "none"}})


def test_few_values_are_listed() -> None:
    assert "9.5, 10.25, 12" in section([9.5, 10.25, 12.0])


def test_many_values_in_equal_steps_are_told_by_their_ends() -> None:
    assert "15 values from 1 to 15 in steps of 1" in section([float(value) for value in range(1, 16)])


def test_many_values_in_other_steps_are_listed() -> None:
    assert "1, 2, 3, 4, 5, 6, 8" in section([1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 8.0])
