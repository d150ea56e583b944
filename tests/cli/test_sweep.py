"""``bespoke sweep`` from end to end."""

from __future__ import annotations

import csv
import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import Result
from command_line import call
from small_sweeps import QUICK, tables

from bespoke.cli.sweep import command, sweep_options
from bespoke.sweep import SweepOptions
from bespoke.sweep.page import sweep_command

CONFIG = """\
datasets = ["iris", "seeds"]
models = "tree"
seeds = [1, 2]
population = 6
epochs = 1
generations = 1
finalists = 1
prune = false
verify = false
max-depth = 2
max-loss = 0.05
jobs = 1
"""


def run(*args: object) -> Result:
    return call("sweep", *args)


@pytest.fixture(autouse=True)
def _no_copies(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BESPOKE_DATASETS", str(tmp_path / "none"))


@pytest.mark.slow
def test_table_and_folder(tmp_path: Path):
    out = tmp_path / "out"
    result = run("--datasets", "iris", "--models", "tree", *QUICK, "-o", out)
    assert result.exit_code == 0, result.output
    lines = result.stdout.splitlines()
    assert lines[1].split()[:4] == ["Dataset", "Model", "Float", "Exact"]
    assert lines[3].split()[:2] == ["iris", "tree"]
    assert (out / "iris" / "tree" / "42" / "chosen" / "netlist.v").is_file()
    assert result.stderr == ""
    again = run("--datasets", "iris", "--models", "tree", *QUICK, "-o", out, "--resume", "--json")
    (row,) = json.loads(again.stdout)["rows"]
    with (out / "table.csv").open(newline="") as file:
        (stored,) = csv.DictReader(file)
    assert float(stored["area_cm2"]) == row["area_cm2"]
    assert row["error"] is None


@pytest.mark.slow
def test_a_file_of_options_and_a_data_set_that_is_missing(tmp_path: Path):
    config, out = tmp_path / "sweep.toml", tmp_path / "out"
    config.write_text(CONFIG + f'output = "{out}"\n')
    result = run("--config", config, "--compare", "published")
    assert result.exit_code == 1
    assert "failed: seeds tree 1: " in result.stderr
    assert "bespoke datasets fetch seeds" in result.stderr
    assert result.stderr.splitlines()[-1] == f"bespoke: error: {out}: 2 of 4 cells failed"
    assert "Mean and standard deviation over the seeds" in result.stdout
    assert "ISQED 2022: Balaskas" in result.stdout
    assert len(tables(out)) == 6
    (record, *_) = [json.loads(path.read_text()) for path in (out / "cells").iterdir()]
    chosen = record["options"]
    assert (chosen["training"]["max_depth"], chosen["constraint"]) == (2, {"max_loss": 0.05})
    assert (chosen["verify"], chosen["approximate"]["prune"]) == (False, False)


def test_the_command_line_comes_before_the_file(tmp_path: Path):
    config = tmp_path / "sweep.toml"
    config.write_text(CONFIG)
    result = run("--config", config, "--datasets", "wine", "--seeds", "3-5", "--dry-run", "--json")
    cells = json.loads(result.stdout)["cells"]
    assert [(cell["dataset"], cell["seed"]) for cell in cells] == [("wine", 3), ("wine", 4), ("wine", 5)]


def test_a_dry_run_shows_the_plan_and_writes_nothing(tmp_path: Path):
    out = tmp_path / "out"
    result = run("--datasets", "iris,seeds", "--models", "tree,svm", "--dry-run", "-o", out)
    assert result.exit_code == 0
    states = [line.split()[-2:] for line in result.stdout.splitlines() if "egfet" in line]
    assert states == [["to", "do"], ["to", "do"], ["cannot", "run"], ["cannot", "run"]]
    assert "2 of 4 cells to do" in result.stdout
    assert "bespoke datasets fetch seeds" in result.stderr
    assert not out.exists()


@pytest.mark.slow
def test_all_is_the_catalogue():
    result = run("--datasets", "all", "--models", "tree", "--dry-run", "--json")
    cells = json.loads(result.stdout)["cells"]
    assert {"iris", "arrhythmia", "monks1"} < {cell["dataset"] for cell in cells}
    assert next(cell for cell in cells if cell["dataset"] == "monks1")["state"] == "to do"


@pytest.mark.parametrize(("asked", "budget_s"), [([], 45.0), (["--budget", "5"], 5.0), (["--epochs", "3"], None)])
def test_a_budget_is_no_clock_and_epochs_take_its_place(asked: list[str], budget_s: float | None):
    options = chosen("--datasets", "iris", "--models", "tree", *asked)
    assert (options.budget_s, options.approximate.search.budget_s) == (budget_s, None)
    words = sweep_command(options).split()
    assert " ".join(asked) in " ".join(words)
    assert facts(chosen(*words[2:])) == facts(options)


def chosen(*words: str) -> SweepOptions:
    return sweep_options(command.make_context("sweep", list(words)).params)


def facts(options: SweepOptions) -> list[dict[str, Any]]:
    return [options.facts_of(cell) for cell in options.cells()]
