"""Further findings about the circuits of a sweep."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import pytest
from small_sweeps import small_sweep

from bespoke.errors import OptionError
from bespoke.flow import verify_folder
from bespoke.sweep import findings_table, run_sweep
from bespoke.training import TrainingOptions


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("findings") / "out"
    run_sweep(small_sweep(analyses=("faults", "errors")), folder)
    return folder


@pytest.mark.slow
def test_each_circuit_has_a_row_of_figures(folder: Path) -> None:
    rows = list(csv.DictReader((folder / "analyses.csv").read_text().splitlines()))
    assert [(row["dataset"], row["circuit"]) for row in rows] == [
        (name, circuit) for name in ("iris", "wine") for circuit in ("exact", "chosen")
    ]
    for row in rows:
        report = json.loads((folder / row["dataset"] / "tree" / "42" / row["circuit"] / "report.json").read_text())
        found = report["analyses"]
        assert float(row["mean with a fault"]) == found["faults"]["scores"]["mean"]
        assert float(row["output error rate"]) == found["errors"]["output_error_rate"]
        assert row["circuit"] == "chosen" or float(row["output error rate"]) == 0
    assert "output error rate" in (folder / "analyses.md").read_text()
    assert "output error rate" in (folder / "report.html").read_text()


@pytest.mark.slow
def test_findings_are_part_of_the_circuits_folders(folder: Path) -> None:
    found = verify_folder(folder / "iris" / "tree" / "42" / "chosen", formal=False)
    assert found.agrees
    assert not found.differences


@pytest.mark.slow
def test_cells_run_again_where_more_is_asked(folder: Path) -> None:
    seen: list[object] = []
    options = small_sweep(analyses=("faults",))
    result = run_sweep(options, folder, resume=True, on_progress=lambda reached: seen.append(reached.last))
    assert {each for each in seen if each} == set(options.cells())
    heads, _ = findings_table(result.outcomes, result.rows)
    assert heads == ["Dataset", "Model", "Circuit", ">mean with a fault"]


@pytest.mark.slow
def test_what_cannot_be_found_out_is_a_note(tmp_path: Path) -> None:
    file = tmp_path / "dose.csv"
    file.write_text("a,b,dose\n" + "".join(f"{n % 7},{n % 5},{(n % 7) * 1.5 + n % 5}\n" for n in range(40)))
    training = TrainingOptions(kind="tree", max_depth=2, task="regression")
    asked = small_sweep(datasets=(str(file),), training=training, analyses=("robustness",))
    (outcome,) = run_sweep(asked, tmp_path / "out").outcomes
    assert not outcome.error
    assert outcome.record["chosen"]["analyses"] == {}
    assert any(note.startswith("no robustness of the chosen circuit") for note in outcome.record["notes"])
    assert not (tmp_path / "out" / "analyses.csv").exists()


def test_unknown_analyses_are_refused() -> None:
    with pytest.raises(OptionError, match="analyses: unknown analysis; got colours; allowed: faults, several_faults"):
        small_sweep(analyses=("colours",))
    with pytest.raises(OptionError, match="analyses: named twice; got faults"):
        small_sweep(analyses=("faults", "faults"))
