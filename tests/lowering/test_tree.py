from __future__ import annotations

import numpy as np
import pytest
from random_models import all_words, random_tree, random_words

from bespoke.lowering import lower
from bespoke.model import LEAF, Decision, InputCoding, IntArray, IntegerTree
from bespoke.sim import simulate


def coding(*bits: int) -> InputCoding:
    count = len(bits)
    return InputCoding(tuple(f"f{i}" for i in range(count)), bits, (0.0,) * count, (1.0,) * count)


def tree(bits: tuple[int, ...], rows: list[tuple[int, int, int, int, int]], classes: int = 3) -> IntegerTree:
    """Rows are (feature, threshold, left, right, value)."""
    columns = [np.array(column) for column in zip(*rows, strict=True)]
    return IntegerTree(coding(*bits), *columns, Decision("leaf", tuple(range(classes))))


def outputs(model: IntegerTree, words: IntArray) -> IntArray:
    return simulate(lower(model).netlist, words)[:, 0]


def beside_thresholds(model: IntegerTree, rng: np.random.Generator) -> IntArray:
    """Inputs with each feature at a threshold, one below or one above it."""
    tops = (1 << np.array(model.coding.bits)) - 1
    words = random_words(rng, model.coding, 2000)
    for feature in range(model.coding.feature_count):
        thresholds = model.threshold[model.feature == feature]
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
    plain = tree((4, 4), [(0, 5, 1, 2, 0), (LEAF, 0, -1, -1, 1), (LEAF, 0, -1, -1, 2)])
    padded = tree(
        (4, 4),
        [
            (0, 5, 1, 2, 0),
            (0, 9, 3, 4, 0),
            (1, 7, 5, 6, 0),
            (LEAF, 0, -1, -1, 1),
            (LEAF, 0, -1, -1, 0),
            (LEAF, 0, -1, -1, 2),
            (LEAF, 0, -1, -1, 2),
        ],
    )
    assert lower(padded).netlist.gate_count == lower(plain).netlist.gate_count


def test_equal_subtrees_are_built_once() -> None:
    subtree = [(1, 5, 1, 2, 0), (LEAF, 0, -1, -1, 0), (LEAF, 0, -1, -1, 1)]
    shared = [(0, 3, 1, 2, 0), (1, 5, 3, 4, 0), (1, 5, 5, 6, 0)] + [(LEAF, 0, -1, -1, v) for v in (0, 1, 0, 1)]
    assert lower(tree((4, 4), shared)).netlist.gate_count == lower(tree((4, 4), subtree)).netlist.gate_count


@pytest.mark.slow
def test_deep_chain_of_tests() -> None:
    rows = []
    for depth in range(300):
        rows += [(depth % 3, depth // 3, 2 * depth + 1, 2 * depth + 2, 0), (LEAF, 0, -1, -1, depth % 2)]
    rows.append((LEAF, 0, -1, -1, 2))
    model = tree((7, 7, 7), rows)
    words = beside_thresholds(model, np.random.default_rng(0))
    assert (outputs(model, words) == model.predict(words)).all()


def test_the_same_tree_gives_the_same_netlist() -> None:
    model = random_tree(np.random.default_rng(8))
    assert str(lower(model).netlist) == str(lower(model).netlist)


@pytest.mark.parametrize("seed", range(8))
def test_a_thorough_search_keeps_the_function(seed: int) -> None:
    rng = np.random.default_rng(seed)
    model = random_tree(rng, max_splits=8)
    words = beside_thresholds(model, rng)
    netlist = lower(model, thorough=True).netlist
    assert (simulate(netlist, words)[:, 0] == model.predict(words)).all()
    assert str(netlist) == str(lower(model, thorough=True).netlist)


def test_a_tree_that_is_an_input_bit_has_no_gates() -> None:
    rows = [(0, 7, 1, 2, 0), (LEAF, 0, -1, -1, 0), (LEAF, 0, -1, -1, 1)]
    assert lower(tree((4,), rows, classes=2)).netlist.gate_count == 0
    assert lower(tree((4,), rows, classes=2), thorough=True).netlist.gate_count == 0


def test_few_tests_of_a_hundred_features() -> None:
    rng = np.random.default_rng(0)
    rows = [
        (99, 3, 1, 2, 0),
        (40, 9, 3, 4, 0),
        (LEAF, 0, LEAF, LEAF, 2),
        (LEAF, 0, LEAF, LEAF, 0),
        (LEAF, 0, LEAF, LEAF, 1),
    ]
    model = tree((4,) * 100, rows)
    words = beside_thresholds(model, rng)
    assert (outputs(model, words) == model.predict(words)).all()
