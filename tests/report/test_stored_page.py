"""The page of a folder is the one that its other files make."""

from __future__ import annotations

import json
from pathlib import Path
from shutil import copytree

import pytest
from sklearn.datasets import load_iris
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import MinMaxScaler
from sklearn.tree import DecisionTreeClassifier

from bespoke.flow import MANIFEST, REPORT, Verification, compile_model
from bespoke.report import save_design, with_page
from bespoke.report.folder import PAGE

X, Y = load_iris(return_X_y=True)


@pytest.fixture(scope="module", params=["binary tree", "unary tree", "sums"])
def folder(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    sums = make_pipeline(MinMaxScaler(), LogisticRegression(max_iter=1000))
    model = sums if request.param == "sums" else DecisionTreeClassifier(max_depth=3, random_state=0)
    options = {"inputs": "unary", "converters": "date24"} if request.param == "unary tree" else {}
    path = tmp_path_factory.mktemp("page") / "design"
    save_design(compile_model(model.fit(X, Y), X, Y, input_bits=4, **options), path)
    return path


def test_a_page_as_it_was_written_differs_nowhere(folder: Path) -> None:
    assert with_page(Verification(), folder) == Verification()


@pytest.mark.parametrize("found", ["</p>", "mm²"])
def test_an_edited_page_is_named(folder: Path, found: str, tmp_path: Path) -> None:
    copy = copytree(folder, tmp_path / "copy")
    text = (copy / PAGE).read_text(encoding="utf-8")
    line = 1 + text[: text.index(found)].count("\n")
    (copy / PAGE).write_text(text.replace(found, f"9{found}", 1), encoding="utf-8")
    assert with_page(Verification(), copy).differences == (f"{PAGE}, line {line} is not what its files state",)


def test_a_report_that_makes_no_page_is_named(folder: Path, tmp_path: Path) -> None:
    copy = copytree(folder, tmp_path / "copy")
    report = json.loads((copy / REPORT).read_text(encoding="utf-8"))
    for name in ("model", "gates", "versions"):
        (copy / REPORT).write_text(json.dumps({key: report[key] for key in report if key != name}), encoding="utf-8")
        assert with_page(Verification(), copy).differences == (f"{REPORT} makes no page: KeyError '{name}'",)


def test_pages_of_other_versions_are_noted(folder: Path, tmp_path: Path) -> None:
    copy = copytree(folder, tmp_path / "copy")
    text = (copy / MANIFEST).read_text(encoding="utf-8")
    (copy / MANIFEST).write_text(text.replace('"bespoke": "', '"bespoke": "0.', 1), encoding="utf-8")
    (copy / PAGE).write_text("other", encoding="utf-8")
    found = with_page(Verification(), copy)
    assert (found.differences, len(found.notes)) == ((), 1)
    assert "another version" in found.notes[0]
