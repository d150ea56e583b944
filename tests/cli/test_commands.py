"""Commands from end to end, and how they behave as programs."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest
from click.testing import Result
from command_line import call

from bespoke.cli.commands import COMMANDS
from bespoke.flow import CAUTION_HELD_OUT, CAUTION_SEEN

FILES = {
    "model.json",
    "netlist.v",
    "rtl.v",
    "cells.v",
    "library.json",
    "stimuli.csv",
    "testbench.v",
    "vectors.hex",
    "report.json",
    "report.html",
    "manifest.json",
    ".bespoke.json",
}


def run(*args: object) -> Result:
    return call(*args)


def data(*args: object) -> Any:
    result = run(*args, "--json")
    assert result.exit_code == 0, result.output
    return json.loads(result.stdout)


@pytest.fixture(scope="module")
def work(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("work")
    assert run("train", "iris", "--model", "tree", "--max-depth", 3, "-o", folder / "tree.skops").exit_code == 0
    wide = ("--input-bits", 8, "--no-formal")
    compiled = run("compile", folder / "tree.skops", "--data", "iris", "-o", folder / "tree", *wide)
    assert compiled.exit_code == 0, compiled.output
    return folder


def test_compile_writes_its_files_and_shows_the_figures(work: Path) -> None:
    assert {path.name for path in (work / "tree").iterdir()} == FILES
    result = run("compile", work / "tree.skops", "--data", "iris", "-o", work / "again", "--no-verify")
    for word in ("accuracy, test", "gates", "area", "power", "delay", "egfet at 1 V", "written"):
        assert word in result.stdout


def test_compile_json_is_the_report(work: Path) -> None:
    found = data("compile", work / "tree.skops", "--data", "iris", "-o", work / "json", "--no-verify")
    assert found == json.loads((work / "json" / "report.json").read_text())
    assert found["verification"]["simulator"] == {"status": "not run"}


@pytest.mark.slow
def test_compile_twice_gives_the_same_bytes(work: Path) -> None:
    for name in ("one", "two"):
        run("compile", work / "tree.skops", "--data", "iris", "-o", work / name, "--no-verify")
    for name in FILES - {"report.json", ".bespoke.json"}:
        assert (work / "one" / name).read_bytes() == (work / "two" / name).read_bytes(), name


@pytest.mark.slow
def test_verify_prints_the_object_of_the_report(work: Path) -> None:
    found = data("verify", work / "tree", "--no-formal")
    assert found["simulator"]["status"] == "agree"
    assert found["simulator"]["mismatches"] == 0
    assert found["formal"]["status"] == "not run"
    assert found.keys() == json.loads((work / "tree" / "report.json").read_text())["verification"].keys()


@pytest.mark.slow
def test_verify_of_an_edited_folder_exits_with_one(work: Path) -> None:
    run("compile", work / "tree.skops", "--data", "iris", "-o", work / "edited", "--no-verify")
    netlist = work / "edited" / "netlist.v"
    netlist.write_text(netlist.read_text().replace("NAND2X1", "NOR2X1", 1))
    result = run("verify", work / "edited", "--no-formal")
    assert result.exit_code == 1
    assert "REFUTED" in result.stdout
    assert "differs at" in result.stdout
    as_json = run("verify", work / "edited", "--no-formal", "--json")
    assert as_json.exit_code == 1
    assert json.loads(as_json.stdout)["simulator"]["status"] == "refuted"


@pytest.mark.slow
def test_an_integer_model_compiles_without_data(work: Path) -> None:
    found = data("compile", work / "tree" / "model.json", "-o", work / "model", "--no-verify")
    original = json.loads((work / "tree" / "report.json").read_text())
    assert found["digests"]["model"] == original["digests"]["model"]
    assert found["estimate"]["area_mm2"] == original["estimate"]["area_mm2"]


def test_estimate_reads_back_what_compile_wrote(work: Path) -> None:
    found = data("estimate", work / "tree" / "netlist.v")
    original = json.loads((work / "tree" / "report.json").read_text())
    for figure in ("area_mm2", "delay_ms", "cells", "technology", "vdd"):
        assert found["estimate"][figure] == original["estimate"][figure], figure
    assert found["gates"] == original["gates"]
    assert "NAND2X1" in run("estimate", work / "tree" / "netlist.v").stdout


@pytest.mark.slow
def test_both_rules_for_the_ends_of_tables(work: Path, tmp_path: Path) -> None:
    made = ("compile", work / "tree.skops", "--data", "iris", "-o", tmp_path / "out", "--no-verify", "--input-bits", 8)
    held, found = data("estimate", work / "tree")["estimate"], data(*made, "--table-ends", "extrapolate")["estimate"]
    assert (held["table_ends"], found["table_ends"]) == ("hold", "extrapolate")
    assert held["delays_ms"] == found["delays_ms"] == {"hold": held["delay_ms"], "extrapolate": found["delay_ms"]}
    assert held["delay_ms"] < found["delay_ms"] == found["period_ms"]
    again = data("estimate", tmp_path / "out")["estimate"]
    assert all(again[name] == found[name] for name in ("delays_ms", "power_mw", "period_ms", "table_ends"))
    run("export", tmp_path / "out", "--format", "sdc", "-o", tmp_path / "constraints.sdc")
    assert f"-period {found['delay_ms'] * 1e6:.9g}\n" in (tmp_path / "constraints.sdc").read_text()


def test_estimate_with_stimuli(work: Path, tmp_path: Path) -> None:
    names = [word["port"] for word in json.loads((work / "tree" / "manifest.json").read_text())["inputs"]]
    rows = tmp_path / "rows.csv"
    rows.write_text("\n".join([",".join(names), "0,0,0,0", "1,2,3,4", "255,255,255,255"]) + "\n")
    found = data("estimate", work / "tree" / "netlist.v", "--stimuli", rows, "--period-ms", 100)
    assert found["stimuli"]["vectors"] == 3
    assert found["estimate"]["period_ms"] == 100


def test_train_says_what_it_made(tmp_path: Path) -> None:
    found = data("train", "iris", "--model", "svm", "-o", tmp_path / "svm.skops")
    assert (tmp_path / "svm.skops").is_file()
    assert found["train_score"] > 0.9


@pytest.mark.slow
def test_train_on_rounded_inputs(tmp_path: Path) -> None:
    path = tmp_path / "svm.skops"
    scores = [
        data("train", "iris", "--model", "svm", "--search", 2, "-o", path, *options)["validation_score"]
        for options in ([], ["--input-bits", 1])
    ]
    assert scores[1] < scores[0]
    assert data("compile", path, "--data", "iris", "-o", tmp_path / "svm", "--no-verify")["gates"]
    result = run("train", "iris", "--model", "svm", "--input-bits", 17, "-o", path)
    assert result.exit_code == 2
    assert "option input_bits is out of range; got 17; allowed: 1 to 16" in result.stderr


@pytest.mark.slow
def test_lists_and_descriptions() -> None:
    assert {"egfet", "cnt_tft"} <= {entry["name"] for entry in data("tech", "list")}
    assert "NAND2X1" in {cell["name"] for cell in data("tech", "show", "egfet")["cells"]}
    assert {"redwine", "balance", "iris"} <= {entry["name"] for entry in data("datasets", "list")}
    assert data("datasets", "show", "balance")["name"] == "balance"
    assert {tool["name"] for tool in data("doctor")["programs"]} >= {"iverilog", "yosys-abc"}
    for args in (
        ("tech", "list"),
        ("tech", "show", "egfet"),
        ("datasets", "list"),
        ("datasets", "show", "iris"),
        ("doctor",),
    ):
        result = run(*args)
        assert result.exit_code == 0
        assert len(result.stdout.splitlines()) > 3


@pytest.mark.slow
def test_import_and_use_of_a_technology(
    work: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, shared: Path
) -> None:
    monkeypatch.setenv("BESPOKE_TECHNOLOGIES", str(tmp_path / "technologies"))
    liberty = shared / "pdk" / "egfet" / "PPDK_Standard_Library_0.8V_25C_TYP_X1.lib"
    result = run("tech", "import", liberty, "--name", "mine", "--area-unit-mm2", 1)
    assert result.exit_code == 0, result.output
    found = data("compile", work / "tree.skops", "--data", "iris", "--tech", "mine", "-o", work / "own", "--no-verify")
    assert found["estimate"]["technology"] == "mine"


def test_import_of_cells_that_no_circuit_can_be_made_of(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BESPOKE_TECHNOLOGIES", str(tmp_path / "technologies"))
    result = run("tech", "import", Path(__file__).parents[1] / "cells" / "silicon.lib", "--name", "silicon")
    assert result.exit_code == 0
    assert "good for 'bespoke estimate' only: library silicon: lacks a two-input NAND, NOR" in " ".join(
        result.stderr.split()
    )


@pytest.mark.parametrize("name", ["", *COMMANDS])
def test_help(name: str) -> None:
    result = run(*filter(None, [name]), "--help")
    assert result.exit_code == 0
    assert result.stdout.startswith("Usage: bespoke")
    if name in ("", "train", "compile", "verify", "estimate"):
        assert "Examples:" in result.stdout


@pytest.mark.parametrize("args", [[], ["tech"], ["datasets"]])
def test_a_group_alone_shows_its_help(args: list[str]) -> None:
    result = run(*args)
    assert result.exit_code == 0
    assert "Commands:" in result.stdout


def test_an_internal_error_is_one_line_and_a_hint(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_args: object) -> None:
        raise ZeroDivisionError("nothing\nto share")

    monkeypatch.setattr("bespoke.data.find_entry", fail)
    result = run("datasets", "show", "iris")
    assert result.exit_code == 3
    assert result.stderr.startswith("bespoke: error: internal error: ZeroDivisionError: nothing to share; ")
    assert "--debug" in result.stderr
    assert result.stderr.count("\n") == 1
    debugged = run("--debug", "datasets", "show", "iris")
    assert isinstance(debugged.exception, ZeroDivisionError)


@pytest.mark.parametrize("meant", [SystemExit(143), KeyboardInterrupt()])
def test_a_signal_inside_compiled_code_is_no_defect(meant: BaseException, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_args: object) -> None:
        raise SystemError("compiled code returned a result with an exception set") from meant

    monkeypatch.setattr("bespoke.data.find_entry", fail)
    result = run("datasets", "show", "iris")
    assert result.exit_code == (143 if isinstance(meant, SystemExit) else 130)
    assert "internal error" not in result.stderr


def test_help_starts_fast_and_imports_nothing_heavy() -> None:
    code = (
        "import sys; from bespoke.cli import bespoke\n"
        "try:\n    bespoke(['--help'])\nexcept SystemExit:\n    pass\n"
        "heavy = {'numpy', 'sklearn', 'scipy', 'rich', 'pyverilog', 'networkx'}\n"
        "print(sorted(heavy & set(sys.modules)), file=sys.stderr)"
    )
    start = time.perf_counter()
    result = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert result.stderr.strip() == "[]"
    assert time.perf_counter() - start < 3  # 0.1 s on an idle machine


@pytest.mark.slow
def test_the_module_is_a_program() -> None:
    result = subprocess.run(
        [sys.executable, "-m", "bespoke", "verify", "/nowhere"], capture_output=True, text=True, check=False
    )
    assert result.returncode == 2
    assert result.stderr == (
        "bespoke: error: /nowhere: no such folder; allowed: a folder that `bespoke compile` wrote\n"
    )


@pytest.mark.slow
def test_a_reader_that_leaves_early_is_no_error() -> None:
    command = f"{sys.executable} -m bespoke datasets list --json | head -n 1"
    result = subprocess.run(["bash", "-c", f"set -o pipefail; {command}"], capture_output=True, text=True, check=False)
    assert result.returncode in (0, 141)
    assert "Traceback" not in result.stderr


@pytest.mark.slow
def test_demo(tmp_path: Path) -> None:
    result = run("demo", "-o", tmp_path / "demo", "--no-formal")
    assert result.exit_code == 0, result.output
    assert "balance" in result.stdout
    folders = sorted(path for path in (tmp_path / "demo").iterdir() if path.is_dir())
    answers = [folder for folder in folders if folder.name.endswith("_design")]
    designs = [folder for folder in folders if folder not in answers]
    assert len(answers) == 2
    assert all((answer / "answer.html").is_file() for answer in answers)
    assert len(designs) == 3
    assert all({file.name for file in design.iterdir()} == FILES for design in designs)


def test_the_help_names_the_usual_caution() -> None:
    text = " ".join(call("approximate", "--help").output.split())
    assert f"[default: {CAUTION_SEEN:g}; trees {CAUTION_HELD_OUT:g}]" in text
