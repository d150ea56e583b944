"""The page of a sweep holds its table, its failures and links to its designs, and stays the same when resumed."""

from __future__ import annotations

import re
import shlex
from dataclasses import replace
from pathlib import Path

import pytest
from pages import check_page, text_of
from small_sweeps import small_sweep

from bespoke.cli.sweep import command
from bespoke.sweep import Cell, people_table, run_sweep
from bespoke.sweep.cell import Outcome
from bespoke.sweep.page import sweep_command, sweep_page
from bespoke.sweep.tables import sweep_rows

HOSTILE = "</script><b>x"


def record(exact_mm2: float, chosen_mm2: float | None, note: str = "") -> dict[str, object]:
    def circuit(area_mm2: float) -> dict[str, object]:
        figures = {"test": 0.875, "area_mm2": area_mm2, "power_mw": area_mm2 / 10}
        return figures | {"power_source": None, "vdd": 1.0}

    facts = {
        "metric": "accuracy",
        "float": 0.9,
        "exact": circuit(exact_mm2),
        "notes": [note],
        "versions": {"bespoke": "9"},
    }
    return facts | {"chosen": circuit(chosen_mm2) if chosen_mm2 else None, "data": {"digest": "abc123"}}


OPTIONS = small_sweep(datasets=("seeds", f"{HOSTILE}.csv"), models=("tree",), seeds=(1, 2))
OUTCOMES = (
    Outcome(Cell("seeds", "tree", 1), record(20.0, 5.0, "mind the gap")),
    Outcome(Cell("seeds", "tree", 2), record(30.0, None, HOSTILE)),
    Outcome(Cell(f"{HOSTILE}.csv", "tree", 1), error=f"cannot read {HOSTILE}"),
    Outcome(Cell(f"{HOSTILE}.csv", "tree", 2), record(30.0, 10.0)),
)


@pytest.fixture
def page() -> str:
    return sweep_page(OPTIONS, OUTCOMES, sweep_rows(OUTCOMES, compare=True))


def test_it_is_a_page(page: str) -> None:
    check_page(page)
    assert HOSTILE not in page


def test_it_has_every_figure_of_the_table(page: str) -> None:
    shown = text_of(page)
    _, body = people_table(sweep_rows(OUTCOMES, compare=True))
    for cell in {cell for line in body for cell in line}:
        assert cell in shown
    assert "ISQED 2022: Balaskas" in shown
    assert f"cannot read {HOSTILE}" in shown
    assert "mind the gap" in shown
    assert "abc123" in shown
    assert "4 cells 1 failed" in shown


def test_designs_are_linked_where_they_are(page: str) -> None:
    targets = re.findall(r'href="([^"]*)"', page)
    assert targets[:3] == [f"seeds/tree/{place}/report.html" for place in ("1/exact", "1/chosen", "2/exact")]
    assert len(targets) == 5


def test_the_command_is_one_of_the_command_line() -> None:
    told = {"models": ("mlp",), "aware": ("none", "pow2"), "cost_weights": (0.0, 0.1)}
    options = replace(
        OPTIONS,
        vdds=(0.6, 1.0),
        technologies=("egfet",),
        hidden=(3, 2),
        analyses=("faults", "functional_yield"),
        **told,
    )
    words = shlex.split(sweep_command(options))
    found = command.make_context("sweep", words[2:]).params
    assert (found["max_depth"], found["prune"], found["population"], found["verify"]) == (2, False, 6, False)
    assert words[words.index("--datasets") + 1] == f"seeds,{HOSTILE}.csv"
    assert words[words.index("--vdd") + 1] == "0.6,1"
    assert found["analyses"] == ("faults", "functional_yield")
    assert (found["aware"], found["cost_weights"]) == (("none", "pow2"), (0.0, 0.1))


@pytest.mark.slow
def test_a_sweep_has_its_page_and_resuming_does_not_change_it(tmp_path: Path) -> None:
    folder = tmp_path / "out"
    run_sweep(small_sweep(datasets=("iris",), seeds=(1, 2)), folder)
    first = (folder / "report.html").read_bytes()
    next((folder / "cells").iterdir()).unlink()
    run_sweep(small_sweep(datasets=("iris",), seeds=(1, 2)), folder, resume=True)
    assert (folder / "report.html").read_bytes() == first
    for target in re.findall(r'href="([^"]*)"', first.decode()):
        assert (folder / target).is_file()


def test_published_circuits_stand_beside_one_whose_model_was_looked_for() -> None:
    facts = record(20.0, 5.0) | {"exact": None}
    outcomes = [Outcome(Cell("seeds", "design", 1), facts)]
    page = sweep_page(OPTIONS, outcomes, sweep_rows(outcomes, compare=True))
    check_page(page)
    shown = text_of(page)
    assert "ISQED 2022, tree" in shown
    assert "ESL 2024 (mapped anew), mlp" in shown
    assert "published approximate circuits in grey" in shown
    assert "Loss over gain" not in shown  # there is no exact circuit
