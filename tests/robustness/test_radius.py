"""Exact robustness against all inputs of small circuits, of sums and of trees."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from small_models import WORDS, mlp, svm, tree

from bespoke.cells import GateCosts, load_library
from bespoke.lowering import lower
from bespoke.model import Boundary, IntegerModel
from bespoke.robustness import (
    Device,
    changes_of_tree,
    feature_noise,
    few_features,
    normal_noise,
    radii,
    random_noise,
)
from bespoke.robustness import features as features_module
from bespoke.robustness import radius as radius_module
from bespoke.sim import every_input
from bespoke.techmap import map_cheapest

LIBRARY = load_library("egfet")
SUMS = svm([[3, -2, 1], [-2, 3, 1], [1, 1, -2]], [0, 4, 9])
TREE = [(0, 3, 1, 2), (1, 7, 3, 4), (1, 2, 5, 6), 0, 1, 2, (0, 9, 7, 8), 0, 1]


def device_of(model, inputs="binary"):
    boundary = Boundary.of(model, inputs)
    lowered = lower(model, GateCosts.of(LIBRARY), boundary)
    return Device(map_cheapest([lowered.netlist], LIBRARY), LIBRARY, boundary, model.coding.bits)


def nearest(model, rows, every):
    """Least levels and least features by which another output is away, by trying everything."""
    outputs, own = model.predict(every), model.predict(rows)
    gaps = np.abs(every[None] - rows[:, None])
    other = outputs[None] != own[:, None]
    levels = np.where(other, gaps.max(axis=2), 99).min(axis=1)
    return levels, np.where(other, np.count_nonzero(gaps, axis=2), 99).min(axis=1)


@pytest.mark.oracle
@pytest.mark.parametrize("inputs", ["binary", "unary"])
@pytest.mark.parametrize("model", [mlp(), SUMS], ids=["network", "sums"])
def test_radii_are_those_of_trying_everything(
    model: IntegerModel, inputs: str, require_program: Callable[[str], Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    require_program("yosys-abc")
    monkeypatch.setattr(radius_module, "MAX_TRIED", 0)  # SAT alone
    monkeypatch.setattr(radius_module, "_CORNERS", 1)
    rows = WORDS[::61]
    found = radii(device_of(model, inputs), rows, 3)
    levels, _ = nearest(model, rows, WORDS)
    assert found.broken.tolist() == np.where(levels <= 3, levels, 0).tolist()
    assert found.certain.tolist() == np.minimum(levels - 1, 3).tolist()
    hit = found.broken > 0
    assert hit.any()
    assert not hit.all()
    assert np.all(model.predict(found.examples)[hit] != model.predict(rows)[hit])
    assert np.array_equal(np.abs(found.examples - rows).max(axis=1)[hit], found.broken[hit])


@pytest.mark.oracle
@pytest.mark.parametrize("by_sat", [False, True])
def test_fewest_features_are_those_of_trying_everything(
    by_sat: bool, require_program: Callable[[str], Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    require_program("yosys-abc")
    monkeypatch.setattr(features_module, "MOST_TRIED", 0 if by_sat else 1 << 16)
    model, rows = mlp(), WORDS[::61]
    found = few_features(device_of(model), rows, 2)
    _, features = nearest(model, rows, WORDS)
    assert found.broken.tolist() == np.where(features <= 2, features, 0).tolist()
    assert found.certain.tolist() == np.minimum(features - 1, 2).tolist()
    assert {1, 2} <= set(features.tolist())
    hit = found.broken > 0
    assert np.all(model.predict(found.examples)[hit] != model.predict(rows)[hit])
    assert np.array_equal(np.count_nonzero(found.examples != rows, axis=1)[hit], found.broken[hit])


def test_where_no_input_has_another_output_any_number_of_features_may_change() -> None:
    constant = svm([[1, 1, 1], [1, 1, 1]], [9, 0])
    found = few_features(device_of(constant), WORDS[:3], 5)
    assert found.certain.tolist() == [5, 5, 5]
    assert not found.broken.any()


@pytest.mark.slow
def test_small_boxes_are_tried_whole() -> None:
    model, rows = mlp(1), WORDS[::37]
    found = radii(device_of(model), rows, 2)
    levels, _ = nearest(model, rows, WORDS)
    assert found.broken.tolist() == np.where(levels <= 2, levels, 0).tolist()
    assert found.certain.tolist() == np.minimum(levels - 1, 2).tolist()


@pytest.mark.slow
def test_what_sat_leaves_open_is_not_certain(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(radius_module, "MAX_TRIED", 0)
    monkeypatch.setattr(radius_module, "differing_input", lambda *_: (None, False))
    found = radii(device_of(mlp()), WORDS[::61], 2)
    assert not found.certain.any()


def test_the_boxes_of_a_tree_are_exact() -> None:
    model, every = tree(TREE), every_input((4, 4))
    levels, features, nearby, fewest = changes_of_tree(model, every)
    wanted = nearest(model, every, every)
    assert levels.tolist() == wanted[0].tolist()
    assert features.tolist() == wanted[1].tolist()
    assert (np.abs(nearby - every).max(axis=1) == levels).all()
    assert (np.count_nonzero(fewest != every, axis=1) == features).all()
    assert all((model.predict(other) != model.predict(every)).all() for other in (nearby, fewest))
    lone = tree([0], classes=("a",))
    assert changes_of_tree(lone, every[:2])[0].tolist() == [-1, -1]


def test_noise_is_one_level_and_stays_on_the_grid() -> None:
    model = tree(TREE)
    device, every = device_of(model), every_input((4, 4))
    found = feature_noise(device, every, 1)
    for outputs, values in zip(found, (every[:, 1] - 1, every[:, 1] + 1, 0, 15), strict=True):
        changed = every.copy()
        changed[:, 1] = np.clip(values, 0, 15)
        assert outputs.tolist() == model.predict(changed).tolist()
    noisy = random_noise(device, every, np.random.default_rng(0), 3)
    assert noisy.shape == (3, len(every))
    assert (noisy != model.predict(every)).any()


def test_normal_noise_of_no_deviation_changes_nothing_and_more_of_it_costs_more() -> None:
    model = tree(TREE)
    device, every = device_of(model), every_input((4, 4))
    rng = np.random.default_rng(0)
    wanted = model.predict(every)
    assert (normal_noise(device, every, np.zeros(2), rng) == wanted).all()
    right = [
        np.mean([normal_noise(device, every, np.full(2, s), rng) == wanted for _ in range(50)]) for s in (0.1, 1, 9)
    ]
    assert 1 > right[0] > right[1] > right[2]


def test_normal_noise_crosses_a_border_as_often_as_it_should() -> None:
    model = tree([(0, 7, 1, 2), 0, 1], bits=(4, 4))
    words = np.tile([7, 0], (40_000, 1))
    outputs = normal_noise(device_of(model), words, np.array([1.0, 0.0]), np.random.default_rng(0))
    # A place u in [0, 1) below the border at 1: P(u + z >= 1) = E[z+] - E[(z - 1)+] = phi(0) - (phi(1) - Q(1)).
    assert outputs.mean() == pytest.approx(0.3989 - (0.2420 - 0.1587), abs=0.01)
