"""From data to circuits: which candidates are tried, and which rows are read."""

from __future__ import annotations

import numpy as np
import pytest
from sklearn.datasets import load_iris

from bespoke.data import CLASSIFICATION, Dataset
from bespoke.errors import OptionError, SingleClassError
from bespoke.families import Learning, Prices, RaceOptions, enter
from bespoke.families.family import Parameters
from bespoke.families.tree import Tree
from bespoke.flow import Answer, AnswerPoint, DesignOptions, design_from_data
from bespoke.flow.approximated import worth_approximating
from bespoke.flow.options import Objective
from bespoke.model import InputCoding, IntegerModel
from bespoke.search import Work

X, Y = load_iris(return_X_y=True)
QUICK = DesignOptions(families=("tree",), candidates=3, float_budget_s=0.0, jobs=1)


def data(targets: np.ndarray = Y) -> Dataset:
    return Dataset("iris", ("a", "b", "c", "d"), X, targets, CLASSIFICATION)


@pytest.fixture(scope="module")
def answer() -> Answer:
    return design_from_data(data(), QUICK)


def test_few_candidates_begin_with_a_small_one(answer: Answer) -> None:
    assert 0 < answer.log["candidates"] <= 3
    assert min(point.parameters["leaves"] for point in answer.points) == 2


@pytest.mark.slow
def test_few_candidates_are_of_all_sizes() -> None:
    tried: list[int] = []

    class Watched(Tree):
        def fit(self, learning: Learning, parameters: Parameters, random: np.random.Generator) -> IntegerModel:
            tried.append(parameters["leaves"])
            return super().fit(learning, parameters, random)

    coding = InputCoding(("a", "b", "c", "d"), (4,) * 4, (0.0,) * 4, (8.0,) * 4)
    rows = Learning(coding.quantise(X), Y, coding, (0, 1, 2), Prices(np.zeros((4, 16)), 1.0, lambda _: 0.0))
    enter([Watched()], rows, RaceOptions(candidates=24), Work())
    assert min(tried) <= 4
    assert max(tried) >= 100


@pytest.mark.slow
def test_no_clock_ends_a_search_of_so_many_candidates(answer: Answer) -> None:
    hasty = design_from_data(data(), QUICK, budget_s=1e-9)
    assert hasty.rows() == answer.rows()


def test_a_model_promises_no_more_than_it_reaches_on_rows_it_has_seen(monkeypatch: pytest.MonkeyPatch) -> None:
    fit = Tree.fit

    def forgetful(tree: Tree, rows: Learning, parameters: Parameters, random: np.random.Generator) -> IntegerModel:
        return fit(tree, rows, {**parameters, "leaves": 2 if len(rows.targets) == 105 else 8}, random)

    monkeypatch.setattr(Tree, "fit", forgetful)
    (point,) = design_from_data(data(), QUICK, candidates=1).points
    assert point.validated == point.design.accuracies.train
    assert point.promised <= point.validated < 0.7


def test_the_test_part_is_that_of_the_split_or_empty(answer: Answer) -> None:
    assert {(point.rows, point.test_rows) for point in answer.points} == {(105, 45)}
    whole = design_from_data(data(), QUICK, test_size=0.0, candidates=1)
    assert {(point.rows, point.test_rows) for point in whole.points} == {(150, 0)}
    assert whole.points[0].design.accuracies.test is None


def test_a_source_is_a_power() -> None:
    assert DesignOptions().with_settings(source="harvester").constraint.max_power_mw == 0.1
    with pytest.raises(OptionError, match="no such power source; got sun"):
        QUICK.with_settings(source="sun")


def test_families_that_have_no_model_for_the_data_are_refused() -> None:
    with pytest.raises(OptionError, match="families: no model for such data; got evolved, votes"):
        design_from_data(data(), QUICK, families=("evolved", "votes"))


def test_one_class_is_refused() -> None:
    with pytest.raises(SingleClassError, match="iris: the training part has one class only; got 0"):
        design_from_data(data(np.zeros(150, dtype=np.int64)), QUICK, test_size=0.0)


class _Stub(AnswerPoint):
    """A point of a known power."""

    def size(self, objective: Objective) -> float:
        return float(self.parameters[objective])


def stub(power: float, validated: float) -> AnswerPoint:
    return _Stub(None, "tree", {"power": power}, validated, validated, 100)  # type: ignore[arg-type]  no circuit


def test_the_best_below_a_limit_is_made_cooler_and_a_better_one_above_is_brought_below() -> None:
    points = [stub(0.05, 0.7), stub(0.09, 0.8), stub(0.12, 0.79), stub(2.0, 0.85), stub(4.0, 0.9), stub(5.0, 0.95)]
    found = [(point.size("power"), limits.max_power_mw) for point, limits in worth_approximating(points, (0.1, 3.0))]
    assert found == [(4.0, 3.0), (0.09, None), (2.0, None)]
    last = list(worth_approximating(points, (), 0.82))
    assert [(point.size("power"), limits.max_loss) for point, limits in last] == [(2.0, pytest.approx(0.03))]


@pytest.mark.slow
def test_approximate_forms_promise_no_more_than_what_they_were_made_of() -> None:
    options = DesignOptions(families=("linear",), candidates=4, float_budget_s=0.0, jobs=1)
    plain, more = (design_from_data(data(), options, approximate=asked) for asked in (False, True))
    forms = [point for point in more.points if point.design.approximation is not None]
    assert forms
    best = max(point.validated for point in plain.points)
    assert max(point.validated for point in more.points) == best
    for form in forms:
        assert any(
            each.parameters == form.parameters and each.size("power") > form.size("power") for each in plain.points
        )


@pytest.mark.slow
@pytest.mark.parametrize("family", ["rules", "additive", "boosting", "forest"])
def test_circuits_that_no_search_can_change_stay_as_they_are(family: str) -> None:
    options = DesignOptions(families=(family,), candidates=2, float_budget_s=0.0, jobs=1)
    plain, asked = (design_from_data(data(), options, approximate=asked) for asked in (False, True))
    assert asked.rows() == plain.rows()
