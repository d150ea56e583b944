"""Options of a compilation."""

from __future__ import annotations

import pytest

from bespoke.errors import OptionError
from bespoke.flow import CompileOptions


def test_settings_reach_both_kinds_of_options() -> None:
    options = CompileOptions().with_settings(input_bits=5, technology="cnt_tft", weight_bits=6)
    assert options.quantisation.input_bits == 5
    assert options.quantisation.weight_bits == 6
    assert options.technology == "cnt_tft"
    assert CompileOptions().technology == "egfet"


def test_an_unknown_setting_names_the_nearest() -> None:
    with pytest.raises(OptionError, match="did you mean input_bits"):
        CompileOptions().with_settings(input_bit=5)


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"effort": "extreme"}, "effort"),
        ({"effort_seconds": 5}, "effort_seconds: only high effort"),
        ({"effort": "high", "effort_seconds": 0}, "effort_seconds: must be positive"),
        ({"power_share": 1.5}, "power_share"),
        ({"period_ms": 0}, "period_ms"),
        ({"period_ms": float("nan")}, "period_ms"),
        ({"test_size": 1}, "test_size"),
        ({"seed": -1}, "seed"),
        ({"vdd": "best"}, "period"),
        ({"input_bits": 40}, "input bits"),
    ],
)
def test_values_out_of_range_are_refused(settings: dict[str, object], message: str) -> None:
    with pytest.raises(OptionError, match=message):
        CompileOptions().with_settings(**settings)
