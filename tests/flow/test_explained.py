"""Rules and trees in a report say what the circuit computes, in the units of the data."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pytest
from random_edits import random_edits
from sklearn.datasets import load_diabetes, load_iris
from sklearn.ensemble import RandomForestClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.tree import DecisionTreeClassifier, DecisionTreeRegressor

from bespoke.flow import Design, compile_model, report
from bespoke.flow.circuit import edited_netlist
from bespoke.flow.explained import MAX_DRAWN_LEAVES, rule_facts
from bespoke.model import IntArray
from bespoke.netlist import apply_edits
from bespoke.sim import simulate

X, Y = load_iris(return_X_y=True)
LABELS = np.array(["setosa", "versicolor", "virginica"])[Y]
RNG = np.random.default_rng(0)
ROWS = RNG.uniform(X.min(axis=0) - 0.5, X.max(axis=0) + 0.5, (300, 4))


def design_of(inputs: str, depth: int = 3) -> Design:
    return compile_model(
        DecisionTreeClassifier(max_depth=depth, random_state=0).fit(X, LABELS), X, LABELS, inputs=inputs
    )


def ruled(rules: Sequence[Mapping[str, Any]], row: Sequence[float]) -> str:
    """The answer of the rules for a row, by the values that they state."""
    for rule in rules:
        for box in rule["any_of"]:
            if all(
                (side["from"] is None or row[side["index"]] >= side["from"])
                and (side["below"] is None or row[side["index"]] < side["below"])
                for side in box
            ):
                return str(rule["answer"])
    return next(str(rule["answer"]) for rule in rules if not rule["any_of"])


def reached(tree: Mapping[str, Any], row: Sequence[float]) -> int:
    """Leaf of a row, by the values that the tests state."""
    side = tree["root"]
    while side >= 0:
        split = tree["splits"][side]
        side = split["above" if row[split["index"]] >= split["value"] else "below"]
    return int(~side)


@pytest.mark.parametrize("inputs", ["binary", "unary"])
def test_rules_and_the_tree_answer_as_the_circuit_does(inputs: str) -> None:
    design = design_of(inputs)
    facts = report(design)
    (tree,) = facts["coefficients"]["trees"]
    for row, wanted in zip(ROWS.tolist(), design.predict(ROWS).tolist(), strict=True):
        assert ruled(facts["rules"], row) == wanted
        assert tree["answers"][reached(tree, row)] == wanted


def test_names_and_values_are_those_of_the_data() -> None:
    (rule, *_) = report(design_of("unary", depth=1))["rules"]
    ((side,),) = rule["any_of"]
    assert side["feature"] in ("x2", "x3")
    assert 0.5 < (side["from"] or side["below"]) < 3


@pytest.mark.slow
def test_weighted_sums_of_few_levels_have_rules_too() -> None:
    model = LogisticRegression(max_iter=500).fit(X, LABELS)
    design = compile_model(model, X, LABELS, input_bits={"x0": 0, "x1": 0, "x2": 2, "x3": 2})
    rules = report(design)["rules"]
    assert [ruled(rules, row) for row in ROWS.tolist()] == design.predict(ROWS).tolist()
    assert "rules" not in report(compile_model(model, X, LABELS, input_bits=6))


@pytest.mark.slow
def test_the_leaves_of_several_trees_say_what_they_add() -> None:
    forest = RandomForestClassifier(3, max_depth=2, random_state=0).fit(X, LABELS)
    design = compile_model(forest, X, LABELS)
    trees = report(design)["coefficients"]["trees"]
    assert [tree["outputs"] for tree in trees] == [["setosa", "versicolor", "virginica"]] * 3
    words = design.model.coding.quantise(ROWS)
    sums = [np.sum([tree["leaves"][reached(tree, row)] for tree in trees], axis=0) for row in ROWS.tolist()]
    assert np.array_equal(sums, design.model.stages[0].apply(words))
    assert not any("answers" in tree for tree in trees)


@pytest.mark.slow
def test_a_regressor_answers_values() -> None:
    features, targets = load_diabetes(return_X_y=True)
    design = compile_model(DecisionTreeRegressor(max_depth=2).fit(features, targets / 7), features, targets / 7)
    facts = report(design)
    (tree,) = facts["coefficients"]["trees"]
    for row, wanted in zip(features[:50].tolist(), design.predict(features[:50]).tolist(), strict=True):
        assert float(tree["answers"][reached(tree, row)]) == pytest.approx(wanted, rel=1e-5)
        assert float(ruled(facts["rules"], row)) == pytest.approx(wanted, rel=1e-5)


@pytest.mark.slow
def test_large_trees_are_left_out() -> None:
    noise = np.random.default_rng(0).integers(0, 2, len(X))
    design = compile_model(DecisionTreeClassifier(random_state=0).fit(X, noise), X, noise, input_bits=8)
    facts = report(design)
    assert (design.model.stages[0].feature < 0).sum() < MAX_DRAWN_LEAVES or "trees" not in facts["coefficients"]


@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize("inputs", ["binary", "unary"])
def test_rules_of_edited_gates_are_those_of_the_netlist(inputs: str, seed: int) -> None:
    names = {"input_bits": {"x0": 0, "x1": 0, "x2": 4, "x3": 4}}
    tree = DecisionTreeClassifier(max_depth=3, random_state=0).fit(X, LABELS)
    circuit = compile_model(tree, X, LABELS, inputs=inputs, **names).circuit
    edits = random_edits(np.random.default_rng(seed), circuit.lowered, 2)
    netlist = edited_netlist(circuit.model, apply_edits(circuit.lowered, edits))

    def outputs(words: IntArray) -> IntArray:
        return simulate(netlist, circuit.boundary.encode(words))[:, 0]

    rules = rule_facts(circuit.model, circuit.boundary, outputs, is_edited=True)
    labels = circuit.model.decision.decode(outputs(circuit.model.coding.quantise(ROWS))).tolist()
    assert not rules or [ruled(rules, row) for row in ROWS.tolist()] == labels
    assert rules or inputs == "binary"
