"""Folders of pruned designs are verified against their edits, and every change of these is noticed."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from shutil import copytree
from typing import Any

import numpy as np
import pytest
from random_edits import random_edits
from sklearn.datasets import load_iris
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import MinMaxScaler
from sklearn.svm import LinearSVC

from bespoke.errors import NetlistError, OutputError
from bespoke.flow import CompileOptions, ParetoFront, approximate, verify_folder
from bespoke.flow.compile import Stages, build_design
from bespoke.flow.sources import Rows, Source
from bespoke.netlist import apply_edits
from bespoke.report import save_front
from bespoke.sim import random_inputs, simulate

Allowed = Callable[[str, str], set[str]]
X, Y = load_iris(return_X_y=True)
QUICK: dict[str, Any] = {
    "population": 8,
    "islands": 1,
    "epochs": 1,
    "generations": 2,
    "finalists": 3,
    "jobs": 1,
    "prune_budget": 3000,
}


@pytest.fixture(scope="module")
def front() -> ParetoFront:
    estimator = make_pipeline(MinMaxScaler(), LinearSVC(random_state=0)).fit(X, Y)
    return approximate(estimator, X, Y, **QUICK, max_loss=0.03)


@pytest.fixture(scope="module")
def saved(front: ParetoFront, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("front") / "out"
    save_front(front, folder)
    return folder


@pytest.fixture
def folder(saved: Path, tmp_path: Path) -> Path:
    return Path(copytree(saved, tmp_path / "out"))


def change(path: Path, **changes: Any) -> None:
    data = json.loads(path.read_text())
    path.write_text(json.dumps(data | changes))


def test_a_pruned_folder_is_verified_against_its_edits(folder: Path, allowed: Allowed) -> None:
    assert json.loads((folder / "edits.json").read_text())["edits"]
    found = verify_folder(folder)
    assert found.simulator.status == "agree"
    assert found.formal.status in allowed("proven", "yosys-abc")
    assert found.icarus.status in allowed("agree", "iverilog")
    assert [note for note in found.notes if "edited netlist" in note]
    assert not [note for note in found.notes if "changed" in note]


def test_a_missing_edit_is_noticed(folder: Path) -> None:
    edits = json.loads((folder / "edits.json").read_text())["edits"]
    change(folder / "edits.json", edits=edits[: len(edits) // 2])
    found = verify_folder(folder, formal=True)
    assert found.simulator.status == found.formal.status == "refuted"
    assert [note for note in found.notes if note.startswith("edits.json was changed")]


def test_a_circuit_without_its_edits_is_noticed(folder: Path) -> None:
    (folder / "edits.json").unlink()
    with pytest.raises(OutputError, match=r"a file of the design is missing"):
        verify_folder(folder)
    manifest = json.loads((folder / "manifest.json").read_text())
    del manifest["files"]["edits.json"]
    change(folder / "manifest.json", files=manifest["files"])
    assert verify_folder(folder, formal=False).simulator.status == "refuted"


def test_edits_of_another_model_are_refused(folder: Path) -> None:
    text = (folder / "model.json").read_text()
    model = json.loads(text)
    model["stages"][0]["biases"][0] += 3
    (folder / "model.json").write_text(json.dumps(model))
    with pytest.raises(NetlistError, match="another lowered netlist"):
        verify_folder(folder)
    (folder / "model.json").write_text(text)
    for edit in ({"net": 10**6, "literal": 0}, {"net": 10**6, "gate": "and", "a": 2, "b": 4}):
        change(folder / "edits.json", edits=[edit])
        with pytest.raises(NetlistError):
            verify_folder(folder)


def test_edits_of_a_netlist_that_was_lowered_with_other_costs_are_refused(folder: Path) -> None:
    costs = json.loads((folder / "edits.json").read_text())["costs"]
    change(folder / "edits.json", costs=costs | {"shared_xor": 0.1})
    with pytest.raises(NetlistError, match="another lowered netlist"):
        verify_folder(folder)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "[]",
        "{}",
        '{"edits": 3}',
        '{"format": "bespoke-edits", "version": 3}',
        '{"format": "bespoke-edits", "version": 1, "thorough": 0, "costs": {}, "edits": [{"net": 9}]}',
        '{"format": "bespoke-edits", "version": 1, "thorough": 0, "costs": {"nand": 1}, "edits": []}',
        '{"format": "bespoke-cuts", "version": 2}',
    ],
)
def test_other_files_of_edits_are_refused(folder: Path, text: str) -> None:
    (folder / "edits.json").write_text(text)
    with pytest.raises(OutputError, match="not a list of edits"):
        verify_folder(folder)


@pytest.mark.slow
def test_every_design_of_a_front_has_its_folder(front: ParetoFront, folder: Path) -> None:
    for row in front.rows():
        report = json.loads((folder / row["folder"] / "report.json").read_text())
        assert report["estimate"]["area_mm2"] == row["area_mm2"]
        assert report["approximation"]["exact"] == row["exact"]
        assert report["approximation"]["edits"] == row["edits"] == len(edits_of(folder / row["folder"]))
    data = json.loads((folder / "front.json").read_text())
    assert data["designs"] == front.detailed_rows()
    shown = [{name: value for name, value in row.items() if name != "changes"} for row in data["designs"]]
    assert shown == front.rows()
    own = json.loads((folder / "report.json").read_text())["approximation"]["front"]
    assert [row["area_mm2"] for row in own] == [row["area_mm2"] for row in front.rows()]
    assert data["met"]
    save_front(front, folder)


def edits_of(folder: Path) -> list[Any]:
    path = folder / "edits.json"
    return json.loads(path.read_text())["edits"] if path.exists() else []


@pytest.mark.slow
def test_random_edits_give_a_circuit_that_is_proven_equal_to_the_edited_netlist(
    front: ParetoFront, allowed: Allowed
) -> None:
    model, library = front.exact.model, front.exact.circuit.library
    source = Source(model, None, Rows.of(model, X, Y), None, None, ())
    words = random_inputs(model.coding.bits, 300, 1)
    for seed in range(3):
        edits = random_edits(np.random.default_rng(seed), front.exact.circuit.lowered)
        assert edits
        stages = Stages(lambda _stage: None)
        design = build_design(source, library, CompileOptions(), stages, prune=lambda *_, edits=edits: edits)
        left = simulate(apply_edits(design.circuit.lowered, edits), words)[:, 0]
        known = left < len(model.decision.classes)
        assert np.array_equal(design.outputs(words)[known], left[known])
        assert set(design.predict(X)) <= set(model.decision.classes)
        assert design.verify(thorough=False).formal.status in allowed("proven", "yosys-abc")
