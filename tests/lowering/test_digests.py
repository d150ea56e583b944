"""Netlists that must stay as they are, gate by gate: edits and designs kept by users name their nets."""

from __future__ import annotations

import numpy as np
import pytest
from random_models import random_sums
from small_libraries import EGFET_COSTS
from small_models import mlp, svm, tree

from bespoke.lowering import lower
from bespoke.netlist import netlist_digest

SUMS = {
    "argmax over hidden units": (mlp(0, 4, 5), "1909f5e6eaaf3c39"),
    "argmax with a class that never wins": (mlp(1, 4, 5), "bdef8aeedeb6b82c"),
    "argmax": (svm([[31, -7, 12], [9, 9, -30], [-5, 60, 1]], [4, -100, 33]), "cae1ab5a5916325d"),
    "value": (svm([[31, -7, 12]], [-40]), "6dba153209f9fb30"),
}
SEEDS = {
    0: "70cee202edf7ae6c",
    2: "6f61bf857cd1b310",
    3: "f0eea19ffb3dbc00",
    5: "ed5818c25ff4db5d",
    16: "dec0b76215d124a7",
    17: "72051dfd7c8b7a50",
    20: "022eb356249d83b7",
    22: "ef2e6617afcc7c21",
}


@pytest.mark.slow_if("argmax with a class that never wins")
@pytest.mark.parametrize("name", SUMS)
def test_weighted_sums(name: str) -> None:
    model, digest = SUMS[name]
    assert netlist_digest(lower(model, EGFET_COSTS).netlist).startswith(digest)


@pytest.mark.parametrize("seed", SEEDS)
def test_random_weighted_sums(seed: int) -> None:
    model = random_sums(np.random.default_rng(seed))
    assert netlist_digest(lower(model, EGFET_COSTS).netlist).startswith(SEEDS[seed])


@pytest.mark.usefixtures("usual_effort")
def test_tree() -> None:
    model = tree([(0, 5, 1, 2), (1, 7, 3, 4), (1, 3, 5, 6), 0, 1, (0, 9, 7, 8), 2, 1, 0])
    assert netlist_digest(lower(model, EGFET_COSTS).netlist).startswith("60424f07eb1247fb")
