"""What a cell library does not state is said so wherever figures stand, and nothing is judged by it."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest
from command_line import call
from pages import text_of
from sklearn.datasets import load_iris
from sklearn.tree import DecisionTreeClassifier

from bespoke.cells import load_library
from bespoke.drawing import NOT_STATED
from bespoke.errors import LibraryError, VoltageError
from bespoke.estimate import best_supply, estimate
from bespoke.flow import CompileOptions, approximate, compile_model, design_texts, report
from bespoke.netlist import Activity, Instance, MappedNetlist, Port
from bespoke.report import design_facts, design_page

X, Y = load_iris(return_X_y=True)
TREE = DecisionTreeClassifier(max_depth=2, random_state=0).fit(X, Y)
GATES = {"INV": ("!A", "A"), "NAND2": ("!(A&B)", "AB"), "NOR2": ("!(A|B)", "AB")}
TIMING = """timing () {{ related_pin : "{pin}"; timing_sense : negative_unate;
  cell_rise (scalar) {{ values ("2"); }} cell_fall (scalar) {{ values ("1"); }} }}"""


def library_file(folder: Path, states: str) -> str:
    """Path of a library that states these of "leakage capacitance timing"."""
    lines = ["library (bare) { nom_voltage : 1.0;"]
    for name, (function, pins) in GATES.items():
        leakage = "cell_leakage_power : 3;" if "leakage" in states else ""
        capacitance = "capacitance : 1;" if "capacitance" in states else ""
        timing = "".join(TIMING.format(pin=pin) for pin in pins) if "timing" in states else ""
        inputs = "".join(f"pin ({pin}) {{ direction : input; {capacitance} }}" for pin in pins)
        output = f'pin (Y) {{ direction : output; function : "{function}"; {timing} }}'
        lines.append(f"cell ({name}) {{ area : 10; {leakage} {inputs} {output} }}")
    path = folder / "bare.lib"
    path.write_text("\n".join([*lines, "}"]))
    return str(path)


@pytest.mark.parametrize(
    ("states", "known"),
    [
        ("", set()),
        ("leakage", {"static_power_mw"}),
        ("timing", {"delay_ms"}),
        ("leakage timing", {"static_power_mw", "delay_ms"}),
        ("capacitance timing", {"dynamic_power_mw", "delay_ms"}),
        ("leakage capacitance timing", {"static_power_mw", "dynamic_power_mw", "power_mw", "delay_ms"}),
    ],
)
def test_figures_are_there_or_null(tmp_path: Path, states: str, known: set[str]) -> None:
    design = compile_model(TREE, X, Y, technology=library_file(tmp_path, states))
    facts = report(design)
    figures = ("static_power_mw", "dynamic_power_mw", "power_mw", "delay_ms")
    assert {name for name in figures if facts["estimate"][name] is not None} == known
    assert facts["estimate"]["area_mm2"] > 0
    assert (facts["system"]["power_mw"] is None) == ("power_mw" not in known)
    assert (facts["power_source"] is None) == ("power_mw" not in known)
    shown = dict(design_facts(facts))
    assert (shown["power"] == NOT_STATED) == known.isdisjoint({"static_power_mw", "dynamic_power_mw"})
    assert (shown["power source"] == NOT_STATED) == ("power_mw" not in known)
    assert (shown["delay"] == NOT_STATED) == ("delay_ms" not in known)
    page = text_of(design_page(facts, json.loads(design_texts(design)["manifest.json"]), design.circuit))
    assert (NOT_STATED in page) == (len(known) < len(figures))
    assert "harvester" not in page or "power_mw" in known
    lacking = [note for note in design.notes if "is stated for" in note]
    assert len(lacking) == 3 - sum(word in states for word in ("leakage", "capacitance", "timing"))
    assert (NOT_STATED in repr(design) + design._repr_html_()) == ("power_mw" not in known or "delay_ms" not in known)


def test_a_period_takes_the_place_of_the_delay(tmp_path: Path) -> None:
    design = compile_model(TREE, X, Y, technology=library_file(tmp_path, "leakage capacitance"), period_ms=1.0)
    assert design.estimate.power_mw is not None
    assert design.estimate.delay_ms is None


def test_one_gate_without_power_leaves_the_sum_open() -> None:
    library = load_library("egfet")
    silent = replace(library["NOR2X1"], static_power_uw=(0.0,) * 4)
    library = replace(library, cells={**library.cells, "NOR2X1": silent})
    ports = (Port("x", (2, 3)),), (Port("y", (5,)),)
    mapped = MappedNetlist("m", "egfet", *ports, (Instance("NOR2X1", (2, 3), (4,)), Instance("INVX1", (4,), (5,))))
    activity = Activity(2, (0, 2, 1, 1, 1, 1), (0, 0, 1, 1, 1, 1), ((1, 0, 0, 1), (1, 1)))
    found = estimate(mapped, library, activity)
    assert (found.static_power_mw, found.power_mw) == (None, None)
    assert found.dynamic_power_mw is not None
    with pytest.raises(VoltageError, match="not stated"):
        best_supply(lambda each: estimate(mapped, each, activity), [library], period_ms=1e6)


@pytest.mark.parametrize(
    ("states", "settings", "lacking"),
    [
        ("timing", {"max_power_mw": 3.0}, "no static power and no energy of switching"),
        ("leakage capacitance", {"max_power_mw": 3.0}, "no delay"),
        ("leakage", {"max_delay_ms": 3.0}, "no delay"),
        ("", {"max_loss": 0.01, "minimise": "power"}, "no static power and no energy of switching and no delay"),
        ("timing", {"power_share": 1.0}, "no static power"),
    ],
)
def test_limits_and_objectives_of_it_are_refused(
    tmp_path: Path, states: str, settings: dict[str, object], lacking: str
) -> None:
    with pytest.raises(LibraryError, match=f"library bare: the library states {lacking}; allowed"):
        approximate(TREE, X, Y, technology=library_file(tmp_path, states), **settings)


@pytest.mark.slow
def test_a_front_of_areas(tmp_path: Path) -> None:
    settings = {"technology": library_file(tmp_path, ""), "finalists": 3, "jobs": 1}
    front = approximate(TREE, X, Y, epochs=1, generations=2, population=8, max_loss=0.05, **settings)
    assert {(row["power_mw"], row["delay_ms"]) for row in front.rows()} == {(None, None)}
    assert front.chosen is not None
    assert NOT_STATED in front._repr_html_()


def test_the_terminal(tmp_path: Path) -> None:
    (tmp_path / "n.v").write_text("module m (input a, output y); INV g (.A(a), .Y(y)); endmodule\n")
    result = call("estimate", tmp_path / "n.v", "--tech", library_file(tmp_path, "leakage"))
    assert result.exit_code == 0
    assert result.stdout.count(NOT_STATED) == 4  # power as a whole and its dynamic part, power source, delay
    assert "no delay is stated for INV" in result.stderr
    shown = call("tech", "show", library_file(tmp_path, ""))
    assert shown.stdout.count(NOT_STATED) == len(GATES)


def test_options_that_need_it_are_refused_before_the_work(tmp_path: Path) -> None:
    options = CompileOptions(technology=library_file(tmp_path, ""), power_share=0.5)
    with pytest.raises(LibraryError, match="no static power"):
        compile_model(TREE, X, Y, options=options)
