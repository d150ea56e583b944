"""Units that go away."""

from __future__ import annotations

import numpy as np
from small_models import WORDS, mlp, on_layer

from bespoke.approx import simplify_structure


def test_simplify_keeps_the_function():
    before = mlp(6, hidden=5)
    weights = before.stages[1].weights.copy()
    weights[:, 2] = 0
    before = on_layer(before, 1, weights=weights)
    biases = before.stages[0].biases.copy()
    biases[4] = -9999
    before = on_layer(before, 0, biases=biases)
    before = on_layer(before, 0, saturation_bits=np.array([62, 0, 62, 62, 62]))
    model = simplify_structure(before)
    # Unit 1 saturates at 0, nothing reads unit 2, unit 4 is always off.
    assert len(model.stages[0].biases) == 2
    assert (model.scores(WORDS) == before.scores(WORDS)).all()


def test_a_constant_is_masked_as_its_reader_masks_it():
    before = on_layer(mlp(6), 0, weights=mlp(6).stages[0].weights * [[1], [0], [1]], biases=np.array([50, 27, -40]))
    before = on_layer(before, 1, masks=np.array([-1, 12, -1]))
    model = simplify_structure(before)
    assert (model.scores(WORDS) == before.scores(WORDS)).all()
    assert len(model.stages[0].biases) == 2


def test_a_stage_never_gets_empty():
    before = on_layer(mlp(6), 0, weights=np.zeros((3, 3), dtype=np.int64), biases=np.array([5, 6, 7]))
    model = simplify_structure(before)
    assert (model.scores(WORDS) == mlp(6).stages[1].apply(np.array([[5, 6, 7]]))).all()
    assert len(model.stages[0].biases) == 1
