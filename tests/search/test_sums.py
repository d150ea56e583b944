"""Weighted-sum models as a design space: one function for genome, arrays and decoded model."""

from __future__ import annotations

import numpy as np
import pytest
from random_models import random_sums

from bespoke.approx import estimate_cost
from bespoke.errors import UnsupportedModelError
from bespoke.search import SumDesigns
from bespoke.search.space import SumSpace

KINDS = ("argmax", "sign", "votes", "label", "value")


def plain_model(kind, seed):
    """A random weighted-sum model of a kind without masks or cut outputs."""
    for number in range(1000):
        model = random_sums(np.random.default_rng([seed, number]))
        cut = any((x.masks != -1).any() or x.dropped_bits.any() or (x.saturation_bits < 62).any() for x in model.layers)
        if model.decision.kind == kind and not cut:
            return model
    raise AssertionError(kind)


def designs_of(kind, seed):
    model = plain_model(kind, seed)
    random = np.random.default_rng(seed)
    words = random.integers(0, 1 << np.array(model.coding.bits), (40, model.coding.feature_count))
    return SumDesigns(model, words), words, random


def random_genomes(designs, random, count=12):
    genomes = list(designs.seeds())
    while len(genomes) < count + len(designs.seeds()):
        first, second = (genomes[int(random.integers(len(genomes)))] for _ in range(2))
        genomes.append(designs.mutate(designs.cross(first, second, random), random))
    return np.array(genomes)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("seed", range(4))
def test_outputs_are_those_of_the_decoded_model(kind, seed):
    designs, words, random = designs_of(kind, seed)
    genomes = random_genomes(designs, random)
    targets = designs.exact.predict(words)
    found = np.concatenate([outputs.words for outputs in designs.outputs(genomes, words, targets)])
    for genome, outputs in zip(genomes, found, strict=True):
        assert np.array_equal(designs.decode(genome).predict(words), outputs)


@pytest.mark.parametrize("kind", KINDS)
def test_the_first_seed_is_the_exact_model(kind):
    designs, words, _ = designs_of(kind, 7)
    assert np.array_equal(designs.decode(designs.seeds()[0]).scores(words), designs.exact.scores(words))


@pytest.mark.parametrize("kind", KINDS)
def test_margins_are_negative_only_where_the_decision_is_another(kind):
    designs, words, random = designs_of(kind, 3)
    genomes = random_genomes(designs, random)
    targets = random.integers(0, max(1, len(designs.exact.decision.classes)), len(words))
    assert all(outputs.margins is None for outputs in designs.outputs(genomes, words))
    for outputs in designs.outputs(genomes, words, targets):
        if kind == "value":
            assert outputs.margins is None
            continue
        right = outputs.words == targets
        assert (outputs.margins[~right] <= 0).all()
        if kind != "votes":  # a class can win a vote without winning every match
            assert (outputs.margins[right] >= 0).all()


def test_mutations_reach_every_gene():
    designs, _, random = designs_of("argmax", 5)
    start = designs.seeds()[0]
    changed = np.zeros(designs.size, dtype=bool)
    genome = start
    for _ in range(3000):
        genome = designs.mutate(genome, random)
        changed |= genome != start
    widths = np.array(designs.exact.coding.bits)
    for number, layer in enumerate(SumSpace(designs.exact).slices()):
        assert changed[layer["weights"]].all()
        assert changed[layer["biases"]].all()
        if number == 0:
            assert changed[layer["cuts"]].reshape(-1, len(widths))[:, widths > 0].all()


def test_costs_are_those_of_the_arrays_of_genes():
    designs, _, random = designs_of("argmax", 2)
    genomes = random_genomes(designs, random)
    assert np.array_equal(designs.costs(genomes), estimate_cost(SumSpace(designs.exact).batch(genomes)))
    assert designs.costs(genomes)[0] == designs.costs(genomes[:1])[0]


def test_masked_models_and_trees_are_refused():
    models = (random_sums(np.random.default_rng(seed)) for seed in range(1000))
    masked = next(model for model in models if any((layer.masks != -1).any() for layer in model.layers))
    with pytest.raises(UnsupportedModelError, match="masks"):
        SumDesigns(masked, np.zeros((2, masked.coding.feature_count), dtype=np.int64))
