"""Verification agrees about what was compiled, and notices every edit that changes a function."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from sklearn.datasets import load_iris
from sklearn.neural_network import MLPClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import MinMaxScaler
from sklearn.tree import DecisionTreeClassifier

from bespoke.errors import ModelFileError, OptionError, OutputError, ToolMissingError, ToolTimeoutError
from bespoke.flow import Design, compile_model, verify_folder
from bespoke.flow import check as check_module
from bespoke.flow.folder import read_vectors
from bespoke.flow.vectors import all_vectors
from bespoke.model import Affine, InputCoding, IntegerModel, Value
from bespoke.report import save_design
from bespoke.verilog import model_ports, write_vectors

X, Y = load_iris(return_X_y=True)


@pytest.fixture(scope="module")
def tree() -> Design:
    estimator = make_pipeline(MinMaxScaler(), DecisionTreeClassifier(max_depth=4, random_state=0)).fit(X, Y)
    return compile_model(estimator, X, Y, input_bits=6)


@pytest.fixture(scope="module")
def network() -> Design:
    estimator = make_pipeline(MinMaxScaler(), MLPClassifier((2,), max_iter=50, random_state=1)).fit(X, Y)
    return compile_model(estimator, X, Y, input_bits=2, weight_bits=4)


@pytest.fixture
def folder(tree: Design, tmp_path: Path) -> Path:
    save_design(tree, tmp_path / "design")
    return tmp_path / "design"


def edit(path: Path, pattern: str, replacement: str | Callable[[re.Match[str]], str]) -> None:
    text = path.read_text()
    changed, count = re.subn(pattern, replacement, text, count=1)
    assert count == 1
    assert changed != text
    path.write_text(changed)


def test_simulator_agrees(tree: Design, network: Design, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(check_module, "run_icarus", _no_icarus)
    for design in (tree, network):
        found = design.verify(formal=False)
        assert found.simulator.status == "agree"
        assert found.simulator.counts == {"vectors": sum(found.vectors["simulator"].values()), "mismatches": 0}
        assert found.icarus.status == "not run"
        assert "iverilog" in found.icarus.detail
        assert found.formal.status == "not run"
        assert found.agrees
    assert "exhaustive" in network.vectors.counts


@pytest.mark.oracle
def test_icarus_agrees(tree: Design, network: Design, require_program: Callable[[str], Path]) -> None:
    require_program("iverilog")
    for design in (tree, network):
        found = design.verify(formal=False)
        assert found.icarus.status == "agree"
        assert {name: part.status for name, part in found.icarus.parts.items()} == {"netlist": "agree", "rtl": "agree"}
        assert found.icarus.parts["rtl"].counts["vectors"] == sum(found.vectors["icarus"].values())
        quick = design.verify(formal=False, thorough=False)
        assert quick.icarus.parts["netlist"].counts["vectors"] == len(design.vectors.words)


@pytest.mark.oracle
def test_proof(tree: Design, network: Design, require_program: Callable[[str], Path]) -> None:
    require_program("yosys-abc")
    for design in (tree, network):
        assert design.verify().formal.status == "proven"


@pytest.mark.oracle
def test_a_folder_verifies_as_it_was_written(folder: Path, require_program: Callable[[str], Path]) -> None:
    require_program("iverilog")
    found = verify_folder(folder, formal=False)
    assert found.agrees
    assert found.simulator.status == found.icarus.status == "agree"
    assert found.notes == ()


def test_an_edited_netlist_is_refuted(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(check_module, "run_icarus", _no_icarus)
    edit(folder / "netlist.v", r"NAND2X1 (\w+) \(", r"OR2X1 \1 (")
    found = verify_folder(folder, formal=False)
    assert found.simulator.status == "refuted"
    example = found.counterexample
    assert example is not None
    assert set(example) == {"inputs", "expected", "got"}
    assert example["expected"] != example["got"]
    assert "netlist.v was changed since it was written" in found.notes


def test_the_counterexample_is_one(tree: Design, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(check_module, "run_icarus", _no_icarus)
    edit(folder / "netlist.v", r"NAND2X1 (\w+) \(", r"OR2X1 \1 (")
    example = verify_folder(folder, formal=False).counterexample
    assert example is not None
    words = np.array([[example["inputs"][name] for name in tree.model.coding.names]])
    assert tree.model.predict(words)[0] == example["expected"]


@pytest.mark.parametrize(
    ("pattern", "replacement"),
    [
        (r"endmodule", ""),
        (r"INVX1 |NAND2X1 ", "NOSUCH "),
        (r"input +wire \[5:0\]", "input wire [6:0]"),
        (r"(?s)module.*endmodule", "module classifier (x); input x; endmodule"),
    ],
)
def test_an_unreadable_netlist_is_refuted(
    folder: Path, pattern: str, replacement: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(check_module, "run_icarus", _no_icarus)
    edit(folder / "netlist.v", pattern, replacement)
    found = verify_folder(folder)
    assert found.simulator.status == "refuted"
    assert "netlist.v" in found.simulator.detail
    assert not found.agrees


def test_an_edited_model_is_refuted(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(check_module, "run_icarus", _no_icarus)
    data = json.loads((folder / "model.json").read_text())
    data["stages"][0]["threshold"][0] += 1
    (folder / "model.json").write_text(json.dumps(data))
    found = verify_folder(folder, formal=False)
    assert found.simulator.status == "refuted"
    assert found.counterexample is not None
    assert any("model.json was changed" in note for note in found.notes)


def test_a_model_of_other_widths_is_refuted(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(check_module, "run_icarus", _no_icarus)
    data = json.loads((folder / "model.json").read_text())
    data["inputs"]["bits"][0] += 1
    (folder / "model.json").write_text(json.dumps(data))
    found = verify_folder(folder, formal=False)
    assert found.simulator.status == "refuted"
    assert "ports" in found.simulator.detail


@pytest.mark.oracle
@pytest.mark.parametrize(
    ("pattern", "replacement"), [(r"<= ?\d+'d(\d+)", lambda m: f"<= {int(m[1]) + 3}"), (r"endmodule", "endmodul")]
)
def test_an_edited_rtl_is_refuted(
    folder: Path, pattern: str, replacement: Any, require_program: Callable[[str], Path]
) -> None:
    require_program("iverilog")
    edit(folder / "rtl.v", pattern, replacement)
    found = verify_folder(folder, formal=False)
    assert found.simulator.status == "agree"
    assert found.icarus.parts["netlist"].status == "agree"
    assert found.icarus.parts["rtl"].status == found.icarus.status == "refuted"
    assert any("rtl.v" in note for note in found.notes)


@pytest.mark.oracle
def test_edited_cells_are_refuted(folder: Path, require_program: Callable[[str], Path]) -> None:
    require_program("iverilog")
    edit(folder / "cells.v", r"nand \(", "nor (")
    found = verify_folder(folder, formal=False)
    assert found.icarus.parts["netlist"].status == "refuted"
    assert found.icarus.counterexample is not None


def test_stale_vectors_are_remarked(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(check_module, "run_icarus", _no_icarus)
    lines = (folder / "vectors.hex").read_text().splitlines()
    lines[0] = f"{int(lines[0], 16) ^ 1:0{len(lines[0])}x}"
    (folder / "vectors.hex").write_text("\n".join(lines) + "\n")
    found = verify_folder(folder, formal=False)
    assert any("expects other outputs" in note for note in found.notes)


@pytest.mark.parametrize("name", ["netlist.v", "rtl.v", "model.json", "cells.v", "library.json", "vectors.hex"])
def test_a_missing_file_is_named(folder: Path, name: str) -> None:
    (folder / name).unlink()
    with pytest.raises(OutputError, match=f"{re.escape(name)}: a file of the design is missing"):
        verify_folder(folder)


@pytest.mark.parametrize(
    ("key", "value"),
    [("files", 3), ("files", ["netlist.v"]), ("files", None), ("seed", "x"), ("seed", -5), ("seed", None)],
)
def test_a_malformed_manifest_is_named(folder: Path, key: str, value: object) -> None:
    data = json.loads((folder / "manifest.json").read_text())
    (folder / "manifest.json").write_text(json.dumps(data | {key: value}))
    with pytest.raises(OutputError, match=f"manifest.json, {key}: malformed; got {re.escape(repr(value))}; allowed:"):
        verify_folder(folder)


def test_vectors_are_read_as_they_were_written() -> None:
    coding = InputCoding(("a", "b", "c"), (3, 0, 5), (0.0,) * 3, (1.0,) * 3)
    layer = Affine(np.array([[3, 1, -7]]), np.array([2]), "identity", 3)
    model = IntegerModel(coding, (layer,), Value(frac_bits=3))
    words = np.array([[0, 0, 0], [7, 0, 31], [5, 0, 17]])
    outputs = model.predict(words)
    boundary = model_ports(model)
    found, expected = read_vectors(write_vectors(boundary, words, outputs), boundary, "vectors")
    assert np.array_equal(found, words)
    assert np.array_equal(expected, outputs)
    with pytest.raises(OutputError, match="line 2"):
        read_vectors("00\nzz\n", boundary, "vectors")


def _no_icarus(*_args: Any, **_options: Any) -> Any:
    raise ToolMissingError("iverilog is not installed")


def test_a_bad_model_file_is_named(folder: Path) -> None:
    edit(folder / "model.json", '"stage": "trees"', '"stage": "bushes"')
    with pytest.raises(ModelFileError, match=r"model\.json, model: unknown stage; got bushes"):
        verify_folder(folder)


@pytest.mark.oracle
def test_vectors_that_do_not_fit_into_the_time_are_left_out_and_said(
    tree: Design, folder: Path, require_program: Callable[[str], Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    require_program("iverilog")
    wanted = len(all_vectors(tree.model, tree.vectors.words, 43).words)
    monkeypatch.setattr(check_module, "_SURE_WORK", 10 * len(tree.circuit.mapped.instances))
    found = verify_folder(folder, formal=False, seconds=60)
    assert found.icarus.status == "agree"
    assert found.notes == ()
    monkeypatch.setattr(check_module, "_TIMEOUT_SHARE", 1e6)
    few = verify_folder(folder, formal=False, seconds=0.001)
    assert {part.counts["vectors"] for part in few.icarus.parts.values()} == {10}
    assert few.vectors["icarus"] == {"selected": 10}
    (note,) = few.notes
    assert note.startswith(f"Icarus Verilog ran 10 of {wanted:,} vectors, as many as fit into 0.001 s in all")


def test_simulations_that_are_ended_ran_no_vector(tree: Design, monkeypatch: pytest.MonkeyPatch) -> None:
    def endless(*_args: Any, **_options: Any) -> Any:
        raise ToolTimeoutError("iverilog takes too long")

    monkeypatch.setattr(check_module, "run_icarus", endless)
    found = tree.verify(formal=False, thorough=False)
    assert found.icarus.status == "not finished"
    assert found.vectors["icarus"] == {"selected": 0}
    assert found.notes[0].startswith("Icarus Verilog ran 0 of ")


@pytest.mark.parametrize("seconds", [0, -1, float("nan"), float("inf")])
def test_no_time_is_refused(tree: Design, seconds: float) -> None:
    with pytest.raises(OptionError, match="no time for a verification"):
        tree.verify(seconds=seconds)


def test_the_proof_says_how_far_it_is(network: Design, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(check_module, "run_icarus", _no_icarus)
    said: list[str] = []
    network.verify(on_stage=said.append)
    assert any(re.fullmatch(r"proof, sums: \d+ parts", text) for text in said), said
    assert any(text.startswith("proof, mapping; proven so far: ports, ") for text in said)
