"""The cost model against what the generator builds."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace

import numpy as np
import pytest
from random_models import cut_short, random_sums
from scipy.stats import spearmanr
from small_models import coding, mlp, on_layer, svm

from bespoke.approx import (
    ActivationOptions,
    ColumnOptions,
    cut_activations,
    nearest_with_digits,
    truncate_columns,
)
from bespoke.approx.adders import Words, count_adders, layer_sums, signed_digits, widths
from bespoke.approx.batch import batch_of
from bespoke.approx.cost import estimate_cost
from bespoke.approx.shared import shared_cost
from bespoke.cells import load_library
from bespoke.errors import OptionError
from bespoke.estimate import area_mm2
from bespoke.lowering import lower
from bespoke.model import Decision, IntegerMLP, Layer
from bespoke.numeric import Interval, csd
from bespoke.opt import optimise
from bespoke.techmap import map_netlist


def sums_of(model):
    batch = batch_of([model])
    layer = batch.layers[0]
    return layer_sums(layer.weights, layer.biases, layer.sources, layer.masks, batch.input_words())


def test_signed_digits_and_widths():
    values = np.arange(-200, 201)
    planes = signed_digits(values)
    for place, value in enumerate(values.tolist()):
        digits = [(p, int(plane[place])) for p, plane in enumerate(planes) if plane[place]]
        assert digits == [tuple(digit) for digit in csd(value)]
    low, high = np.array([-8, -9, 0, 3, -1]), np.array([7, 0, 0, 8, -1])
    assert widths(low, high).tolist() == [
        Interval(*ends).width for ends in zip(low.tolist(), high.tolist(), strict=True)
    ]


def test_heights_by_hand():
    # 5 * a of 3 bits: columns 0 1 2 2 3 4; minus 2 * b of 2 bits: columns 1 2, complemented, so -6.
    sums = sums_of(svm([[5, -2, 0]], [9]))
    assert sums.heights[0, 0, :5].tolist() == [1, 2, 3, 1, 1]
    assert sums.constants.tolist() == [[9 - 6]]
    assert (sums.words.low.tolist(), sums.words.high.tolist()) == ([[3]], [[44]])


def test_adders_by_hand():
    # Bits per column 1 2 3 1 1, and the constant 3: x + 1 is free; 2 bits, a carry and 1 take a full adder of one and
    # a half adder; 3 bits and 2 carries two full adders; then a full adder, a half adder, and a carry on top.
    counts = count_adders(sums_of(svm([[5, -2, 0]], [9])))
    assert (counts.full.item(), counts.half.item(), counts.full_of_one.item()) == (3, 2, 1)
    assert counts.cost.item() == 3 * 9 + 2 * 5 + 1 * 6


@pytest.mark.parametrize("seed", range(30))
def test_adder_counts_are_those_of_the_generator(seed):
    rng = np.random.default_rng(seed)
    bits = tuple(rng.integers(0, 6, 4).tolist())
    # Powers of two of different inputs leave nothing to share.
    weights = rng.choice([-16, -8, -4, -2, -1, 0, 1, 2, 4, 8, 16], (1, 4))
    model = svm(weights, rng.integers(-300, 300, 1), bits)
    adders = lower(model).certificate.sums["layer0.sum0"].adders
    kinds = Counter((len(set(adder.addends)), 1 in adder.addends, adder.carry != 0) for adder in adders)
    counts = count_adders(sums_of(model))
    built = sum(number for (addends, _, _), number in kinds.items() if addends == 3)
    assert counts.full.item() + counts.full_of_one.item() == built
    assert counts.half.item() == kinds[2, False, True] + kinds[2, False, False]


@pytest.mark.parametrize("seed", range(30))
def test_ranges_are_those_of_the_model(seed):
    rng = np.random.default_rng(seed)
    model = random_sums(rng)
    model = replace(model, layers=model.layers[:1]) if len(model.layers) == 1 else model
    layer, inputs = model.layers[0], model.coding.intervals()
    batch = batch_of([model]).layers[0]
    words = Words(*(np.array([[getattr(i, end) for i in inputs]]) for end in ("low", "high")))
    sums = layer_sums(batch.weights, batch.biases, batch.sources, batch.masks, words)
    wanted = layer.sum_intervals(inputs)
    found = zip(sums.words.low[0].tolist(), sums.words.high[0].tolist(), strict=True)
    assert [Interval(*ends) for ends in found] == list(wanted)


def test_sharing_by_hand():
    # 73 * (a + b) = 64 y + 8 y + y: y has 5 bits, a + b takes 3 full adders and a half one, and is needed three times.
    bits = np.array([[4, 4]])
    assert shared_cost(np.array([[[73, 73]]]), bits, 5).tolist() == [2 * 3 * 9 - 5]
    assert shared_cost(np.array([[[73, -73]]]), bits, 5).tolist() == [2 * 3 * 9 - 5]
    assert shared_cost(np.array([[[73, 73]]]), bits, 0).tolist() == [0]
    # a + 4 * b of 8 bits each in two rows, in one shifted and complemented: 5 full and 3 half adders; then
    # nothing in common, and no digits at all.
    assert shared_cost(np.array([[[1, 4], [-2, -8]]]), bits * 2, 5).tolist() == [5 * 9 - 3 * 5]
    assert shared_cost(np.array([[[1, 4], [8, 2]], [[0, 0], [0, 0]]]), np.array([[4, 4]] * 2), 5).tolist() == [0, 0]


def test_sharing_makes_equal_weights_cheaper():
    models = [svm([[73, 73, 73]], [0], (4, 4, 4)), svm([[73, 73, 37]], [0], (4, 4, 4))]
    plain, shared = estimate_cost(batch_of(models)), estimate_cost(batch_of(models), sharing_rounds=4)
    assert (shared < plain).all()
    assert (plain - shared)[0] > (plain - shared)[1]


def candidates(model, count, seed):
    rng = np.random.default_rng(seed)
    found = []
    for _ in range(count):
        share = rng.dirichlet(np.ones(4))
        layers = [
            replace(layer, weights=nearest_with_digits(layer.weights, rng.choice(4, layer.weights.shape, p=share)))
            for layer in model.layers
        ]
        new = replace(model, layers=tuple(layers))
        if len(layers) > 1:
            new = cut_activations(new, ActivationOptions(0, tuple(rng.integers(0, 5, 3).tolist()), (6,))).model
        found.append(truncate_columns(new, ColumnOptions(((int(rng.integers(0, 4)),),) * len(layers))).model)
    return found


@pytest.mark.slow
@pytest.mark.parametrize("kind", ["mlp", "value", "sign"])
def test_rank_correlation_with_mapped_area(kind):
    rng = np.random.default_rng(5)
    shapes = [(3, 6), (3, 3)] if kind == "mlp" else [(1, 6)]
    layers = [Layer(rng.integers(-127, 128, shape), rng.integers(-99, 999, shape[0]), "relu", 0) for shape in shapes]
    layers[-1] = replace(layers[-1], activation="identity")
    decision = {"mlp": Decision("argmax", (0, 1, 2)), "value": Decision("value"), "sign": Decision("sign", (0, 1))}[
        kind
    ]
    found = candidates(IntegerMLP(coding((4,) * 6), tuple(layers), decision), 25, 1)
    library = load_library("egfet")
    areas = [area_mm2(map_netlist(optimise(lower(model).netlist), library), library) for model in found]
    assert spearmanr(estimate_cost(batch_of(found)), areas)[0] >= 0.95


def test_what_nothing_depends_on_costs_nothing():
    weights = np.array([[5, 0, 3], [5, 0, 9], [5, 0, 1]])
    whole, without = mlp(2), on_layer(mlp(2), 1, weights=weights)
    alone = on_layer(
        without, 0, weights=without.layers[0].weights * [[0], [0], [1]], biases=without.layers[0].biases * [0, 0, 1]
    )
    cost = estimate_cost(batch_of([whole, without, alone]))
    assert cost[0] > cost[1] == pytest.approx(cost[2])
    # One class is always ahead: no circuit.
    decided = on_layer(mlp(2), 1, biases=np.array([0, 10**7, 0]))
    assert estimate_cost(batch_of([decided])).tolist() == [0]


def test_batches_give_what_single_models_give():
    models = [mlp(seed) for seed in range(5)] + [cut_short(np.random.default_rng(seed), mlp(seed)) for seed in range(5)]
    single = [estimate_cost(batch_of([model])).item() for model in models]
    assert estimate_cost(batch_of(models)).tolist() == pytest.approx(single)


@pytest.mark.parametrize("seed", range(40))
def test_every_kind_of_model_has_a_finite_cost(seed):
    cost = estimate_cost(batch_of([random_sums(np.random.default_rng(seed))]))
    assert np.isfinite(cost).all()
    assert (cost >= 0).all()


def test_candidates_of_one_shape():
    with pytest.raises(OptionError, match="batch: candidates must have one shape and decision; got 2"):
        batch_of([mlp(0), mlp(0, hidden=2)])
    with pytest.raises(OptionError, match="batch: candidates must have one shape"):
        batch_of([])
