"""Circuits with modes, each proven and measured, the first the circuit without; circuits behind a small classifier."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from shutil import copytree
from typing import Any

import numpy as np
import pytest
from sklearn.datasets import load_iris
from sklearn.linear_model import LinearRegression, LogisticRegression
from sklearn.metrics import r2_score
from sklearn.neural_network import MLPClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import MinMaxScaler
from sklearn.tree import DecisionTreeClassifier

from bespoke.analysis import OutputErrors
from bespoke.errors import OptionError, OutputError, ToolMissingError, UnsupportedModelError
from bespoke.flow import ParetoFront, analyse, approximate, compile_model, read_folder, report, verify_folder
from bespoke.model import Affine, Argmax, InputCoding, IntegerModel, Masks, replaced
from bespoke.proof import prove_lowered
from bespoke.report import save_design
from bespoke.sim import every_input

X, Y = load_iris(return_X_y=True)
QUICK: dict[str, Any] = {
    "population": 8,
    "islands": 1,
    "epochs": 1,
    "generations": 2,
    "finalists": 2,
    "jobs": 1,
    "max_loss": 0.02,
    "mode_loss": 0.05,
    "small_modes": "masks",
    "input_bits": 4,
}


def fitted(estimator: Any) -> Any:
    return make_pipeline(MinMaxScaler(), estimator).fit(X, Y)


@pytest.fixture(scope="module")
def network() -> Any:
    return fitted(MLPClassifier((3,), solver="lbfgs", max_iter=300, random_state=0))


@pytest.fixture(scope="module")
def front(network: Any) -> ParetoFront:
    return approximate(network, X, Y, **QUICK, modes=3)


@pytest.mark.slow
def test_the_first_mode_is_the_circuit_without_modes(network: Any, front: ParetoFront) -> None:
    plain = approximate(network, X, Y, **QUICK, prune=False).chosen
    modal = front.chosen
    assert plain is not None
    assert modal is not None
    rng = np.random.default_rng(0)
    words = rng.integers(0, 1 << np.array(plain.model.coding.bits), (3000, len(plain.model.coding.bits)))
    whole = np.hstack([words, np.zeros((3000, 1), dtype=np.int64)])
    assert np.array_equal(modal.outputs(whole), plain.outputs(words))
    assert np.array_equal(modal.predict(X), plain.predict(X))
    assert modal.accuracies.test == plain.accuracies.test
    assert modal.analyses["modes"].plain_area_mm2 == plain.estimate.area_mm2


@pytest.mark.slow
def test_modes_are_measured(front: ParetoFront) -> None:
    design = front.chosen
    assert design is not None
    found = design.analyses["modes"]
    first, *others = found.modes
    assert (first.mode, first.held_bits, first.test) == (0, 0, design.accuracies.test)
    assert first.power_mw == pytest.approx(design.estimate.power_mw)
    for mode in others:
        words = design.provenance.stimuli.words.copy()
        words[:, -1] = mode.mode
        run = design.circuit.run(words)
        rows = design.model.decision.decode(run.outputs[:, 0])
        assert mode.held_bits > 0
        assert mode.used_power_mw <= mode.power_mw
        assert mode.train == pytest.approx(np.mean(rows == train_targets()), abs=1e-9)
    assert [mode.used_power_mw for mode in found.modes] == sorted([m.used_power_mw for m in found.modes], reverse=True)
    assert found.area_overhead == pytest.approx(design.estimate.area_mm2 / found.plain_area_mm2 - 1)


def train_targets() -> np.ndarray:
    from sklearn.model_selection import train_test_split

    return np.asarray(train_test_split(X, Y, test_size=0.3, random_state=42)[2])


@pytest.mark.slow
def test_every_mode_is_proven_and_a_wrong_mask_is_noticed(front: ParetoFront, allowed: Any) -> None:
    design = front.chosen
    assert design is not None
    found = design.verify()
    assert found.simulator.status == "agree"
    assert found.icarus.status in allowed("agree", "iverilog")
    assert found.formal.status in allowed("proven", "yosys-abc")
    circuit = design.circuit
    number, masks = next((n, stage) for n, stage in enumerate(circuit.model.stages) if isinstance(stage, Masks))
    output = int(np.argmax((masks.kept != -1).any(axis=0)))
    kept = masks.kept.copy()
    kept[1:, output] = -1
    changed = replace(masks, kept=kept, held=np.where(kept == -1, 0, masks.held))
    model = replace(circuit.model, stages=replaced(circuit.model.stages, {number: changed}))
    assert prove_lowered(model, circuit.lowered, circuit.certificate).status == "refuted"


@pytest.mark.slow
def test_folder_page_and_analyses_know_the_modes(front: ParetoFront, tmp_path: Path) -> None:
    design = front.chosen
    assert design is not None
    folder = tmp_path / "out"
    save_design(design, folder)
    stored = json.loads((folder / "report.json").read_text())["analyses"]["modes"]
    assert [mode["mode"] for mode in stored["modes"]] == [0, 1, 2]
    assert "<h2>Modes</h2>" in (folder / "report.html").read_text()
    assert verify_folder(folder, formal=False).agrees
    assert read_folder(folder).model.coding.controls == 1
    again = analyse(design, X, Y, faults=True)
    assert set(again.analyses) >= {"modes", "faults"}
    assert report(design)["analyses"]["modes"]["port"] == "mode"


EDITS: dict[str, tuple[tuple[str | int, ...], Any, str]] = {
    "port": (("modes", "port"), "kind", "modes.port"),
    "cells": (("modes", "cells"), 7, "modes.cells"),
    "held bits": (("modes", "modes", 1, "held_bits"), 99, "modes.modes[1].held_bits"),
    "mask": (("modes", "masks", 0, "kept", 0), 99, "modes.masks[0].kept[0]"),
    "power of a mode": (("modes", "modes", 2, "power_mw"), 1e-3, "modes.modes[2].power_mw"),
    "power without idle cells": (("modes", "modes", 2, "used_power_mw"), 1e-3, "modes.modes[2].used_power_mw"),
    "idle cells": (("modes", "modes", 2, "idle_cells"), 77, "modes.modes[2].idle_cells"),
    "score of the first mode": (("modes", "modes", 0, "test"), 0.5, "modes.modes[0].test"),
    "huge score": (("modes", "modes", 0, "test"), 10**400, "modes.modes[0].test"),
    "score of another mode": (("modes", "modes", 1, "test"), 0.5, "modes.modes[1].test"),
    "confusion of a mode": (("modes", "modes", 2, "counts", 0), [9, 9, 9], "modes.modes[2].counts[0][0]"),
    "overhead": (("modes", "area_overhead"), 0.0, "modes.area_overhead"),
    "area without modes": (("modes", "plain_area_mm2"), 1.0, "modes.area_overhead"),
    "table": (("modes", "section", "rows", 1, 6), "0.001", "modes.section.rows[1][6]"),
    "remark": (("modes", "section", "remark"), "nothing", "modes.section.remark"),
    "easy class": (("cascade", "easy_classes", 0), "7", "cascade.easy_classes[0]"),
    "easy rows": (("cascade", "easy_train"), 0.99, "cascade.easy_train"),
    "easy test rows": (("cascade", "easy_test"), 0.5, "cascade.easy_test"),
    "idle cells of a cascade": (("cascade", "idle_cells"), 1, "cascade.idle_cells"),
    "power of a cascade": (("cascade", "used_power_mw"), 1e-3, "cascade.used_power_mw"),
    "area of a cascade": (("cascade", "area_mm2"), 1.0, "cascade.area_mm2"),
}


@pytest.fixture(scope="module")
def folders(front: ParetoFront, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    cascade = approximate(fitted(LogisticRegression(max_iter=500)), X, Y, **QUICK, cascade=True)
    found = {"modes": tmp_path_factory.mktemp("modes") / "out", "cascade": tmp_path_factory.mktemp("cascade") / "out"}
    for each, folder in zip((front, cascade), found.values(), strict=True):
        assert each.chosen is not None
        save_design(each.chosen, folder)
    return found


def differences(folder: Path, monkeypatch: pytest.MonkeyPatch) -> tuple[str, ...]:
    def no_icarus(*_args: Any, **_options: Any) -> Any:
        raise ToolMissingError("iverilog is not installed")

    monkeypatch.setattr("bespoke.flow.check.run_icarus", no_icarus)
    return verify_folder(folder, formal=False).differences


@pytest.mark.parametrize("name", ["modes", "cascade"])
def test_a_folder_states_what_is_so(folders: dict[str, Path], name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    assert differences(folders[name], monkeypatch) == ()


@pytest.mark.parametrize("edit", EDITS)
def test_edited_figures_are_named(
    folders: dict[str, Path], edit: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (name, *inner), new, named = EDITS[edit]
    folder = Path(copytree(folders[str(name)], tmp_path / "out"))
    report = json.loads((folder / "report.json").read_text())
    place = report["analyses"][name]
    for key in inner[:-1]:
        place = place[key]
    assert place[inner[-1]] != new
    place[inner[-1]] = new
    (folder / "report.json").write_text(json.dumps(report))
    found = differences(folder, monkeypatch)
    assert any(line.startswith(f"report.json, analyses.{named} is ") for line in found), found


@pytest.mark.parametrize(
    ("key", "wrong"), [("plain_area_mm2", 10**400), ("plain_power_mw", 10**400), ("plain_area_mm2", "x"), ("modes", [])]
)
def test_figures_of_another_form_are_refused_in_a_line(
    folders: dict[str, Path], key: str, wrong: object, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = Path(copytree(folders["modes"], tmp_path / "out"))
    report = json.loads((folder / "report.json").read_text())
    report["analyses"]["modes"][key] = wrong
    (folder / "report.json").write_text(json.dumps(report))
    with pytest.raises(OutputError, match="not what bespoke states of a design"):
        differences(folder, monkeypatch)


def test_modes_of_a_circuit_that_has_none_are_named(
    folders: dict[str, Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, other in (("modes", "cascade"), ("cascade", "modes")):
        folder = Path(copytree(folders[name], tmp_path / name))
        stated = json.loads((folders[other] / "report.json").read_text())["analyses"][other]
        report = json.loads((folder / "report.json").read_text())
        report["analyses"][other] = stated
        (folder / "report.json").write_text(json.dumps(report))
        (line,) = differences(folder, monkeypatch)
        assert line.startswith(f"report.json, analyses.{other} is ")
        assert line.endswith("should be None")


@pytest.fixture(scope="module")
def behind_trees(network: Any) -> ParetoFront:
    return approximate(network, X, Y, **{**QUICK, "small_modes": "trees", "mode_loss": 0.2}, modes=3)


@pytest.mark.slow
def test_trees_as_modes(network: Any, behind_trees: ParetoFront, tmp_path: Path, allowed: Any) -> None:
    design = behind_trees.chosen
    assert design is not None
    plain = approximate(network, X, Y, **QUICK, prune=False).chosen
    found, bits = design.analyses["modes"], plain.model.coding.bits
    words = np.random.default_rng(0).integers(0, 1 << np.array(bits), (3000, len(bits)))
    assert np.array_equal(design.outputs(np.hstack([words, np.zeros((3000, 1), dtype=np.int64)])), plain.outputs(words))
    assert [mode.mode for mode in found.modes] == [0, 1, 2]
    assert found.modes[0].train == pytest.approx(plain.accuracies.train)
    assert max(mode.used_power_mw for mode in found.modes[1:]) < found.plain_power_mw / 4
    assert found.masks == ()
    assert found.area_overhead == pytest.approx(design.estimate.area_mm2 / plain.estimate.area_mm2 - 1)
    verified = design.verify()
    assert (verified.simulator.status, verified.formal.status) == ("agree", "proven")
    assert verified.icarus.status in allowed("agree", "iverilog")
    save_design(design, tmp_path / "out")
    assert verify_folder(tmp_path / "out").agrees
    assert {origin.split("/")[0] for origin in design.measured.origins} >= {"shortcut", "layer 1", "argmax"}


@pytest.mark.slow
def test_trees_do_not_answer_with_values() -> None:
    line = "modes: trees answer with a class; got value; allowed: classes, or --small-modes masks"
    with pytest.raises(UnsupportedModelError, match=line):
        approximate(fitted(LinearRegression()), X, Y, **{**QUICK, "small_modes": "trees"}, modes=2)


@pytest.mark.slow
@pytest.mark.parametrize("inputs", ["binary", "unary"])
def test_one_stage_of_sums(inputs: str, tmp_path: Path) -> None:
    converters = {"binary": "esl24", "unary": "date24"}[inputs]
    estimator = fitted(LogisticRegression(max_iter=500))
    design = approximate(estimator, X, Y, **QUICK, modes=2, inputs=inputs, converters=converters).chosen
    assert design is not None
    assert "mode" in [port.name for port in design.circuit.mapped.inputs]
    assert "mode" not in [cost.feature for cost in design.converters.features]
    save_design(design, tmp_path / "out")
    assert verify_folder(tmp_path / "out", formal=False).differences == ()
    assert design.verify(formal=False).agrees


@pytest.mark.slow
def test_values() -> None:
    design = approximate(fitted(LinearRegression()), X, Y, **QUICK, modes=2).chosen
    assert design is not None
    first, second = design.analyses["modes"].modes
    words = [
        np.hstack([design.provenance.stimuli.words[:, :-1], np.full((len(train_targets()), 1), n)]) for n in (0, 1)
    ]
    whole, part = (design.model.decision.decode(design.circuit.outputs(each)) for each in words)
    assert second.held_bits > 0
    assert not np.array_equal(whole, part)
    assert (first.train, second.train) == pytest.approx([r2_score(train_targets(), each) for each in (whole, part)])
    # Limits are kept on the rows between those on which the masks were chosen.
    between = [r2_score(train_targets()[1::2], each[1::2]) for each in (whole, part)]
    assert between[1] >= between[0] - QUICK["mode_loss"]


def test_where_nothing_can_be_masked_it_says_so() -> None:
    coding = InputCoding(("a", "b", "c", "d"), (4,) * 4, (0.0,) * 4, (8.0,) * 4)
    constant = IntegerModel(coding, (Affine(np.zeros((3, 4)), np.arange(3), "identity", 0),), Argmax((0, 1, 2)))
    design = approximate(constant, X, Y, **{**QUICK, "input_bits": None}, modes=2).chosen
    assert design is not None
    assert any(note.startswith("no modes: all smaller ones lose more than 0.05") for note in design.notes)


def test_models_without_sums_are_refused() -> None:
    tree = DecisionTreeClassifier(max_depth=2, random_state=0).fit(X, Y)
    with pytest.raises(UnsupportedModelError, match="modes: no smaller modes; got trees; allowed: weighted sums"):
        approximate(tree, X, Y, **QUICK, modes=2)
    assert "mode" not in compile_model(tree, X, Y).model.coding.names


@pytest.mark.slow
def test_circuits_with_edits_are_refused() -> None:
    with pytest.raises(UnsupportedModelError, match="modes of a circuit whose gates were edited"):
        approximate(fitted(LogisticRegression(max_iter=500)), X, Y, recipe="date22", max_loss=0.1, modes=2)


@pytest.mark.slow
def test_a_cascade_loses_nothing_and_is_measured() -> None:
    network = fitted(MLPClassifier((6,), solver="lbfgs", max_iter=300, random_state=0))
    front = approximate(network, X, Y, **{**QUICK, "max_loss": 0.0}, cascade=True)
    design = front.chosen
    assert design is not None
    found = design.analyses["cascade"]
    assert found.train >= found.plain_train
    assert 0.1 < found.easy_train < 0.9
    assert found.used_power_mw < found.plain_power_mw < found.power_mw == pytest.approx(design.estimate.power_mw)
    assert 0 < found.idle_cells < found.cells == design.gate_count
    assert design.verify(formal=False, thorough=False).agrees
    assert "cascade" in report(design)["analyses"]
    tested = design.approximation.guarantees.against_exact["test"]
    assert (tested.won_rows - tested.lost_rows) / tested.rows == pytest.approx(found.test - front.exact.accuracies.test)


@pytest.mark.slow
def test_a_cascade_is_proven(allowed: Any) -> None:
    design = approximate(fitted(LogisticRegression(max_iter=500)), X, Y, **QUICK, cascade=True).chosen
    assert design is not None
    assert design.verify(thorough=False).formal.status in allowed("proven", "yosys-abc")


@pytest.mark.slow
@pytest.mark.parametrize("name", ["modes", "cascade"])
def test_shares_of_other_outputs_are_those_of_the_changed_circuit(name: str, front: ParetoFront) -> None:
    if name == "cascade":
        options = {**QUICK, "max_loss": 0.03, "cascade": True, "cascade_loss": 0.02}
        front = approximate(fitted(LogisticRegression(max_iter=500)), X, Y, **options)
    design, words = front.chosen, every_input(front.exact.model.coding.bits)
    assert design is not None
    assert name in design.analyses
    in_first_mode = np.hstack([words, np.zeros((len(words), design.model.coding.controls), dtype=np.int64)])
    rate = np.mean(design.circuit.outputs(in_first_mode) != front.exact.circuit.outputs(words))
    found = design.analyses["errors"]
    assert isinstance(found, OutputErrors)
    assert found.rate.value == pytest.approx(rate)
    assert front.rows()[-1]["output_error_rate"] == found.rate.value > 0


@pytest.mark.slow
def test_what_a_cascade_loses_is_no_longer_assured() -> None:
    plain = approximate(fitted(LogisticRegression(max_iter=500)), X, Y, **QUICK, prune=False)
    front = approximate(fitted(LogisticRegression(max_iter=500)), X, Y, **QUICK, cascade=True, cascade_loss=0.1)
    (point,) = front.points
    found = point.design.analyses["cascade"]
    lost = found.plain_train - found.train
    assert lost > 0
    before = next(each for each in plain.points if each.design is plain.chosen)
    assert point.gain == pytest.approx(before.gain - lost)
    assert point.design.approximation.assured_gain == point.gain


def test_what_no_tree_can_answer_is_refused() -> None:
    tree = DecisionTreeClassifier(max_depth=2, random_state=0).fit(X, Y)
    for estimator, got in ((tree, "trees, then index"), (fitted(LinearRegression()), "affine, then")):
        with pytest.raises(UnsupportedModelError, match=f"no cascade; got {got}"):
            approximate(estimator, X, Y, **QUICK, cascade=True)


@pytest.mark.slow
def test_robustness_leaves_the_mode_alone(network: Any, front: ParetoFront) -> None:
    plain = approximate(network, X, Y, **QUICK, prune=False).chosen
    asked: dict[str, Any] = {"robustness": True, "certified_rows": 20}
    found = [analyse(design, X, Y, **asked).analyses["robustness"].to_json() for design in (plain, front.chosen)]
    assert found[1].pop("rows") == f"{found[0].pop('rows')} in mode 0"
    # Normal and random noise draw one number more a row.
    assert found[1]["certified"] == found[0]["certified"]
    assert list(found[1]["noise"]) == list(found[0]["noise"])
    for name, shares in found[0]["noise"].items():
        assert {**found[1]["noise"][name], "normal": 0} == {**shares, "normal": 0}
    with pytest.raises(OptionError, match="no exact circuit reads what says the mode"):
        analyse(front.chosen, X, Y, errors=True, exact=front.exact)


@pytest.mark.slow
def test_faults_are_judged_in_every_mode(front: ParetoFront) -> None:
    design = front.chosen
    assert design is not None
    asked: dict[str, Any] = {"several_faults": True, "shorts": True, "functional_yield": True, "samples": 20}
    found = analyse(design, X, Y, faults=True, settling=True, mode=2, **asked).analyses
    faults = found["faults"]
    assert [each.base for each in faults.in_modes] == [mode.test for mode in found["modes"].modes]
    words = [tuple(each.judged.rows.words[:, -1].tolist()) for each in faults.in_modes]
    assert [set(each) for each in words] == [{0}, {1}, {2}]
    changed = np.array([each.effects.changed for each in faults.in_modes])
    assert faults.silent == np.count_nonzero(changed.sum(axis=0) == 0) < min(each.silent for each in faults.in_modes)
    assert ((changed[0] > 0) & (changed[2] == 0)).any()
    cell = faults.critical(1)[0]
    assert cell.mean == pytest.approx(np.mean(cell.modes))
    assert len(cell.modes) == 3
    rows = faults.files()["faults.csv"].splitlines()
    assert rows[0].endswith(
        "class,changed_rows,accuracy,changed_rows in mode 1,accuracy in mode 1,"
        "changed_rows in mode 2,accuracy in mode 2"
    )
    assert rows[1].split(",")[-2] == str(changed[2, 0])
    assert faults.section().head[-1] == ">mean in mode 2"
    assert "In mode 2 the accuracy is" in faults.section().remark
    assert len(found["several_faults"].in_modes) == len(found["shorts"].found["and"]) == 3
    assert found["functional_yield"].to_json()["modes"] == 3
    alone = min(float(np.mean(each.scores >= each.base - 0.02 - 1e-9)) for each in faults.in_modes)
    assert found["functional_yield"].found.shares[1] <= alone + 0.1
    assert found["settling"].judged.source == "test rows in mode 2"


@pytest.mark.slow
def test_what_saves_no_power_says_so(front: ParetoFront) -> None:
    assert front.chosen is not None
    found = front.chosen.analyses["modes"]
    saves = min(mode.power_mw for mode in found.modes) < found.plain_power_mw
    assert any(note.startswith("on one supply no mode saves power") for note in front.chosen.notes) != saves


@pytest.mark.slow
def test_where_modes_break_a_limit_the_circuit_stays_without(network: Any, front: ParetoFront) -> None:
    assert front.chosen is not None
    modes = front.chosen.analyses["modes"]
    # A hair above the circuit without modes, which is the smallest that loses little enough.
    just_enough = modes.plain_area_mm2 / 100 * (1 + 1e-9)
    kept = approximate(network, X, Y, **QUICK, modes=3, max_area_cm2=just_enough).chosen
    assert kept is not None
    assert kept.estimate.area_mm2 <= 100 * just_enough < modes.area_mm2
    assert "modes" not in kept.analyses
    assert any(note.startswith("no modes: with that the circuit would not keep") for note in kept.notes)
