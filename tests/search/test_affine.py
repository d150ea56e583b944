"""Models of weighted sums as a design space: one function for genome, arrays and decoded model."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from random_models import random_sums, random_tree
from small_libraries import EGFET_COSTS
from small_models import WORDS, mlp, on_layer

from bespoke.approx import DECISION_COSTS, SCORE_IS_OUTPUT, estimate_cost
from bespoke.errors import UnsupportedModelError
from bespoke.model import (
    DECISIONS,
    STAGES,
    Affine,
    Argmax,
    Compare,
    Index,
    IntegerModel,
    Label,
    Lookup,
    Sign,
    Table,
    Value,
    Votes,
)
from bespoke.search import (
    DECISION_MARGINS,
    GENES,
    SCALE_FREE,
    SPACES,
    AffineDesigns,
    TreesDesigns,
    design_space,
)
from bespoke.search.genes import AFFINE_GENES
from bespoke.search.genes.affine_part import AffineSite
from bespoke.search.genes.gene import Gene, Move
from bespoke.search.genes.sums import BIASES

KINDS = {"argmax": Argmax, "sign": Sign, "votes": Votes, "label": Label, "value": Value}


def plain_model(kind, seed):
    """A random weighted-sum model of a kind without masks or cut outputs."""
    for number in range(1000):
        model = random_sums(np.random.default_rng([seed, number]))
        cut = any((x.masks != -1).any() or x.dropped_bits.any() or (x.saturation_bits < 62).any() for x in model.stages)
        if type(model.decision) is KINDS[kind] and not cut:
            return model
    raise AssertionError(kind)


def behind_tables(model, random):
    """The model with its inputs compared: tables of ones behind some words of the same bits."""
    tables = []
    for bits in model.coding.bits:
        feature = int(random.integers(model.coding.feature_count))
        size = model.coding.bits[feature]
        values = random.integers(0, 1 << bits, 1 << size)
        values[random.integers(1 << size)], values[0] = 0, (1 << bits) - 1
        tables.append(Table(tuple((feature, bit) for bit in range(size)), values))
    return replace(model, stages=(Lookup(tuple(tables)), *model.stages))


def designs_of(kind, seed, *, tables=False):
    model = plain_model(kind, seed)
    if tables:
        model = behind_tables(model, np.random.default_rng(seed))
    random = np.random.default_rng(seed)
    words = random.integers(0, 1 << np.array(model.coding.bits), (40, model.coding.feature_count))
    return AffineDesigns(model, words, EGFET_COSTS), words, random


def random_genomes(designs, random, count=12):
    genomes = list(designs.seeds())
    while len(genomes) < count + len(designs.seeds()):
        first, second = (genomes[int(random.integers(len(genomes)))] for _ in range(2))
        genomes.append(designs.mutate(designs.cross(first, second, random), random))
    return np.array(genomes)


@pytest.mark.slow_unless("1-argmax", "3-label", "3-value")
@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize("tables", [False, True])
def test_outputs_are_those_of_the_decoded_model(kind, seed, tables):
    designs, words, random = designs_of(kind, seed, tables=tables)
    genomes = random_genomes(designs, random)
    targets = designs.exact.predict(words)
    found = np.concatenate([outputs.words for outputs in designs.outputs(genomes, words, targets)])
    for genome, outputs in zip(genomes, found, strict=True):
        assert np.array_equal(designs.decode(genome).predict(words), outputs)


@pytest.mark.slow_if("argmax", "value")
@pytest.mark.parametrize("kind", KINDS)
def test_the_first_seed_is_the_exact_model(kind):
    designs, words, _ = designs_of(kind, 7)
    assert np.array_equal(designs.decode(designs.seeds()[0]).scores(words), designs.exact.scores(words))


@pytest.mark.slow_if("argmax", "sign", "votes")
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


@pytest.mark.slow
def test_mutations_reach_every_gene():
    designs, _, random = designs_of("argmax", 5)
    start = designs.seeds()[0]
    changed = np.zeros(len(start), dtype=bool)
    genome = start
    for _ in range(3000):
        genome = designs.mutate(genome, random)
        changed |= genome != start
    widths = np.array(designs.exact.coding.bits)
    for number in range(len(designs.parts)):
        genes = designs.genes_of(changed, number)
        assert genes["weights"].all()
        assert genes["biases"].all()
        if number == 0:
            assert genes["masked"][:, widths > 0].all()


@pytest.mark.slow
def test_costs_are_those_of_the_arrays_of_genes():
    designs, _, random = designs_of("argmax", 2)
    genomes = random_genomes(designs, random)
    assert np.array_equal(designs.costs(genomes), estimate_cost(designs.batch(genomes), EGFET_COSTS))
    assert designs.costs(genomes)[0] == designs.costs(genomes[:1])[0]


@pytest.mark.slow
@pytest.mark.parametrize("activation", ["relu", "step"])
@pytest.mark.parametrize("kind", KINDS)
def test_any_activation_may_stand_before_any_decision(kind, activation):
    designs, words, random = designs_of(kind, 1)
    stages = tuple(replace(stage, activation=activation) for stage in designs.exact.stages)
    designs = AffineDesigns(replace(designs.exact, stages=stages), words, EGFET_COSTS)
    genomes = random_genomes(designs, random, 40)
    (outputs,) = designs.outputs(genomes, words)
    for genome, found in zip(genomes, outputs.words, strict=True):
        assert np.array_equal(designs.decode(genome).predict(words), found)
    assert np.isfinite(designs.costs(genomes)).all()


@pytest.mark.slow
def test_columns_in_another_order_are_the_same_space():
    exact = mlp(1)
    turned = on_layer(exact, 0, sources=np.array([2, 0, 1]), weights=exact.stages[0].weights[:, [2, 0, 1]])
    designs = AffineDesigns(turned, WORDS, EGFET_COSTS)
    assert np.array_equal(designs.start, AffineDesigns(exact, WORDS, EGFET_COSTS).start)
    assert np.array_equal(designs.decode(designs.seeds()[0]).scores(WORDS), exact.scores(WORDS))


@pytest.mark.slow
def test_a_model_that_drops_bits_is_searched_from_as_it_is():
    exact = on_layer(mlp(1), 0, dropped_bits=np.array([2, 0, 1]), saturation_bits=np.array([5, 62, 62]))
    exact = on_layer(exact, 1, weights=exact.stages[1].weights << [2, 0, 1])
    designs = AffineDesigns(exact, WORDS, EGFET_COSTS)
    assert np.array_equal(designs.decode(designs.seeds()[0]).scores(WORDS), exact.scores(WORDS))
    (outputs,) = designs.outputs(designs.seeds()[:1], WORDS)
    assert np.array_equal(outputs.words[0], exact.predict(WORDS))
    with pytest.raises(UnsupportedModelError, match="weights behind dropped bits must be multiples"):
        AffineDesigns(on_layer(exact, 1, weights=mlp(1).stages[1].weights | 1), WORDS, EGFET_COSTS)


def test_masked_models_are_refused():
    masked = on_layer(mlp(1), 0, masks=np.array([-1, 1, -1]))
    with pytest.raises(UnsupportedModelError, match="masks"):
        AffineDesigns(masked, WORDS, EGFET_COSTS)


def test_the_space_is_that_of_the_stages():
    words = np.zeros((2, 3), dtype=np.int64)
    assert type(design_space(mlp(), words, words[:, 0], EGFET_COSTS)) is AffineDesigns
    tree = random_tree(np.random.default_rng(0))
    words = np.zeros((2, tree.coding.feature_count), dtype=np.int64)
    assert type(design_space(tree, words, words[:, 0], EGFET_COSTS)) is TreesDesigns
    compare = Compare([0, 1, 2], [1, 1, 1])
    tables = Lookup(tuple(Table(((unit, 0),), [0, 1]) for unit in range(3)))
    first, last = mlp().stages
    staged = [(compare, first, last), (first, compare), (tables, compare, first, last), (tables, tables, first, last)]
    for stages in staged:
        model = replace(mlp(), stages=stages)
        with pytest.raises(UnsupportedModelError, match=r"search: no genes .* with or without one lookup"):
            design_space(model, WORDS, WORDS[:, 0], EGFET_COSTS)


def test_every_stage_and_decision_has_an_entry():
    assert set(SPACES) == set(GENES) == set(STAGES.values())
    for table in (DECISION_MARGINS, DECISION_COSTS, SCALE_FREE, SCORE_IS_OUTPUT):
        assert set(table) == set(DECISIONS.values())


def test_scores_that_are_an_index_have_margins():
    exact = IntegerModel(mlp().coding, (Affine([[1, 0, 0]], [0], "relu", 0),), Index(tuple("abcdefgh")))
    (outputs,) = AffineDesigns(exact, WORDS, EGFET_COSTS).outputs(
        AffineDesigns(exact, WORDS, EGFET_COSTS).seeds()[:1], WORDS, WORDS[:, 0]
    )
    assert (outputs.margins > 0).all()


def test_a_new_gene_is_its_definition_and_an_entry_in_the_table(monkeypatch):
    def negate(site):
        site.genes["negated"][site.row()] ^= 1

    def turned(_, batch, values):
        signs = 1 - 2 * values
        return replace(batch, weights=batch.weights * signs[:, :, None], biases=batch.biases * signs)

    negated = Gene(
        name="negated",
        exact=lambda part: np.zeros(part.units, dtype=np.int64),
        apply=turned,
        moves=(Move(negate, 5, technique="signs"),),
    )
    monkeypatch.setattr(AffineDesigns, "genes", (*AFFINE_GENES, negated))
    designs = AffineDesigns(mlp(), WORDS, EGFET_COSTS, ("signs",))
    genomes = random_genomes(designs, np.random.default_rng(0), 20)
    assert any(designs.values(genomes, number)["negated"].any() for number in range(len(designs.parts)))
    (outputs,) = designs.outputs(genomes, WORDS)
    for genome, found in zip(genomes, outputs.words, strict=True):
        assert np.array_equal(designs.decode(genome).predict(WORDS), found)
    assert np.isfinite(designs.costs(genomes)).all()


@pytest.mark.slow_if("votes")
@pytest.mark.parametrize("kind", KINDS)
def test_a_move_gives_a_sum_the_bias_with_which_it_keeps_its_mean(kind):
    designs, _, random = designs_of(kind, 3)
    keep_mean = next(move for move in BIASES.moves if move.apply.__name__ == "_keep_mean")
    genome = designs.seeds()[-1].copy()
    wanted = designs.genes_of(designs.settled(genome[None])[0], 0)["biases"]
    genes = designs.genes_of(genome, 0)
    genes["biases"][:] = 10**6
    for _ in range(60):
        keep_mean.apply(AffineSite(designs.parts[0], genes, random))
    assert genes["biases"].tolist() == wanted.tolist()
