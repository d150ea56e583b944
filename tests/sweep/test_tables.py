"""The tables of a sweep, in full."""

from __future__ import annotations

import csv
import io
from pathlib import Path
from typing import Any

import pytest

from bespoke.sweep import Cell, Row, people_table, statistics_rows
from bespoke.sweep.cell import Outcome
from bespoke.sweep.tables import legend, sweep_rows, table_files

GOLDEN = Path(__file__).parent / "golden"


def circuit(test: float, area_mm2: float, power_mw: float, source: str | None) -> dict[str, Any]:
    return {"test": test, "area_mm2": area_mm2, "power_mw": power_mw, "power_source": source, "vdd": 1.0}


def outcome(cell: Cell, exact: dict[str, Any], chosen: dict[str, Any] | None) -> Outcome:
    return Outcome(cell, {"metric": "accuracy", "float": 0.9, "exact": exact, "chosen": chosen})


OUTCOMES = (
    outcome(Cell("seeds", "tree", 1), circuit(0.875, 20.0, 1.0, "Blue Spark"), circuit(0.85, 5.0, 0.1, "harvester")),
    outcome(Cell("seeds", "tree", 2), circuit(0.875, 40.0, 1.0, "Blue Spark"), circuit(0.9, 5.0, 0.2, "Blue Spark")),
    Outcome(Cell("seeds", "tree", 3), error="training failed"),
    outcome(Cell("iris", "svm", 1), circuit(0.875, 500.0, 40.0, None), None),
)


@pytest.fixture
def rows() -> tuple[Row, ...]:
    return sweep_rows(OUTCOMES, compare=True)


@pytest.mark.parametrize("name", ["table.md", "table.csv", "statistics.md"])
def test_goldens(name: str, rows: tuple[Row, ...]):
    assert table_files(rows)[name] == (GOLDEN / name).read_text(encoding="utf-8")


def test_latex():
    cell = Cell("my_data.csv", "svm_regressor")
    rows = sweep_rows(
        [outcome(cell, circuit(0.875, 20.0, 1.0, None), circuit(0.85, 5.0, 0.1, "harvester"))], compare=True
    )
    assert table_files(rows)["table.tex"] == (GOLDEN / "table.tex").read_text(encoding="utf-8")
    assert table_files(rows)["statistics.tex"] == ""


def test_csv_has_every_figure_in_full(rows: tuple[Row, ...]):
    files = table_files(rows)
    table = list(csv.DictReader(io.StringIO(files["table.csv"])))
    assert [row["error"] for row in table] == ["", "", "training failed", "", ""]
    assert [row["origin"] for row in table] == ["bespoke"] * 3 + ["ISQED 2022", "bespoke"]
    assert (float(table[0]["area_cm2"]), float(table[0]["power_gain"]), table[0]["seed"]) == (0.05, 10.0, "1")
    assert (table[4]["area_cm2"], table[4]["power_source"]) == ("", "no such circuit")
    means = list(csv.DictReader(io.StringIO(files["statistics.csv"])))
    assert [row["seeds"] for row in means] == ["2", "0", "1"]
    assert float(means[0]["accuracy_mean"]) == pytest.approx(0.875)
    assert float(means[0]["accuracy_sd"]) == pytest.approx(0.05 / 2**0.5)  # sample deviation of 0.85 and 0.9
    assert means[1]["area_cm2_sd"] == ""


def test_one_seed_has_no_statistics(rows: tuple[Row, ...]):
    assert statistics_rows(rows[:1]) == ()
    assert "Seed" not in people_table(rows[:1])[0]


def test_a_nominal_circuit_of_nothing_has_no_gain():
    nothing = outcome(Cell("seeds", "tree"), circuit(0.5, 20.0, 1.0, "Blue Spark"), circuit(0.5, 0.0, 0.0, "harvester"))
    (row,) = sweep_rows([nothing], compare=False)
    assert row.figures["area_gain"] is None
    assert row.figures["area_cm2"] == 0.0


def test_technologies_and_voltages_get_columns_and_published_rows_stand_with_theirs():
    figures = circuit(0.875, 20.0, 1.0, None)
    other = [outcome(Cell("seeds", "tree", 1, "cnt_tft", 3.0), figures | {"vdd": 3.0}, figures)]
    assert [row.origin for row in sweep_rows(other, compare=True)] == ["bespoke"]
    both = sweep_rows([OUTCOMES[0], *other], compare=True)
    assert [row.origin for row in both] == ["bespoke", "bespoke", "ISQED 2022"]
    heads, body = people_table(both)
    assert heads[2:4] == [">Technology", ">V"]
    assert [line[2:4] for line in body] == [["egfet", "1"], ["cnt_tft", "3"], ["egfet", "-"]]


def test_legend_names_each_source_once(rows: tuple[Row, ...]):
    assert [line.split(":")[0] for line in legend(rows)] == ["ISQED 2022"]
    assert legend(rows[:1]) == []


def test_r2_is_told_from_accuracy():
    figures = circuit(0.875, 20.0, 1.0, None)
    real = Outcome(Cell("real.csv", "svr"), {"metric": "r2", "float": 0.9, "exact": figures, "chosen": figures})
    assert people_table(sweep_rows([real], compare=False))[1][0][:2] == ["real", "svr (R2)"]


def test_below_what_looks_for_a_model_stand_the_kinds_that_the_grid_has_not():
    found = circuit(0.875, 20.0, 1.0, None)
    design = Outcome(Cell("seeds", "design", 1), {"metric": "accuracy", "float": 0.9, "chosen": found})
    both = sweep_rows([OUTCOMES[0], design], compare=True)
    names = [line[1] for line in people_table(both)[1]]
    assert names == ["tree", "ISQED 2022", "design", "ESL 2024 (mapped anew), mlp", "ETS 2024, mlp"]
    alone = sweep_rows([design], compare=True)
    assert [row.model for row in alone] == ["design", "tree", "mlp", "mlp"]
    assert [line.split(":")[0] for line in legend(alone)] == ["ISQED 2022", "ESL 2024", "ETS 2024"]
    assert len(sweep_rows([design], compare=False)) == 1
