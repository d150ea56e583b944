"""What converters cost, and how their models are read."""

from __future__ import annotations

from pathlib import Path

import pytest

from bespoke.cells import load_library
from bespoke.converters import Gate, Reading, conventional, converter_cost, converter_names, load_converters
from bespoke.errors import ConverterError
from bespoke.flow.sensors import encoder_gate

OR2 = Gate(0.56353, 19.96)
TABLE_1 = {4: (0.68, 5.18), 9: (1.54, 11.7), 21: (3.58, 27.2), 5: (0.85, 6.48), 7: (1.19, 9.07), 6: (1.02, 7.78)}


@pytest.mark.parametrize("inputs", TABLE_1)
def test_conventional_converters_are_those_of_the_paper(inputs: int) -> None:
    cost = conventional(load_converters("esl24"), 4, inputs, encoder_gate(load_library("egfet")))
    area, power = TABLE_1[inputs]
    assert round(cost.area_mm2 / 100, 2) == area
    assert float(f"{cost.power_mw:.3g}") == power


def test_levels_cost_by_their_height() -> None:
    cost = converter_cost(load_converters("date24"), [Reading("a", 4, (1, 15)), Reading("b", 4, ())], OR2)
    assert cost.power_mw == pytest.approx((8.235 + 57.77) / 1000)
    assert cost.area_mm2 == pytest.approx(0.176 + 0.032)
    assert [each.feature for each in cost.features] == ["a"]


def test_only_bits_that_are_read_are_encoded() -> None:
    top = Reading("a", 4, (4, 8, 12), (2, 3))
    cost = converter_cost(load_converters("esl24"), [top], OR2)
    (feature,) = cost.features
    assert (feature.comparators, feature.encoder_gates) == (3, 2)
    assert cost.power_mw == pytest.approx((3 * 46.07 + 2 * 19.96) / 1000)


def test_a_level_without_a_figure_is_refused_and_a_level_on_the_grid_is_not() -> None:
    model = load_converters("date24")
    fits = converter_cost(model, [Reading("a", 8, (160,))], OR2)
    assert fits.power_mw == pytest.approx(0.03675)
    with pytest.raises(ConverterError, match="date24, a: no figure for this level; got 161 of 8 bits; allowed: levels"):
        converter_cost(model, [Reading("a", 8, (161,))], OR2)
    with pytest.raises(ConverterError, match="no encoder for binary words; got binary; allowed: --inputs unary"):
        converter_cost(model, [Reading("a", 4, (8,), (3,))], OR2)


def test_what_figures_are_not_made_for_is_said() -> None:
    model = load_converters("esl24")
    cost = converter_cost(model, [Reading("a", 8, (7,))], OR2, "cnt_tft", 3.0)
    assert [remark.partition(": ")[2] for remark in cost.remarks] == [
        "figures of 4 bits, features of 8",
        "figures of 1 V, a circuit of 3 V",
        "figures of egfet, a circuit of cnt_tft",
    ]
    assert converter_cost(model, [Reading("a", 4, (7,))], OR2, "egfet", 1.0).remarks == ()
    assert converter_cost(model, [Reading("a", 2, (3,))], OR2, "egfet", 1.0).remarks == ()
    assert converter_cost(model, [Reading("a", 8, ())], OR2, "cnt_tft", 3.0).remarks == ()


def test_built_in_models_name_their_source() -> None:
    assert converter_names() == ("date24", "esl24", "none")
    assert all(load_converters(name).source for name in converter_names())
    assert [name for name in converter_names() if not load_converters(name).is_counted] == ["none"]


def test_a_model_of_the_user(tmp_path: Path) -> None:
    path = tmp_path / "mine.toml"
    path.write_text('title = "Mine"\nbits = [2]\npower_per_level_uw = [1, 2, 3.5]\nencoder = "free"\n')
    model = load_converters(path)
    assert (model.name, model.source, model.power_per_level_uw) == ("mine", str(path), (1, 2, 3.5))
    assert model.is_counted


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("area = 1", "no such field; got area"),
        ("area_per_level_mm2 = -1", "area_per_level_mm2: not allowed; got -1"),
        ("area_per_level_mm2 = true", "not allowed; got True"),
        ("power_per_level_uw = [1, 2]\nbits = [4]", "powers and bits do not fit; got 2"),
        ("power_per_level_uw = [1]", "powers and bits do not fit"),
        ("bits = [0]", "bits: not allowed"),
        ("vdd = 0", "volts, above 0"),
        ('encoder = "and"', "allowed: or, free, absent"),
        ("title = ", "not TOML"),
    ],
)
def test_faults_of_a_file_are_named(tmp_path: Path, text: str, message: str) -> None:
    path = tmp_path / "mine.toml"
    path.write_text(text)
    with pytest.raises(ConverterError, match=message):
        load_converters(path)


def test_unknown_names_get_a_hint(tmp_path: Path) -> None:
    with pytest.raises(ConverterError, match="no such converters; got esl2"):
        load_converters("esl2")
    with pytest.raises(ConverterError, match="cannot be read"):
        load_converters(tmp_path / "no.toml")
