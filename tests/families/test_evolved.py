"""Circuits that change gate by gate."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from boolean_samples import rows_of, samples

from bespoke.families.evolved import Evolved
from bespoke.families.learning import Learning
from bespoke.families.size import estimated_cells
from bespoke.families.votes import Votes
from bespoke.flow import compile_model
from bespoke.model import IntegerModel

PARAMETERS = {"leaves": 16, "gate_share": 0.002}


def noisy(count: int) -> Learning:
    """Samples of a majority of three, one in ten of them wrong."""
    bits = rows_of(6, count)
    return samples(bits, (bits[:, :3].sum(axis=1) > 1) ^ (np.random.default_rng(0).random(count) < 0.1))


def found(learning: Learning, **changes: float) -> IntegerModel:
    return Evolved().fit(learning, {**PARAMETERS, **changes}, np.random.default_rng(0))


def right(model: IntegerModel, learning: Learning) -> int:
    return int((model.predict(learning.words) == learning.targets).sum())


@pytest.mark.slow
@pytest.mark.parametrize("count", [640, 700])
def test_an_evolved_circuit_is_smaller_than_that_of_its_tree_and_finds_what_noise_hides(count: int) -> None:
    learning = noisy(count)
    tree = Votes().fit(learning, {"trees": 1, "leaves": 16, "fringe": 8}, np.random.default_rng(0))
    model = found(learning)
    assert estimated_cells(model) < estimated_cells(tree) / 2
    every = (np.arange(64)[:, None] >> np.arange(6)) & 1
    assert np.array_equal(model.predict(every), every[:, :3].sum(axis=1) > 1)
    checked = compile_model(model, learning.words, learning.targets).verify()
    assert checked.agrees
    assert checked.formal.status == "proven"


@pytest.mark.slow
def test_what_a_gate_must_save_decides_on_the_size() -> None:
    learning = noisy(640)
    dear, cheap = found(learning, gate_share=0.5), found(learning, gate_share=0.0)
    assert estimated_cells(dear) == 0
    assert right(cheap, learning) > right(found(learning), learning)


def test_bits_that_are_constant_are_no_input(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bespoke.families.evolved._MOVES", 2000)
    learning = noisy(128)
    wide = samples(np.insert(learning.words, 2, 0, axis=1), learning.targets)
    wide = replace(wide, coding=replace(wide.coding, bits=(1, 1, 0, 1, 1, 1, 1)))
    same = found(wide).predict(wide.words) == found(learning).predict(learning.words)
    assert same.all()
