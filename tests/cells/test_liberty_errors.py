"""Malformed Liberty files: one line that says what, where and what was found."""

from __future__ import annotations

import pytest

from bespoke.cells import read_liberty
from bespoke.errors import BespokeError, LibertyError, OptionError

HEAD = "library (l) {\n nom_voltage : 1;\n"
CELL = " cell (I) {\n  area : 1;\n  pin (A) { direction : input; capacitance : 1; }\n"
INVERTER = CELL + '  pin (Y) { direction : output; function : "!A"; '
TABLE = INVERTER + "timing () { related_pin : A;\n cell_rise "

CASES = {
    "empty": ("", "bad.lib: the file does not hold one library group; got none"),
    "words": ("hello world", "bad.lib:1: hello must be followed by ':' or '('; got world"),
    "other group": ("cell (x) { }", "bad.lib: the file does not hold one library group; got cell"),
    "two libraries": ("library (a) { } library (b) { }", "does not hold one library group; got library, library"),
    "not closed": ("library (l) {\n cell (c) {\n", "bad.lib:2: group cell is not closed"),
    "closed twice": ("library (l) {\n }\n}", "bad.lib:3: a closing brace without a group; got }"),
    "string": ('library (l) {\n date : "x;\n}', 'bad.lib:2: string is not closed; got "x;'),
    "comment": ("library (l) {\n\n /* x\n}", "bad.lib:3: comment is not closed; got /* x"),
    "list": ("library (l) {\n values (1, 2;\n}", "bad.lib:2: the list of values is not closed; got ;"),
    "no value": ("library (l) {\n area : ;\n}", "bad.lib:2: area has no value; got ;"),
    "no name": ("library (l) {\n : 5;\n}", "bad.lib:2: a statement must start with a name; got :"),
    "value": ("library (l) {\n a : b : c;\n}", "bad.lib:2: the value of a is malformed; got :"),
    "character": ("library (l) {\n area : 5 \\ 3;\n}", "bad.lib:2: unexpected character; got \\ 3;"),
    "no cell": (HEAD + "}", "bad.lib: the library has no combinational cell; got no cell at all"),
    "only a flip-flop": (
        HEAD + " cell (D) { area : 1; ff (a, b) { } }\n}",
        "bad.lib: the library has no combinational cell; got D: sequential (ff)",
    ),
    "same name": (
        HEAD + INVERTER + "} }\n" + INVERTER.replace("!A", "A") + "} }\n}",
        "bad.lib:7: two cells have the same name and differ; got I",
    ),
    "nameless cell": (HEAD + " cell () { area : 1; }\n}", "bad.lib:3: a cell without a name"),
    "area": (HEAD + CELL.replace("1;\n", "big;\n", 1) + "} }", 'bad.lib:4 area: not a number; got "big"'),
    "infinite": (HEAD + CELL.replace("1;\n", "inf;\n", 1) + "} }", "bad.lib:4 area: not a finite number; got inf"),
    "time unit": (
        HEAD + ' time_unit : "1 hour";\n' + INVERTER + "} } }",
        "bad.lib:3 time_unit: unknown unit; got 1 hour",
    ),
    "power unit": (
        HEAD + ' leakage_power_unit : "1nA";\n' + INVERTER + "} } }",
        "unknown unit; got 1nA; allowed: such as 1nW",
    ),
    "load unit": (HEAD + " capacitive_load_unit (1, apples);\n" + INVERTER + "} } }", "unknown unit; got 1apples"),
    "no voltage": (
        "library (l) {\n" + INVERTER + "} } }",
        "bad.lib: no supply voltage; got nom_voltage None; allowed: nom_voltage > 0, default_operating_conditions",
    ),
    "function": (
        HEAD + INVERTER.replace("!A", "A +") + "} } }",
        'bad.lib:6 function: malformed Boolean expression; got "A +"',
    ),
    "template": (
        HEAD + TABLE + '(t) { values ("1"); } } } } }',
        "bad.lib:7 cell_rise: unknown table template; got t; allowed: scalar",
    ),
    "no values": (HEAD + TABLE + "(scalar) { } } } } }", "bad.lib:7 cell_rise: a table without values"),
    "count of values": (
        HEAD + TABLE + '(scalar) {\n values ("1, 2"); } } } } }',
        "bad.lib:8 values: wrong number of values in a table; got 2; allowed: 1 (1)",
    ),
    "value in a table": (
        HEAD + TABLE + '(scalar) { values ("x"); } } } } }',
        'bad.lib:7 values: not a number; got "x"',
    ),
    "axis": (
        HEAD
        + ' lu_table_template (t) { variable_1 : input_net_transition;\n index_1 ("2, 1"); }\n'
        + TABLE
        + '(t) { values ("1, 2"); } } } } }',
        "bad.lib:4 index_1: the values of an axis must ascend; got 2.0, 1.0",
    ),
    "no axis": (
        HEAD
        + " lu_table_template (t) { variable_1 : input_net_transition; }\n"
        + TABLE
        + '(t) { values ("1"); } } } } }',
        "bad.lib:8 cell_rise: no values of input_net_transition",
    ),
    "when": (
        HEAD + ' cell (I) { area : 1; pin (A) { direction : input; }\n leakage_power () { value : 1;\n when : "B"; }'
        ' pin (Y) { direction : output; function : "A"; } } }',
        "bad.lib:5 when: unknown pin in a condition; got B; allowed: A, Y",
    ),
    "leakage": (
        HEAD + INVERTER + "}\n leakage_power () { when : A; } } }",
        "bad.lib:7: leakage_power without a value",
    ),
    "sense": (
        HEAD + INVERTER + "timing () { related_pin : A; timing_sense : upward;\n"
        ' cell_rise (scalar) { values ("1"); } } } } }',
        "bad.lib:6 timing_sense: unknown timing sense; got upward",
    ),
}


@pytest.mark.parametrize("case", CASES)
def test_message(case, tmp_path):
    text, message = CASES[case]
    file = tmp_path / "bad.lib"
    file.write_text(text)
    with pytest.raises(LibertyError) as caught:
        read_liberty(file)
    assert message in str(caught.value)
    assert "\n" not in str(caught.value)


def test_missing_file(tmp_path):
    with pytest.raises(LibertyError, match="the file cannot be read; got No such file"):
        read_liberty(tmp_path / "none.lib")


def test_directory(tmp_path):
    with pytest.raises(LibertyError, match="the file cannot be read; got Is a directory"):
        read_liberty(tmp_path)


def test_damaged_archive(tmp_path):
    file = tmp_path / "a.lib.gz"
    file.write_bytes(b"\x1f\x8b garbage")
    with pytest.raises(LibertyError, match="the file cannot be read"):
        read_liberty(file)


def test_binary_file(tmp_path):
    file = tmp_path / "a.lib"
    file.write_bytes(bytes(range(256)))
    with pytest.raises(LibertyError):
        read_liberty(file)


@pytest.mark.parametrize("options", [{"area_unit_mm2": 0.0}, {"area_unit_mm2": float("nan")}, {"vdd": -1.0}])
def test_options(options, tmp_path):
    with pytest.raises(OptionError, match="must be positive"):
        read_liberty(tmp_path / "none.lib", **options)


def test_every_truncation_of_a_file_is_refused_by_name(tmp_path):
    text = (HEAD + TABLE + '(scalar) { values ("1"); } } } }\n}').strip()
    file = tmp_path / "cut.lib"
    for length in range(len(text)):
        file.write_text(text[:length])
        with pytest.raises(BespokeError):
            read_liberty(file)


@pytest.mark.slow
def test_deep_nesting_is_no_recursion(tmp_path):
    file = tmp_path / "deep.lib"
    depth = 20_000
    file.write_text(
        HEAD + "g () {" * depth + "}" * depth + INVERTER.replace("!A", "(" * depth + "A" + ")" * depth) + "} } }"
    )
    assert read_liberty(file)["I"].outputs[0].truth == 0b10
