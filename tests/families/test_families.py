"""What every family promises: exact models of small data, alike in every run, at any size of the data."""

from __future__ import annotations

from dataclasses import replace
from itertools import islice

import numpy as np
import pytest

from bespoke.cells import GateCosts, load_library
from bespoke.families import FAMILIES, Family, Learning, Prices, RaceOptions, race
from bespoke.families.growth import Limits, class_statistics, gini, grow
from bespoke.families.race import best_of_each_size
from bespoke.families.size import estimated_mw, levels_read
from bespoke.families.tree import Tree
from bespoke.families.validation import FOLDS, folds
from bespoke.lowering import lower
from bespoke.model import InputCoding, model_digest
from bespoke.sim import simulate

PRICES = Prices(np.linspace(0.0, 0.15, 16), 0.008)


def learning(rows: int, classes: int, seed: int = 0) -> Learning:
    """Words of three features, of which the first two decide."""
    random = np.random.default_rng(seed)
    words = random.integers(16, size=(rows, 3))
    targets = (words[:, 0] + (words[:, 1] > 6) * 5) * classes // 21
    coding = InputCoding(("a", "b", "c"), (4, 4, 4), (0.0,) * 3, (16.0,) * 3)
    return Learning(words, targets, coding, tuple(range(classes)), PRICES)


@pytest.fixture(params=FAMILIES)
def family(request: pytest.FixtureRequest) -> Family:
    return FAMILIES[request.param]()


@pytest.mark.parametrize("classes", [2, 4])
def test_a_model_is_better_than_the_most_frequent_class_and_its_circuit_does_what_it_says(
    family: Family, classes: int
) -> None:
    rows = learning(200, classes)
    parameters = list(family.candidates())[-1]
    model = family.fit(rows, parameters, np.random.default_rng(3))
    frequent = np.bincount(rows.targets).max() / len(rows.targets)
    assert np.mean(model.predict(rows.words) == rows.targets) > frequent + 0.1
    if family.name != "forest":  # the last one has 25 trees
        costs = GateCosts.of(load_library("egfet"))
        netlist = lower(model, costs).netlist
        assert np.array_equal(simulate(netlist, rows.words)[:, 0], model.predict(rows.words))


def test_the_same_generator_gives_the_same_model(family: Family) -> None:
    rows, parameters = learning(80, 3), next(iter(family.candidates()))
    models = [family.fit(rows, parameters, np.random.default_rng(1)) for _ in range(2)]
    assert model_digest(models[0]) == model_digest(models[1])


@pytest.mark.parametrize("present", [[0], [0, 2]])
def test_classes_without_a_row_are_no_obstacle(family: Family, present: list[int]) -> None:
    rows = learning(60, 3)
    part = rows.part(np.isin(rows.targets, present))
    model = family.fit(part, next(iter(family.candidates())), np.random.default_rng(0))
    assert set(model.predict(rows.words).tolist()) <= {0, 1, 2}


def test_candidates_are_all_different(family: Family) -> None:
    found = [tuple(sorted(parameters.items())) for parameters in family.candidates()]
    assert len(found) == len(set(found))


def test_growth_finds_the_only_test_that_tells_apart() -> None:
    words = np.array([[0, 3], [1, 3], [2, 3], [3, 3]])
    statistics = class_statistics(np.array([0, 0, 1, 1]), 2)
    tree = grow(words, statistics, gini, Limits(leaves=4), np.zeros((2, 4)))
    assert (tree.feature.tolist(), tree.threshold.tolist()) == ([0, -1, -1], [1, 0, 0])
    assert tree.sums.tolist() == [[2, 2, 4], [2, 0, 2], [0, 2, 2]]


def test_a_toll_keeps_a_level_out_until_it_is_paid() -> None:
    words = np.array([[0], [0], [1], [2], [2], [3]])
    statistics = class_statistics(np.array([0, 0, 0, 1, 1, 1]), 2)
    toll = np.array([[0.0, 0.0, 9.0, 0.0]])
    assert grow(words, statistics, gini, Limits(leaves=2), toll).threshold[0] != 1
    toll[0, 2] = 0.0
    assert grow(words, statistics, gini, Limits(leaves=2), toll).threshold[0] == 1


def test_levels_read_are_those_of_tests_and_all_of_features_with_weights() -> None:
    rows = learning(100, 3)
    tree = FAMILIES["tree"]().fit(rows, next(iter(FAMILIES["tree"]().candidates())), np.random.default_rng(0))
    (feature, threshold), *_ = tree.stages[0].tests()  # type: ignore[attr-defined]  # a tree's only stage
    assert np.argwhere(levels_read(tree, 16)).tolist() == [[feature, threshold + 1]]
    linear = FAMILIES["linear"]().fit(rows, {"weight_bits": 6, "c": 1.0}, np.random.default_rng(0))
    assert levels_read(linear, 16)[0].tolist() == [False] + [True] * 15
    assert estimated_mw(linear, PRICES) > PRICES.levels_mw(levels_read(linear, 16)) > 0


def test_folds_hold_each_row_once_and_share_out_the_classes() -> None:
    targets = np.repeat([0, 1, 2], [50, 25, 5])
    parts = list(folds(targets, 0, 1))
    assert np.array_equal(np.sort(np.concatenate([part.held for part in parts])), np.arange(80))
    assert all(np.bincount(targets[part.held]).tolist() == [10, 5, 1] for part in parts)
    assert len(list(folds(targets[:3], 0, 0))) == 3 < FOLDS


def test_a_race_ends_with_few_candidates_of_every_size_judged_on_all_rows(monkeypatch: pytest.MonkeyPatch) -> None:
    candidates = Tree().candidates
    rows = learning(120, 3)
    monkeypatch.setattr(Tree, "candidates", lambda _: islice(candidates(), 0, None, 23))
    found = race([Tree(), FAMILIES["linear"]()], rows, RaceOptions(jobs=1))
    powers = [each.estimated_mw for each in found]
    assert powers == sorted(powers)
    assert {each.family.name for each in found} == {"tree", "linear"}
    assert all(sum(count for _, count in each.right.values()) == 3 * 120 for each in found)
    assert max(each.accuracy_of((1, 2)) for each in found) > 0.9
    assert len(best_of_each_size(found, 1)) < len(found)
    none = race([FAMILIES["tree"]()], rows, RaceOptions(jobs=1, most_mw=1e-6))
    assert none == []


def test_prices_of_levels_add_up() -> None:
    levels = np.zeros((2, 16), dtype=bool)
    levels[0, [1, 15]] = True
    assert PRICES.levels_mw(levels) == pytest.approx(0.01 + 0.15)
    assert replace(learning(5, 2), targets=np.zeros(5, dtype=np.int64)).class_count == 2
