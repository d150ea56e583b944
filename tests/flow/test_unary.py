"""Circuits with a wire per level: made, read back, verified, driven by foreign stimuli."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from sklearn.datasets import load_iris
from sklearn.linear_model import LogisticRegression
from sklearn.tree import DecisionTreeClassifier
from small_models import tree

from bespoke.errors import OutputError, StimuliError
from bespoke.flow import Design, EstimateOptions, compile_model, estimate_netlist, verify_folder
from bespoke.model import BinaryCode, ThermometerCode
from bespoke.report import save_design

X, Y = load_iris(return_X_y=True)
ESTIMATORS: dict[str, Any] = {
    "tree": DecisionTreeClassifier(max_depth=3, random_state=0),
    "logistic": LogisticRegression(),
}


@pytest.fixture(scope="module", params=ESTIMATORS)
def design(request: pytest.FixtureRequest) -> Design:
    return compile_model(
        ESTIMATORS[request.param].fit(X, Y), X, Y, inputs="unary", input_bits=4, input_encoding="floor"
    )


@pytest.fixture
def folder(design: Design, tmp_path: Path) -> Path:
    save_design(design, tmp_path / "design")
    return tmp_path / "design"


def test_the_function_is_that_of_binary_inputs(design: Design) -> None:
    binary = compile_model(design.model, X, Y)
    words = design.model.coding.quantise(X)
    assert (design.outputs(words) == binary.outputs(words)).all()
    assert design.accuracies.test == binary.accuracies.test
    assert design.circuit.mapped.inputs[0].width == 1


@pytest.mark.slow
def test_a_stored_design_agrees_and_a_binary_one_needs_no_levels(folder: Path, design: Design) -> None:
    found = verify_folder(folder, formal=True)
    assert {check.status for check in found.checks.values()} <= {"agree", "proven", "not run"}
    assert found.notes == ()
    entries = json.loads((folder / "manifest.json").read_text())["inputs"]
    levels = [[each["level"] for each in entry["levels"]] for entry in entries]
    assert levels == [list(code.levels) for code in design.circuit.boundary.codes]
    first = next(entry for entry in entries if entry["levels"])
    level = first["levels"][0]
    assert level["value"] == pytest.approx(first["low"] + first["span"] * level["level"] / 16)


@pytest.mark.slow
def test_another_interface_is_refuted(folder: Path) -> None:
    manifest = json.loads((folder / "manifest.json").read_text())
    entry = next(entry for entry in manifest["inputs"] if entry["levels"])
    entry["levels"] = entry["levels"][1:]
    (folder / "manifest.json").write_text(json.dumps(manifest))
    assert not verify_folder(folder).agrees


def test_levels_must_ascend(folder: Path) -> None:
    manifest = json.loads((folder / "manifest.json").read_text())
    for wrong in ([{"level": 3}, {"level": 2}], [{"level": "2"}], [{}], 5, [{"level": 0}]):
        manifest["inputs"][2]["levels"] = wrong
        (folder / "manifest.json").write_text(json.dumps(manifest))
        with pytest.raises(OutputError, match="ascending"):
            verify_folder(folder)


def test_foreign_stimuli_are_codes(folder: Path, tmp_path: Path, design: Design) -> None:
    lines = (folder / "stimuli.csv").read_text().splitlines()
    assert lines[0].split(",")[0].startswith(tuple(f"{name}_ge_" for name in design.model.coding.names[:3]))
    mine = tmp_path / "mine.csv"
    mine.write_text("\n".join(lines[:40]))
    assert estimate_netlist(folder, EstimateOptions(stimuli=mine))["stimuli"]["vectors"] == 39
    several = next(code for code in design.circuit.boundary.codes if len(code.ports("x")) > 1)
    first = list(design.circuit.boundary.codes).index(several)
    column = sum(len(code.ports("x")) for code in design.circuit.boundary.codes[:first])
    row = np.zeros(len(lines[0].split(",")), dtype=int)
    row[column + 1] = 1
    mine.write_text("\n".join([lines[0], ",".join(map(str, row))]))
    with pytest.raises(StimuliError, match="no converter gives"):
        estimate_netlist(folder, EstimateOptions(stimuli=mine))


@pytest.mark.slow
def test_some_features_may_stay_binary() -> None:
    fitted = ESTIMATORS["tree"].fit(X, Y)
    design = compile_model(fitted, X, Y, inputs={"x3": "unary"}, input_bits=4)
    kinds = [type(code) for code in design.circuit.boundary.codes]
    assert kinds == [BinaryCode, BinaryCode, BinaryCode, ThermometerCode]
    assert design.verify(formal=False).agrees


def test_a_circuit_that_reads_nothing_has_no_inputs() -> None:
    design = compile_model(tree([1]), inputs="unary")
    assert design.circuit.mapped.inputs == ()
    assert {check.status for check in design.verify().checks.values()} <= {"agree", "proven", "not run"}
