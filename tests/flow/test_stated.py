"""What a folder states otherwise than it is, with all digests renewed, is named."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from hashlib import sha256
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from sklearn.datasets import load_iris
from sklearn.tree import DecisionTreeClassifier

from bespoke.errors import OutputError, ToolMissingError
from bespoke.flow import check as check_module
from bespoke.flow import compile_model, verify_folder
from bespoke.report import save_design, with_page

X, Y = load_iris(return_X_y=True)


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("stated") / "design"
    tree = DecisionTreeClassifier(max_depth=3, random_state=0).fit(X, Y)
    save_design(compile_model(tree, X, Y), folder)
    return folder


def no_icarus(*_args: Any, **_options: Any) -> Any:
    raise ToolMissingError("iverilog is not installed")


@pytest.fixture
def folder(whole: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(check_module, "run_icarus", no_icarus)
    return Path(shutil.copytree(whole, tmp_path / "design"))


def renew(folder: Path) -> None:
    """Make all digests those of the files."""
    for listing in ("manifest.json", ".bespoke.json"):
        data = json.loads((folder / listing).read_text())
        data["files"] = {name: sha256((folder / name).read_bytes()).hexdigest() for name in data["files"]}
        if listing == "manifest.json":
            data["digests"]["netlist"] = data["files"]["netlist.v"]
            report = json.loads((folder / "report.json").read_text())
            (folder / "report.json").write_text(json.dumps(report | {"digests": data["digests"]}, indent=2))
        (folder / listing).write_text(json.dumps(data, indent=2))


def change(path: Path, keys: str, new: Callable[[Any], Any]) -> None:
    data = json.loads(path.read_text())
    *inner, last = [int(key) if key.isdigit() else key for key in keys.split("/")]
    place = data
    for key in inner:
        place = place[key]
    place[last] = new(place[last])
    path.write_text(json.dumps(data, indent=2))


def test_a_folder_states_what_is_so(folder: Path) -> None:
    renew(folder)
    found = verify_folder(folder, formal=False)
    assert (found.differences, found.notes, found.agrees) == ((), (), True)
    assert "differences" not in found.to_json()


@pytest.mark.parametrize("inputs", ["binary", "unary"])
def test_names_that_are_no_identifiers_are_stated_as_they_are(
    inputs: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(check_module, "run_icarus", no_icarus)
    names = ["sepal length (cm)", 'Höhe, "groß"', "module", "1st"]
    data = pd.DataFrame(X, columns=names)
    tree = DecisionTreeClassifier(max_depth=3, random_state=0).fit(data, Y)
    save_design(compile_model(tree, data, Y, inputs=inputs), tmp_path / "design")
    found = with_page(verify_folder(tmp_path / "design"), tmp_path / "design")
    assert (found.differences, found.notes, found.agrees) == ((), (), True)


@pytest.mark.parametrize(
    ("file", "keys", "new", "named"),
    [
        ("manifest.json", "output/classes", lambda classes: classes[::-1], "manifest.json, output.classes"),
        ("manifest.json", "inputs/2/low", lambda low: low + 1, "manifest.json, inputs[2].low"),
        ("manifest.json", "inputs/3/span", lambda span: span * 2, "manifest.json, inputs[3].span"),
        ("manifest.json", "inputs", lambda inputs: inputs[::-1], "manifest.json, inputs[0].feature"),
        ("manifest.json", "technology/vdd", lambda _: 0.6, "manifest.json, technology.vdd"),
        ("manifest.json", "stimuli/vectors", lambda count: count + 1, "stimuli.vectors"),
        ("report.json", "rules/0/answer", lambda _: "7", "report.json, rules[0].answer"),
        ("report.json", "rules/0/any_of/0/0/high", lambda high: high + 1, "report.json, rules[0].any_of[0][0].high"),
        ("report.json", "coefficients/trees/0/answers/0", lambda _: "7", "trees[0].answers[0]"),
        ("report.json", "estimate/area_mm2", lambda area: area / 2, "report.json, estimate.area_mm2"),
        ("report.json", "estimate/power_mw", lambda power: power / 2, "report.json, estimate.power_mw"),
        ("report.json", "estimate/delays_ms/hold", lambda delay: delay / 2, "report.json, estimate.delays_ms.hold"),
        ("report.json", "system/area_mm2", lambda area: area / 2, "report.json, system.area_mm2"),
        ("report.json", "converters/comparators", lambda count: count + 1, "report.json, converters.comparators"),
        ("report.json", "converters/features/0/levels/0", lambda level: level + 1, "converters.features[0].levels[0]"),
        ("report.json", "accuracy/test", lambda test: test / 2, "report.json, accuracy.test"),
        ("report.json", "accuracy/test", lambda _: 10**400, "report.json, accuracy.test"),
        ("report.json", "confusion/circuit/counts/0", lambda row: row[::-1], "report.json, confusion.circuit"),
        ("report.json", "confusion/circuit/counts/0/1", lambda count: count + 1, "report.json, confusion.circuit.rows"),
        ("report.json", "gates", lambda gates: gates - 1, "report.json, gates"),
        ("library.json", "cells/INVX1/area", lambda area: area / 10, "library.json, INVX1"),
    ],
)
def test_facts(folder: Path, file: str, keys: str, new: Callable[[Any], Any], named: str) -> None:
    change(folder / file, keys, new)
    renew(folder)
    found = verify_folder(folder, formal=False)
    assert any(line.startswith(named) or named in line for line in found.differences), found.differences
    assert not found.agrees
    assert found.to_json()["differences"]


@pytest.mark.parametrize(
    ("file", "old", "new"),
    [
        ("testbench.v", "initial", "always"),
        ("stimuli.csv", "\n0", "\n1"),
        ("cells.v", "endmodule", "endmodule\n\nmodule more; endmodule"),
    ],
)
def test_texts(folder: Path, file: str, old: str, new: str) -> None:
    text = (folder / file).read_text()
    (folder / file).write_text(text.replace(old, new, 1))
    assert (folder / file).read_text() != text
    renew(folder)
    found = verify_folder(folder, formal=False)
    assert found.differences
    assert not found.agrees


def test_files_that_changed_or_are_missing_are_named(folder: Path) -> None:
    change(folder / "report.json", "notes", lambda _: [])
    (folder / "report.html").unlink()
    notes = verify_folder(folder, formal=False).notes
    assert notes == ("report.json was changed since it was written", "report.html is missing")


@pytest.mark.parametrize(
    ("name", "value", "named"), [("converters", "date24", "no encoder for binary words"), ("period_ms", -1, "-1")]
)
def test_figures_that_cannot_be_found_anew_are_not_believed(folder: Path, name: str, value: object, named: str) -> None:
    change(folder / "report.json", f"options/{name}", lambda _: value)
    renew(folder)
    found = verify_folder(folder, formal=False)
    assert [line for line in found.differences if named in line], found.differences


@pytest.mark.parametrize("count", [0.5, "5", -1])
def test_counts_that_are_none_are_refused(folder: Path, count: object) -> None:
    change(folder / "report.json", "confusion/circuit/counts/0/1", lambda _: count)
    with pytest.raises(OutputError, match="counts that are none"):
        verify_folder(folder, formal=False)


def test_a_report_of_something_else_is_refused_in_a_line(folder: Path) -> None:
    change(folder / "report.json", "estimate", lambda _: 3)
    with pytest.raises(OutputError, match="not what bespoke states of a design"):
        verify_folder(folder, formal=False)
