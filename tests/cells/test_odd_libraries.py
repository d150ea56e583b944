"""Liberty files that real tools write and that leave something open, each with its right value."""

from __future__ import annotations

from pathlib import Path

import pytest

from bespoke.cells import CellLibrary, GateCosts, library_from_json, library_to_json, read_liberty
from bespoke.errors import LibertyError, OptionError, VoltageError
from bespoke.interchange.liberty import liberty_text
from bespoke.netlist import NetlistBuilder
from bespoke.techmap import map_cheapest

HEAD = 'time_unit : "1ns"; voltage_unit : "1V"; leakage_power_unit : "1nW"; capacitive_load_unit (1,pf);'
NOMINAL = "nom_voltage : 1.2;"
TWO_AXES = 'index_1 ("0.0, 1.0"); index_2 ("0.0, 0.1, 0.2"); values ("0.1,0.3,0.5", "0.4,0.6,0.8");'


def scalar(value: str) -> str:
    return f'(scalar) {{ values ("{value}"); }}'


def gate(name: str, function: str, pins: str = "AB", extra: str = "area : 2.0;", table: str = scalar("0.2")) -> str:
    inputs = "".join(f"pin ({pin}) {{ direction : input; capacitance : 0.01; }}" for pin in pins)
    tables = "".join(f"{kind} {table} " for kind in ("cell_rise", "cell_fall", "rise_transition", "fall_transition"))
    timing = f'timing () {{ related_pin : "{" ".join(pins)}"; {tables} }}'
    return (
        f"cell ({name}) {{ {extra} cell_leakage_power : 7; {inputs}"
        f' pin (Y) {{ direction : output; function : "{function}"; {timing} }} }}\n'
    )


INV = gate("INV", "!A", "A", "area : 1.0;")
NAND = gate("NAND2", "!(A&B)")


@pytest.fixture
def read(tmp_path: Path):
    def reading(body: str, head: str = NOMINAL, vdd: float | None = None) -> CellLibrary:
        file = tmp_path / "q.lib"
        file.write_text(f"library (q) {{ {HEAD} {head}\n{body}\n}}\n")
        return read_liberty(file, vdd=vdd)

    return reading


def conditions(*names: str) -> str:
    volts = {"slow": 0.9, "typ": 1.2, "fast": 1.5}
    return "".join(f"operating_conditions ({name}) {{ process : 1; voltage : {volts[name]}; }}\n" for name in names)


THREE = conditions("slow", "typ", "fast")


@pytest.mark.parametrize(
    ("head", "vdd", "volts"),
    [
        (THREE + "default_operating_conditions : typ;", None, 1.2),
        ("default_operating_conditions : fast;" + THREE, None, 1.5),
        (THREE + 'default_operating_conditions : "slow";', 0.9, 0.9),
        (conditions("slow"), None, 0.9),
        (THREE, 1.5, 1.5),  # one of three is asked for
        ("nom_voltage : 1.1;" + THREE + "default_operating_conditions : typ;", None, 1.1),  # its figures hold there
        ('voltage_unit : "100mV"; operating_conditions (x) { voltage : 12; }', None, 1.2),
    ],
)
def test_supply_voltage(read, head, vdd, volts):
    assert read(INV + NAND, head, vdd).vdd == volts


def test_several_operating_conditions_without_a_default_are_not_guessed(read):
    with pytest.raises(LibertyError, match=r"several supply voltages; got slow 0.9, typ 1.2, fast 1.5; allowed"):
        read(INV + NAND, THREE)
    with pytest.raises(VoltageError, match=r"got 0.9 V; allowed: 1.2 V"):
        read(INV + NAND, THREE + "default_operating_conditions : typ;", 0.9)


FILLER = "cell (FILL10) { area : 10; }\n"
BROKEN = "cell (BAD) { area : 2; pin (A) { direction : input; } pin (Y) { direction : output; function : "
ODD = {
    "equal fillers": (FILLER * 2, None, "FILL10 stands there 2 times"),
    "fillers that differ": (FILLER + FILLER.replace("10;", "9;"), "FILL10", "two cells have the same name and differ"),
    "no name": ("cell () { area : 1; }", "(no name)", "a cell without a name"),
    "area": (BROKEN.replace("2;", "big;") + '"!A"; } }', "BAD", 'area: not a number; got "big"'),
    "function": (BROKEN + '"A &"; } }', "BAD", "malformed Boolean expression"),
    "when": (BROKEN + '"!A"; } leakage_power () { value : 1; when : "Q"; } }', "BAD", "unknown pin in a condition"),
    "template": (gate("BAD", "!(A&B)", table='(t) { values ("1"); }'), "BAD", "unknown table template"),
    "axis": (
        'lu_table_template (t) { variable_1 : input_net_transition; index_1 ("2, 1"); }'
        + gate("BAD", "!(A&B)", table='(t) { values ("1, 2"); }'),
        "BAD",
        "the values of an axis must ascend",
    ),
    "sense": (gate("BAD", "!(A&B)").replace("related", "timing_sense : up; related"), "BAD", "unknown timing sense"),
}


@pytest.mark.parametrize("case", ODD)
def test_an_odd_cell_is_left_out_and_named(read, case):
    text, name, reason = ODD[case]
    library = read(INV + text + NAND)
    assert [cell.name for cell in library.usable_cells] == ["INV", "NAND2"]
    if name is None:
        assert any(reason in remark for remark in library.remarks)
    else:
        assert list(library.left_out) == [name]
        assert reason in library.left_out[name]


def test_axes_of_its_own_stand_for_a_missing_template(read):
    library = read(gate("INV", "!A", "A", table=f"(dd) {{ {TWO_AXES} }}") + NAND)
    table = library["INV"].outputs[0].arcs[0].cell_rise
    assert (table.slews_ms, table.loads_pf) == ((0.0, 1e-6), (0.0, 0.1, 0.2))
    assert table.values[1] == (4e-7, 6e-7, 8e-7)
    assert library.remarks == ("q.lib: no table template dd: tables of two axes are read as transition time by load",)


@pytest.mark.parametrize(
    ("function", "truth"),
    [
        ("!(A && B)", 0b0111),
        ("!(A || B)", 0b0001),
        ("!A && !B || A && B", 0b1001),
        ("(A * B)'", 0b0111),
        ("A' B'", 0b0001),
        ("(A)(B)", 0b1000),
        ("A ^ B'", 0b1001),
        ("!A + B ^ A", 0b0111),  # the exclusive or binds tighter than the sum
        ("A ^ B * A", 0b0010),  # and than the product
        ("(~A | ~B)", 0b0111),
        ("1 * A + 0", 0b1010),
        ('\\"A\\" * \\"B\\"', 0b1000),
    ],
)
def test_function_syntax(read, function, truth):
    assert read(INV + NAND + gate("X", function))["X"].outputs[0].truth == truth


MARKS = ("dont_use", "dont_touch", "is_isolation_cell", "is_level_shifter", "always_on")


def mapped_cells(library: CellLibrary) -> set[str]:
    builder = NetlistBuilder("top")
    a, b = (builder.add_input(name, 1).bits[0] for name in "ab")
    builder.add_output("y", [builder.and_(a, b ^ 1)])
    return set(map_cheapest([builder.build()], library).cell_histogram())


@pytest.mark.parametrize("mark", MARKS)
def test_marked_cells_are_never_used_though_they_are_the_cheapest(read, mark):
    marked = gate("ISO", "A&!B", extra=f"area : 0.5; {mark} : true;")
    free, library = read(INV + NAND + marked.replace("true", "false")), read(INV + NAND + marked)
    assert mapped_cells(free) == {"ISO"}
    assert mapped_cells(library) == {"INV", "NAND2"}
    assert library["ISO"].reserved == f"marked {mark}"
    assert GateCosts.of(library) == GateCosts.of(read(INV + NAND))


def test_cells_that_the_user_does_not_want(read):
    library = read(INV + NAND + gate("ISO", "A&!B", extra="area : 0.5;")).without(["IS*"])
    assert mapped_cells(library) == {"INV", "NAND2"}
    with pytest.raises(OptionError, match=r"library q: no cell has such a name; got X\*; allowed"):
        library.without(["INV", "X*"])


def test_what_is_new_survives_the_own_format(read, tmp_path):
    text = INV + NAND + FILLER * 2 + gate("ISO", "A&!B", extra="area : 0.5; is_isolation_cell : true;")
    library = read(
        text + "cell (TIE) { area : 1; pg_pin (VHH) { pg_type : primary_power; }"
        ' pin (Z) { direction : output; function : "1"; } }'
    )
    assert library.rails == {"VHH": 1}
    assert (library.rail("VHH"), library.rail("vss!"), library.rail("A")) == (1, 0, None)
    assert library_from_json(library_to_json(library)) == library
    file = tmp_path / "again.lib"
    file.write_text(liberty_text(library))
    assert read_liberty(file).cells == library.cells
