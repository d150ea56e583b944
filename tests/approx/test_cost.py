"""The cost model against what the generator builds."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace

import numpy as np
import pytest
from random_models import cut_short, random_sums
from scipy.stats import spearmanr
from small_libraries import EGFET_COSTS
from small_models import coding, mlp, on_layer, svm

from bespoke.approx import DECISION_COSTS, AffineBatch, ModelBatch, estimate_cost, nearest_with_digits
from bespoke.approx.batch import Words, adder_costs, sums_of, widths
from bespoke.approx.coefficients import signed_digits
from bespoke.cells import GateCosts, load_library
from bespoke.estimate import area_mm2
from bespoke.lowering import lower
from bespoke.model import DECISIONS, WHOLE, Affine, Argmax, Index, IntegerModel, Sign, Value
from bespoke.numeric import Interval, csd
from bespoke.opt import optimise
from bespoke.search import AffineDesigns
from bespoke.search.genes import below_column
from bespoke.techmap import map_cheapest

COSTS = EGFET_COSTS


def batch_of(models):
    """Models of one shape, with one column per input, as arrays."""
    stages = []
    for group in zip(*(model.stages for model in models), strict=True):
        singles = [AffineBatch.of(stage, np.zeros((1, stage.input_count), dtype=np.int64)) for stage in group]
        names = ("weights", "masks", "biases", "dropped_bits", "saturation_bits", "cells", "columns", "shifts")
        joined = {name: np.concatenate([getattr(single, name) for single in singles]) for name in names}
        stages.append(AffineBatch(**joined, activation=group[0].activation))
    return ModelBatch(models[0].ranges[0], tuple(stages), models[0].decision)


def cost_of(*models):
    return estimate_cost(batch_of(models), COSTS)


def first_sums(model):
    batch = batch_of([model])
    words = Words(*(np.array([[getattr(word, end) for word in batch.inputs]]) for end in ("low", "high")))
    return sums_of(batch.stages[0], words)


def plain(model):
    """The model with one column per input, in order."""
    stages = []
    for stage, inputs in zip(model.stages, model.ranges[:-1], strict=True):
        count = len(inputs)
        weights, masks = stage.weights[:, :count], stage.masks[:count]
        stages.append(replace(stage, weights=weights, sources=np.arange(count), masks=masks))
    return replace(model, stages=tuple(stages))


def test_signed_digits_and_widths():
    values = np.arange(-200, 201)
    planes = signed_digits(values)
    for index, value in enumerate(values.tolist()):
        digits = [(p, int(plane[index])) for p, plane in enumerate(planes) if plane[index]]
        assert digits == [tuple(digit) for digit in csd(value)]
    low, high = np.array([-8, -9, 0, 3, -1]), np.array([7, 0, 0, 8, -1])
    assert widths(low, high).tolist() == [
        Interval(*ends).width for ends in zip(low.tolist(), high.tolist(), strict=True)
    ]


def test_heights_by_hand():
    # 5 * a of 3 bits: columns 0 1 2 2 3 4; minus 2 * b of 2 bits: columns 1 2, complemented, so -6.
    sums = first_sums(svm([[5, -2, 0]], [9]))
    assert sums.heights[0, 0, :5].tolist() == [1, 2, 3, 1, 1]
    assert sums.constants.tolist() == [[9 - 6]]
    assert (sums.words.low.tolist(), sums.words.high.tolist()) == ([[3]], [[44]])


def test_adders_by_hand():
    # Bits per column 1 2 3 1 1, and the constant 3: x + 1 is free; 2 bits, a carry and 1 take a full adder of one and
    # a half adder; 3 bits and 2 carries two full adders; then a full adder, a half adder, and a carry on top.
    cost = adder_costs(first_sums(svm([[5, -2, 0]], [9])), COSTS)
    assert cost.item() == pytest.approx(3 * COSTS.full_adder + 2 * COSTS.half_adder + COSTS.full_adder_of_one)


@pytest.mark.parametrize("seed", range(30))
def test_adders_are_those_of_the_generator(seed):
    rng = np.random.default_rng(seed)
    bits = tuple(rng.integers(0, 6, 4).tolist())
    # Powers of two of different inputs leave nothing to share.
    weights = rng.choice([-16, -8, -4, -2, -1, 0, 1, 2, 4, 8, 16], (1, 4))
    model = svm(weights, rng.integers(-300, 300, 1), bits)
    adders = lower(model, COSTS).certificate.sums["sum", 0, 0].adders
    kinds = Counter((len(set(adder.addends)), 1 in adder.addends, adder.carry != 0) for adder in adders)
    prices = {
        (3, False, True): COSTS.full_adder,
        (3, True, True): COSTS.full_adder_of_one,
        (2, False, True): COSTS.half_adder,
        (3, False, False): COSTS.sum_of_three,
        (3, True, False): COSTS.xor,
        (2, False, False): COSTS.xor,
    }
    built = sum(prices.get(kind, 0.0) * number for kind, number in kinds.items())
    assert adder_costs(first_sums(model), COSTS).item() == pytest.approx(built)


@pytest.mark.parametrize("seed", range(30))
def test_ranges_are_those_of_the_model(seed):
    model = plain(random_sums(np.random.default_rng(seed)))
    sums = first_sums(model)
    wanted = model.stages[0].sum_intervals(model.ranges[0])
    found = zip(sums.words.low[0].tolist(), sums.words.high[0].tolist(), strict=True)
    assert [Interval(*ends) for ends in found] == list(wanted)


def random_genomes(designs, count, rng):
    """Genomes of weights with few digits, fewer bits of outputs and columns of the first sums left out."""
    genomes = np.repeat(designs.seeds()[:1], count, axis=0)
    for genome in genomes:
        for number, part in enumerate(designs.parts):
            genes = designs.genes_of(genome, number)
            digits = rng.choice(4, part.weights.shape, p=rng.dirichlet(np.ones(4)))
            genes["weights"][:] = nearest_with_digits(part.weights, digits)
            if part.is_hidden:
                genes["dropped"][:], genes["limits"][:] = rng.integers(0, 5, part.units), 10
            if number == 0:
                genes["masked"][:] = below_column(genes["weights"], int(rng.integers(0, 4)), part.widths)
    return genomes


@pytest.mark.slow
@pytest.mark.parametrize("library", ["egfet", "cnt_tft"])
@pytest.mark.parametrize("kind", ["mlp", "value", "sign"])
def test_rank_correlation_with_mapped_area(kind, library):
    rng = np.random.default_rng(5)
    shapes = [(3, 6), (3, 3)] if kind == "mlp" else [(1, 6)]
    layers = [Affine(rng.integers(-127, 128, shape), rng.integers(-99, 999, shape[0]), "relu", 0) for shape in shapes]
    layers[-1] = replace(layers[-1], activation="identity")
    decision = {"mlp": Argmax((0, 1, 2)), "value": Value(), "sign": Sign((0, 1))}[kind]
    exact = IntegerModel(coding((4,) * 6), tuple(layers), decision)
    cells = load_library(library)
    costs = GateCosts.of(cells)
    designs = AffineDesigns(exact, rng.integers(0, 16, (100, 6)), costs)
    genomes = random_genomes(designs, 25, rng)
    netlists = [lower(designs.decode(genome), costs).netlist for genome in genomes]
    areas = [area_mm2(map_cheapest([optimise(netlist)], cells), cells) for netlist in netlists]
    assert spearmanr(designs.costs(genomes), areas)[0] >= 0.95


def test_what_nothing_depends_on_costs_nothing():
    weights = np.array([[5, 0, 3], [5, 0, 9], [5, 0, 1]])
    whole, without = mlp(2), on_layer(mlp(2), 1, weights=weights)
    alone = on_layer(
        without, 0, weights=without.stages[0].weights * [[0], [0], [1]], biases=without.stages[0].biases * [0, 0, 1]
    )
    cost = cost_of(whole, without, alone)
    assert cost[0] > cost[1] == pytest.approx(cost[2])
    # One class is always ahead: no circuit.
    decided = on_layer(mlp(2), 1, biases=np.array([0, 10**7, 0]))
    assert cost_of(decided).tolist() == [0]


def test_batches_give_what_single_models_give():
    models = [mlp(seed) for seed in range(5)] + [plain(cut_short(np.random.default_rng(s), mlp(s))) for s in range(5)]
    single = [cost_of(model).item() for model in models]
    assert cost_of(*models).tolist() == pytest.approx(single)


@pytest.mark.parametrize("seed", range(40))
def test_every_kind_of_model_has_a_finite_cost(seed):
    cost = cost_of(plain(random_sums(np.random.default_rng(seed))))
    assert np.isfinite(cost).all()
    assert (cost >= 0).all()


@pytest.mark.parametrize("name", DECISIONS)
@pytest.mark.parametrize("activation", ["identity", "relu", "step"])
def test_every_decision_may_follow_every_activation(name, activation):
    decision = {"value": Value(), "index": Index((0, 1)), "sign": Sign((0, 1))}.get(name)
    decision = decision or DECISIONS[name]((0, 1, 2))
    last = Affine(mlp(2).stages[1].weights[: decision.score_count], np.zeros(decision.score_count), activation, 0)
    if name == "index" and activation != "step":
        last = replace(last, weights=last.weights * 0)
    model = replace(mlp(2), stages=(mlp(2).stages[0], last), decision=decision)
    assert type(decision) in DECISION_COSTS
    (cost,) = cost_of(model)
    assert np.isfinite(cost)
    assert (cost > 0) == (name != "index" or activation == "step")


def test_outputs_that_lose_different_bits_are_words_of_their_own():
    alike, apart = (on_layer(mlp(2), 1, dropped_bits=np.array(bits)) for bits in ([3, 3, 3], [3, 3, 2]))
    assert cost_of(apart)[0] > cost_of(alike)[0] > 0
    masked = on_layer(mlp(2), 0, masks=np.array([WHOLE, 2, 4]))
    assert cost_of(masked)[0] < cost_of(mlp(2))[0]


def test_costs_follow_the_library():
    batch = batch_of([mlp(2)])
    dear = replace(COSTS, full_adder=2 * COSTS.full_adder)
    assert estimate_cost(batch, dear)[0] > estimate_cost(batch, COSTS)[0]


def test_figures_are_nearly_those_fitted_to_egfet_and_follow_another_library():
    figures = {
        "full_adder": 9, "half_adder": 5, "full_adder_of_one": 6, "sum_of_three": 8, "carry_of_three": 5,
        "either": 2, "selection": 3.5, "constant_selection": 3, "vote": 20,
    }  # fmt: skip
    assert {name: getattr(COSTS, name) for name in figures} == pytest.approx(figures, rel=0.02)
    assert COSTS.tree_parts == pytest.approx((1.1, 0.9, 1.9, 0.8), rel=0.02)
    other = GateCosts.of(load_library("cnt_tft"))
    assert other.tree_parts == pytest.approx((0.84, 0.69, 1.46, 0.61))
    assert other.selection == pytest.approx(3 + 0.67 / 2)
