"""Fronts of small models: what is chosen keeps what was asked, and circuits are what their folders say."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from sklearn.datasets import load_iris, load_wine
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import train_test_split
from sklearn.neural_network import MLPClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import MinMaxScaler
from sklearn.svm import LinearSVC, LinearSVR
from sklearn.tree import DecisionTreeClassifier, DecisionTreeRegressor

from bespoke.cells import GateCosts
from bespoke.errors import OptionError, OutputError, UnsupportedModelError, VerificationError
from bespoke.flow import ApproximateOptions, Design, ParetoFront, approximate, compile_model
from bespoke.flow import compile as build_module
from bespoke.flow.case import Assurance
from bespoke.flow.searched import AssuredPruning
from bespoke.flow.sources import Rows
from bespoke.lowering import Lowered
from bespoke.netlist import Edit, Netlist, apply_edits
from bespoke.sim import simulate

X, Y = load_iris(return_X_y=True)
WINE_X, WINE_Y = load_wine(return_X_y=True)
QUICK: dict[str, Any] = {
    "population": 8,
    "islands": 1,
    "epochs": 1,
    "generations": 2,
    "finalists": 3,
    "jobs": 1,
    "prune_budget": 3000,
}
ESTIMATORS: dict[str, Any] = {
    "svm": LinearSVC(random_state=0),
    "mlp": MLPClassifier((2,), max_iter=150, random_state=1, learning_rate_init=0.03),
    "tree": DecisionTreeClassifier(max_depth=4, random_state=0),
}


def fitted(estimator: Any, features: Any = X, targets: Any = Y) -> Any:
    return make_pipeline(MinMaxScaler(), estimator).fit(features, targets)


@pytest.fixture(scope="module")
def fronts() -> dict[str, ParetoFront]:
    # With this seed even so short a search finds a smaller circuit of each kind.
    return {
        kind: approximate(fitted(estimator), X, Y, **QUICK, max_loss=0.03, search_seed=1)
        for kind, estimator in ESTIMATORS.items()
    }


@pytest.mark.slow
@pytest.mark.parametrize("kind", ESTIMATORS)
def test_the_chosen_circuit_keeps_the_limit_on_the_training_rows(fronts: dict[str, ParetoFront], kind: str) -> None:
    front = fronts[kind]
    chosen, exact = front.chosen, compile_model(fitted(ESTIMATORS[kind]), X, Y)
    assert chosen is not None
    assert front.exact.to_verilog() == exact.to_verilog()
    assert chosen.accuracies.train is not None
    assert exact.accuracies.train is not None
    assert chosen.accuracies.train >= exact.accuracies.train - 0.03
    assert chosen.estimate.area_mm2 < 0.8 * exact.estimate.area_mm2
    train_x, test_x, train_y, test_y = train_test_split(X, Y, test_size=0.3, random_state=42)
    assert chosen.score(train_x, train_y) == chosen.accuracies.train
    assert chosen.approximation is not None
    found = chosen.approximation.guarantees.accuracy["test"]
    assert found.accuracy == chosen.score(test_x, test_y)
    assert found.rows == len(test_y)


@pytest.mark.slow
@pytest.mark.parametrize("kind", ESTIMATORS)
def test_circuits_have_the_function_of_their_reference(fronts: dict[str, ParetoFront], kind: str) -> None:
    pruned = []
    for design in fronts[kind].designs:
        words = design.vectors.words
        expected = design.circuit.reference.outputs(words)
        assert np.array_equal(design.outputs(words), expected)
        if design.circuit.reference.edited is not None:
            assert np.array_equal(simulate(design.circuit.reference.edited, words)[:, 0], expected)
            pruned.append(not np.array_equal(design.model.predict(words), expected))
    assert any(pruned) or kind == "tree"  # trees are judged by refits, which pruning has not


@pytest.mark.slow
def test_the_test_rows_decide_nothing() -> None:
    _, test = train_test_split(np.arange(len(Y)), test_size=0.3, random_state=42)
    other_y = Y.copy()
    other_y[test] = np.roll(Y[test], 7)
    first, second = (
        approximate(fitted(ESTIMATORS["svm"]), X, targets, **QUICK, max_power_mw=3.0) for targets in (Y, other_y)
    )
    assert [design.to_verilog() for design in first.designs] == [design.to_verilog() for design in second.designs]
    assert first.chosen is not None
    assert second.chosen is not None
    assert first.chosen.to_verilog() == second.chosen.to_verilog()
    assert first.chosen.accuracies.test != second.chosen.accuracies.test


@pytest.mark.slow
@pytest.mark.parametrize("limits", [{"max_power_mw": 1.0}, {"max_area_cm2": 0.3}])
def test_with_a_limit_on_size_the_most_accurate_circuit_is_chosen(limits: dict[str, float]) -> None:
    front = approximate(fitted(ESTIMATORS["mlp"]), X, Y, **QUICK, **limits)
    chosen = front.chosen
    assert chosen is not None
    assert chosen.estimate.power_mw <= limits.get("max_power_mw", np.inf)
    assert chosen.estimate.area_mm2 <= limits.get("max_area_cm2", np.inf) * 100
    fitting = [p.gain for p in front.points if front.constraint.fits(p.size("area"), p.size("power"), 1.0)]
    assert chosen.approximation is not None
    assert chosen.approximation.assured_gain == max(fitting)


@pytest.mark.slow
@pytest.mark.parametrize(
    "estimator",
    [
        LinearSVR(max_iter=5000, random_state=0),
        pytest.param(DecisionTreeRegressor(max_depth=3, random_state=0), marks=pytest.mark.slow),
        LogisticRegression(),
    ],
)
def test_values_labels_and_votes(estimator: Any) -> None:
    targets = X[:, 2] if hasattr(estimator, "loss") or "Regressor" in str(estimator) else np.array(["a", "b", "c"])[Y]
    front = approximate(fitted(estimator, X[:, :2], targets), X[:, :2], targets, **QUICK, max_loss=0.05)
    assert front.chosen is not None
    assert front.chosen.verify(formal=False).simulator.status == "agree"


@pytest.mark.slow
def test_a_rounded_regressor() -> None:
    front = approximate(
        fitted(LinearSVR(max_iter=5000, random_state=0)),
        X,
        Y,
        **QUICK,
        max_loss=0.05,
        metric="balanced_accuracy",
        regressor_output="label",
    )
    assert front.exact.model.decision.name == "label"
    assert front.chosen is not None


def test_labels_that_the_model_does_not_know_count_as_wrong() -> None:
    known = Y < 2
    model = compile_model(fitted(LogisticRegression(), X[known], Y[known]), X[known], Y[known]).model
    front = approximate(model, X, Y, **QUICK, max_loss=0.02)
    assert front.exact_score < 0.75
    assert front.exact.accuracies.train == pytest.approx(front.exact_score)


@pytest.mark.parametrize(
    ("settings", "error", "message"),
    [
        ({"metric": "r2"}, OptionError, "does not suit a classifier"),
        ({"max_los": 0.1}, OptionError, "did you mean max_loss"),
        ({"max_loss": 1.5}, OptionError, "max_loss: out of range"),
        ({"max_power_mw": 0}, OptionError, "max_power_mw: must be positive"),
        ({"finalists": 0}, OptionError, "finalists: too small"),
        ({"caution": -1}, OptionError, "caution: out of range"),
        ({"prune_share": -0.5}, OptionError, "prune_share: out of range"),
        ({"resume_from": Path("none.json")}, OutputError, "cannot be read"),
        ({"population": 1}, OptionError, "population: too small"),
    ],
)
def test_bad_settings(settings: dict[str, Any], error: type[Exception], message: str) -> None:
    with pytest.raises(error, match=message):
        approximate(fitted(ESTIMATORS["svm"]), X, Y, **settings)


@pytest.mark.slow
def test_data_are_needed_and_exact_models(fronts: dict[str, ParetoFront]) -> None:
    model = fronts["svm"].exact.model
    with pytest.raises(OptionError, match="data are needed"):
        approximate(model)
    masks = np.full(model.stages[0].input_count, 14)
    masked = replace(model, stages=(replace(model.stages[0], masks=masks),))
    with pytest.raises(UnsupportedModelError, match="exact models"):
        approximate(masked, X, Y)


LITTLE = ApproximateOptions(prune_budget=3000)


def edits_of(prune: AssuredPruning, design: Design) -> tuple[Sequence[Edit], Netlist]:
    """What is pruned from the lowered netlist of a design, and what is left of that."""
    circuit = design.circuit
    lowered = Lowered(circuit.lowered, circuit.certificate, circuit.boundary)
    edits = prune(circuit.model, lowered, GateCosts.of(circuit.library))
    return edits, apply_edits(circuit.lowered, edits)


@pytest.mark.slow
def test_pruning_keeps_its_limit_and_edits_nothing_where_there_is_no_room(fronts: dict[str, ParetoFront]) -> None:
    exact = fronts["svm"].exact
    rows = Rows.of(exact.model, X, Y)
    judge = Assurance(Y, exact.outputs(rows.words), "accuracy", 1.0)
    for least in (-0.05, -0.01, 0.0):
        _, left = edits_of(AssuredPruning(rows, judge, least, LITTLE), exact)
        assert judge.gain(simulate(left, rows.words)[:, 0]) >= least
    assert edits_of(AssuredPruning(rows, judge, 0.001, LITTLE), exact)[0] == ()


@pytest.mark.slow
def test_circuits_are_simulated_where_they_are_built_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    def again(*_: Any) -> Any:
        pytest.fail("a circuit is simulated again")

    monkeypatch.setattr(Design, "outputs", again)
    assert approximate(fitted(ESTIMATORS["svm"]), X, Y, **QUICK, max_loss=0.03).chosen is not None


@pytest.mark.slow
def test_a_wrongly_mapped_pruned_circuit_is_a_defect(
    fronts: dict[str, ParetoFront], monkeypatch: pytest.MonkeyPatch
) -> None:
    lowered = fronts["svm"].exact.circuit.lowered
    forms = build_module.equivalent_forms
    monkeypatch.setattr(
        build_module,
        "equivalent_forms",
        lambda netlist, *rest: forms(lowered if netlist.gate_count < lowered.gate_count else netlist, *rest),
    )
    with pytest.raises(VerificationError, match="differs from the edited netlist"):
        approximate(fitted(ESTIMATORS["svm"]), X, Y, **QUICK, max_loss=0.03, search_seed=1)


@pytest.mark.slow
@pytest.mark.parametrize("estimator", [LinearSVR(max_iter=5000, random_state=0), DecisionTreeRegressor(max_depth=3)])
def test_values_are_pruned_by_r2(estimator: Any) -> None:
    features, targets = X[:, :2], X[:, 2]
    exact = compile_model(fitted(estimator, features, targets), features, targets)
    assert not exact.model.decision.is_classifier
    rows = Rows.of(exact.model, features, targets)
    judge = Assurance(rows.wanted, exact.model.predict(rows.words), "r2", 2.0)
    sizes = []
    for least in (-0.002, -0.05):
        edits, left = edits_of(AssuredPruning(rows, judge, least, LITTLE), exact)
        assert edits
        assert judge.gain(simulate(left, rows.words)[:, 0]) >= least
        sizes.append(left.gate_count)
    assert sizes[1] < sizes[0] < exact.circuit.lowered.gate_count
    assert edits_of(AssuredPruning(rows, judge, 0.0, LITTLE), exact)[0] == ()


@pytest.mark.slow
def test_a_pruned_value_verifies() -> None:
    features, targets = X[:, :2], X[:, 2]
    model = fitted(LinearSVR(max_iter=5000, random_state=0), features, targets)
    front = approximate(model, features, targets, **QUICK, max_loss=0.05)
    assert front.chosen is not None
    assert front.chosen.score(features, targets) is not None
    verdict = front.chosen.verify()
    assert verdict.simulator.status == "agree"
    assert verdict.agrees
