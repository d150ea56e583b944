"""Models with modes: each mode is the function it should be, and what is masked makes gates idle."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest
from random_models import random_sums, random_words
from small_models import mlp, svm

from bespoke.approx import Idle, Mode, in_mode, shrinking_modes, with_modes
from bespoke.approx.mode_choice import used_cost
from bespoke.cells import GateCosts, load_library
from bespoke.errors import UnsupportedModelError
from bespoke.lowering import lower
from bespoke.model import Affine, Boundary, IntArray, IntegerModel, Label
from bespoke.netlist import NetlistBuilder
from bespoke.proof import prove_lowered

COSTS = GateCosts.of(load_library("egfet"))


def random_mode(rng: np.random.Generator, model: IntegerModel) -> Mode:
    mode = Mode.whole(model)
    for stage, ranges in enumerate(model.ranges[:-1]):
        # What an identity gives may be negative once its inputs are held.
        is_bounded = stage == 0 or model.stages[stage - 1].activation != "identity"
        for word, interval in enumerate(ranges if is_bounded else ()):
            if not interval.signed and rng.random() < 0.6:
                mode = mode.keeping(stage, word, int(rng.integers(0, 1 << interval.width)))
                if stage == 0 and rng.random() < 0.3:
                    mode = mode.with_ones(word, interval.width)
    return mode


def with_control(words: IntArray, mode: int) -> IntArray:
    return np.hstack([words, np.full((len(words), 1), mode)])


@pytest.mark.slow_if("41", "50")
@pytest.mark.parametrize("seed", range(60))
def test_every_mode_is_its_function_and_the_first_one_is_the_model(seed):
    rng = np.random.default_rng(seed)
    model = random_sums(rng)
    modes = [random_mode(rng, model) for _ in range(int(rng.integers(1, 4)))]
    while all(mode.holds_nothing for mode in modes):
        modes = [random_mode(rng, model) for _ in modes]
    modal = with_modes(model, modes)
    words = random_words(rng, model.coding, 200)
    assert np.array_equal(modal.predict(with_control(words, 0)), model.predict(words))
    for number, mode in enumerate(modes, start=1):
        assert np.array_equal(modal.predict(with_control(words, number)), in_mode(model, mode).predict(words)), number
    assert modal.coding.measured_count == model.coding.feature_count
    lowered = lower(modal, COSTS)
    assert prove_lowered(modal, lowered.netlist, lowered.certificate).status == "proven"


def test_data_may_leave_the_mode_out():
    modal = with_modes(mlp(0), [Mode.whole(mlp(0)).keeping(0, 0, 4)])
    rows = np.array([[0.3, 0.7, 0.1]])[:, : modal.coding.measured_count]
    assert modal.coding.quantise(rows)[:, -1].tolist() == [0]
    for mode in (0, 1):
        assert modal.coding.quantise(with_control(rows, mode))[:, -1].tolist() == [mode]


def test_names_of_features_stay_apart():
    model = svm([[1, 2]], [0], bits=(3, 2))
    named = with_modes(model, [Mode.whole(model).keeping(0, 0, 2)])
    taken = replace(model, coding=replace(model.coding, names=("a", named.coding.names[-1])))
    again = with_modes(taken, [Mode.whole(model).keeping(0, 0, 2)])
    assert again.coding.names[-1] == "mode_"


def test_steps_carry_one_bit_of_a_mode():
    inputs = svm([[1, 2]], [0], bits=(3, 2)).coding
    stages = (Affine([[2, -1], [1, 1]], [-3, -9], "step", 0), Affine([[1, 2]], [0], "identity", 0))
    model = IntegerModel(inputs, stages, Label((0, 1, 2, 3)))
    mode = Mode.whole(model).keeping(1, 1, 0)
    words = random_words(np.random.default_rng(0), inputs, 100)
    modal = with_modes(model, [mode])
    for number, wanted in enumerate((model, in_mode(model, mode))):
        assert np.array_equal(modal.predict(with_control(words, number)), wanted.predict(words))
    with pytest.raises(UnsupportedModelError, match="more than two modes of a network of steps"):
        with_modes(model, [mode, mode])


def test_a_mode_that_holds_nothing_is_refused():
    model = mlp(0)
    with pytest.raises(UnsupportedModelError, match="a mode that holds nothing"):
        with_modes(model, [Mode.whole(model)])


def test_cost_of_what_is_used():
    builder = NetlistBuilder("n")
    a, b, c = builder.add_input("i", 3).bits
    both, either = COSTS.generic
    builder.add_output("o", [builder.xor(builder.and_(a, b), c)])
    netlist = builder.build()
    assert used_cost(netlist, {}, COSTS) == both + either
    assert used_cost(netlist, {a >> 1: 0}, COSTS) == either / 2
    assert used_cost(netlist, {a >> 1: 1}, COSTS) == both + either
    assert used_cost(netlist, {c >> 1: 1}, COSTS) == both + either / 2
    assert used_cost(netlist, {a >> 1: 0, c >> 1: 0}, COSTS) == 0


@pytest.mark.parametrize("inputs", ["binary", "unary"])
def test_modes_shrink_within_the_limit(inputs):
    model = mlp(3)
    words = random_words(np.random.default_rng(1), model.coding, 300)
    wanted = model.predict(words)
    boundary = Boundary.of(model, inputs)
    lowered = lower(model, COSTS, boundary)
    idle = Idle.of(lowered.netlist, lowered.certificate, boundary, COSTS)
    path = shrinking_modes(model, idle, lambda found: float(np.mean(found == wanted)), words, 0.7)
    costs = [idle.used_cost(model, mode) for mode in path]
    assert len(path) > 1
    assert costs == sorted(costs, reverse=True)
    assert np.mean(in_mode(model, path[-1]).predict(words) == wanted) >= 0.7
    for mode, smaller in pairwise(path):
        held = [np.concatenate(each.gone_bits(model)) for each in (mode, smaller)]
        # One word loses bits, and none gets any back.
        assert np.count_nonzero(held[0] != held[1]) == 1
        assert np.array_equal(held[0] & held[1], held[0])
