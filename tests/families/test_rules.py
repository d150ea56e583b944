"""Lists of rules."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from boolean_samples import rows_of, samples

from bespoke.families.learning import Learning
from bespoke.families.rules import Rules
from bespoke.families.size import estimated_cells
from bespoke.model import IntegerModel


def found(learning: Learning, **changes: float) -> IntegerModel:
    parameters = {"rules": 6, "tests": 3, "toll": 0.0, "least_gain": 0.5, **changes}
    return Rules().fit(learning, parameters, np.random.default_rng(0))


def terms() -> Learning:
    """Two conjunctions of three bits each."""
    bits = rows_of(7, 500)
    return samples(bits, bits[:, :3].all(axis=1) | bits[:, 3:6].all(axis=1))


def test_two_terms_are_two_rules() -> None:
    learning = terms()
    model = found(learning)
    assert np.array_equal(model.predict(learning.words), learning.targets)
    assert estimated_cells(model) <= 6


def test_rules_that_do_not_pay_are_left_out() -> None:
    learning = terms()
    assert estimated_cells(found(learning, least_gain=500.0)) == 0
    dear = replace(learning, prices=replace(learning.prices, level_mw=np.full((7, 2), 0.1)))
    assert estimated_cells(found(dear, toll=5.0)) == 0
