"""Mappings of operators to sums: what the space says of a mapping is what the decoded model does and costs."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from scipy.stats import spearmanr
from small_libraries import EGFET_COSTS
from small_models import WORDS, coding, mlp, on_layer, svm

from bespoke.approx import CELLS, estimate_cost, nearest_with_digits, unit_operators
from bespoke.cells import GateCosts, load_library
from bespoke.errors import UnsupportedModelError
from bespoke.estimate import area_mm2
from bespoke.lowering import lower
from bespoke.model import Affine, Argmax, InexactSums, IntegerModel, Value, model_digest, model_from_text, model_to_text
from bespoke.opt import optimise
from bespoke.proof import prove_lowered
from bespoke.search import MappingDesigns
from bespoke.sim import simulate
from bespoke.techmap import map_cheapest

MODELS = {"mlp": mlp(), "value": svm([[93, -41, 7]], [60]), "argmax": svm([[9, 41, -7], [50, 3, 4]], [0, 100])}


def space_of(name, **options):
    return MappingDesigns(MODELS[name], WORDS, EGFET_COSTS, **options)


def random_mappings(space, count=40):
    tops = np.array([one.most for one in space.parameters])
    return space.with_parameters(np.random.default_rng(0).integers(0, tops + 1, (count, len(tops))))


@pytest.mark.slow_if("mlp", "value")
@pytest.mark.parametrize("name", MODELS)
def test_outputs_are_those_of_the_decoded_model(name):
    space = space_of(name)
    genomes = random_mappings(space)
    for genome, outputs in zip(genomes, space.predict(genomes, WORDS), strict=True):
        assert np.array_equal(outputs, space.decode(genome).predict(WORDS))


@pytest.mark.slow_if("mlp", "argmax")
@pytest.mark.parametrize("name", MODELS)
def test_mappings_are_built_and_proven_as_they_are(name, allowed):
    space = space_of(name, most=100)
    genomes, inexact = random_mappings(space, 6), 0
    for genome, outputs in zip(genomes, space.predict(genomes, WORDS), strict=True):
        model = space.decode(genome)
        lowered = lower(model, EGFET_COSTS)
        assert np.array_equal(simulate(lowered.netlist, WORDS)[:, 0], outputs)
        verdict = prove_lowered(model, lowered.netlist, lowered.certificate, timeout_s=20)
        assert verdict.status in allowed("proven", "yosys-abc")
        assert model_digest(model_from_text(model_to_text(model))) == model_digest(model)
        inexact += any(isinstance(stage, InexactSums) for stage in model.stages)
    assert inexact or name == "argmax"  # a common part of all scores is worth more than the cells


@pytest.mark.slow
@pytest.mark.parametrize("library", ["egfet", "cnt_tft"])
@pytest.mark.parametrize("kind", ["mlp", "value"])
def test_rank_correlation_with_mapped_area(kind, library):
    rng = np.random.default_rng(5)
    shapes = [(3, 6), (3, 3)] if kind == "mlp" else [(1, 6)]
    layers = [Affine(rng.integers(-127, 128, shape), rng.integers(-99, 999, shape[0]), "relu", 4) for shape in shapes]
    layers[-1] = replace(layers[-1], activation="identity")
    decision = Argmax((0, 1, 2)) if kind == "mlp" else Value()
    exact = IntegerModel(coding((4,) * 6), tuple(layers), decision)
    cells = load_library(library)
    costs = GateCosts.of(cells)
    space = MappingDesigns(exact, rng.integers(0, 16, (100, 6)), costs, most=100)
    genomes = random_mappings(space, 25)
    netlists = [lower(space.decode(genome), costs).netlist for genome in genomes]
    areas = [area_mm2(map_cheapest([optimise(netlist)], cells), cells) for netlist in netlists]
    assert spearmanr(space.costs(genomes), areas)[0] >= 0.9


@pytest.mark.slow_if("mlp")
@pytest.mark.parametrize("name", MODELS)
def test_the_first_operators_are_the_model_and_costs_fall(name):
    space = space_of(name, most=8)
    assert np.array_equal(space.decode(space.start).predict(WORDS), MODELS[name].predict(WORDS))
    assert space.costs(space.start[None])[0] == pytest.approx(
        estimate_cost(space.batch(space.start[None]), EGFET_COSTS)
    )
    assert all(len(own) <= 8 for part in space.parts for own in part.operators)
    for number in range(len(space.parameters)):
        alone = np.zeros((space.parameters[number].most + 1, len(space.parameters)), dtype=np.int64)
        alone[:, number] = np.arange(len(alone))
        assert (np.diff(space.costs(space.with_parameters(alone))) < 0).all()


@pytest.mark.slow
def test_some_mappings_have_inexact_cells():
    space = space_of("mlp", most=100)
    cells = {CELLS[operator.cell] for part in space.parts for own in part.operators for operator in own}
    assert {"exact", "none"} < cells
    genomes = random_mappings(space, 200)
    inexact = [any(isinstance(stage, InexactSums) for stage in space.decode(genome).stages) for genome in genomes]
    assert any(inexact)


@pytest.mark.slow
def test_operators_keep_the_mean_of_the_sum():
    model = MODELS["value"]
    (stage,) = model.stages
    exact = stage.sums(WORDS)[:, 0].mean()
    for operator in unit_operators(stage, 0, WORDS, model.ranges[0]):
        found = operator.stage(stage, 0, model.ranges[0]).apply(WORDS)[:, 0].mean()
        # Biases are whole; with cells, multiples of the weight of their columns.
        is_inexact = CELLS[operator.cell] not in ("exact", "none")
        assert abs(found - exact) <= 0.5 + 0.5 * (1 << operator.columns) * is_inexact


def test_weights_of_few_digits_make_up_for_each_other():
    model = MODELS["value"]
    (stage,) = model.stages
    words = WORDS[WORDS[:, 1] == WORDS[:, 0] // 2]  # features must have to do with each other
    exact = stage.sums(words)[:, 0]

    def error(weights):
        return float((exact - words @ weights).var())

    operators = [each.weights for each in unit_operators(stage, 0, words, model.ranges[0], cells=())]
    plain = [nearest_with_digits(stage.weights[0], digits) for digits in (2, 1)]
    assert sum(map(error, operators[-2:])) < sum(map(error, plain))


def test_masked_models_are_refused():
    masked = on_layer(mlp(1), 0, masks=np.array([-1, 1, -1]))
    with pytest.raises(UnsupportedModelError, match="masked inputs"):
        MappingDesigns(masked, WORDS, EGFET_COSTS)


def test_words_that_may_be_negative_are_refused():
    signed = on_layer(mlp(1), 0, activation="identity")
    with pytest.raises(UnsupportedModelError, match="may be negative"):
        MappingDesigns(signed, WORDS, EGFET_COSTS)
