"""Files for bad calls: models, data, Liberty files, folders that are wrong in one way each, and good ones beside."""

from __future__ import annotations

import json
import shlex
import zipfile
from importlib import import_module
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from command_line import call
from sklearn.datasets import load_iris
from sklearn.decomposition import KernelPCA
from sklearn.discriminant_analysis import QuadraticDiscriminantAnalysis
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import GridSearchCV
from sklearn.neighbors import KNeighborsClassifier
from sklearn.neural_network import MLPClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import FunctionTransformer, MinMaxScaler, Normalizer
from sklearn.svm import SVC, LinearSVR
from sklearn.tree import DecisionTreeClassifier, DecisionTreeRegressor

X, Y = load_iris(return_X_y=True)
Places = dict[str, Path]
NAMES = ("sepal_length", "sepal_width", "petal_length", "petal_width")


def write_models(folder: Path) -> None:
    """One .skops, .json or .pkl file for each fault."""
    import skops.io

    nan = LogisticRegression(max_iter=500).fit(X, Y)
    nan.coef_[0, 0] = np.nan
    infinite = make_pipeline(MinMaxScaler(), LogisticRegression(max_iter=500)).fit(X, Y)
    infinite[0].scale_[1] = np.inf
    sine = MLPClassifier((2,), max_iter=5).fit(X, Y)
    sine.activation = "sine"
    wide = DecisionTreeClassifier(max_depth=2).fit(np.hstack([X, X]), Y)
    search = GridSearchCV(DecisionTreeClassifier(), {"max_depth": [1, 2]}, refit=False).fit(X, Y)
    models: dict[str, Any] = {
        "good": make_pipeline(MinMaxScaler(), DecisionTreeClassifier(max_depth=3, random_state=0)).fit(X, Y),
        "mlp": make_pipeline(MinMaxScaler(), MLPClassifier((2,), max_iter=5, random_state=0)).fit(X, Y),
        "real": make_pipeline(MinMaxScaler(), LinearSVR(max_iter=20)).fit(X, Y + 0.5),
        "dictionary": {"weights": [1, 2]},
        "neighbours": KNeighborsClassifier().fit(X, Y),
        "quadratic": QuadraticDiscriminantAnalysis(reg_param=0.1).fit(X, Y),
        "unfitted": DecisionTreeClassifier(),
        "unfitted_pipeline": make_pipeline(MinMaxScaler(), SVC(kernel="linear")),
        "sine": sine,
        "normalizer": make_pipeline(Normalizer(), LogisticRegression(max_iter=500)).fit(X, Y),
        "rbf": SVC().fit(X, Y),
        "two_outputs": DecisionTreeRegressor(max_depth=2).fit(X, np.column_stack([Y, Y])),
        "nan": nan,
        "infinite": infinite,
        "pca": make_pipeline(KernelPCA(2, kernel="rbf"), LogisticRegression()).fit(X, Y),
        "function": make_pipeline(FunctionTransformer(np.sin), LogisticRegression(max_iter=500)).fit(X, Y),
        "wide": wide,
        "no_refit": search,
    }
    for name, model in models.items():
        (folder / f"{name}.skops").write_bytes(skops.io.dumps(model))
    (folder / "empty.skops").write_bytes(b"")
    (folder / "text.skops").write_text("not a zip")
    good = (folder / "good.skops").read_bytes()
    (folder / "truncated.skops").write_bytes(good[: len(good) // 2])
    with zipfile.ZipFile(folder / "other_zip.skops", "w") as archive:
        archive.writestr("readme.txt", "nothing here")
    (folder / "model.onnx").write_text("x")
    (folder / "model.pkl").write_bytes(b"garbage")
    (folder / "model.joblib").write_bytes(b"garbage")
    (folder / "folder.skops").mkdir()
    write_json_models(folder)


def write_json_models(folder: Path) -> None:
    """IntegerModel files, one good and the others with one fault each."""
    good = {
        "format": "bespoke-integer-model",
        "version": 1,
        "kind": "svm",
        "origin": "by hand",
        "inputs": {"names": list(NAMES), "bits": [4] * 4, "low": [0.0] * 4, "span": [8.0] * 4, "rounding": "floor"},
        "layers": [{"weights": [[1, 2, -3, 4]], "biases": [-5], "activation": "identity", "frac_bits": 2}],
        "decision": {"kind": "sign", "classes": [0, 1], "frac_bits": 0},
    }
    layer = good["layers"][0]
    variants: dict[str, Any] = {
        "good": good,
        "list": [1, 2],
        "version": {**good, "version": 99},
        "kind": {**good, "kind": "forest"},
        "no_layers": {key: value for key, value in good.items() if key != "layers"},
        "bits": {**good, "inputs": {**good["inputs"], "bits": [4, 4, 4, 40]}},
        "span": {**good, "inputs": {**good["inputs"], "span": [8.0, 8.0, 8.0, 0.0]}},
        "decision": {**good, "decision": {**good["decision"], "kind": "guess"}},
        "huge": {**good, "layers": [{**layer, "weights": [[1 << 61, 1 << 61, 1, 1]]}]},
        "ragged": {**good, "layers": [{**layer, "biases": [1, 2]}]},
        "labels": {**good, "decision": {**good["decision"], "classes": ["yes", "no"]}},
    }
    for name, data in variants.items():
        (folder / f"{name}.json").write_text(json.dumps(data))
    (folder / "broken.json").write_text("{")


def write_data(folder: Path) -> None:
    """One CSV file for each fault."""
    rows = [",".join(map(str, [*x, int(y)])) for x, y in zip(X.tolist(), Y.tolist(), strict=True)]
    header = ",".join([*NAMES, "target"])
    tables = {
        "iris": [header, *rows],
        "empty": [],
        "header": [header],
        "words": [header, *rows[:20], "red,1.0,2.0,3.0,1", *rows[20:]],
        "gaps": [header, *rows[:20], "5.0,,2.0,3.0,1", *rows[20:]],
        "ragged": [header, *rows[:20], "5.0,1.0", *rows[20:]],
        "infinite": [header, *rows[:20], "inf,1.0,2.0,3.0,1", *rows[20:]],
        "one_class": [header, *[row[:-1] + "0" for row in rows]],
        "two_rows": [header, rows[0], rows[100]],
        "narrow": ["a,b,target", *[f"{i},{i % 7},{i % 2}" for i in range(50)]],
        "other_labels": [header, *[row[:-1] + str(7 + int(row[-1])) for row in rows]],
        "same_names": ["a,a,b,c,target", *rows],
        "fractions": [header, *[f"{row}.5" for row in rows]],
        "only_target": ["target", *[row[-1] for row in rows]],
    }
    for name, lines in tables.items():
        (folder / f"{name}.csv").write_text("".join(line + "\n" for line in lines))
    (folder / "binary.csv").write_bytes(bytes(range(256)) * 8)
    (folder / "folder.csv").mkdir()


def write_technologies(folder: Path) -> None:
    """Liberty files and netlists, one for each fault."""
    cell = """
  cell (INV) {{ area : 1.0;
    pin (A) {{ direction : input; capacitance : 0.001; }}
    pin (Y) {{ direction : output; function : "{function}"; }} }}
"""
    start = 'library (tiny) {{ nom_voltage : 1.0; time_unit : "1ns"; leakage_power_unit : "1nW"; {body} }}'.replace
    texts = {
        "empty": "",
        "prose": "this is no library",
        "truncated": "library (tiny) { cell (INV) { area : 1.0; pin (A) { direction : input;",
        "no_cells": start("{body}", "").replace("{{", "{").replace("}}", "}"),
        "bad_function": start("{body}", cell.format(function="A &&& (")).replace("{{", "{").replace("}}", "}"),
        "only_inverter": start("{body}", cell.format(function="!A")).replace("{{", "{").replace("}}", "}"),
    }
    for name, text in texts.items():
        (folder / f"{name}.lib").write_text(text)
    (folder / "folder.lib").mkdir()
    netlists = {
        "good": "module m (a, b, y); input [0:0] a; input b; output y;\n"
        "  NAND2X1 g (.A1(a), .A2(b), .Y(y));\nendmodule\n",
        "prose": "this is no netlist",
        "unknown_cell": "module m (a, y); input a; output y;\n  NAND9 g (.A(a), .Y(y));\nendmodule\n",
        "unknown_pin": "module m (a, y); input a; output y;\n  INVX1 g (.Q(a), .Y(y));\nendmodule\n",
        "undriven": "module m (a, y); input a; output y;\nendmodule\n",
        "loop": "module m (a, y); input a; output y; wire n;\n"
        "  NAND2X1 g (.A1(a), .A2(y), .Y(n));\n  INVX1 h (.A(n), .Y(y));\nendmodule\n",
        "twice": "module m (a, y); input a; output y;\n"
        "  INVX1 g (.A(a), .Y(y));\n  INVX1 h (.A(a), .Y(y));\nendmodule\n",
        "behaviour": "module m (a, y); input a; output y; reg y;\n  always @(a) y = ~a;\nendmodule\n",
    }
    for name, text in netlists.items():
        (folder / f"{name}.v").write_text(text)
    (folder / "stimuli_other.csv").write_text("a,c\n0,1\n")
    (folder / "stimuli_range.csv").write_text("a,b\n0,1\n3,0\n")
    (folder / "stimuli_word.csv").write_text("a,b\n0,x\n")
    (folder / "stimuli_none.csv").write_text("a,b\n")


LISTED = '{"format": "bespoke-files", "version": 1, "kind": "%s", "files": {"%s": ""}}'


def write_folders(folder: Path) -> None:
    """Folders that are not designs, or no longer."""
    for name, files in {
        "notes": {"notes.txt": "mine"},
        "other_manifest": {"manifest.json": '{"format": "something else"}'},
        "broken_manifest": {"manifest.json": "{"},
        "future_manifest": {"manifest.json": '{"format": "bespoke-design", "version": 99}'},
        "bad_search": {"front.json": '{"format": "bespoke-front"}', "search.json": "{}"},
        "other_search": {
            "front.json": '{"format": "bespoke-front"}',
            "search.json": '{"format": "bespoke-search", "version": 1, "digests": {"model": "x"}}',
        },
        "bare_manifest": {"manifest.json": '{"format": "bespoke-design", "version": 1}'},
        "deep_manifest": {"manifest.json": "[" * 100_000},
        "twice_manifest": {"manifest.json": '{"format": "bespoke-design", "version": 1, "version": 1}'},
        "edited": {".bespoke.json": LISTED % ("compiled design", "report.json"), "report.json": "{}"},
        "front": {".bespoke.json": LISTED % ("front of circuits", "search.json")},
        "bad_list": {".bespoke.json": "[" * 100_000},
        "wide_list": {".bespoke.json": LISTED % ("compiled design", "../notes/notes.txt")},
    }.items():
        (folder / name).mkdir()
        for file, text in files.items():
            (folder / name / file).write_text(text)
    (folder / "a_file").write_text("x")
    for name in ("mine.search.json", "mine.search.jsonl"):
        (folder / name).write_text("my notes\n")
    for name, text in {
        "prose": "Dear reader",
        "name": "max-los = 0.1",
        "flag": 'verify = "no"',
        "table": "[epochs]\nmany = true",
        "value": 'epochs = "many"',
    }.items():
        (folder / f"{name}.toml").write_text(text)


def write_places(root: Path) -> Places:
    """All of these below a folder: places by name, with a good model and its data."""
    places = {name: root / name for name in ("models", "data", "techs", "folders")}
    for place in places.values():
        place.mkdir()
    write_models(places["models"])
    write_data(places["data"])
    write_technologies(places["techs"])
    write_folders(places["folders"])
    return {**places, "good": places["models"] / "good.skops", "iris": places["data"] / "iris.csv"}


_DOORS = (("bespoke.flow.compile", "lower"), ("bespoke.flow.approximate", "built"))
_OF_CIRCUITS = ("too slow at every supply voltage", "search state")  # what these messages say


def _too_late(*_: object, **__: object) -> None:
    raise AssertionError


def check_bad_call(line: str, message: str, places: Places, own: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A call in a folder of its own gives one line that says what is wrong, exit code 2, and leaves nothing behind.

    It is noticed before any circuit is made, unless what is wrong is something about the circuit.
    """
    if not any(name in message for name in _OF_CIRCUITS):
        for module, door in _DOORS:
            monkeypatch.setattr(import_module(module), door, _too_late)
    monkeypatch.setenv("BESPOKE_DATASETS", str(own / "no_copies"))
    monkeypatch.setenv("BESPOKE_TECHNOLOGIES", str(own / "no_technologies"))
    before = _tree(places["folders"])
    out = own / "work" / "design"
    out.parent.mkdir()
    result = call(*shlex.split(line.format(**places, out=out)))
    assert result.exit_code == 2, result.output
    assert result.stderr.startswith("bespoke: error: "), result.stderr
    assert message in result.stderr
    assert result.stderr.count("\n") == 1, "more than one line"
    assert "Traceback" not in result.output
    assert not result.stdout
    assert not list(out.parent.iterdir()), "something was left behind"
    assert _tree(places["folders"]) == before


def _tree(folder: Path) -> dict[Path, bytes | None]:
    return {path: path.read_bytes() if path.is_file() else None for path in folder.rglob("*")}
