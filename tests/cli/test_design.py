"""``bespoke design`` from end to end."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import pytest
from click.testing import Result
from command_line import call

QUICK = ("--families", "tree", "--finalists", 3, "--jobs", 1, "--no-formal", "--budget", 0.5, "--float-budget", 0)


def run(*args: object) -> Result:
    return call(*args)


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> tuple[Result, Path]:
    folder = tmp_path_factory.mktemp("design") / "out"
    result = run("design", "iris", "--source", "molex", "-o", folder, *QUICK)
    assert result.exit_code == 0, result.output
    return result, folder


def test_the_terminal_says_what_each_source_can_run_and_what_is_chosen(made: tuple[Result, Path]) -> None:
    for word in ("harvester, 0.1 mW", "Blue Spark, 3 mW", "Molex, 30 mW", "Chosen", "promised accuracy", "written"):
        assert word in made[0].stdout
    assert "best float model" not in made[0].stdout  # none was tried


@pytest.mark.slow
def test_the_folder_is_a_design_with_the_others_below_it(made: tuple[Result, Path]) -> None:
    _, folder = made
    answer = json.loads((folder / "answer.json").read_text())
    with (folder / "answer.csv").open(newline="") as file:
        rows = list(csv.DictReader(file))
    assert [row["chosen"] for row in rows].count("1") == 1
    assert len(rows) == len(answer["designs"])
    for row in rows:
        assert (folder / row["folder"] / "netlist.v").is_file()
    assert answer["constraint"] == {"max_power_mw": 30.0}
    report = json.loads((folder / "report.json").read_text())
    assert report["converters"]["model"] == "date24"
    assert "_ge_" in (folder / "netlist.v").read_text()
    assert "What each power source can run" in (folder / "answer.html").read_text()
    assert run("verify", folder, "--no-formal").exit_code == 0


@pytest.mark.slow
def test_samples_of_a_boolean_function_are_recognised_within_so_many_gates(tmp_path: Path) -> None:
    rows = [f"{a:03b}{b:03b} {int(a < b)}" for a in range(8) for b in range(8)]
    path = tmp_path / "less.pla"
    path.write_text("\n".join([".i 6", ".o 1", ".type fr", *rows, ".e"]))
    settings = ("--converters", "none", "--max-gates", 12, "--no-formal", "--float-budget", 0, "--candidates", 40)
    result = run("design", path, "-o", tmp_path / "out", "--jobs", 1, "--families", "arithmetic,symmetric", *settings)
    assert result.exit_code == 0, result.output
    assert "AND gates" in result.stdout
    report = json.loads((tmp_path / "out" / "report.json").read_text())
    assert report["netlist"]["and_nodes"] <= 12
    assert report["accuracy"]["test"] == 1.0
    answer = json.loads((tmp_path / "out" / "answer.json").read_text())
    assert answer["constraint"] == {"max_gates": 12}


@pytest.mark.slow
def test_limits_that_nothing_keeps_end_with_exit_code_4_and_write_all_circuits(tmp_path: Path) -> None:
    result = run("design", "iris", "--max-area-cm2", 1e-9, "-o", tmp_path / "out", *QUICK)
    assert result.exit_code == 4
    assert "no circuit keeps max_area_cm2 1e-09; coolest:" in result.stderr
    assert (tmp_path / "out" / "front" / "01" / "netlist.v").is_file()


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("--families", "tree,wood"), "families: unknown family; got wood; allowed: arithmetic, symmetric"),
        (("--source", "molex", "--max-power-mw", 3), "both a power source and a power are given"),
        (("--min-accuracy", 2), "min_accuracy"),
        (("--max-loss", 0.1, "--float-budget", 0), "float_budget_s: a loss is one against the best float model"),
    ],
)
def test_bad_calls_are_refused_in_one_line(arguments: tuple[object, ...], words: str, tmp_path: Path) -> None:
    result = run("design", "iris", "-o", tmp_path / "out", *arguments)
    assert result.exit_code == 2
    assert words in result.stderr
    assert len(result.stderr.strip().splitlines()) == 1
    assert not (tmp_path / "out").exists()
