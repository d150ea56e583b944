"""Cells whose model is looked for among all families, from the data."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from small_sweeps import small_sweep, tables

from bespoke.cli.sweep import command, sweep_options
from bespoke.data import load_dataset
from bespoke.flow import DesignOptions, verify_folder
from bespoke.sweep import Cell, Progress, SweepOptions, SweepResult, plan_sweep, run_sweep
from bespoke.sweep.duration import design_within_budget
from bespoke.sweep.options import ALL_CANDIDATES
from bespoke.sweep.page import sweep_command

QUICK = DesignOptions(families=("tree",), candidates=3, float_budget_s=0.0, jobs=1)


def designs(**changes: Any) -> SweepOptions:
    return small_sweep(**{"datasets": ("iris",), "models": ("tree", "design"), "design": QUICK, **changes})


@pytest.fixture(scope="module")
def done(tmp_path_factory: pytest.TempPathFactory) -> tuple[SweepResult, Path]:
    folder = tmp_path_factory.mktemp("sweep") / "out"
    return run_sweep(designs(), folder, compare=True), folder


@pytest.mark.slow
def test_its_row_has_the_chosen_circuit_and_no_exact_one(done: tuple[SweepResult, Path]) -> None:
    result, folder = done
    assert not result.failed
    tree, design = result.rows
    assert (tree.model, design.model) == ("tree", "design")
    assert design.figures["area_exact_cm2"] is design.figures["area_gain"] is design.figures["accuracy_float"] is None
    assert design.vdd == 1.0
    report = json.loads((folder / "iris" / "design" / "42" / "chosen" / "report.json").read_text())
    assert design.figures["accuracy"] == report["accuracy"]["test"] > 0.8
    assert design.figures["power_mw"] == report["system"]["power_mw"]
    assert report["converters"]["model"] == "date24"
    assert not (folder / "iris" / "design" / "42" / "exact").exists()
    assert verify_folder(folder / "iris" / "design" / "42" / "chosen", formal=False).agrees
    page = (folder / "report.html").read_text()
    assert "iris/design/42/chosen/report.html" in page
    assert "iris/design/42/exact" not in page


@pytest.mark.slow
def test_what_was_found_stands_in_the_file_of_the_cell(done: tuple[SweepResult, Path]) -> None:
    record = done[0].outcomes[1].record
    assert record["training"]["family"] == "tree"
    assert record["training"]["promised"] <= record["training"]["validated"]
    assert 0 < record["search"]["candidates"] <= 3
    assert record["options"]["design"]["compile"]["inputs"] == "unary"


@pytest.mark.slow
def test_it_is_not_made_again_and_ends_in_the_same_tables(done: tuple[SweepResult, Path], tmp_path: Path) -> None:
    seen: list[Progress] = []
    before = tables(done[1])
    run_sweep(designs(), done[1], resume=True, compare=True, on_progress=seen.append)
    assert [reached.last for reached in seen] == [None]
    run_sweep(designs(models=("design",)), tmp_path / "alone")
    assert tables(done[1]) == before
    alone, both = ((place / "table.csv").read_text().splitlines() for place in (tmp_path / "alone", done[1]))
    assert alone[1] == both[2]


@pytest.mark.slow
def test_limits_that_no_circuit_keeps_leave_a_row_without_a_circuit(tmp_path: Path) -> None:
    result = run_sweep(designs(models=("design",), design=QUICK.with_settings(min_accuracy=1.0)), tmp_path / "out")
    assert not result.failed
    assert result.rows[0].power_source == "no such circuit"
    assert "no circuit keeps min_accuracy 1; coolest:" in " ".join(result.outcomes[0].record["notes"])
    assert (tmp_path / "out" / "table.csv").is_file()


@pytest.mark.slow
def test_the_float_accuracy_is_that_of_the_best_float_model_on_the_test_rows(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from bespoke.families import FLOAT_MODELS

    for name in ("forest of 300", "gradient boosting", "MLP"):
        monkeypatch.delitem(FLOAT_MODELS, name)
    design = QUICK.with_settings(float_budget_s=1.0, max_loss=0.5)
    result = run_sweep(designs(models=("design",), design=design), tmp_path / "out")
    assert result.rows[0].figures["accuracy_float"] > 0.9
    assert set(result.outcomes[0].record["training"]["float_models"]) == {"SVM, C 1", "SVM, C 30"}


def test_its_options_count_and_those_of_others_do_not() -> None:
    def key(**changes: Any) -> str:
        return plan_sweep(designs(**{"models": ("design",), **changes}))[0].key

    assert key(approximate=small_sweep().approximate.with_settings(max_loss=0.5)) == key()
    assert key(design=QUICK.with_settings(jobs=2)) == key()
    for settings in ({"source": "molex"}, {"families": ("linear",)}, {"candidates": 4}, {"inputs": "binary"}):
        assert key(design=QUICK.with_settings(**settings)) != key()
    assert key(budget_s=7.0) != key()


def test_the_budget_is_in_candidates_and_circuits_and_no_clock() -> None:
    data, cell = load_dataset("iris"), Cell("iris", "design", 3)
    base = DesignOptions()
    found = [design_within_budget(data, designs(design=base, budget_s=budget), cell) for budget in (20.0, 200.0, None)]
    assert found[0].candidates < found[1].candidates < found[2].candidates == ALL_CANDIDATES
    assert found[0].circuits < found[1].circuits
    assert found[2].circuits is None
    assert all(each.most_s == float("inf") for each in found)
    assert (found[0].race_seed, found[0].compile.seed, found[0].jobs) == (3, 3, 1)
    assert design_within_budget(data, designs(), cell).candidates == 3


def test_the_command_has_its_options_and_the_page_names_the_command() -> None:
    words = ("--datasets", "iris", "--models", "design,svm", "--source", "molex", "--families", "tree,linear")
    options = sweep_options(_parsed(*words))
    assert options.design.families == ("tree", "linear")
    assert options.design.constraint.max_power_mw == options.approximate.constraint.max_power_mw == 30.0
    assert (options.design.compile.inputs, options.design.compile.power_share) == ("unary", 1.0)
    assert options.approximate.compile.inputs == "binary"
    again = sweep_options(_parsed(*sweep_command(options).split()[2:]))
    assert [again.facts_of(cell) for cell in again.cells()] == [options.facts_of(cell) for cell in options.cells()]
    same = sweep_options(_parsed(*words, "--inputs", "binary", "--converters", "esl24", "--objective", "area"))
    for each in (same.design.compile, same.approximate.compile):
        assert (each.inputs, each.converters, each.power_share) == ("binary", "esl24", 0.0)


def _parsed(*words: str) -> Mapping[str, Any]:
    return command.make_context("sweep", list(words)).params
