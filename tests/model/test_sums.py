"""Weighted-sum models: function, ranges and invariants."""

from __future__ import annotations

import numpy as np
import pytest

from bespoke.errors import ModelFileError, RangeError
from bespoke.model import Decision, InputCoding, IntegerMLP, IntegerSVM, Layer
from bespoke.numeric import Interval

CODING = InputCoding(("a", "b"), (2, 3), (0.0, 0.0), (1.0, 1.0))


def two_layers():
    hidden = Layer(np.array([[1, -2], [3, 1], [0, 0]]), np.array([-1, 2, 5]), "relu", 4)
    scores = Layer(np.array([[1, 1, 0], [-1, 2, 1]]), np.array([0, -3]), "identity", 6)
    return IntegerMLP(CODING, (hidden, scores), Decision("argmax", ("n", "y")), "test")


def every_word():
    return np.stack(np.meshgrid(np.arange(4), np.arange(8)), axis=-1).reshape(-1, 2)


def test_scores_by_hand():
    model = two_layers()
    # x = (3, 1): hidden relu(0), relu(12), 5; scores 12 and 24 + 5 - 3.
    assert model.scores(np.array([[3, 1]])).tolist() == [[12, 26]]
    assert model.predict(np.array([[3, 1]])).tolist() == [1]
    assert model.predict_raw(np.array([[0.9, 0.13]])).tolist() == ["y"]


def test_ranges_hold_and_are_tight_for_the_first_layer():
    model = two_layers()
    words = every_word()
    sums = words @ model.layers[0].weights.T + model.layers[0].biases
    found = [Interval(int(column.min()), int(column.max())) for column in sums.T]
    assert list(model.layers[0].sum_intervals(CODING.intervals())) == found
    assert model.layer_inputs()[1] == tuple(interval.clipped_below(0) for interval in found)
    scores = model.scores(words)
    for column, interval in zip(scores.T, model.score_intervals(), strict=True):
        assert column.min() in interval
        assert column.max() in interval


def test_arrays_are_read_only():
    with pytest.raises(ValueError, match="read-only"):
        two_layers().layers[0].weights[0, 0] = 9


def layer(rows, columns, activation="identity"):
    return Layer(np.ones((rows, columns)), np.zeros(rows), activation, 0)


@pytest.mark.parametrize(
    ("layers", "decision", "message"),
    [
        ((), Decision("value"), "the last layer must give scores"),
        ((layer(1, 2, "relu"),), Decision("value"), "the last layer must give scores"),
        ((layer(2, 2),), Decision("value"), "scores do not fit the decision; got 2; allowed: 1"),
        ((layer(2, 2),), Decision("votes", (0, 1, 2)), "scores do not fit the decision; got 2; allowed: 3"),
        ((layer(1, 3),), Decision("value"), "layer sizes do not fit; got 3; allowed: 2"),
        ((layer(3, 2, "relu"), layer(1, 2)), Decision("value"), "layer sizes do not fit; got 2; allowed: 3"),
    ],
)
def test_invariants(layers, decision, message):
    with pytest.raises(ModelFileError, match=message):
        IntegerSVM(CODING, layers, decision)


def test_layer_shapes():
    with pytest.raises(ModelFileError, match="weights and biases do not fit"):
        Layer(np.ones((2, 2)), np.zeros(3), "identity", 0)
    with pytest.raises(ModelFileError, match="unknown activation; got tanh"):
        Layer(np.ones((2, 2)), np.zeros(2), "tanh", 0)


def test_too_wide():
    wide = Layer(np.array([[1 << 59, 1 << 59]]), np.zeros(1), "identity", 0)
    with pytest.raises(RangeError, match="more than 62 bits"):
        IntegerSVM(CODING, (wide,), Decision("value"))
