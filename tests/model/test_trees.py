"""Trees and forests: function, ranges and invariants."""

from __future__ import annotations

import numpy as np
import pytest
from random_models import all_words, random_forest

from bespoke.errors import ModelFileError
from bespoke.model import Argmax, Index, InputCoding, IntegerModel, Trees, Value
from bespoke.numeric import Interval

CODING = InputCoding(("a", "b"), (2, 3), (0.0, 0.0), (1.0, 1.0))
NODES = {
    "feature": [0, 1, -1, -1, -1],
    "threshold": [1, 4, 0, 0, 0],
    "left": [1, 2, -1, -1, -1],
    "right": [4, 3, -1, -1, -1],
    "values": [0, 0, 2, 0, 1],
}


def tree(decision=None, **changes):
    nodes = {name: np.array(values) for name, values in {**NODES, **changes}.items()}
    return IntegerModel(CODING, (Trees(**nodes),), decision or Index(("x", "y", "z")))


def test_function_by_hand():
    words = np.array([[0, 0], [1, 4], [1, 5], [2, 0], [3, 7]])
    assert tree().predict(words).tolist() == [2, 2, 0, 1, 1]
    assert tree().predict_raw(np.array([[0.1, 0.9], [0.9, 0.1]])).tolist() == ["x", "y"]


def test_single_leaf():
    single = tree(feature=[-1], threshold=[0], left=[-1], right=[-1], values=[2])
    assert single.predict(np.zeros((3, 2), dtype=np.int64)).tolist() == [2, 2, 2]


def test_long_chain():
    count = 2001
    inner = np.arange(count) % 2 == 0
    inner[-1] = False
    chain = tree(
        feature=np.where(inner, 0, -1),
        threshold=np.where(inner, -1, 0),
        left=np.where(inner, np.arange(count) + 1, -1),
        right=np.where(inner, np.arange(count) + 2, -1),
        values=np.where(np.arange(count) == count - 1, 2, 0),
    )
    assert chain.predict(np.array([[3, 0]])).tolist() == [2]


def test_value_range():
    values = tree(Value(frac_bits=1), values=[99, 99, -3, 5, 2])
    assert values.output_interval() == Interval(-3, 5)
    assert values.predict_raw(np.array([[0.0, 0.0]])).tolist() == [-1.5]
    assert tree().output_interval() == Interval(0, 2)


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"threshold": [0]}, "node arrays differ in length"),
        ({name: [] for name in NODES}, "node arrays differ in length"),
        ({"left": [0, 2, -1, -1, -1]}, "a child's number must be above its parent's"),
        ({"left": [1, 9, -1, -1, -1]}, "a child's number must be above its parent's"),
        ({"left": [2, 2, -1, -1, -1]}, "every node but the root needs exactly one parent"),
        ({"feature": [0, -1, -1, -1, -1]}, "every node but the root needs exactly one parent"),
        ({"feature": [0, 2, -1, -1, -1]}, "a node tests a feature that does not exist"),
        ({"feature": [-2, 1, -1, -1, -1]}, "a node tests a feature that does not exist"),
        ({"values": [0, 0, 3, 0, 1]}, "a leaf holds a class that does not exist"),
        ({"values": [0, 0, -1, 0, 1]}, "a leaf holds a class that does not exist"),
        ({"decision": Argmax((0, 1))}, "scores do not fit the decision; got 1; allowed: 2"),
        ({"values": [0, 0, 2, 0]}, "node arrays differ in length"),
        ({"values": np.zeros((5, 1, 1))}, "node arrays differ in length"),
        ({"feature": [[0, 1, -1, -1, -1]]}, "node arrays differ in length"),
        ({"roots": []}, "roots must ascend from 0"),
        ({"roots": [1]}, "roots must ascend from 0"),
        ({"roots": [0, 2, 2]}, "roots must ascend from 0"),
        ({"roots": [0, 5]}, "roots must ascend from 0"),
        ({"roots": [0, 3]}, "every node but the root needs exactly one parent"),
        ({"values": np.array([0.5, 0, 0, 0, 0])}, "not whole numbers"),
    ],
)
def test_invariants(changes, message):
    with pytest.raises(ModelFileError, match=message):
        tree(**changes)


# Two stumps: nodes 0..2 and 3..5.
FOREST = {
    "feature": [0, -1, -1, 1, -1, -1],
    "threshold": [1, 0, 0, 4, 0, 0],
    "left": [1, -1, -1, 4, -1, -1],
    "right": [2, -1, -1, 5, -1, -1],
    "values": [[0, 0], [3, -1], [1, 2], [0, 0], [5, 0], [-2, 4]],
    "roots": [0, 3],
}


def test_a_forest_adds_the_leaves_of_its_trees():
    model = IntegerModel(CODING, (Trees(**FOREST),), Argmax(("x", "y")))
    words = all_words(CODING.bits)
    first = np.where(words[:, :1] <= 1, [[3, -1]], [[1, 2]])
    second = np.where(words[:, 1:] <= 4, [[5, 0]], [[-2, 4]])
    assert model.scores(words).tolist() == (first + second).tolist()
    assert model.predict(words).tolist() == (first + second).argmax(axis=1).tolist()
    assert model.ranges[-1] == (Interval(-1, 8), Interval(-1, 6))


@pytest.mark.parametrize("seed", range(20))
def test_a_forest_is_the_sum_of_its_single_trees(seed):
    rng = np.random.default_rng(seed)
    model = random_forest(rng)
    forest = model.only_stage(Trees, "test")
    words = all_words(model.coding.bits)
    parts = [tree.apply(words) for tree in forest.single()]
    assert len(parts) == len(forest.roots)
    assert np.array_equal(forest.apply(words), sum(parts))
    inner = {pair for tree in forest.single() for pair in tree.tests()}
    assert forest.tests() == tuple(sorted(inner))
    for column, interval in zip(forest.apply(words).T, model.ranges[-1], strict=True):
        assert interval.low <= column.min() <= column.max() <= interval.high
    for tree in forest.single():
        leaves = tree.values[tree.feature == -1]
        assert [(i.low, i.high) for i in tree.leaf_intervals()] == [(c.min(), c.max()) for c in leaves.T]


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        # The second stump's root has a child among the nodes of the first.
        ({"left": [1, -1, -1, 4, -1, -1], "right": [5, -1, -1, 2, -1, -1]}, "above its parent's"),
        ({"left": [1, -1, -1, 4, -1, -1], "right": [5, -1, -1, 5, -1, -1]}, "exactly one parent"),
        (
            {
                "feature": [0, 1, -1, -1, -1, -1],
                "left": [1, 2, -1, -1, -1, -1],
                "right": [5, 4, -1, -1, -1, -1],
                "roots": [0, 3],
            },
            "the nodes of a tree must stand together",
        ),
    ],
)
def test_the_nodes_of_a_tree_stand_together(changes, message):
    with pytest.raises(ModelFileError, match=message):
        Trees(**{**FOREST, **changes})
