"""Analyses of designs in memory and in folders."""

from __future__ import annotations

import csv
import json
import shutil
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from command_line import call
from sklearn.datasets import load_iris
from sklearn.linear_model import LinearRegression
from sklearn.tree import DecisionTreeClassifier

from bespoke import analyse, approximate, compile_model, save_design, save_front
from bespoke.analysis import OutputErrors, Robustness, SeveralFaults, StuckAtFaults
from bespoke.errors import OptionError, VoltageError
from bespoke.flow import AnalyseOptions, Design
from bespoke.model import Index
from bespoke.netlist import Edit

X, Y = load_iris(return_X_y=True)


@pytest.fixture(scope="module")
def design() -> Design:
    return compile_model(DecisionTreeClassifier(max_depth=2, random_state=0).fit(X, Y), X, Y, input_bits=4)


@pytest.fixture(scope="module")
def found(design: Design) -> StuckAtFaults:
    analysis = analyse(design, X, Y, faults=True).analyses["faults"]
    assert isinstance(analysis, StuckAtFaults)
    return analysis


def test_the_score_without_a_fault_is_that_of_the_design(design: Design, found: StuckAtFaults) -> None:
    assert found.base == design.accuracies.test
    assert found.judged.source == "test rows"
    assert len(found.judged.rows) == design.accuracies.test_rows
    assert len(found.scores) == len(found.faults)
    assert found.silent == np.count_nonzero(found.first.effects.changed == 0)


def test_critical_cells_are_those_whose_faults_cost_most(found: StuckAtFaults) -> None:
    scores = [found.scores[found.faults.instances == at] for at in range(len(found.names))]
    worst = found.critical(3)
    assert [cell.mean for cell in worst] == pytest.approx(sorted(each.mean() for each in scores)[:3])
    assert all(cell.least == scores[cell.number].min() for cell in worst)


def test_the_table_has_every_fault(found: StuckAtFaults) -> None:
    rows = list(csv.DictReader(found.files()["faults.csv"].splitlines()))
    assert [float(row["accuracy"]) for row in rows] == pytest.approx(found.scores.tolist(), rel=1e-5)
    assert {row["stuck_at"] for row in rows} == {"0", "1"}
    assert rows[0]["cell"] == found.names[0] == "g0"


def test_values_are_judged_by_r2() -> None:
    targets = X[:, 2] * 1.37
    model = LinearRegression().fit(X[:, :2], targets)
    design = compile_model(model, X[:, :2], targets, model_inputs="raw")
    analysis = analyse(design, X[:, :2], targets, faults=True).analyses["faults"]
    assert isinstance(analysis, StuckAtFaults)
    assert analysis.judged.metric == design.accuracies.metric == "r2"
    assert analysis.base == pytest.approx(design.accuracies.test)


def test_tests_stand_beside_the_report(compiled: Path, tmp_path: Path) -> None:
    folder = copied(compiled, tmp_path / "out")
    result = call("analyse", folder, "--tests", "--json")
    assert result.exit_code == 0, result.output
    facts = json.loads(result.stdout)["tests"]
    rows = list(csv.reader((folder / "tests.csv").read_text().splitlines()))
    assert len(rows) == 1 + facts["vectors"]
    assert rows[0][-1].startswith("expected ")
    assert facts["detected"] + facts["redundant"] + facts["undecided"] == facts["faults"]
    assert len((folder / "redundant_faults.csv").read_text().splitlines()) == 1 + facts["redundant"]


def test_yield_falls_with_the_density_of_defects(design: Design, found: StuckAtFaults) -> None:
    curve = analyse(design, X, Y, functional_yield=True, samples=50).analyses["functional_yield"]
    facts = curve.to_json()
    shares = [point["share"] for point in facts["curve"]]
    assert shares == sorted(shares, reverse=True)
    assert facts["area_cm2"] == pytest.approx(design.estimate.area_mm2 / 100)
    assert all(point["low"] <= point["share"] <= point["high"] for point in facts["curve"])
    areas = np.array([design.circuit.library[kind].area_mm2 for kind in found.cells])
    pins = np.array([len(names) for names in found.pins])
    good = found.scores >= found.base - 0.02 - 1e-12
    chance = sum(good[found.faults.instances == at].sum() * areas[at] / 2 / pins[at] for at in range(len(areas)))
    assert facts["good_by_defects"][:2] == pytest.approx([1.0, chance / areas.sum()])
    assert len(curve.section().rows) == len(facts["curve"])


def test_variation_states_quantiles_and_the_share_that_keeps_the_period(design: Design) -> None:
    delay_ms = design.estimate.delay_ms
    assert delay_ms is not None
    asked = analyse(design, X, Y, variation=True, samples=400, period_ms=1.2 * delay_ms, drift=0.1)
    found = asked.analyses["variation"]
    facts = found.to_json()
    quantiles = list(facts["delay_ms"].values())[1:]
    assert quantiles == sorted(quantiles)
    assert facts["delay_ms"]["without"] == pytest.approx(delay_ms)
    assert facts["static_power_mw"]["without"] == pytest.approx(design.estimate.static_power_mw)
    new, aged = facts["timing_yield"]["new"], facts["timing_yield"]["aged"]
    assert 0 < aged["share"] < new["share"] <= 1
    assert all(each["low"] <= each["share"] <= each["high"] for each in (new, aged))
    rows = list(csv.DictReader(found.files()["variation.csv"].splitlines()))
    assert np.mean([float(row["delay_ms"]) <= 1.2 * delay_ms for row in rows]) == pytest.approx(new["share"], abs=0.01)
    with pytest.raises(OptionError, match="drift: out of range"):
        AnalyseOptions(variation=True, drift=1.0)


def test_folders_state_variation_as_designs_do(compiled: Path, tmp_path: Path) -> None:
    folder = copied(compiled, tmp_path / "out")
    result = call("analyse", folder, "--variation", "--samples", 50, "--local-spread", 0.3, "--json")
    assert result.exit_code == 0, result.output
    facts = json.loads(result.stdout)["variation"]
    assert facts["period_ms"] == pytest.approx(facts["delay_ms"]["without"])
    assert len((folder / "variation.csv").read_text().splitlines()) == 51
    assert "Variation" in (folder / "report.html").read_text()


def test_robustness_of_a_tree_and_of_its_circuit_agree(design: Design) -> None:
    by_boxes = analyse(design, X, Y, robustness=True).analyses["robustness"]
    assert isinstance(by_boxes, Robustness)
    assert by_boxes.accuracy == design.accuracies.test
    edited = replace(design.circuit, edits=replace(design.circuit.edits, edits=(Edit(9, 0),)))  # so that no box is used
    other = analyse(replace(design, circuit=edited), X, Y, robustness=True, radius=3, certified_rows=20)
    by_trial = other.analyses["robustness"]
    assert isinstance(by_trial, Robustness)
    trial, boxes = by_trial.nearest, by_boxes.nearest
    assert (trial.levels.largest, boxes.levels.largest) == (3, None)
    assert trial.levels.certain.tolist() == np.minimum(boxes.levels.certain[:20], 3).tolist()
    assert trial.features.broken.tolist() == np.where(boxes.features.broken[:20] == 1, 1, 0).tolist()
    certain = [low for low, _ in by_boxes.certified().values()]
    assert certain == sorted(certain, reverse=True)
    assert certain[0] == by_boxes.accuracy
    read = {
        name for name, shares in zip(by_boxes.names, by_boxes.noise, strict=True) if set(shares) != {by_boxes.accuracy}
    }
    assert {row[0] for row in by_boxes.section().rows} == read
    assert 0 < len(read) < X.shape[1]
    assert f"not listed, {X.shape[1] - len(read)}, change no accuracy" in by_boxes.section().remark
    assert by_boxes.files()["robustness.csv"].count("\n") == 1 + len(by_boxes.right)
    assert by_boxes.to_json()["certified"]["0"] == {"certain": by_boxes.accuracy, "possible": by_boxes.accuracy}


def test_robustness_is_of_classes() -> None:
    targets = X[:, 2] * 1.37
    design = compile_model(LinearRegression().fit(X[:, :2], targets), X[:, :2], targets, model_inputs="raw")
    with pytest.raises(OptionError, match="labelled rows of a classifier"):
        analyse(design, X[:, :2], targets, robustness=True)


def test_an_analysis_must_be_asked_for(design: Design) -> None:
    with pytest.raises(OptionError, match="no analysis is asked for; allowed: faults, "):
        analyse(design, X, Y)
    with pytest.raises(OptionError, match="did you mean faults"):
        analyse(design, X, Y, fault=True)
    assert AnalyseOptions().chosen == []


@pytest.fixture(scope="module")
def compiled(design: Design, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("analyse")
    table = np.column_stack([X, Y])
    np.savetxt(folder / "data.csv", table, delimiter=",", header="a,b,c,d,target", comments="", fmt="%g")
    save_design(design, folder / "out")
    return folder


def copied(compiled: Path, to: Path) -> Path:
    shutil.copytree(compiled / "out", to)
    return to


@pytest.mark.slow
def test_a_folder_gets_what_python_gets(compiled: Path, found: StuckAtFaults, tmp_path: Path) -> None:
    folder = copied(compiled, tmp_path / "out")
    before = json.loads((folder / "report.json").read_text())
    result = call("analyse", folder, "--faults", "--data", compiled / "data.csv", "--json")
    assert result.exit_code == 0, result.output
    report = json.loads((folder / "report.json").read_text())
    assert json.loads(result.stdout) == report.pop("analyses")
    assert report == before
    assert json.loads(result.stdout)["faults"]["critical"] == json.loads(json.dumps(found.to_json()["critical"]))
    assert (folder / "faults.csv").read_text() == found.files()["faults.csv"]
    page = (folder / "report.html").read_text()
    assert "single stuck-at faults" in page
    assert page.count('class="cell marked"') == min(5, len(found.names))
    assert call("verify", folder, "--no-formal").exit_code == 0
    assert call("analyse", folder, "--faults", "--data", compiled / "data.csv").exit_code == 0


def test_without_data_the_circuit_itself_is_the_judge(compiled: Path, tmp_path: Path) -> None:
    result = call("analyse", copied(compiled, tmp_path / "out"), "--faults", "--json")
    assert result.exit_code == 0, result.output
    facts = json.loads(result.stdout)["faults"]
    assert (facts["metric"], facts["fault_free"], facts["rows"]) == ("agreement", 1.0, "stimuli")
    assert "--data gives the data" in result.stderr


@pytest.mark.parametrize("name", ["report.json", "report.html", "faults.csv"])
def test_an_edited_file_is_kept(compiled: Path, tmp_path: Path, name: str) -> None:
    folder = copied(compiled, tmp_path / "out")
    path = folder / name
    path.write_text((path.read_text() if path.exists() else "mine") + "\n")
    before = {each.name: each.read_bytes() for each in folder.iterdir()}
    result = call("analyse", folder, "--faults")
    assert result.exit_code == 2
    assert name in result.stderr
    assert {each.name: each.read_bytes() for each in folder.iterdir()} == before
    assert call("analyse", folder, "--faults", "--force").exit_code == 0


@pytest.mark.parametrize(
    ("part", "wrong"),
    [
        *(("analyses", wrong) for wrong in ([], None, "x", [1], {"modes": 0}, {"faults": {}})),
        *(("options", {"test_size": wrong, "seed": 0, "period_ms": None}) for wrong in ([], "x", 10**400)),
    ],
)
def test_parts_of_another_form_are_refused_in_a_line(compiled: Path, tmp_path: Path, part: str, wrong: object) -> None:
    folder = copied(compiled, tmp_path / "out")
    stored = json.loads((folder / "report.json").read_text())
    (folder / "report.json").write_text(json.dumps(stored | {part: wrong}))
    result = call("analyse", folder, "--yield", "--force")
    assert result.exit_code == 2, result.output
    assert result.stderr.count("\n") == 1 + result.stderr.count("--data gives the data")
    assert "report.json" in result.stderr
    assert result.stderr.startswith("bespoke: error: ")


def test_what_cannot_be_analysed_is_said(compiled: Path, tmp_path: Path) -> None:
    other = tmp_path / "other.csv"
    other.write_text("a,target\n1,0\n2,1\n3,0\n4,1\n")
    for arguments, words in (
        ([tmp_path, "--faults"], "not a compiled design"),
        ([compiled / "out"], "no analysis is asked for"),
        ([compiled / "out", "--faults", "--data", "nothing.csv"], "no such file"),
        ([compiled / "out", "--faults", "--data", other], "differ in the number of features"),
    ):
        result = call("analyse", *arguments)
        assert result.exit_code == 2
        assert words in result.stderr


@pytest.mark.slow
def test_errors_are_counted_against_the_exact_circuit(design: Design, tmp_path: Path) -> None:
    small = compile_model(DecisionTreeClassifier(max_depth=1, random_state=0).fit(X, Y), X, Y, input_bits=4)
    found = analyse(small, X, Y, errors=True, exact=design).analyses["errors"]
    words = np.array(list(np.ndindex(16, 16, 16, 16)))
    rate = float(np.mean(design.model.predict(words) != small.model.predict(words)))
    assert isinstance(found, OutputErrors)
    assert found.method == "every cell"
    assert found.rate.value == pytest.approx(rate)
    for name, each in (("exact", design), ("small", small)):
        save_design(each, tmp_path / name)
    result = call("analyse", tmp_path / "small", "--errors", "--exact", tmp_path / "exact", "--json")
    assert json.loads(result.stdout)["errors"]["output_error_rate"] == pytest.approx(rate)
    with pytest.raises(OptionError, match="the exact circuit is not known"):
        analyse(small, errors=True)


@pytest.mark.slow
def test_members_of_a_front_are_compared_with_its_exact_circuit(tmp_path: Path) -> None:
    tree = DecisionTreeClassifier(max_depth=3, random_state=0).fit(X, Y)
    front = approximate(tree, X, Y, recipe="isqed22", max_loss=0.1, input_bits=4)
    save_front(front, tmp_path / "iris")
    members = [row["folder"] for row in front.detailed_rows() if row["folder"] != "."]
    assert members
    for below in (".", members[-1]):
        result = call("analyse", tmp_path / "iris" / below, "--errors", "--json")
        assert json.loads(result.stdout)["errors"]["method"] == "every cell"
        report = json.loads((tmp_path / "iris" / below / "report.json").read_text(encoding="utf-8"))
        assert "errors" in report["analyses"]
    save_front(front, tmp_path / "iris")  # nothing of it counts as somebody else's


def test_several_faults_of_a_circuit_cost_more_than_one(design: Design, found: StuckAtFaults) -> None:
    asked = analyse(design, X, Y, several_faults=True, at_once=3, samples=400)
    several = asked.analyses["several_faults"]
    assert isinstance(several, SeveralFaults)
    facts = several.to_json()
    assert (facts["faults_at_a_time"], facts["samples"]) == (3, 400)
    assert several.in_modes[0].base == found.base
    assert several.in_modes[0].scores.mean() < found.scores.mean()
    assert several.headline().value == facts["modes"][0]["scores"]["mean"]
    every = analyse(design, X, Y, several_faults=True, at_once=10_000, samples=10).analyses["several_faults"]
    assert every.to_json()["faults_at_a_time"] == len(found.faults) // 2


def test_shorts_stand_in_a_table_by_the_names_of_nets(compiled: Path, tmp_path: Path) -> None:
    folder = copied(compiled, tmp_path / "out")
    result = call("analyse", folder, "--shorts", "--json")
    assert result.exit_code == 0, result.output
    facts = json.loads(result.stdout)["shorts"]
    rows = list(csv.DictReader((folder / "shorts.csv").read_text().splitlines()))
    assert len(rows) == 2 * facts["shorts"] > 0
    assert {row["wired"] for row in rows} == {"and", "or"}
    assert any(row["first"].endswith("[3]") for row in rows)
    assert any(row["second"] == "g0.Y" for row in rows)
    mean = np.mean([float(row[facts["metric"]]) for row in rows if row["wired"] == "or"])
    assert mean == pytest.approx(facts["wired"]["or"][0]["scores"]["mean"], abs=1e-5)


def test_a_lower_supply_keeps_the_period_of_the_usual_one(design: Design) -> None:
    usual, low = (
        analyse(design, X, Y, settling=True, variation=True, samples=50, vdd=vdd).analyses for vdd in (1.0, 0.6)
    )
    assert usual["settling"].at_times[usual["settling"].period_ms].settled == 1
    assert low["settling"].period_ms == usual["settling"].delay_ms < low["settling"].delay_ms
    assert low["settling"].at_times[low["settling"].period_ms].settled < 1
    assert low["variation"].period_ms == low["settling"].period_ms
    assert low["variation"].timing_yield()[0] < usual["variation"].timing_yield()[0]
    with pytest.raises(VoltageError, match="no figures for this supply voltage"):
        analyse(design, X, Y, settling=True, vdd=0.1)


def test_the_only_mode_of_a_circuit_is_0(design: Design) -> None:
    with pytest.raises(OptionError, match="no such mode; got 1; allowed: 0"):
        analyse(design, X, Y, settling=True, mode=1)


def test_inputs_with_another_output_stand_in_the_table(design: Design, found: StuckAtFaults) -> None:
    table = analyse(design, X, Y, robustness=True).analyses["robustness"].files()["robustness.csv"]
    rows = [row for row in csv.DictReader(table.splitlines()) if int(row["changed_at"])]
    names = [name.removeprefix("nearest ") for name in rows[0] if name.startswith("nearest ")]
    nearest, fewest = (
        np.array([[int(row[f"{kind} {name}"]) for name in names] for row in rows]) for kind in ("nearest", "fewest")
    )
    words = found.judged.rows.words[[int(row["row"]) for row in rows]]
    own = design.outputs(words)
    assert (design.outputs(nearest) != own).all()
    assert (design.outputs(fewest) != own).all()
    assert np.abs(nearest - words).max(axis=1).tolist() == [int(row["changed_at"]) for row in rows]
    assert (nearest != words).any(axis=1).all()
    assert np.count_nonzero(fewest != words, axis=1).tolist() == [int(row["features_needed"]) for row in rows]


def test_what_is_not_to_be_had_is_refused_before_the_rest_is_looked_for(design: Design) -> None:
    begun: list[str] = []
    with pytest.raises(OptionError, match="the exact circuit is not known"):
        analyse(design, X, Y, faults=True, errors=True, on_stage=begun.append)
    model = replace(design.model, decision=Index(("a", "b", "c")))
    named = replace(design, circuit=replace(design.circuit, model=model))
    with pytest.raises(OptionError, match=r"puts out something else; got a, b, c; allowed: 0, 1, 2"):
        analyse(design, X, Y, faults=True, errors=True, exact=named, on_stage=begun.append)
    with pytest.raises(OptionError, match="robustness needs labelled rows"):
        analyse(design, faults=True, robustness=True, on_stage=begun.append)
    assert begun == []
