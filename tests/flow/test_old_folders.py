"""Folders that revision 63eb7d2 wrote are verified, estimated and exported as it did it."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from bespoke.errors import NetlistError, OutputError, ToolMissingError
from bespoke.flow import EstimateOptions, estimate_netlist, export_folder, verify_folder
from bespoke.flow import check as check_module
from bespoke.interchange import FORMATS

FOLDERS = Path(__file__).parent / "old_folders"
NAMES = ("tree", "svm", "pruned_svm", "pruned_mlp")
PRUNED = ("pruned_svm", "pruned_mlp")
MISSING = "testbench.v is missing"
RTL, EDITED = "rtl.v is not what this version of bespoke writes", "compared with the edited netlist"


def report_of(name: str) -> dict[str, Any]:
    data: dict[str, Any] = json.loads((FOLDERS / name / "report.json").read_text())
    return data


@pytest.fixture
def pruned(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A copy of a pruned folder, verified without Icarus Verilog."""
    monkeypatch.setattr(check_module, "run_icarus", _no_icarus)
    return Path(shutil.copytree(FOLDERS / "pruned_svm", tmp_path / "old"))


def _no_icarus(*_args: Any, **_options: Any) -> Any:
    raise ToolMissingError("iverilog is not installed")


def change(path: Path, **changes: Any) -> None:
    path.write_text(json.dumps(json.loads(path.read_text()) | changes))


@pytest.mark.slow
@pytest.mark.parametrize("name", NAMES)
def test_old_folders_are_proven(
    name: str, allowed: Callable[[str, str], set[str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(check_module, "run_icarus", _no_icarus)
    found = verify_folder(FOLDERS / name)
    assert found.simulator.status == "agree"
    assert found.formal.status in allowed("proven", "yosys-abc")
    assert found.differences == ()
    remarks = [MISSING, RTL, EDITED] if name in PRUNED else [MISSING, RTL]
    assert len(found.notes) == len(remarks)
    assert all(remark in note for remark, note in zip(remarks, found.notes, strict=True))


@pytest.mark.oracle
def test_an_old_folder_runs_in_icarus(require_program: Callable[[str], Path]) -> None:
    require_program("iverilog")
    found = verify_folder(FOLDERS / "pruned_svm", formal=False)
    assert {name: part.status for name, part in found.icarus.parts.items()} == {"netlist": "agree", "rtl": "agree"}


@pytest.mark.parametrize("name", NAMES)
def test_estimates_of_old_folders_are_those_of_their_reports(name: str) -> None:
    old, found = report_of(name), estimate_netlist(FOLDERS / name, EstimateOptions())
    assert found["gates"] == old["gates"]
    assert found["notes"] == []
    same = ("area_mm2", "static_power_mw", "dynamic_power_mw", "power_mw", "delay_ms", "vdd", "technology", "cells")
    for figure in same:
        assert found["estimate"][figure] == pytest.approx(old["estimate"][figure]), figure


@pytest.mark.slow_if("pruned_mlp")
@pytest.mark.parametrize("name", NAMES)
def test_old_folders_are_exported(name: str) -> None:
    files = export_folder(FOLDERS / name, ("all",))
    wanted = {file for kind, form in FORMATS.items() for file in form.files if kind != "svg"}
    assert wanted <= files.keys()
    assert all(files.values())
    texts = {file: (FOLDERS / name / file).read_bytes() for file in ("netlist.v", "cells.v", "rtl.v")}
    source = texts["netlist.v"] + texts["cells.v"] if name in PRUNED else texts["rtl.v"]
    assert source in files.values()


@pytest.mark.slow
def test_a_missing_cut_is_noticed(pruned: Path) -> None:
    cuts = json.loads((pruned / "cuts.json").read_text())["cuts"]
    change(pruned / "cuts.json", cuts=cuts[: len(cuts) // 2])
    found = verify_folder(pruned)
    assert found.simulator.status == found.formal.status == "refuted"
    assert [note for note in found.notes if note.startswith("cuts.json was changed")]


@pytest.mark.slow
@pytest.mark.parametrize("number", [0, 1, 3])  # the third cut has no effect after the fourth
def test_another_literal_for_a_cut_is_noticed(pruned: Path, number: int) -> None:
    cuts = json.loads((pruned / "cuts.json").read_text())["cuts"]
    cuts[number]["literal"] ^= 1
    change(pruned / "cuts.json", cuts=cuts)
    assert verify_folder(pruned, formal=False).simulator.status == "refuted"


@pytest.mark.slow
def test_a_circuit_without_its_cuts_is_noticed(pruned: Path) -> None:
    (pruned / "cuts.json").unlink()
    with pytest.raises(OutputError, match=r"cuts\.json: a file of the design is missing"):
        verify_folder(pruned)
    files = json.loads((pruned / "manifest.json").read_text())["files"]
    del files["cuts.json"]
    change(pruned / "manifest.json", files=files)
    assert verify_folder(pruned, formal=False).simulator.status == "refuted"


def test_cuts_of_another_netlist_are_refused(pruned: Path) -> None:
    cuts = (pruned / "cuts.json").read_text()
    for changes in ({"lowered": "0" * 64}, {"cuts": [{"net": 10**6, "literal": 0, "loss": 0, "gain": 0}]}):
        change(pruned / "cuts.json", **changes)
        with pytest.raises(NetlistError):
            verify_folder(pruned)
        (pruned / "cuts.json").write_text(cuts)
    model = json.loads((pruned / "model.json").read_text())
    model["layers"][0]["biases"][0] += 3
    (pruned / "model.json").write_text(json.dumps(model))
    with pytest.raises(NetlistError, match="another lowered netlist"):
        verify_folder(pruned)


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"format": "bespoke-cuts", "version": 2}', '{"cuts": 3}'])
def test_other_cut_files_are_refused(pruned: Path, text: str) -> None:
    (pruned / "cuts.json").write_text(text)
    with pytest.raises(OutputError, match="not a list of edits"):
        verify_folder(pruned)


@pytest.mark.slow
def test_cuts_beside_edits_are_not_passed_over(pruned: Path) -> None:
    empty = {"format": "bespoke-edits", "version": 1, "lowered": "", "thorough": False, "costs": None, "edits": []}
    (pruned / "edits.json").write_text(json.dumps(empty))
    assert verify_folder(pruned, formal=False).simulator.status == "refuted"
