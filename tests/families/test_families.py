"""What every family promises: exact models of small data, alike in every run, at any size of the data."""

from __future__ import annotations

from dataclasses import replace
from itertools import islice

import numpy as np
import pytest

from bespoke.cells import GateCosts, load_library
from bespoke.families import (
    FAMILIES,
    FLOAT_MODELS,
    Candidate,
    Family,
    Learning,
    Prices,
    RaceOptions,
    best_of_each_size,
    enter,
    finish,
    float_accuracies,
    luck,
)
from bespoke.families.boosting import _Boosted, _unit
from bespoke.families.growth import Limits, class_statistics, gini, grow, leaves_of
from bespoke.families.learning import probabilities
from bespoke.families.network import _coded, _levels
from bespoke.families.network_descent import Plan, _Descent
from bespoke.families.size import estimated_cells, estimated_mw, with_fewest_digits
from bespoke.families.tree import Tree
from bespoke.families.validation import FOLDS, folds
from bespoke.lowering import lower
from bespoke.model import Affine, Boundary, InputCoding, IntArray, IntegerModel, model_digest
from bespoke.opt import optimise
from bespoke.search import Work
from bespoke.sim import simulate
from bespoke.techmap import map_cheapest

LEVEL_MW = np.linspace(0.0, 0.15, 16)


def converters_mw(model: IntegerModel) -> float:
    """Power of the levels that a model reads."""
    read = model.stages[0].read_levels(model.coding.intervals())
    return float(sum(LEVEL_MW[level] for levels in read for level in levels))


PRICES = Prices(np.tile(LEVEL_MW, (3, 1)), 0.008, converters_mw)


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


def rows_for(family: Family, count: int) -> Learning:
    """Rows of three classes, or of bits and two classes for a family that has only models of such."""
    rows = learning(count, 3)
    if not family.is_first:
        return rows
    coding = replace(rows.coding, bits=(1, 1, 1))
    return replace(rows, words=rows.words >> 3, targets=rows.words[:, 0] >> 3, coding=coding, classes=(0, 1))


@pytest.mark.slow_if("annealed-2", "annealed-4", "boosting-4", "forest-2", "forest-4", "network-2", "network-4")
@pytest.mark.parametrize("classes", [2, 4])
def test_a_model_is_better_than_the_most_frequent_class_and_its_circuit_does_what_it_says(
    family: Family, classes: int
) -> None:
    rows = learning(200, classes)
    if not family.suits(rows):
        pytest.skip("not for such classes")
    parameters = list(family.candidates())[-1]
    model = family.fit(rows, parameters, np.random.default_rng(3))
    frequent = np.bincount(rows.targets).max() / len(rows.targets)
    assert np.mean(model.predict(rows.words) == rows.targets) > frequent + 0.1
    small = family.fit(rows, next(iter(family.candidates())), np.random.default_rng(3))
    netlist = lower(small, GateCosts.of(load_library("egfet"))).netlist
    assert np.array_equal(simulate(netlist, rows.words)[:, 0], small.predict(rows.words))


@pytest.mark.slow_if("network", "evolved")
def test_the_same_generator_gives_the_same_model(family: Family) -> None:
    rows, parameters = rows_for(family, 80), next(iter(family.candidates()))
    models = [family.fit(rows, parameters, np.random.default_rng(1)) for _ in range(2)]
    assert model_digest(models[0]) == model_digest(models[1])


@pytest.mark.slow_if("present0-network", "present1-network", "network-present0", "network-present1")
@pytest.mark.parametrize("present", [[0], [0, 2]])
def test_classes_without_a_row_are_no_obstacle(family: Family, present: list[int]) -> None:
    rows = rows_for(family, 60)
    part = rows.part(np.isin(rows.targets, present))
    model = family.fit(part, next(iter(family.candidates())), np.random.default_rng(0))
    assert set(model.predict(rows.words).tolist()) <= set(range(rows.class_count))


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


def test_the_estimate_is_that_of_gates_and_converters() -> None:
    rows = learning(100, 3)
    tree = FAMILIES["tree"]().fit(rows, next(iter(FAMILIES["tree"]().candidates())), np.random.default_rng(0))
    free = Prices(np.zeros((3, 16)), PRICES.gate_mw, lambda _: 0.0)
    assert estimated_mw(tree, PRICES) == pytest.approx(estimated_mw(tree, free) + converters_mw(tree))
    assert converters_mw(tree) > 0


@pytest.mark.slow
def test_the_estimate_of_boosted_steps_is_near_their_circuit() -> None:
    rows, boosting = learning(300, 3), FAMILIES["boosting"]()
    parameters = {"rounds": 24, "leaves": 2, "toll": 0.0, "leaf_bits": 4, "rate": 0.3, "corrections": 0}
    model = boosting.fit(rows, parameters, np.random.default_rng(0))
    library = load_library("egfet")
    boundary = Boundary.of(model, "unary")
    mapped = map_cheapest([optimise(lower(model, GateCosts.of(library), boundary).netlist)], library)
    cells = sum(library[instance.cell].area_mm2 for instance in mapped.instances) / library["NAND2X1"].area_mm2
    assert estimated_mw(model, replace(PRICES, converters_mw=lambda _: 0.0)) / PRICES.gate_mw == pytest.approx(
        cells, rel=0.4
    )


@pytest.mark.slow
def test_hidden_units_find_what_sums_cannot() -> None:
    rows = learning(400, 2, seed=1)
    rows = replace(rows, targets=((rows.words[:, 0] > 7) ^ (rows.words[:, 1] > 7)).astype(np.int64))
    right = {}
    for units in (0, 6):
        parameters = {"units": units, "code_bits": 3, "price": 0.003}
        model = FAMILIES["network"]().fit(rows, parameters, np.random.default_rng(0))
        right[units] = float((model.predict(rows.words) == rows.targets).mean())
    assert right[6] > 0.9
    assert right[0] < 0.7


@pytest.mark.slow
def test_dear_weights_make_small_networks() -> None:
    rows = learning(400, 3, seed=1)
    sizes = []
    for price in (0.003, 0.03, 100.0):
        parameters = {"units": 4, "code_bits": 3, "price": price}
        model = FAMILIES["network"]().fit(rows, parameters, np.random.default_rng(0))
        sizes.append(estimated_cells(model))
    assert sizes == sorted(sizes, reverse=True)
    assert sizes[2] < sizes[0] / 4


@pytest.mark.parametrize("seed", range(3))
def test_a_descent_computes_what_the_circuit_does(seed: int) -> None:
    random = np.random.default_rng(seed)
    inputs, wanted = random.integers(16, size=(300, 6)), np.eye(3)[random.integers(3, size=300)]
    descent = _Descent(inputs.astype(np.float64), wanted, Plan(4, 4, 8, 0.01), random)
    descent._rounding = 1.0
    network = descent.network()
    dropped, kept = np.full(4, network.dropped), np.full(4, 4)
    hidden = Affine(*(each[0] for each in (network.weights, network.biases)), "relu", 0, dropped_bits=dropped)
    saturating = replace(hidden, saturation_bits=kept)
    scores = Affine(network.weights[1], network.biases[1], "identity", 0).apply(saturating.apply(inputs))
    assert network.dropped > 0
    assert (hidden.apply(inputs) > 15).any()
    assert (hidden.sums(inputs) < 0).any()
    assert np.array_equal(descent._scores(inputs.astype(np.float64))[1], scores)


@pytest.mark.filterwarnings("error")
@pytest.mark.parametrize("units", [0, 3])
@pytest.mark.parametrize("label", [0, 1])
def test_a_network_of_one_row_knows_no_other_class(label: int, units: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bespoke.families.network_descent._STEPS", 100)
    rows = learning(40, 2)
    parameters = {"units": units, "code_bits": 2, "price": 0.01}
    row = rows.part(np.flatnonzero(rows.targets == label)[:1])
    model = FAMILIES["network"]().fit(row, parameters, np.random.default_rng(0))
    assert set(model.predict(rows.words).tolist()) == {label}


@pytest.mark.parametrize("code", ["binary", "unary"])
@pytest.mark.parametrize("units", [0, 3])
def test_networks_read_words_of_any_width(units: int, code: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bespoke.families.network_descent._STEPS", 100)
    random = np.random.default_rng(0)
    bits = (0, 1, 3, 8)
    words = np.stack([random.integers(1 << each, size=400) for each in bits], axis=1)
    coding = InputCoding(tuple("abcd"), bits, (0.0,) * 4, (1.0,) * 4)
    targets = (words[:, 1] * 100 + words[:, 3] > 150).astype(np.int64) + (words[:, 2] > 5)
    rows = Learning(words, targets, coding, (0, 1, 2), PRICES)
    model = FAMILIES["network"]().fit(rows, {"units": units, "code_bits": 4, "price": 0.003}, np.random.default_rng(0))
    boundary = Boundary.of(model, code)
    netlist = lower(model, GateCosts.of(load_library("egfet")), boundary).netlist
    assert len(np.unique(model.predict(words))) > 1
    assert np.array_equal(simulate(netlist, boundary.encode(words))[:, 0], model.predict(words))


@pytest.mark.parametrize("classes", [2, 3])
def test_a_network_is_judged_as_the_circuit_that_it_becomes(classes: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bespoke.families.network_descent._STEPS", 61)
    judged: list[float] = []
    share_right = _Descent.share_right
    monkeypatch.setattr(_Descent, "share_right", lambda own: judged.append(share_right(own)) or judged[-1])
    for seed in range(8):
        rows = learning(200, classes, seed)
        parameters = {"units": 0, "code_bits": 1, "price": 0.01}
        model = FAMILIES["network"]().fit(rows, parameters, np.random.default_rng(seed))
        assert np.mean(model.predict(rows.words) == rows.targets) == max(judged)
        judged.clear()


def test_a_code_counts_the_levels_that_a_word_reaches() -> None:
    assert _levels(np.array([0, 5, 2, 2]), 3).tolist() == [2, 5]
    assert _levels(np.arange(100), 3).tolist() == [25, 50, 75]
    assert _levels(np.array([0] * 90 + [1, 2, 3, 4]), 3).tolist() == [1]
    assert _levels(np.array([7, 7, 7]), 3).tolist() == []
    assert _coded(np.array([0, 1, 2, 4, 5, 9]), np.array([2, 5])).tolist() == [0, 0, 1, 1, 2, 2]


@pytest.mark.filterwarnings("error")
def test_scores_of_any_size_have_probabilities() -> None:
    assert probabilities(np.array([[-1e5], [0.0], [1e5]])).tolist() == [[0.0], [0.5], [1.0]]
    assert probabilities(np.array([[-1e5, 0.0, 0.0], [1e5, 0.0, 0.0]])).tolist() == [[0.0, 0.5, 0.5], [1.0, 0.0, 0.0]]


def test_scores_may_all_lose_the_same() -> None:
    weights = np.array([[3, 1, 0], [3, -1, 5], [2, 1, 5]])
    found = with_fewest_digits(weights)
    assert found.tolist() == [[0, 0, -5], [0, -2, 0], [-1, 0, 0]]
    words = np.random.default_rng(0).integers(16, size=(100, 3))
    assert np.array_equal((words @ weights.T).argmax(axis=1), (words @ found.T).argmax(axis=1))
    assert with_fewest_digits(weights[:1]).tolist() == [[3, 1, 0]]


def test_few_leaves_may_tell_few_rows_apart() -> None:
    rows = replace(learning(4, 2), words=np.array([[0, 0, 0]] * 3 + [[9, 0, 0]]), targets=np.array([0, 0, 0, 1]))
    found = [Tree().fit(rows, each, np.random.default_rng(0)) for each in Tree().candidates() if each["leaves"] == 2]
    assert any(np.array_equal(each.predict(rows.words), rows.targets) for each in found)


def test_a_correction_makes_the_classes_more_likely() -> None:
    rows = learning(300, 3)
    boosted = grown(rows)
    likely = []
    for _ in range(2):
        likely.append(likelihood(boosted, boosted.whole(1000, 0), rows))
        boosted.correct(0.5)
    assert likely[1] > likely[0]


def test_whole_numbers_make_up_for_what_the_others_lost_by_rounding() -> None:
    rows = learning(300, 3)
    rounded, corrected = (likelihood(boosted := grown(rows), boosted.whole(3, count), rows) for count in (0, 3))
    assert corrected > rounded


def grown(rows: Learning) -> _Boosted:
    boosted = _Boosted(rows, np.eye(3)[rows.targets], {"rate": 0.6, "toll": 0.0, "leaves": 4})
    for _ in range(3):
        boosted.grow()
    return boosted


def likelihood(boosted: _Boosted, whole: list[IntArray], rows: Learning) -> float:
    """Mean logarithm of the probability of the right class, at the best size of what a 1 stands for."""
    scores = sum(values[leaves_of(tree, rows.words)] for tree, values in zip(boosted.trees, whole, strict=True))
    sizes = np.abs(np.concatenate(whole)).max() / np.geomspace(0.5, 8, 30)
    return max(float(np.log(probabilities(scores / size)[np.eye(3)[rows.targets] == 1]).mean()) for size in sizes)


def test_one_large_step_leaves_the_others_their_sizes() -> None:
    assert _unit(np.array([0.25, -0.5, 1.0] * 50 + [60.0, 0.0]), 7) == 1 / 7
    assert _unit(np.zeros(2), 7) == 1.0


def test_folds_hold_each_row_once_and_share_out_the_classes() -> None:
    targets = np.repeat([0, 1, 2], [50, 25, 5])
    parts = list(folds(targets, 0, 1))
    assert np.array_equal(np.sort(np.concatenate([part.held for part in parts])), np.arange(80))
    assert all(np.bincount(targets[part.held]).tolist() == [10, 5, 1] for part in parts)
    assert len(list(folds(targets[:3], 0, 0))) == 3 < FOLDS


@pytest.mark.slow
def test_a_race_ends_with_few_candidates_of_every_size_judged_on_all_rows(monkeypatch: pytest.MonkeyPatch) -> None:
    candidates = Tree().candidates
    rows, options = learning(120, 3), RaceOptions()
    monkeypatch.setattr(Tree, "candidates", lambda _: islice(candidates(), 0, None, 23))
    entered = enter([Tree(), FAMILIES["linear"]()], rows, options, Work())
    found = finish(best_of_each_size(entered, 1, options), rows, options, Work())
    powers = [each.power_mw for each in found]
    assert powers == sorted(powers)
    assert {each.family.name for each in found} == {"tree", "linear"}
    assert all(sum(map(len, each.right.values())) == 3 * 120 for each in found)
    assert max(each.validated for each in found) > 0.9
    assert len(found) < len(entered)
    nearest = enter([FAMILIES["tree"]()], rows, RaceOptions(limits_mw=(1e-6,)), Work())
    assert 0 < len(nearest) <= 6
    assert nearest[0].power_mw == min(each.power_mw for each in entered if each.family.name == "tree")


def candidate(power_mw: float, right: np.ndarray, seed: int = 0) -> Candidate:
    rows, tree = learning(40, 2, seed), Tree()
    model = tree.fit(rows, {"leaves": 3, "criterion": "gini", "least_rows": 1, "toll": 0.0}, np.random.default_rng(0))
    return Candidate(tree, {}, model, power_mw, {(0, 0): right.astype(bool)})


def test_a_limit_parts_sizes_and_of_one_model_the_unlucky_one_stands() -> None:
    ones = np.ones(10)
    options = RaceOptions(limits_mw=(0.1, 30.0))
    below, above = candidate(0.0999, ones, 1), candidate(0.1001, ones, 2)
    assert best_of_each_size([above, below], 1, options) == [below, above]
    lucky, unlucky = candidate(1.0, ones), candidate(1.0, np.arange(10) < 6)
    assert best_of_each_size([unlucky, lucky], 2, options) == [unlucky]


def test_luck_is_what_the_best_of_many_coins_promises_too_much() -> None:
    random = np.random.default_rng(0)
    coins = [candidate(number, random.integers(2, size=400)) for number in range(30)]
    found = luck(coins)
    assert found[0] < 0.005
    assert found[-1] > 0.04
    sure = [candidate(0.0, np.ones(400)), *(replace(each, power_mw=each.power_mw + 1) for each in coins)]
    assert luck(sure).tolist() == [0.0] * 31


@pytest.mark.slow
def test_float_models_are_judged_out_of_fold(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in list(FLOAT_MODELS)[:2]:
        monkeypatch.delitem(FLOAT_MODELS, name)  # the slow ones
    rows = learning(60, 2)
    found = float_accuracies(rows.words.astype(float), rows.targets)
    assert set(found) == set(FLOAT_MODELS)
    assert max(found.values()) > 0.85
    shuffled = np.random.default_rng(0).permutation(rows.targets)
    assert max(float_accuracies(rows.words.astype(float), shuffled).values()) < 0.8
    assert float_accuracies(rows.words.astype(float), rows.targets, budget_s=0) == {}


def test_an_annealed_tree_finds_what_greedy_growth_does_not() -> None:
    random = np.random.default_rng(0)
    words = random.integers(16, size=(300, 3))
    rows = replace(learning(300, 2), words=words, targets=((words[:, 0] > 7) ^ (words[:, 1] > 7)).astype(np.int64))
    model = FAMILIES["annealed"]().fit(rows, {"depth": 2, "toll": 0.02}, np.random.default_rng(0))
    assert np.array_equal(model.predict(rows.words), rows.targets)
    dear = FAMILIES["annealed"]().fit(rows, {"depth": 2, "toll": 20.0}, np.random.default_rng(0))
    assert converters_mw(dear) < converters_mw(model)


def alternated(rows: Learning, **changes: float) -> IntegerModel:
    parameters = {"leaves": 8, "toll": 0.01, "test_share": 0.0, **changes}
    return FAMILIES["alternating"]().fit(rows, parameters, np.random.default_rng(0))


def test_an_alternating_tree_of_few_leaves_finds_what_greedy_growth_needs_more_for() -> None:
    rows = learning(500, 2, seed=1)
    rows = replace(rows, targets=((rows.words[:, 0] > 7) ^ (rows.words[:, 1] > 7)).astype(np.int64))
    found = alternated(rows, leaves=4)
    grown = Tree().fit(
        rows, {"leaves": 4, "criterion": "gini", "least_rows": 1, "toll": 0.02}, np.random.default_rng(0)
    )
    assert np.array_equal(found.predict(rows.words), rows.targets)
    assert not np.array_equal(grown.predict(rows.words), rows.targets)


def test_an_alternating_tree_gives_up_levels_and_tests_that_are_dear() -> None:
    rows = learning(500, 2, seed=1)
    rows = replace(rows, targets=(rows.words[:, 0] + rows.words[:, 1] > 15).astype(np.int64))
    found, dear, few = alternated(rows), alternated(rows, toll=0.5), alternated(rows, test_share=0.05)
    assert converters_mw(dear) < converters_mw(found)
    assert few.stages[0].node_count < found.stages[0].node_count == 15
