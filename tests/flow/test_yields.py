"""Functional yields of fronts and answers, and limits on them."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from command_line import call
from sklearn.datasets import load_iris
from sklearn.linear_model import LogisticRegression

from bespoke import approximate, save_front
from bespoke.analysis import CopiedCells, YieldCurve
from bespoke.cells import CellLibrary
from bespoke.data import Dataset
from bespoke.errors import ConstraintError, OptionError
from bespoke.faults import Hardening, subject
from bespoke.flow import (
    ApproximateOptions,
    Constraint,
    Design,
    DesignOptions,
    ParetoFront,
    design_from_data,
    report,
)
from bespoke.flow.compile import Stages, measured_design
from bespoke.flow.hardening import hardened_designs
from bespoke.flow.sources import Source, read_source
from bespoke.flow.supply import read_library
from bespoke.flow.yields import expected_bad, judged_rows, with_yield

X, Y = load_iris(return_X_y=True)
MODEL = LogisticRegression(max_iter=500).fit(X, Y)
QUICK: dict[str, Any] = {
    "population": 8, "islands": 1, "epochs": 1, "generations": 2, "finalists": 3, "jobs": 1, "prune_budget": 3000,
}  # fmt: skip
PRINTED: dict[str, Any] = {"defects": 0.5, "samples": 60}
NAMES = ["functional_yield", "functional_yield_low", "functional_yield_high"]


@pytest.fixture(scope="module")
def front() -> ParetoFront:
    return approximate(MODEL, X, Y, **QUICK, **PRINTED, max_loss=0.05)


@pytest.mark.slow
def test_every_design_of_a_front_has_a_yield_on_the_training_rows(front: ParetoFront) -> None:
    for row, design in zip(front.rows()[-len(front.designs) :], front.designs, strict=True):
        assert [row[name] for name in NAMES] == list(design.functional_yield or ())
        curve = design.analyses["functional_yield"]
        assert isinstance(curve, YieldCurve)
        assert (curve.judged.source, len(curve.judged.rows)) == ("training rows", design.accuracies.train_rows)
        assert curve.found.at(0.5) == curve.stated
        assert report(design)["analyses"]["functional_yield"]["stated"]["defects_per_cm2"] == 0.5
    areas = [design.estimate.area_mm2 for design in front.designs]
    assert len(front.designs) > 1
    assert areas == sorted(areas)


@pytest.mark.slow
def test_the_limit_is_kept_by_the_lower_end(front: ParetoFront) -> None:
    yields = sorted(design.functional_yield.low for design in front.designs if design.functional_yield)
    kept = front.best(min_yield=yields[-1])
    assert kept.functional_yield is not None
    assert kept.functional_yield.low == yields[-1]
    with pytest.raises(ConstraintError, match=r"no design keeps min_yield 1; .* best yield, by its lower end: 0\.\d+"):
        front.best(min_yield=1.0)


@pytest.mark.slow
def test_a_front_without_defects_has_no_yields() -> None:
    found = approximate(MODEL, X, Y, **QUICK, max_loss=0.05)
    assert not set(NAMES) & set(found.rows()[0])
    assert found.exact.functional_yield is None
    assert found.exact.good_share == 1.0
    with pytest.raises(ConstraintError):
        found.best(min_yield=0.5)


def test_hardening_needs_a_density() -> None:
    with pytest.raises(OptionError, match="harden: what is worth hardening depends on the defects"):
        ApproximateOptions().with_settings(harden=True)


@pytest.mark.parametrize("options", [ApproximateOptions(), DesignOptions()])
def test_a_least_yield_needs_a_density(options: ApproximateOptions | DesignOptions) -> None:
    with pytest.raises(OptionError, match="min_yield: a yield is one at a density of defects"):
        options.with_settings(min_yield=0.9)
    chosen = options.with_settings(min_yield=0.9, defects=0.1, defect_seed=7)
    assert (chosen.printed.defects, chosen.printed.seed, chosen.compile.seed) == (0.1, 7, 42)


def test_a_least_yield_is_a_limit_like_that_on_the_area() -> None:
    options = ApproximateOptions().with_settings(min_yield=0.9, defects=0.1)
    assert options.asked == Constraint(min_yield=0.9)
    assert ApproximateOptions().with_settings(defects=0.1).asked == Constraint(max_loss=0.01)
    assert Constraint(min_yield=0.9).fits(1.0, 1.0, 1.0, 0.05)
    assert not Constraint(min_yield=0.9).fits(1.0, 1.0, 1.0, 0.15)
    assert not Constraint(min_yield=0.9).fits(1.0, 1.0, 1.0)


@pytest.mark.slow
def test_smaller_circuits_are_expected_to_be_bad_less_often(front: ParetoFront) -> None:
    found = expected_bad(front.exact, np.array([0.0, 0.25, 1.0]))
    assert found[0] < found[1] < found[2]
    assert found[2] == pytest.approx(1.0 - front.exact.good_share)


@pytest.mark.slow
def test_the_files_of_a_front_state_the_yields(front: ParetoFront, tmp_path: Path) -> None:
    save_front(front, tmp_path / "out")
    with (tmp_path / "out" / "front.csv").open(newline="") as file:
        rows = list(csv.DictReader(file))
    assert [float(row["functional_yield"]) for row in rows] == [row["functional_yield"] for row in front.rows()]
    page = (tmp_path / "out" / "front.html").read_text()
    assert "defects per cm²" in page
    assert "Functional yield" in (tmp_path / "out" / "report.html").read_text()
    assert "defects=0.5,\n    samples=60," in page
    assert call("verify", tmp_path / "out", "--no-formal").exit_code == 0


@pytest.mark.slow
def test_hardened_circuits_stand_on_the_front_and_are_proven(tmp_path: Path) -> None:
    front = approximate(MODEL, X, Y, **QUICK, **PRINTED, max_loss=0.05, harden=True)
    hardened = max((each for each in front.designs if "hardening" in each.analyses), key=lambda each: each.good_share)
    copies, printed = hardened.analyses["hardening"], hardened.functional_yield
    assert isinstance(copies, CopiedCells)
    assert copies.cells == hardened.gate_count > copies.cells_before
    assert copies.fatal_mm2 < copies.fatal_before_mm2
    assert copies.copied in [row["copied_cells"] for row in front.rows()]
    assert printed is not None
    front = replace(front, constraint=Constraint(max_loss=0.05, min_yield=printed.low))
    assert front.chosen is not None
    assert front.chosen.keeps(front.constraint)
    found = hardened.verify()
    assert found.agrees
    assert found.checks["formal"].status == "proven"
    save_front(replace(front, points=tuple(each for each in front.points if each.design is hardened)), tmp_path / "out")
    page = (tmp_path / "out" / "report.html").read_text()
    assert "Hardening" in page
    assert "harden=True" in page
    assert "copied cells" in (tmp_path / "out" / "front.html").read_text()
    assert call("verify", tmp_path / "out").exit_code == 0


@pytest.mark.slow
def test_hardening_ends_with_the_smallest_circuit_that_keeps_the_limit(front: ParetoFront) -> None:
    options = ApproximateOptions().with_settings(**PRINTED, harden=True)
    data, library = Dataset("iris", tuple("abcd"), X, Y, "classification"), read_library(options.compile)
    source = read_source(MODEL, data, options.compile)

    def hardened(limits: Constraint) -> list[Design]:
        return hardened_designs(front.exact, source, library, options.compile, options.printed, limits)

    forms, plain = hardened(Constraint()), front.exact.functional_yield
    assert [form.estimate.area_mm2 for form in forms] == sorted(form.estimate.area_mm2 for form in forms)
    last = forms[-1].functional_yield
    assert plain is not None
    assert last is not None
    assert last.low > plain.low
    limit = Constraint(min_yield=last.low)
    found = hardened(limit)
    assert [form.keeps(limit) for form in found] == [False] * (len(found) - 1) + [True]
    assert hardened(Constraint(min_yield=plain.low)) == []
    every = list(all_forms(front.exact, source, library, options))
    for wanted in (plain.low + share * (last.low - plain.low) for share in (0.25, 0.5, 0.75, 0.98)):
        keeps = Constraint(min_yield=wanted)
        areas = [form.estimate.area_mm2 for form in every if form.keeps(keeps)]
        assert hardened(keeps)[-1].estimate.area_mm2 == min(areas)


def all_forms(exact: Design, source: Source, library: CellLibrary, options: ApproximateOptions) -> Iterator[Design]:
    """Every hardened form of a design with its yield, that of the triplicated one last."""
    train, circuit = source.train, exact.circuit
    assert train is not None
    judged = judged_rows(circuit.boundary, exact.model.decision, train, "training rows")
    hardening = Hardening(subject(circuit.mapped, library), judged.rows, options.printed.tolerance * judged.unit)
    for form in hardening.forms():
        made = measured_design(replace(circuit, mapped=form.copied.netlist), source, options.compile, Stages())
        yield with_yield(made, train, options.printed)


@pytest.mark.slow
def test_design_chooses_by_yield() -> None:
    data = Dataset("iris", tuple("abcd"), X, Y, "classification")
    quick: dict[str, Any] = {"families": ("tree",), "finalists": 4, "jobs": 1, "budget_s": 0.5, "float_budget_s": 0}
    answer = design_from_data(data, **quick, **{**PRINTED, "defects": 5.0}, max_power_mw=30.0)
    yields = [point.design.functional_yield for point in answer.points]
    assert all(yields)
    for stated in yields:
        assert stated is not None
        point = answer.best(Constraint(min_yield=stated.low))
        assert point is not None
        kept = [each for each in answer.points if each.design.keeps(Constraint(min_yield=stated.low))]
        assert point.validated == max(each.validated for each in kept)
    assert all(name in answer.rows()[0] for name in NAMES)


@pytest.mark.slow
def test_the_commands_show_yields(tmp_path: Path) -> None:
    quick = ("--families", "tree", "--finalists", 3, "--jobs", 1, "--no-formal", "--budget", 0.5, "--float-budget", 0)
    printed = ("--defects", 5, "--samples", 60, "--min-yield", 0.1, "--harden")
    result = call("design", "iris", "--source", "molex", *printed, "-o", tmp_path / "out", *quick)
    assert result.exit_code == 0, result.output
    assert "yield" in result.stdout
    assert "functional yield" in result.stdout
    answer = json.loads((tmp_path / "out" / "answer.json").read_text())
    assert answer["constraint"] == {"max_power_mw": 30.0, "min_yield": 0.1}
    assert answer["search"]["printed"]["defects"] == 5.0
    assert "functional_yield" in (tmp_path / "out" / "answer.csv").read_text()
    page = (tmp_path / "out" / "answer.html").read_text()
    assert "defects per cm²" in page
    refused = call("design", "iris", "--min-yield", 0.9, "-o", tmp_path / "none", *quick)
    assert refused.exit_code == 2
    assert "min_yield" in refused.stderr
