"""Folders of pruned designs are verified against their cuts, and every edit of these is noticed."""

from __future__ import annotations

import json
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from sklearn.datasets import load_iris
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import MinMaxScaler
from sklearn.svm import LinearSVC

from bespoke.errors import NetlistError, OutputError
from bespoke.flow import CompileOptions, ParetoFront, approximate, verify_design, verify_folder
from bespoke.flow.build import Stages, build_design
from bespoke.flow.sources import Rows, Source
from bespoke.flow.vectors import random_inputs
from bespoke.netlist import Netlist
from bespoke.prune import Cut, apply_cuts
from bespoke.report import save_front
from bespoke.sim import simulate

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


@pytest.fixture
def folder(front: ParetoFront, tmp_path: Path) -> Path:
    save_front(front, tmp_path / "out")
    return tmp_path / "out"


def edited(path: Path, **changes: Any) -> None:
    data = json.loads(path.read_text())
    path.write_text(json.dumps(data | changes))


def test_a_pruned_folder_is_verified_against_its_cuts(folder: Path, allowed: Allowed) -> None:
    assert json.loads((folder / "cuts.json").read_text())["cuts"]
    found = verify_folder(folder)
    assert found.simulator.status == "agree"
    assert found.formal.status in allowed("proven", "yosys-abc")
    assert found.icarus.status in allowed("agree", "iverilog")
    assert [note for note in found.notes if "pruned netlist" in note]
    assert not [note for note in found.notes if "changed" in note]


def test_a_missing_cut_is_noticed(folder: Path) -> None:
    cuts = json.loads((folder / "cuts.json").read_text())["cuts"]
    edited(folder / "cuts.json", cuts=cuts[: len(cuts) // 2])
    found = verify_folder(folder, formal=True)
    assert found.simulator.status == found.formal.status == "refuted"
    assert [note for note in found.notes if note.startswith("cuts.json was changed")]


def test_a_circuit_without_its_cuts_is_noticed(folder: Path) -> None:
    (folder / "cuts.json").unlink()
    with pytest.raises(OutputError, match=r"a file of the design is missing"):
        verify_folder(folder)
    manifest = json.loads((folder / "manifest.json").read_text())
    del manifest["files"]["cuts.json"]
    edited(folder / "manifest.json", files=manifest["files"])
    assert verify_folder(folder, formal=False).simulator.status == "refuted"


def test_cuts_of_another_model_are_refused(folder: Path) -> None:
    text = (folder / "model.json").read_text()
    model = json.loads(text)
    model["layers"][0]["biases"][0] += 3
    (folder / "model.json").write_text(json.dumps(model))
    with pytest.raises(NetlistError, match="another lowered netlist"):
        verify_folder(folder)
    (folder / "model.json").write_text(text)
    edited(folder / "cuts.json", cuts=[{"net": 10**6, "literal": 0, "loss": 0, "gain": 0}])
    with pytest.raises(NetlistError):
        verify_folder(folder)


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"format": "bespoke-cuts", "version": 2}', '{"cuts": 3}'])
def test_other_cut_files_are_refused(folder: Path, text: str) -> None:
    (folder / "cuts.json").write_text(text)
    with pytest.raises(OutputError, match="not a list of cuts"):
        verify_folder(folder)


def test_every_design_of_a_front_has_its_folder(front: ParetoFront, folder: Path) -> None:
    for row in front.rows():
        report = json.loads((folder / row["folder"] / "report.json").read_text())
        assert report["estimate"]["area_mm2"] == row["area_mm2"]
        assert report["approximation"]["exact"] == row["exact"]
        assert report["approximation"]["cuts"] == row["cuts"] == len(report_cuts(folder / row["folder"]))
    data = json.loads((folder / "front.json").read_text())
    assert data["designs"] == front.detailed_rows()
    shown = [{name: value for name, value in row.items() if name != "changes"} for row in data["designs"]]
    assert shown == front.rows()
    own = json.loads((folder / "report.json").read_text())["approximation"]["front"]
    assert [row["area_mm2"] for row in own] == [row["area_mm2"] for row in front.rows()]
    assert data["met"]
    save_front(front, folder)


def report_cuts(folder: Path) -> list[Any]:
    path = folder / "cuts.json"
    return json.loads(path.read_text())["cuts"] if path.exists() else []


def test_random_cuts_give_a_circuit_that_is_proven_equal_to_the_pruned_netlist(
    front: ParetoFront, allowed: Allowed
) -> None:
    model, library = front.exact.model, front.exact.library
    source = Source(model, None, Rows(X, Y), None, {}, ())
    words = random_inputs(model.coding.bits, 300, 1)
    for seed in range(3):
        cuts = random_cuts(front.exact.lowered, np.random.default_rng(seed))
        assert cuts
        stages = Stages(lambda _stage: None)
        design = build_design(source, library, CompileOptions(), stages, prune=lambda *_, cuts=cuts: cuts)
        left = simulate(apply_cuts(design.lowered, cuts), words)[:, 0]
        known = left < len(model.decision.classes)
        assert np.array_equal(design.outputs(words)[known], left[known])
        assert set(design.predict(X)) <= set(model.decision.classes)
        assert verify_design(design, thorough=False).formal.status in allowed("proven", "yosys-abc")


def random_cuts(lowered: Netlist, random: np.random.Generator) -> list[Cut]:
    """Gates replaced by constants and inputs, in any order; some are gone when their turn comes."""
    first = 1 + lowered.input_count
    cuts: list[Cut] = []
    for net in random.choice(lowered.gate_count, 8, replace=False) + first:
        longer = [*cuts, Cut(int(net), int(random.integers(2 * first)), 0.0, 0.0)]
        with suppress(NetlistError):
            apply_cuts(lowered, longer)
            cuts = longer
    return cuts
