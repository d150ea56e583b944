"""Intervals and paired tests against values known otherwise."""

from __future__ import annotations

import json
from dataclasses import replace
from math import comb

import numpy as np
import pytest

from bespoke.flow import compile_model
from bespoke.flow.approximation import Judges, guarantees, mcnemar
from bespoke.flow.case import Assurance
from bespoke.flow.sources import Rows
from bespoke.model import Affine, InputCoding, IntegerModel, Sign
from bespoke.numeric import clopper_pearson
from bespoke.search import assured_gains


def test_clopper_pearson_leaves_a_fortieth_on_either_side() -> None:
    for right, rows in ((7, 10), (0, 12), (12, 12), (269, 480)):
        low, high = clopper_pearson(right, rows)
        assert low <= right / rows <= high
        if right:
            assert sum(comb(rows, k) * low**k * (1 - low) ** (rows - k) for k in range(right, rows + 1)) == (
                pytest.approx(0.025)
            )
        else:
            assert low == 0
        if right < rows:
            assert sum(comb(rows, k) * high**k * (1 - high) ** (rows - k) for k in range(right + 1)) == (
                pytest.approx(0.025)
            )
        else:
            assert high == 1


def test_mcnemar_counts_rows_on_which_one_of_both_is_right() -> None:
    exact = np.array([1, 1, 1, 1, 1, 0, 1, 0, 1], dtype=bool)
    other = np.array([0, 0, 0, 0, 0, 1, 1, 0, 1], dtype=bool)
    found = mcnemar(exact, other)
    assert (found.lost_rows, found.won_rows, found.rows) == (5, 1, 9)
    assert found.p_value == pytest.approx(2 * (1 + 6) / 2**6)
    assert mcnemar(exact, exact).p_value == 1.0


def test_assured_gains_are_those_of_the_search_and_balanced_where_asked() -> None:
    random = np.random.default_rng(5)
    targets = random.integers(0, 3, 80)
    outputs = np.where(random.random((4, 80)) < 0.2, random.integers(0, 3, (4, 80)), targets)
    judge = Assurance(targets, outputs[0], "accuracy", 1.5)
    assert judge.gains(outputs).tolist() == assured_gains((outputs != targets).astype(np.int64), 1.5).tolist()
    assert judge.exact_score == np.mean(outputs[0] == targets)
    balanced = Assurance(targets, outputs[0], "balanced_accuracy", 0.0)
    recalls = [[np.mean(row[targets == c] == c) for c in range(3)] for row in outputs]
    wanted = np.mean(recalls, axis=1)
    assert [replace(balanced, exact=row).exact_score for row in outputs] == pytest.approx(wanted)
    assert balanced.gains(outputs) == pytest.approx(wanted - wanted[0])
    value = Assurance(targets, outputs[0], "r2", 0.0)
    wanted = 1 - np.mean((outputs - targets) ** 2, axis=1) / np.var(targets)
    assert [replace(value, exact=row).exact_score for row in outputs] == pytest.approx(wanted)
    assert value.gains(outputs) == pytest.approx(wanted - wanted[0])


def test_the_general_formula_is_that_of_the_accuracy_for_equal_weights() -> None:
    random = np.random.default_rng(6)
    targets = np.repeat([0, 1], 30)
    outputs = random.integers(0, 2, (5, 60))
    plain, balanced = (Assurance(targets, outputs[0], metric, 2.0) for metric in ("accuracy", "balanced_accuracy"))
    assert balanced.gains(outputs) == pytest.approx(plain.gains(outputs))


def test_rows_that_the_search_did_not_see_are_a_part_of_their_own() -> None:
    layer = Affine(np.array([[1, -1]]), np.array([0]), "identity", 0)
    model = IntegerModel(InputCoding(("a", "b"), (2, 2), (0.0, 0.0), (4.0, 4.0)), (layer,), Sign(("no", "yes")))
    features = np.array([[a, b] for a in range(4) for b in range(4)], dtype=np.float64)
    rows = Rows.of(model, features, np.where(features[:, 0] > features[:, 1], "yes", "no"))
    design, other = compile_model(model), compile_model(replace(model, decision=Sign(("no", "yes"), inclusive=True)))
    seen = np.arange(16) % 4 > 0
    judges = Judges(rows, None, seen)
    measured = [replace(one.measured, outputs={"train": one.outputs(rows.words)}) for one in (design, other)]
    parts = judges.parts(measured[0])
    assert {name: len(part.targets) for name, (part, _) in parts.items()} == {"train": 16, "validation": 4}
    assert Judges(rows, None, np.ones(16, dtype=bool)).parts(measured[0]).keys() == {"train"}
    found = guarantees(other.circuit, measured[1], measured[0], judges, None)
    # The other circuit says yes where both are equal: on 4 rows, of which the search did not see one (0, 0).
    assert (found.accuracy["train"].right, found.accuracy["validation"].right) == (12, 3)
    assert (found.against_exact["train"].lost_rows, found.against_exact["train"].won_rows) == (4, 0)
    assert found.against_exact["validation"].lost_rows == 1
    assert not found.confusion_with_float
    assert not found.changed_by_edits
    agreed = guarantees(design.circuit, measured[0], measured[0], judges, lambda part: np.full(len(part), "yes"))
    assert agreed.confusion_with_float["train"].counts == ((0, 0), (10, 6))
    assert agreed.confusion_with_float.keys() == {"train"}
    json.dumps(agreed.to_json())
