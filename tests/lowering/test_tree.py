from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from random_models import all_words, random_forest, random_tree, random_words
from small_libraries import EGFET_COSTS
from small_models import tree

from bespoke.cells import GateCosts
from bespoke.lowering import lower, trees
from bespoke.model import Affine, Argmax, IntArray, IntegerModel, Trees, Value
from bespoke.netlist import NetlistBuilder, SimpleGates
from bespoke.opt import LOWERING_EFFORTS, Care, LoweringEffort, SearchEffort
from bespoke.sim import simulate


def gate_count(model: IntegerModel) -> int:
    return lower(model, EGFET_COSTS).netlist.gate_count


def outputs(model: IntegerModel, words: IntArray) -> IntArray:
    return simulate(lower(model, EGFET_COSTS).netlist, words)[:, 0]


def beside_thresholds(model: IntegerModel, rng: np.random.Generator) -> IntArray:
    """Inputs with each feature at a threshold, one below or one above it."""
    tops = (1 << np.array(model.coding.bits)) - 1
    words = random_words(rng, model.coding, 2000)
    stage = model.only_stage(Trees, "test")
    for feature in range(model.coding.feature_count):
        thresholds = stage.threshold[stage.feature == feature]
        if len(thresholds):
            words[:, feature] = rng.choice(thresholds, len(words)) + rng.integers(-1, 2, len(words))
    return np.clip(words, 0, tops)


@pytest.mark.parametrize("seed", range(60))
def test_random_trees_beside_their_thresholds(seed: int) -> None:
    rng = np.random.default_rng(seed)
    model = random_tree(rng)
    words = beside_thresholds(model, rng)
    assert (outputs(model, words) == model.predict(words)).all()


@pytest.mark.parametrize("seed", range(60))
def test_small_trees_for_every_input(seed: int) -> None:
    rng = np.random.default_rng(1000 + seed)
    model = random_tree(rng, max_splits=12)
    if sum(model.coding.bits) > 14:
        pytest.skip("too many inputs to try them all")
    words = all_words(model.coding.bits)
    assert (outputs(model, words) == model.predict(words)).all()


def test_decided_and_pointless_tests_cost_nothing() -> None:
    plain = tree([(0, 5, 1, 2), 1, 2])
    padded = tree([(0, 5, 1, 2), (0, 9, 3, 4), (1, 7, 5, 6), 1, 0, 2, 2])
    assert gate_count(padded) == gate_count(plain)


def test_equal_subtrees_are_built_once() -> None:
    subtree = tree([(1, 5, 1, 2), 0, 1])
    shared = tree([(0, 3, 1, 2), (1, 5, 3, 4), (1, 5, 5, 6), 0, 1, 0, 1])
    assert gate_count(shared) == gate_count(subtree)


def copies(model: IntegerModel, count: int) -> Trees:
    """The only tree of a model several times."""
    one = model.only_stage(Trees, "test")
    shift = one.node_count * np.arange(count)
    left, right = (
        np.concatenate([np.where(side < 0, side, side + first) for first in shift]) for side in (one.left, one.right)
    )
    feature, threshold = np.tile(one.feature, count), np.tile(one.threshold, count)
    return Trees(feature, threshold, left, right, np.tile(one.values, (count, 1)), shift)


def test_trees_share_what_they_have_in_common() -> None:
    one = random_tree(np.random.default_rng(3))
    three = replace(one, stages=(copies(one, 3),), decision=Value())
    words = lower(three, EGFET_COSTS).certificate.words
    assert len({words["inner", 0, number] for number in range(3)}) == 1


def test_a_single_tree_comes_with_its_gates() -> None:
    model = tree([(0, 5, 1, 2), (1, 7, 3, 4), 2, 0, 1])
    lowered = lower(model, EGFET_COSTS)
    assert lowered.gates is not None
    builder = NetlistBuilder(lowered.netlist.name)
    ports = [builder.add_input(port.name, port.width) for port in lowered.netlist.inputs]
    builder.add_output("prediction", lowered.gates.build(builder, [bit for port in ports for bit in port.bits]))
    assert str(builder.build()) == str(lowered.netlist)


def test_other_models_come_without_gates() -> None:
    one = tree([(0, 5, 1, 2), 1, 0], classes=("a", "b"))
    double = Affine(np.array([[2]]), np.array([0]), "identity", 0)
    behind = replace(one, stages=(*one.stages, double), decision=Value())
    for model in (random_forest(np.random.default_rng(1)), behind):
        assert lower(model, EGFET_COSTS).gates is None


def test_leaf_vectors_beyond_a_machine_word() -> None:
    rng = np.random.default_rng(0)
    values = rng.integers(-(1 << 30), 1 << 30, (5, 7))
    values[:2] = 0
    nodes = (
        np.array(column) for column in ([0, 1, -1, -1, -1], [3, 5, 0, 0, 0], [1, 3, -1, -1, -1], [2, 4, -1, -1, -1])
    )
    model = IntegerModel(tree([0]).coding, (Trees(*nodes, values),), Argmax(tuple(range(7))))
    words = all_words((4, 4))
    assert (outputs(model, words) == model.predict(words)).all()


@pytest.mark.slow
def test_deep_chain_of_tests() -> None:
    rows = []
    for depth in range(300):
        rows += [(depth % 3, depth // 3, 2 * depth + 1, 2 * depth + 2), depth % 2]
    model = tree([*rows, 2], bits=(7, 7, 7))
    words = beside_thresholds(model, np.random.default_rng(0))
    assert (outputs(model, words) == model.predict(words)).all()


def test_the_same_tree_gives_the_same_netlist() -> None:
    model = random_tree(np.random.default_rng(8))
    assert str(lower(model, EGFET_COSTS).netlist) == str(lower(model, EGFET_COSTS).netlist)


@pytest.mark.parametrize("seed", [*range(4), *(pytest.param(seed, marks=pytest.mark.slow) for seed in range(4, 8))])
def test_a_thorough_search_keeps_the_function(seed: int) -> None:
    rng = np.random.default_rng(seed)
    model = random_tree(rng, max_splits=8)
    words = beside_thresholds(model, rng)
    netlist = lower(model, EGFET_COSTS, effort="high").netlist
    assert (simulate(netlist, words)[:, 0] == model.predict(words)).all()
    assert str(netlist) == str(lower(model, EGFET_COSTS, effort="high").netlist)


@pytest.mark.parametrize("better", ["FAST", "THOROUGH"])
def test_a_thorough_search_is_never_worse_than_a_fast_one(better: str, monkeypatch: pytest.MonkeyPatch) -> None:
    heat, real = getattr(trees, better).heat, trees.resubstitute

    def search(gates: SimpleGates, care: Care, effort: SearchEffort, costs: GateCosts) -> SimpleGates:
        """Finds something with one effort only."""
        return real(gates, care, replace(effort, work=100_000), costs) if effort.heat == heat else gates

    model = random_tree(np.random.default_rng(3))
    monkeypatch.setattr(trees, "resubstitute", lambda gates, *_: gates)
    before = lower(model, EGFET_COSTS, effort="high").gates
    monkeypatch.setattr(trees, "resubstitute", search)
    after = lower(model, EGFET_COSTS, effort="high").gates
    assert before is not None
    assert after is not None
    assert after.cost(EGFET_COSTS.simple) < before.cost(EGFET_COSTS.simple)


@pytest.mark.parametrize("effort", LOWERING_EFFORTS)
def test_a_tree_that_is_an_input_bit_has_no_gates(effort: LoweringEffort) -> None:
    model = tree([(0, 7, 1, 2), 0, 1], bits=(4,))
    assert lower(model, EGFET_COSTS, effort=effort).netlist.gate_count == 0


@pytest.mark.slow
def test_few_tests_of_a_hundred_features() -> None:
    model = tree([(99, 3, 1, 2), (40, 9, 3, 4), 2, 0, 1], bits=(4,) * 100)
    words = beside_thresholds(model, np.random.default_rng(0))
    assert (outputs(model, words) == model.predict(words)).all()
