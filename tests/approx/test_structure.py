"""Connections and units that go away."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from small_models import WORDS, mlp, on_layer

from bespoke.approx import (
    ConnectionOptions,
    UnitOptions,
    connection_influence,
    fix_units,
    remove_connections,
    simplify_structure,
    steady_units,
)
from bespoke.errors import OptionError


def test_remove_connections_moves_the_mean():
    before = mlp(5)
    model, change = remove_connections(before, ConnectionOptions(((0, 1, 0), (0, 1, 2), (1, 0, 1))), WORDS)
    hidden = np.maximum(WORDS @ before.layers[0].weights.T + before.layers[0].biases, 0)
    weights = before.layers[0].weights
    assert model.layers[0].weights.tolist() == [weights[0].tolist(), [0, weights[1, 1], 0], weights[2].tolist()]
    moved = np.floor(weights[1, 0] * 3.5 + weights[1, 2] * 7.5 + 0.5)
    assert (model.layers[0].biases - before.layers[0].biases).tolist() == [0, moved, 0]
    moved = np.floor(before.layers[1].weights[0, 1] * hidden[:, 1].mean() + 0.5)
    assert (model.layers[1].biases - before.layers[1].biases).tolist() == [moved, 0, 0]
    assert change.count == 3
    with pytest.raises(OptionError, match="no such weight or unit"):
        remove_connections(before, ConnectionOptions(((0, 3, 0),)), WORDS)


def test_connection_influence():
    before = mlp(5)
    found = connection_influence(before, WORDS)
    assert [value for value, _ in found] == sorted(value for value, _ in found)
    value, (layer, row, column) = next(item for item in found if item[1][0] == 0)
    sums = WORDS @ before.layers[layer].weights.T + before.layers[layer].biases
    wanted = abs(before.layers[layer].weights[row, column]) * WORDS[:, column].std() / sums[:, row].std()
    assert value == pytest.approx(wanted)


def test_fix_units_is_the_model_with_constants():
    before = on_layer(mlp(6), 1, masks=np.array([-1, 12, -1]))
    model, change = fix_units(before, UnitOptions(((0, 1, 27),)))
    hidden = before.layers[0].apply(WORDS)
    hidden[:, 1] = 27
    assert (model.scores(WORDS) == before.layers[1].apply(hidden)).all()
    assert len(model.layers[0].biases) == 2
    assert change.count == 1


def test_a_layer_never_gets_empty():
    model = fix_units(mlp(6), UnitOptions(((0, 0, 5), (0, 1, 6), (0, 2, 7)))).model
    scores = mlp(6).layers[1].apply(np.array([[5, 6, 7]]))
    assert (model.scores(WORDS) == scores).all()
    assert len(model.layers[0].biases) == 1


def test_steady_units():
    before = on_layer(mlp(6), 0, biases=np.array([50, -5000, -40]))
    outputs = before.layers[0].apply(WORDS)
    share = (outputs[:, 2] == 0).mean()
    assert 0.5 < share < 1
    assert steady_units(before, WORDS).units == ((0, 1, 0),)
    assert steady_units(before, WORDS, share).units == ((0, 1, 0), (0, 2, 0))


def test_simplify_keeps_the_function():
    before = mlp(6, hidden=5)
    weights = before.layers[1].weights.copy()
    weights[:, 2] = 0
    before = on_layer(before, 1, weights=weights)
    biases = before.layers[0].biases.copy()
    biases[4] = -9999
    before = on_layer(before, 0, biases=biases)
    first = replace(before.layers[0], saturation_bits=np.array([62, 0, 62, 62, 62]))
    before = replace(before, layers=(first, before.layers[1]))
    model, change = simplify_structure(before)
    # Unit 1 saturates at 0, nothing reads unit 2, unit 4 is always off.
    assert len(model.layers[0].biases) == 2
    assert change.count == 3
    assert (model.scores(WORDS) == before.scores(WORDS)).all()
