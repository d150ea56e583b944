"""Trees judged by refits: the refits see what the tree saw, and can be repeated."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from sklearn.datasets import load_iris
from sklearn.tree import DecisionTreeClassifier

from bespoke.errors import OptionError
from bespoke.flow import ParetoFront, approximate

X, Y = load_iris(return_X_y=True)
WIDE = X * 100.0
UNIT = (WIDE - WIDE.min(axis=0)) / (WIDE.max(axis=0) - WIDE.min(axis=0))
QUICK: dict[str, Any] = {"population": 8, "islands": 1, "epochs": 1, "generations": 2, "finalists": 2, "jobs": 1}


def front_of(estimator: Any, **settings: Any) -> ParetoFront:
    return approximate(estimator, WIDE, Y, **QUICK, **settings)


@pytest.mark.slow
def test_a_tree_on_unit_inputs_is_judged_as_one_on_raw_inputs() -> None:
    seeded = DecisionTreeClassifier(random_state=0)
    raw = front_of(seeded.fit(WIDE, Y), model_inputs="raw")
    unit = front_of(DecisionTreeClassifier(random_state=0).fit(UNIT, Y), model_inputs="unit")
    assert raw.log["judged_on"] == "rows held out of refits"
    assert raw.exact_score > 0.85
    assert unit.exact_score == pytest.approx(raw.exact_score, abs=0.03)


@pytest.mark.slow
def test_refits_without_a_seed_of_their_own_can_be_repeated() -> None:
    estimator = DecisionTreeClassifier(max_features=1).fit(WIDE, Y)
    first, second = (front_of(estimator, model_inputs="raw") for _ in range(2))
    assert first.exact_score == second.exact_score
    assert [point.gain for point in first.points] == [point.gain for point in second.points]


@pytest.mark.slow
def test_labels_that_the_tree_does_not_know_do_not_judge_it() -> None:
    known = DecisionTreeClassifier(random_state=0).fit(WIDE, Y)
    others = np.where(np.arange(len(Y)) % 10 == 0, 9, Y)
    front = approximate(known, WIDE, others, **QUICK, model_inputs="raw")
    assert front.exact_score > 0.85


def test_few_rows_are_judged_by_themselves() -> None:
    rows = np.arange(0, len(Y), 10)
    estimator = DecisionTreeClassifier(random_state=0).fit(WIDE[rows], Y[rows])
    front = approximate(estimator, WIDE[rows], Y[rows], **QUICK, model_inputs="raw")
    assert front.log["judged_on"] == "training rows"


@pytest.mark.slow
def test_a_metric_that_refits_do_not_know_is_refused() -> None:
    with pytest.raises(OptionError, match="metric"):
        front_of(DecisionTreeClassifier(random_state=0).fit(WIDE, Y), model_inputs="raw", metric="balanced_accuracy")
