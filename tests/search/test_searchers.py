"""Every searcher on every design space: the same seed, the same front, also when it is stopped and taken up again."""

from __future__ import annotations

import sys
from dataclasses import replace

import numpy as np
import pytest
from random_models import random_words
from small_libraries import EGFET_COSTS
from small_models import WORDS, mlp, svm, tree

from bespoke.errors import ToolMissingError
from bespoke.numeric import csd
from bespoke.search import (
    SEARCHERS,
    AffineDesigns,
    ComparatorDesigns,
    MappingDesigns,
    SearchOptions,
    TreesDesigns,
    explore,
)

QUICK = SearchOptions(population=8, islands=1, epochs=3, generations=6, seed=5, worst_loss=0.3)
TREE = tree([(0, 6, 1, 2), (1, 9, 3, 4), (0, 11, 5, 6), 1, 0, 0, 2])


def noisy(targets, count, share=0.1):
    random = np.random.default_rng(0)
    return np.where(random.random(len(targets)) < share, (targets + 1) % count, targets)


def sums():
    model = mlp()
    return AffineDesigns(model, WORDS, EGFET_COSTS), WORDS, noisy(model.predict(WORDS), 3)


def values():
    model = svm([[93, -41, 7]], [60])
    return (
        AffineDesigns(model, WORDS, EGFET_COSTS),
        WORDS,
        model.predict(WORDS) + np.random.default_rng(0).integers(-60, 60, len(WORDS)),
    )


def trees(designs=TreesDesigns):
    words = random_words(np.random.default_rng(1), TREE.coding, 120)
    targets = noisy(TREE.predict(words), 3)
    return designs(TREE, words, targets, EGFET_COSTS), words, targets


def comparators():
    return trees(ComparatorDesigns)


def mapping():
    model = mlp()
    targets = noisy(model.predict(WORDS), 3)
    return MappingDesigns(model, WORDS, EGFET_COSTS, most=8), WORDS, targets


SPACES = {"sums": sums, "values": values, "trees": trees, "comparators": comparators, "mapping": mapping}


@pytest.fixture(
    params=[(searcher, space) for searcher in SEARCHERS if searcher != "exhaustive" for space in SPACES], ids="-".join
)
def job(request):
    searcher, space = request.param
    if searcher == "bayes":
        pytest.importorskip("optuna")
    task = SPACES[space]()
    metric = "accuracy" if task[0].exact.decision.is_classifier else "r2"
    return task, replace(QUICK, searcher=searcher, metric=metric)


@pytest.mark.slow_unless("nsga2-trees", "nsga2-comparators", "bayes-comparators", "greedy-trees", "greedy-comparators")
def test_stopped_and_taken_up_again_it_ends_at_the_same_front(job):
    task, options = job
    states = []
    whole = explore(*task, options, on_epoch=states.append)
    assert whole.state.epoch == len(states) == 3
    rest = explore(*task, options, state=states[0])
    assert np.array_equal(whole.genomes, rest.genomes)
    assert whole.state.volumes == rest.state.volumes


@pytest.mark.slow_if("*-sums", "*-mapping", "nsga2-values", "bayes-trees")
def test_the_front_is_worth_it_and_starts_with_the_exact_model(job):
    (space, words, targets), options = job
    found = explore(space, words, targets, options)
    assert np.array_equal(found.genomes[0], space.seeds()[0])
    assert (np.diff(found.costs[1:]) > 0).all()
    assert (np.diff(found.losses[1:]) < 1e-12).all()  # sums over other batches are rounded otherwise
    assert found.costs[1] < 0.8 * found.costs[0]
    assert (found.losses[1:] <= found.losses[0] + options.worst_loss + 1e-12).all()
    assert (np.diff(found.state.volumes) > -1e-12).all()


@pytest.mark.slow_if("mapping")
@pytest.mark.parametrize("space", SPACES)
def test_simplifications_are_distinct_single_changes(space):
    designs, words, _ = SPACES[space]()
    exact = designs.seeds()[0]
    for part in designs.simplifications(exact):
        assert len(np.unique(part, axis=0)) == len(part) > 0
        assert not (part == exact).all(axis=1).any()
        for genome in part[:5]:
            designs.decode(genome).predict(words)


def test_simplifications_of_sums_take_one_digit_or_bit():
    designs, _, _ = sums()
    exact = designs.start
    for number, part in enumerate(designs.simplifications(exact)):
        before = designs.values(exact[None], number)
        after = designs.values(part, number)
        for index in range(len(part)):
            digits = [
                len(csd(int(old))) - len(csd(int(new)))
                for old, new in zip(before["weights"].ravel(), after["weights"][index].ravel(), strict=True)
                if old != new
            ]
            cut = int(after["masked"][index].sum() - before["masked"].sum())
            outputs = any((after[name][index] != before[name][0]).any() for name in ("dropped", "limits"))
            assert sum((len(digits), cut, outputs)) == 1
            assert all(gone >= 1 for gone in digits)


@pytest.mark.slow_if("sums")
@pytest.mark.parametrize("space", ["sums", "values", "trees"])
def test_parameters_go_from_the_exact_model_to_next_to_nothing(space):
    designs, _, _ = SPACES[space]()
    most = np.array([one.most for one in designs.parameters])
    genomes = designs.with_parameters(np.stack([0 * most, most // 4, most]))
    assert np.array_equal(genomes[0], designs.seeds()[0])
    costs = designs.costs(genomes)
    assert costs[0] > costs[1] > costs[2]
    assert costs[2] <= 0.1 * costs[0]
    assert len({one.name for one in designs.parameters}) == len(designs.parameters)


def test_left_out_techniques_are_no_part_of_the_search():
    model = mlp()
    designs = AffineDesigns(model, WORDS, EGFET_COSTS, ("accumulation",))
    random = np.random.default_rng(0)
    genomes = [*designs.seeds(), *(designs.mutate(designs.start, random) for _ in range(100))]
    assert len(np.unique(genomes, axis=0)) > 20
    for genome in genomes:
        for number in range(len(designs.parts)):
            before, after = (designs.genes_of(one, number) for one in (designs.start, genome))
            assert all(np.array_equal(before[name], after[name]) for name in before if name != "masked")


def test_balanced_sums_keep_their_mean():
    designs, words, _ = values()
    genomes = designs.with_parameters(np.array([[gone, 3, 1] for gone in range(6)]))
    plain = genomes.copy()
    designs.values(plain, 0)["biases"][:] = designs.exact.stages[0].biases
    mean = designs.exact.predict(words).mean()
    off, off_plain = (
        np.abs([designs.decode(genome).predict(words).mean() - mean for genome in some]) for some in (genomes, plain)
    )
    assert (off <= 0.5).all()
    assert off_plain.max() > 5
    assert np.array_equal(designs.settled(genomes), genomes)


@pytest.mark.slow
def test_greedy_ends_where_no_change_is_worth_it():
    task = sums()
    found = explore(*task, replace(QUICK, searcher="greedy", epochs=200, patience=2, worst_loss=0.02))
    assert found.state.epoch < 200
    assert len(found.state.populations[0]) == 1


@pytest.mark.slow
def test_bayes_without_optuna_says_what_to_install(monkeypatch):
    monkeypatch.setitem(sys.modules, "optuna", None)
    with pytest.raises(ToolMissingError, match=r"optuna is not installed.*bespoke\[bayes\]"):
        explore(*sums(), replace(QUICK, searcher="bayes"))
