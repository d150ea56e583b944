"""The Liberty reader on a hand-written silicon-like library."""

from __future__ import annotations

import gzip
from pathlib import Path

import pytest

from bespoke.cells import NO_TABLE, CellLibrary, Table, read_liberty

FILE = Path(__file__).with_name("silicon.lib")


@pytest.fixture(scope="module")
def silicon() -> CellLibrary:
    return read_liberty(FILE)


def test_library_facts(silicon):
    assert (silicon.name, silicon.vdd) == ("silicon", 1.2)
    assert [cell.name for cell in silicon.usable_cells] == ["INV", "BUF", "NAND3", "AOI21", "MUX2", "FA"]


def test_cells_that_exist_but_are_never_chosen(silicon):
    assert {name: cell.reserved for name, cell in silicon.cells.items() if cell.reserved} == {
        "FILL": "no output pin",
        "TIEHI": "constant output, no input pin",
        "HIDDEN": "marked dont_use",
    }
    assert silicon["TIEHI"].outputs[0].truth == 1


def test_each_unusable_cell_has_its_reason(silicon):
    assert silicon.left_out == {
        "DFF": "sequential (ff)",
        "LATCH": "sequential (latch)",
        "TBUF": "tri-state output Y",
        "ICG": "clock gate",
        "PAD": "bidirectional pin IO",
        "ROM": "bus or bundle pins",
        "BLACK": "output Y has no function",
        "LOOP": "the function of Q uses Q2, which is no input pin",
        "SIZELESS": "no area",
    }


def test_areas_are_square_micrometres_unless_said_otherwise(silicon):
    assert silicon["INV"].area_mm2 == 1.5e-6
    assert read_liberty(FILE, area_unit_mm2=0.01)["INV"].area_mm2 == 0.015


def test_capacitances_are_converted_from_ff(silicon):
    assert silicon["INV"].inputs[0].capacitance_pf == 0.002
    assert silicon["INV"].outputs[0].max_capacitance_pf == 0.06
    assert silicon["BUF"].inputs[0].capacitance_pf == 0.0021, "without `capacitance`, the larger of both edges"


def test_static_power_counts_the_supply_rail_only(silicon):
    assert silicon["INV"].static_power_uw == (0.01, 0.04)


def test_static_power_falls_back_to_the_figure_without_condition(silicon):
    # States A=bit 0, B=bit 1, C=bit 2: 1 for !A&!B (0, 4) and for !A&!C&Y (0, 2), 12 for all ones, else 6.
    assert silicon["NAND3"].static_power_uw == (0.01, 0.06, 0.01, 0.06, 0.01, 0.06, 0.06, 0.12)


def test_static_power_falls_back_to_the_library_default(silicon):
    assert silicon["MUX2"].static_power_uw == (0.03,) * 8


def test_conditions_may_name_outputs(silicon):
    assert silicon["FA"].static_power_uw == (0.05, 0.03, 0.03, 0.03, 0.03, 0.03, 0.03, 0.5)


@pytest.mark.parametrize(
    ("cell", "output", "truth"),
    [
        ("INV", "Y", 0b01),
        ("BUF", "Y", 0b10),
        ("NAND3", "Y", 0b01111111),
        ("AOI21", "Y", 0b00000111),
        ("MUX2", "Y", 0b11001010),
        ("FA", "CO", 0b11101000),
        ("FA", "S", 0b10010110),
    ],
)
def test_truth_tables(silicon, cell, output, truth):
    assert {pin.name: pin.truth for pin in silicon[cell].outputs}[output] == truth


def test_table_with_the_load_first_is_transposed(silicon):
    assert silicon["INV"].outputs[0].arcs[0].cell_rise == Table(
        (1e-8, 1e-7), (0.001, 0.005, 0.02), ((1e-8, 2e-8, 6e-8), (1.1e-8, 2.1e-8, 6.2e-8))
    )


def test_table_with_its_own_axes(silicon):
    assert silicon["INV"].outputs[0].arcs[0].cell_fall == Table(
        (1e-8, 3e-8), (0.002, 0.004), ((1e-9, 3e-9), (2e-9, 4e-9))
    )


def test_one_dimensional_and_scalar_tables(silicon):
    arc = silicon["INV"].outputs[0].arcs[0]
    assert arc.rise_transition == Table((0.0,), (0.001, 0.021), ((8e-9, 4.8e-8),))
    assert arc.fall_transition == Table((0.0,), (0.0,), ((7e-9,),))


def test_energies_are_those_of_the_supply_rail(silicon):
    (energy,) = silicon["INV"].outputs[0].energies
    # 1 V^2 * 1 fF = 1e-6 nJ
    assert energy.rise == Table((1e-8, 1e-7), (0.001, 0.005), ((1e-7, 2e-7), (3e-7, 4e-7)))
    assert energy.fall.values == ((5e-7,),)
    assert energy.condition == -1


def test_energy_without_condition_holds_where_no_condition_does(silicon):
    conditional, rest = silicon["AOI21"].outputs[0].energies
    assert conditional.condition == 0b10101010
    assert rest.condition == 0b01010101
    assert conditional.rise == conditional.fall == Table((0.0,), (0.0,), ((1e-6,),))


def test_arcs_of_one_edge(silicon):
    rising, falling = silicon["BUF"].outputs[0].arcs
    assert rising.cell_fall == rising.fall_transition == falling.cell_rise == NO_TABLE
    assert rising.cell_rise.values == ((3e-8,),)
    assert falling.cell_fall.values == ((4e-8,),)


def test_related_pins_are_split_and_senses_derived(silicon):
    assert [(arc.related_pin, arc.sense) for arc in silicon["NAND3"].outputs[0].arcs] == [
        (pin, "negative_unate") for pin in "ABC"
    ]
    assert silicon["BUF"].outputs[0].arcs[0].sense == "positive_unate"
    assert silicon["MUX2"].outputs[0].arcs[0].sense == "non_unate"


def test_linear_delay_model(silicon):
    (arc,) = silicon["AOI21"].outputs[0].arcs
    assert arc.cell_rise == Table((0.0,), (0.0, 0.001), ((1e-8, 1.2e-8),))
    assert arc.rise_transition == Table((0.0,), (0.0, 0.001), ((0.0, 2e-9),))


def test_compressed_file(silicon, tmp_path):
    packed = tmp_path / "silicon.lib.gz"
    packed.write_bytes(gzip.compress(FILE.read_bytes()))
    assert read_liberty(packed).cells == silicon.cells


def test_voltage_can_be_given(tmp_path):
    bare = tmp_path / "bare.lib"
    bare.write_text(FILE.read_text().replace("nom_voltage : 1.2;", "").replace("voltage : 1.2", ""))
    assert read_liberty(bare, vdd=0.9).vdd == 0.9


@pytest.mark.parametrize(
    ("time_unit", "cap_unit", "power_unit", "expected"),
    [
        ('"1ns"', "(1, pf)", '"1pW"', (1e-6, 1.0, 1e-6)),
        ('"10ps"', "(10, ff)", '"1uW"', (1e-8, 0.01, 1.0)),
        ('"1us"', "(0.5, pf)", '"100mW"', (1e-3, 0.5, 1e5)),
        ('"1s"', '(1, "FF")', '"1W"', (1e3, 0.001, 1e6)),
        ("1ms", "(1, nF)", "1nW", (1.0, 1000.0, 1e-3)),
    ],
)
def test_units(tmp_path, time_unit, cap_unit, power_unit, expected):
    file = tmp_path / "units.lib"
    file.write_text(
        f"library (u) {{ time_unit : {time_unit}; capacitive_load_unit {cap_unit}; leakage_power_unit : {power_unit};"
        " nom_voltage : 1; cell (I) { area : 1; cell_leakage_power : 1; pin (A) { direction : input; capacitance : 1; }"
        ' pin (Y) { direction : output; function : "!A"; timing () { related_pin : A; cell_rise (scalar)'
        ' { values ("1"); } } } } }'
    )
    cell = read_liberty(file)["I"]
    time = cell.outputs[0].arcs[0].cell_rise.values[0][0]
    assert (time, cell.inputs[0].capacitance_pf, cell.static_power_uw[0]) == pytest.approx(expected, rel=1e-12)


def inverter_file(folder, head, leakage):
    file = folder / "inverter.lib"
    file.write_text(
        f"library (u) {{ {head} nom_voltage : 1; cell (I) {{ area : 1; {leakage} pin (A) {{ direction : input; }}"
        ' pin (Y) { direction : output; function : "!A";'
        ' internal_power () { related_pin : A; power (scalar) { values ("1"); } } } } }'
    )
    return read_liberty(file)


def test_energies_have_the_unit_voltage_squared_times_capacitance(tmp_path):
    library = inverter_file(tmp_path, 'voltage_unit : "100mV"; capacitive_load_unit (1, pf);', "")
    assert library["I"].outputs[0].energies[0].rise.values == ((1e-5,),)
    assert library.vdd == 0.1


def test_of_overlapping_conditions_the_largest_figure_counts(tmp_path):
    leakage = 'leakage_power () { value : 9; when : "A"; } leakage_power () { value : 5; when : "A + !A"; }'
    assert inverter_file(tmp_path, "", leakage)["I"].static_power_uw == (0.005, 0.009)
