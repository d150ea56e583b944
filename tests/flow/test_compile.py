"""Designs of small models: figures, predictions, files."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from sklearn.datasets import load_iris
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import train_test_split
from sklearn.neural_network import MLPClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import MinMaxScaler
from sklearn.svm import SVC, LinearSVR
from sklearn.tree import DecisionTreeClassifier

from bespoke.cells import load_library
from bespoke.data import load_dataset
from bespoke.errors import DataError, FeatureCountError, OptionError, OutputError, TargetError, VerificationError
from bespoke.flow import CompileOptions, Design, compile_model, design_texts, report
from bespoke.flow import circuit as circuit_module
from bespoke.flow import compile as build_module
from bespoke.flow.sources import Rows, Source
from bespoke.flow.vectors import RANDOM_VECTORS
from bespoke.model import Affine, InputCoding, IntegerModel, Sign
from bespoke.opt import value_search, windows

X, Y = load_iris(return_X_y=True)
TRAIN_X, TEST_X, TRAIN_Y, TEST_Y = train_test_split(X, Y, test_size=0.3, random_state=42)

ESTIMATORS: dict[str, Any] = {
    "tree": DecisionTreeClassifier(max_depth=3, random_state=0),
    "svm": SVC(kernel="linear"),
    "mlp": MLPClassifier((3,), max_iter=200, random_state=1, learning_rate_init=0.02),
    "logistic": LogisticRegression(),
}


def fitted(kind: str) -> Any:
    return make_pipeline(MinMaxScaler(), ESTIMATORS[kind]).fit(TRAIN_X, TRAIN_Y)


def by_hand(**changes: Any) -> IntegerModel:
    parts: dict[str, Any] = {
        "coding": InputCoding(("a", "b"), (3, 2), (0.0, 0.0), (8.0, 4.0)),
        "stages": (Affine(np.array([[1, -2]]), np.array([1]), "identity", 0),),
        "decision": Sign(("no", "yes")),
    }
    return IntegerModel(**(parts | changes))


@pytest.fixture(scope="module")
def tree() -> Design:
    return compile_model(fitted("tree"), X, Y)


@pytest.mark.slow_if("mlp")
@pytest.mark.parametrize("kind", ESTIMATORS)
def test_the_circuit_answers_as_the_integer_model_and_nearly_as_the_estimator(kind: str) -> None:
    estimator = fitted(kind)
    design = compile_model(estimator, X, Y)
    assert np.array_equal(design.predict(X), design.model.predict_raw(X))
    assert design.accuracies.float_model == estimator.score(TEST_X, TEST_Y)
    assert design.accuracies.test == np.mean(design.predict(TEST_X) == TEST_Y)
    assert design.accuracies.train == design.score(TRAIN_X, TRAIN_Y)
    assert abs(design.accuracies.float_model - design.accuracies.test) < 0.1


def test_the_report_has_the_keys_that_programs_read(tree: Design) -> None:
    data = report(tree)
    assert data["model"]["kind"] == "tree"
    assert set(data["accuracy"]) >= {"float", "train", "test"}
    figures = {"area_mm2", "static_power_mw", "dynamic_power_mw", "power_mw", "delay_ms", "vdd", "technology", "cells"}
    assert set(data["estimate"]) >= figures
    assert data["gates"] == sum(data["estimate"]["cells"].values()) == tree.gate_count
    assert {key: data["verification"][key]["status"] for key in ("simulator", "icarus", "formal")} == dict.fromkeys(
        ("simulator", "icarus", "formal"), "not run"
    )
    assert data["seconds"]["total"] > 0
    assert data["seed"] == 42
    assert set(data["digests"]) == {"model", "data", "netlist"}
    assert {"bespoke", "python", "scikit-learn"} <= set(data["versions"])
    assert data["power_source"] in {"harvester", "Blue Spark", "Molex", None}


def test_equal_calls_give_equal_bytes_but_for_seconds(tree: Design) -> None:
    first, second = design_texts(tree), design_texts(compile_model(fitted("tree"), X, Y))
    for name in first:
        if name != "report.json":
            assert first[name] == second[name], name
    reports = [json.loads(texts["report.json"]) for texts in (first, second)]
    for data in reports:
        del data["seconds"]
    assert reports[0] == reports[1]


def test_the_manifest_says_how_to_drive_the_circuit(tree: Design) -> None:
    data = json.loads(design_texts(tree)["manifest.json"])
    words = []
    for raw, port in zip(TEST_X[0], data["inputs"], strict=True):
        x01 = (raw - port["low"]) / port["span"]
        half = 0.5 if tree.model.coding.rounding == "nearest" else 0.0
        words.append(min(max(int(np.floor(x01 * 2 ** port["bits"] + half)), 0), 2 ** port["bits"] - 1))
    assert words == tree.model.coding.quantise(TEST_X[:1])[0].tolist()
    output = tree.outputs(np.array([words]))
    assert data["output"]["classes"][output[0]] == tree.predict(TEST_X[:1])[0]


def test_an_integer_model_needs_no_data() -> None:
    design = compile_model(by_hand())
    assert design.accuracies.test is None
    assert design.provenance.stimuli.source.startswith("random")
    assert "exhaustive" in design.vectors.counts
    assert design.predict([[7.0, 0.0], [0.0, 3.0]]).tolist() == ["yes", "no"]


def test_no_test_rows_on_request() -> None:
    design = compile_model(fitted("tree"), X, Y, test_size=0)
    assert design.accuracies.test is None
    assert design.accuracies.train_rows == len(Y)


def test_a_value_output_is_scored_by_r2() -> None:
    estimator = make_pipeline(MinMaxScaler(), LinearSVR(random_state=0)).fit(TRAIN_X, TRAIN_X[:, 3] + 0.25)
    design = compile_model(estimator, X, X[:, 3] + 0.25)
    assert design.accuracies.metric == "r2"
    assert design.accuracies.test == pytest.approx(design.accuracies.float_model, abs=0.1)
    assert design.predict(X[:2]).dtype == np.float64


def test_a_constant_model_has_no_gate() -> None:
    constant = (Affine(np.array([[0, 0]]), np.array([1]), "identity", 0),)
    design = compile_model(by_hand(stages=constant))
    assert design.gate_count == 0
    assert design.estimate.area_mm2 == 0
    assert design.predict([[0.0, 0.0]]).tolist() == ["yes"]


def test_verilog_goes_to_a_file(tree: Design, tmp_path: Any) -> None:
    text = tree.to_verilog(tmp_path / "out.v")
    assert (tmp_path / "out.v").read_text() == text
    assert text == design_texts(tree)["netlist.v"]


def test_verilog_that_cannot_be_written_leaves_the_old_file(
    tree: Design, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "out.v").write_text("old")

    def full(_: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(OutputError, match=r"out\.v: cannot be written; got No space left"):
        tree.to_verilog(tmp_path / "out.v")
    assert (tmp_path / "out.v").read_text() == "old"


def test_options_reach_their_stages() -> None:
    design = compile_model(fitted("tree"), X, Y, technology="cnt_tft", input_bits=5, options=CompileOptions(seed=7))
    assert design.estimate.technology == "cnt_tft"
    assert set(design.model.coding.bits) == {5}
    assert report(design)["seed"] == 7


@pytest.mark.slow
def test_the_best_supply_voltage_is_taken() -> None:
    slow = compile_model(fitted("tree"), X, Y, vdd="best", period_ms=1000.0)
    default = compile_model(fitted("tree"), X, Y, period_ms=1000.0)
    assert slow.estimate.vdd == slow.circuit.library.vdd < default.estimate.vdd
    assert slow.estimate.power_mw < default.estimate.power_mw
    assert slow.estimate.delay_ms <= 1000.0


def test_a_period_below_the_delay_is_remarked(tree: Design) -> None:
    design = compile_model(fitted("tree"), X, Y, period_ms=tree.estimate.delay_ms / 2)
    assert any("more than the period" in note for note in design.notes)


def test_a_wrong_netlist_is_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    other = compile_model(by_hand(stages=(Affine(np.array([[1, -2]]), np.array([2]), "identity", 0),))).circuit.lowered
    monkeypatch.setattr(build_module, "equivalent_forms", lambda *_: [other])
    with pytest.raises(VerificationError, match="differs from the integer model"):
        compile_model(by_hand())


def test_a_netlist_that_is_wrong_on_a_test_row_alone_is_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    words = np.array([[a, b] for a in range(8) for b in range(4)])
    right, wrong = by_hand(), by_hand(stages=(Affine(np.array([[1, -2]]), np.array([2]), "identity", 0),))
    differs = right.predict(words) != wrong.predict(words)
    train, test = words[~differs], words[differs]
    other = compile_model(wrong).circuit.lowered
    monkeypatch.setattr(build_module, "equivalent_forms", lambda *_: [other])

    def build(test_rows: Rows) -> Design:
        source = Source(right, None, rows_of(right, train), test_rows, None, ())
        stages = build_module.Stages(lambda _stage: None)
        return build_module.build_design(source, load_library("egfet"), CompileOptions(), stages)

    assert build(rows_of(right, train)).accuracies.test == 1
    with pytest.raises(VerificationError, match="differs from the integer model"):
        build(rows_of(right, test))


def rows_of(model: IntegerModel, words: Any) -> Rows:
    """Rows whose features are these input words, with the model's labels."""
    return Rows.of(model, words.astype(np.float64), model.decision.decode(model.predict(words)))


def counted(monkeypatch: pytest.MonkeyPatch, owner: Any, name: str, rows: list[int], argument: int) -> None:
    """Note the number of rows of an argument at each call."""
    original = getattr(owner, name)

    def call(*args: Any, **options: Any) -> Any:
        rows.append(len(args[argument]))
        return original(*args, **options)

    monkeypatch.setattr(owner, name, call)


@pytest.mark.slow
@pytest.mark.parametrize("kind", ["tree", "mlp"])
def test_each_part_is_quantised_once_and_simulated_once(kind: str, monkeypatch: pytest.MonkeyPatch) -> None:
    model = compile_model(fitted(kind), X, Y).model
    quantised: list[int] = []
    simulated: list[int] = []
    counted(monkeypatch, InputCoding, "quantise", quantised, 1)
    for name in ("simulate_mapped", "mapped_outputs"):
        counted(monkeypatch, circuit_module, name, simulated, 2)
    design = compile_model(model, X, Y)
    assert quantised == simulated == [len(TRAIN_Y), len(TEST_Y)]
    assert design.accuracies.test == np.mean(design.predict(TEST_X) == TEST_Y)


@pytest.mark.parametrize("rows", [0, 1])
def test_data_without_test_rows_are_simulated_once(rows: int, monkeypatch: pytest.MonkeyPatch) -> None:
    simulated: list[int] = []
    for name in ("simulate_mapped", "mapped_outputs"):
        counted(monkeypatch, circuit_module, name, simulated, 2)
    if rows:
        compile_model(fitted("tree"), X, Y, test_size=0)
        assert simulated == [len(Y)]
    else:
        compile_model(by_hand())
        assert simulated == [RANDOM_VECTORS]


@pytest.mark.oracle
def test_high_effort_costs_no_area(require_program: Any) -> None:
    require_program("yosys-abc")
    fast, high = (compile_model(fitted("logistic"), X, Y, effort=effort, input_bits=3) for effort in ("fast", "high"))
    assert high.estimate.area_mm2 <= fast.estimate.area_mm2
    assert np.array_equal(high.predict(X), fast.predict(X))


@pytest.mark.parametrize(
    ("call", "error", "message"),
    [
        (lambda: compile_model(fitted("tree")), OptionError, "data are needed"),
        (lambda: compile_model(fitted("tree"), X), OptionError, "belong together"),
        (lambda: compile_model(fitted("tree"), X, Y, dataset=load_dataset("iris")), OptionError, "both"),
        (lambda: compile_model(fitted("tree"), X, Y[:-1]), DataError, "do not fit together"),
        (lambda: compile_model(fitted("tree"), [["a"]], [1]), DataError, "not numbers"),
        (lambda: compile_model(by_hand(), X, Y), FeatureCountError, "number of features"),
        (lambda: compile_model(by_hand(), X[:, :2], Y), TargetError, "no target is a class"),
        (lambda: compile_model(fitted("tree"), X, Y, colour="red"), OptionError, "no such option"),
    ],
)
def test_bad_calls(call: Any, error: type[Exception], message: str) -> None:
    with pytest.raises(error, match=message):
        call()


class Frame:
    """What a data frame shows of itself here."""

    columns = ("a", "b", "c", "d")

    def __array__(self, dtype: Any = None, copy: Any = None) -> Any:
        return np.array(X, dtype=dtype)


def test_columns_in_another_order_are_refused() -> None:
    estimator = ESTIMATORS["tree"].fit(TRAIN_X, TRAIN_Y)
    estimator.feature_names_in_ = np.array(["b", "a", "c", "d"], dtype=object)
    with pytest.raises(DataError, match="another order"):
        compile_model(estimator, Frame(), Y)
    estimator.feature_names_in_ = np.array(["a", "b", "c", "d"], dtype=object)
    assert compile_model(estimator, Frame(), Y).model.coding.names == Frame.columns


def test_the_library_can_be_a_file(tmp_path: Any) -> None:
    from bespoke.cells import library_to_json

    path = tmp_path / "mine.json"
    path.write_text(library_to_json(load_library("egfet", 0.8)))
    assert compile_model(by_hand(), technology=str(path)).estimate.vdd == 0.8


def test_abc_is_not_asked_for_gates_where_power_counts(monkeypatch: pytest.MonkeyPatch) -> None:
    for share in (0.0, 0.5):
        asked: list[Any] = []
        monkeypatch.setattr("bespoke.flow.gate_search.restarted", lambda *given, asked=asked: asked.append(given) or [])
        compile_model(by_hand(), power_share=share)
        assert bool(asked) == (share == 0)


@pytest.mark.slow
def test_power_objective_saves_power(monkeypatch: pytest.MonkeyPatch) -> None:
    """Of gates that no search finds: what it finds for area may draw the least power, too."""
    monkeypatch.setattr(windows, "MOST_WINDOWED_GATES", 0)
    monkeypatch.setattr(value_search, "MOST_ANNEALED_GATES", 0)
    area, power = (compile_model(fitted("mlp"), X, Y, power_share=share) for share in (0.0, 1.0))
    assert power.estimate.static_power_mw < area.estimate.static_power_mw
    assert power.estimate.area_mm2 <= 1.1 * area.estimate.area_mm2
