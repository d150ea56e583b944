"""What converters cost to a search."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from random_models import random_tree, random_words
from small_libraries import EGFET_COSTS
from small_models import mlp, svm, tree

from bespoke.model import Affine, Argmax, InputCoding, IntArray, IntegerModel, Lookup, Table
from bespoke.search import AffineDesigns, LevelCosts, TreesDesigns, design_space


def one_each(bits: tuple[int, ...], *, unary: bool) -> LevelCosts:
    """100 for each feature that is read, 1 for each level of it."""
    levels = np.zeros((len(bits), 1 << max(bits)))
    words = np.zeros((len(bits), max(bits) + 2))
    for feature, width in enumerate(bits):
        levels[feature, 1 : 1 << width] = 1
        words[feature, :width] = 100 + (1 << (width - np.arange(width))) - 1
    return LevelCosts(levels, np.full(len(bits), 100.0), words, np.full(len(bits), unary))


def read_cost(model: IntegerModel) -> int:
    """The same of what a model reads."""
    read = model.stages[0].read_levels(model.coding.intervals())
    return sum(100 + len(levels) for levels in read if levels)


def mutants(space: Any, count: int) -> IntArray:
    rng = np.random.default_rng(3)
    genomes = list(space.seeds())
    while len(genomes) < count:
        genomes.append(space.mutate(genomes[int(rng.integers(len(genomes)))], rng))
    return np.array(genomes)


@pytest.mark.slow_if("[3-7]")
@pytest.mark.parametrize("seed", range(8))
def test_levels_of_trees_are_those_that_the_model_reads(seed: int) -> None:
    rng = np.random.default_rng(seed)
    exact = random_tree(rng, 40)
    words = random_words(rng, exact.coding, 80)
    targets = rng.integers(0, max(1, len(exact.decision.classes)), 80)
    costs = one_each(exact.coding.bits, unary=True)
    space = TreesDesigns(exact, words, targets, EGFET_COSTS, costs)
    genomes = mutants(space, 60)
    found = space.converter_costs(genomes, costs)
    assert found.tolist() == [read_cost(space.decode(genome)) for genome in genomes]
    assert (space.costs(genomes) == space.circuit_costs(genomes) + found).all()


def test_levels_in_front_of_sums_are_those_that_the_model_reads() -> None:
    bits = (2, 3)
    pairs = [(0, 1), (0, 3), (1, 2), (1, 7)]
    tables = [
        Table(tuple((feature, bit) for bit in range(bits[feature])), (np.arange(1 << bits[feature]) >= level) * 1)
        for feature, level in pairs
    ]
    coding = InputCoding(("a", "b"), bits, (0.0,) * 2, (1.0,) * 2)
    sums = Affine(np.array([[3, -2, 1, 5], [-1, 4, 2, 0]]), np.array([5, -3]), "identity", 0)
    model = IntegerModel(coding, (Lookup(tuple(tables)), sums), Argmax((0, 1)))
    words = random_words(np.random.default_rng(0), coding, 50)
    costs = one_each(bits, unary=True)
    space = AffineDesigns(model, words, EGFET_COSTS, converters=costs)
    genomes = mutants(space, 60)
    decoded = [space.decode(genome) for genome in genomes]
    assert space.converter_costs(genomes, costs).tolist() == [read_cost(each) for each in decoded]
    assert len({read_cost(each) for each in decoded}) > 1


@pytest.mark.slow
@pytest.mark.parametrize("unary", [True, False])
def test_levels_of_sums_are_those_of_the_bits_that_products_read(unary: bool) -> None:
    exact = svm([[3, -2, 1], [-1, 4, 2]], [5, -3])
    words = random_words(np.random.default_rng(0), exact.coding, 50)
    costs = one_each(exact.coding.bits, unary=unary)
    space = AffineDesigns(exact, words, EGFET_COSTS, converters=costs)
    genomes = mutants(space, 200)
    assert space.converter_costs(genomes, costs).tolist() == [read_cost(space.decode(genome)) for genome in genomes]


def test_what_only_dead_units_read_costs_nothing() -> None:
    exact = mlp()
    costs = one_each(exact.coding.bits, unary=True)
    space = AffineDesigns(exact, random_words(np.random.default_rng(0), exact.coding, 50), EGFET_COSTS, None, costs)
    genome = space.start.copy()
    space.genes_of(genome, 0)["weights"][1:, 2] = 0
    space.genes_of(genome, 1)["weights"][:, 0] = 0
    assert space.converter_costs(genome[None], costs).tolist() == [200 + 7 + 3]


def test_words_cost_by_their_lowest_bit() -> None:
    exact = tree([(0, 7, 1, 2), 0, (0, 11, 3, 4), 1, 2])
    costs = one_each(exact.coding.bits, unary=False)
    assert costs.of_levels([(0, 8), (0, 12), (0, 12)]) == 100 + 3
    assert one_each((4, 4), unary=True).of_levels([(0, 8), (0, 12), (1, 12)]) == 200 + 3


def test_tests_of_wires_take_no_gates() -> None:
    exact = tree([(0, 6, 1, 2), 0, 1])
    words, targets = np.array([[0, 0], [9, 0]]), np.array([0, 1])
    sizes = [
        design_space(exact, words, targets, EGFET_COSTS, one_each((4, 4), unary=unary)).circuit_costs(
            np.array([TreesDesigns(exact, words, targets, EGFET_COSTS).start])
        )
        for unary in (True, False)
    ]
    assert sizes[0] < sizes[1]


def test_levels_are_joined_where_they_cost() -> None:
    exact = tree([(0, 4, 1, 2), 0, (0, 9, 3, 4), 1, 2])
    words = np.array([[value, 0] for value in range(16)])
    targets = exact.predict(words)
    made = []
    for costs in (None, one_each((4, 4), unary=True)):
        space = TreesDesigns(exact, words, targets, EGFET_COSTS, costs)
        made.append({move.apply.__name__ for move in space._moves[0][0]})
    assert made[1] - made[0] == {"_join_level", "_lower_level"}
