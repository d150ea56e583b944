"""Integer trees: function and invariants."""

from __future__ import annotations

import numpy as np
import pytest

from bespoke.errors import ModelFileError
from bespoke.model import Decision, InputCoding, IntegerTree
from bespoke.numeric import Interval

CODING = InputCoding(("a", "b"), (2, 3), (0.0, 0.0), (1.0, 1.0))
NODES = {
    "feature": [0, 1, -1, -1, -1],
    "threshold": [1, 4, 0, 0, 0],
    "left": [1, 2, -1, -1, -1],
    "right": [4, 3, -1, -1, -1],
    "value": [0, 0, 2, 0, 1],
}


def tree(decision=None, **changes):
    nodes = {name: np.array(values) for name, values in {**NODES, **changes}.items()}
    return IntegerTree(CODING, **nodes, decision=decision or Decision("leaf", ("x", "y", "z")))


def test_function_by_hand():
    words = np.array([[0, 0], [1, 4], [1, 5], [2, 0], [3, 7]])
    assert tree().predict(words).tolist() == [2, 2, 0, 1, 1]
    assert tree().predict_raw(np.array([[0.1, 0.9], [0.9, 0.1]])).tolist() == ["x", "y"]


def test_single_leaf():
    single = tree(feature=[-1], threshold=[0], left=[-1], right=[-1], value=[2])
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
        value=np.where(np.arange(count) == count - 1, 2, 0),
    )
    assert chain.predict(np.array([[3, 0]])).tolist() == [2]


def test_value_range():
    values = tree(Decision("value", (), 1), value=[99, 99, -3, 5, 2])
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
        ({"value": [0, 0, 3, 0, 1]}, "a leaf holds a class that does not exist"),
        ({"decision": Decision("argmax", (0, 1))}, "a tree's leaves decide; got argmax"),
    ],
)
def test_invariants(changes, message):
    with pytest.raises(ModelFileError, match=message):
        tree(**changes)
