"""``bespoke approximate`` from end to end."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import pytest
from click.testing import Result
from command_line import call

from bespoke.flow import RECIPES

QUICK = ("--population", 8, "--epochs", 1, "--generations", 2, "--finalists", 2, "--jobs", 1, "--input-bits", 8)
QUICK = (*QUICK, "--no-formal")


def run(*args: object) -> Result:
    return call(*args)


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("model") / "tree.skops"
    assert run("train", "iris", "--model", "tree", "--max-depth", 3, "-o", path).exit_code == 0
    return path


@pytest.fixture(scope="module")
def made(model: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[Result, Path]:
    folder = tmp_path_factory.mktemp("front") / "out"
    result = run("approximate", model, "--data", "iris", "-o", folder, *QUICK, "--max-loss", 0.03)
    assert result.exit_code == 0, result.output
    return result, folder


@pytest.mark.slow
def test_the_table_starts_with_the_exact_design_and_marks_the_chosen_one(made: tuple[Result, Path]) -> None:
    lines = made[0].stdout.splitlines()
    rows = [line.split()[0] for line in lines if line.split()[-1:] == ["."] or "front/0" in line.split()[-1]]
    assert rows[0] == "exact"
    assert "chosen" in rows
    for word in ("against exact", "gate-level edits", "assured", "rows held out of refits", "simulator", "written"):
        assert word in made[0].stdout


@pytest.mark.slow
def test_the_folder_is_a_design_and_a_front(made: tuple[Result, Path]) -> None:
    _, folder = made
    with (folder / "front.csv").open(newline="") as file:
        rows = list(csv.DictReader(file))
    assert [row["chosen"] for row in rows].count("1") == 1
    for row in rows:
        assert (folder / row["folder"] / "netlist.v").is_file()
    report = json.loads((folder / "report.json").read_text())
    assert report["approximation"]["constraint"] == {"max_loss": 0.03}
    assert report["verification"]["simulator"]["status"] == "agree"
    assert run("verify", folder, "--no-formal").exit_code == 0
    assert {path.name for path in folder.parent.iterdir()} == {"out"}
    assert json.loads((folder / "search.json").read_text())["epoch"] == 1


@pytest.mark.slow
def test_same_call_same_bytes_and_json_is_the_front(made: tuple[Result, Path], model: Path, tmp_path: Path) -> None:
    again = tmp_path / "again"
    result = run("approximate", model, "--data", "iris", "-o", again, *QUICK, "--max-loss", 0.03, "--json")
    assert json.loads(result.stdout) == json.loads((again / "front.json").read_text())
    for path in made[1].rglob("*"):
        if path.is_file() and path.name not in ("report.json", "front.json", ".bespoke.json"):
            assert (again / path.relative_to(made[1])).read_bytes() == path.read_bytes(), path


@pytest.mark.slow
def test_a_finished_search_goes_on_and_replaces_its_folder(model: Path, tmp_path: Path) -> None:
    call = ("approximate", model, "--data", "iris", "-o", tmp_path / "out", *QUICK, "--no-verify")
    first = run(*call, "--resume")
    assert first.exit_code == 0
    assert "no search to resume from" in first.stderr
    assert run(*call, "--resume", "--epochs", 2).exit_code == 0
    assert json.loads((tmp_path / "out" / "search.json").read_text())["epoch"] == 2


@pytest.mark.slow
def test_limits_that_nothing_keeps(model: Path, tmp_path: Path) -> None:
    limits = ("--max-loss", 0, "--max-area-cm2", 1e-9)
    call = ("approximate", model, "--data", "iris", "-o", tmp_path / "out", *QUICK, *limits)
    for _ in range(2):
        result = run(*call)
        assert result.exit_code == 4
        errors = [line for line in result.stderr.splitlines() if line.startswith("bespoke: error")]
        assert len(errors) == 1
        assert "no design keeps max_loss 0, max_area_cm2 1e-09; smallest:" in errors[0]
        assert not (tmp_path / "out" / "netlist.v").exists()
        assert (tmp_path / "out" / "front" / "01" / "netlist.v").exists()
        assert not json.loads((tmp_path / "out" / "front.json").read_text())["met"]


@pytest.mark.slow
def test_a_limit_on_the_delay_chooses_the_voltage_of_each_design(model: Path, tmp_path: Path) -> None:
    folder = tmp_path / "out"
    limits = (
        "--max-loss",
        0.05,
        "--max-delay-ms",
        20,
        "--vdd",
        "0.6..1.0",
        "--minimise",
        "power",
        "--searcher",
        "greedy",
    )
    result = run("approximate", model, "--data", "iris", "-o", folder, *QUICK, *limits, "--no-verify")
    assert result.exit_code == 0, result.output
    with (folder / "front.csv").open(newline="") as file:
        rows = list(csv.DictReader(file))
    assert {row["vdd"] for row in rows} <= {"0.6", "0.8", "1.0"}
    chosen = next(row for row in rows if row["chosen"] == "1")
    assert float(chosen["delay_ms"]) <= 20
    fitting = [float(row["power_mw"]) for row in rows if float(row["delay_ms"]) <= 20]
    assert float(chosen["power_mw"]) == min(fitting)
    report = json.loads((folder / "report.json").read_text())
    assert report["approximation"]["constraint"] == {"max_loss": 0.05, "max_delay_ms": 20}
    assert report["approximation"]["options"]["minimise"] == "power"


def test_a_choice_of_voltages_needs_a_limit(model: Path, tmp_path: Path) -> None:
    result = run("approximate", model, "--data", "iris", "-o", tmp_path / "out", "--vdd", "0.6..1.0")
    assert result.exit_code == 2
    assert "the best supply voltage depends on the period" in result.stderr


@pytest.mark.slow
def test_a_recipe_takes_the_place_of_the_search(model: Path, tmp_path: Path) -> None:
    call = ("approximate", model, "--data", "iris", *QUICK, "--no-verify")
    result = run(*call, "--recipe", "isqed22", "-o", tmp_path / "out")
    assert result.exit_code == 0, result.output
    report = json.loads((tmp_path / "out" / "report.json").read_text())
    assert report["approximation"]["options"]["recipe"] == "isqed22"
    assert report["approximation"]["search"]["recipe"] == "isqed22"
    other = run(*call, "--recipe", "tc23", "-o", tmp_path / "other")
    assert other.exit_code == 2
    assert not (tmp_path / "other").exists()


def test_the_help_names_every_recipe_with_its_steps_and_its_paper() -> None:
    shown = " ".join(run("approximate", "--help").output.partition("Recipes:")[2].split())
    for name, recipe in RECIPES.items():
        assert f"{name} {recipe.title} {recipe.paper}" in shown


@pytest.mark.slow
def test_modes_are_told_of(tmp_path: Path) -> None:
    model, folder = tmp_path / "svm.skops", tmp_path / "out"
    assert run("train", "iris", "--model", "svm", "-o", model).exit_code == 0
    quick = [*QUICK[:-3], "--input-bits", 4, "--no-formal"]
    result = run("approximate", model, "--data", "iris", "-o", folder, *quick, "--modes", 2, "--mode-loss", 0.05)
    assert result.exit_code == 0, result.output
    for word in ("without modes", "mode 0", "mode 1", "idle cells"):
        assert word in result.stdout
    found = json.loads((folder / "report.json").read_text())["analyses"]["modes"]
    assert [mode["mode"] for mode in found["modes"]] == [0, 1]
    assert "mode" in (folder / "netlist.v").read_text()
    assert run("verify", folder, "--no-formal").exit_code == 0
