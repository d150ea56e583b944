"""Decision trees as a design space."""

from __future__ import annotations

import pickle
from dataclasses import replace

import numpy as np
import pytest
from random_models import random_tree, random_words
from small_libraries import EGFET_COSTS
from small_models import tree

from bespoke.approx import approximate_thresholds
from bespoke.model import LEAF, Value
from bespoke.search import ComparatorDesigns, SearchOptions, TreesDesigns, explore
from bespoke.search.tree_growth import Rows
from bespoke.search.trees import TreeCounts, tree_counts

THREE = tree([(0, 6, 1, 2), (1, 9, 3, 4), (0, 11, 5, 6), 1, 0, 0, 2])


def random_space(seed, rows=80):
    rng = np.random.default_rng(seed)
    exact = random_tree(rng, 40)
    words = random_words(rng, exact.coding, rows)
    classes = len(exact.decision.classes)
    targets = rng.integers(0, classes, rows) if classes else rng.integers(-150, 100, rows)
    return TreesDesigns(exact, words, targets, EGFET_COSTS), rng


def outputs_of(space, genomes, words):
    parts = list(space.outputs(genomes, words, np.zeros(len(words), dtype=np.int64)))
    assert [part.part.start for part in parts] == list(range(0, len(genomes), 64))
    return np.concatenate([part.words for part in parts])


def random_genomes(space, rng, count):
    genomes = list(space.seeds())
    while len(genomes) < count:
        first, second = (genomes[int(rng.integers(len(genomes)))] for _ in range(2))
        child = space.cross(first, second, rng) if rng.random() < 0.4 else first
        genomes.append(space.mutate(child, rng))
    return np.array(genomes)


@pytest.mark.slow_if("[2-7]", "1?", "2?")
@pytest.mark.parametrize("seed", range(25))
def test_outputs_are_those_of_the_model(seed):
    space, rng = random_space(seed)
    genomes = random_genomes(space, rng, 80)
    words = random_words(rng, space.exact.coding, 300)
    found = outputs_of(space, genomes, words)
    for genome, row in zip(genomes, found, strict=True):
        assert (space.decode(genome).predict(words) == row).all()


@pytest.mark.slow_if("1?", "2?")
@pytest.mark.parametrize("seed", range(25))
def test_the_first_seed_is_the_exact_model(seed):
    space, rng = random_space(seed)
    words = random_words(rng, space.exact.coding, 300)
    first = space.decode(space.seeds()[0])
    assert (first.predict(words) == space.exact.predict(words)).all()
    assert first.stages[0].node_count <= space.exact.stages[0].node_count


@pytest.mark.slow_if("[2-9]")
@pytest.mark.parametrize("seed", range(10))
def test_variation_stays_in_the_space(seed):
    space, rng = random_space(seed)
    inner = int((space.exact.stages[0].feature != LEAF).sum())
    tops = np.array(space.exact.coding.bits)[space.exact.stages[0].feature[space.exact.stages[0].feature != LEAF]]
    for genome in random_genomes(space, rng, 150)[len(space.seeds()) :]:
        before = genome.copy()
        space.mutate(genome, rng)
        assert (genome == before).all()
        assert genome.shape == space.start.shape == (1 + 2 * inner,)
        assert genome.dtype == np.int64
        assert ((genome[1 : 1 + inner] >= 0) & (genome[1 : 1 + inner] <= 1 << tops)).all()
        assert np.isin(genome[1 + inner :], (0, 1)).all()


def test_crossover_takes_every_gene_from_a_parent():
    space, rng = random_space(3)
    first, second = random_genomes(space, rng, 40)[-2:]
    for _ in range(50):
        child = space.cross(first, second, rng)
        assert ((child == first) | (child == second)).all()
        assert child[0] == first[0]


def test_leaves_take_the_majority_of_their_training_rows():
    words = np.array([[0, 0]] * 3 + [[0, 12]] * 2 + [[8, 0]] * 4 + [[15, 0]] * 5)
    targets = np.array([0, 0, 1, 1, 1, 2, 2, 1, 1, 2, 2, 2, 0, 0])
    space = TreesDesigns(THREE, words, targets, EGFET_COSTS)
    genome = space.seeds()[0]
    assert space.decode(genome).stages[0].values[:, 0].tolist() == [0, 0, 0, 1, 0, 0, 2]
    genome[0] = 1
    # Right of 6 the two leaves hold classes 1 (a tie with 2) and 2, left of it 0 and 1.
    assert sorted(space.decode(genome).stages[0].values[3:, 0].tolist()) == [0, 1, 1, 2]
    genome[-1] = 1  # nodes 0, 1 and 2 are tested; the last is cut: 5 of its 9 rows are of class 2
    assert space.decode(genome).stages[0].node_count == 5
    assert space.decode(genome).predict(words).tolist() == [0, 0, 0, 1, 1] + [2] * 9


def test_a_test_that_all_training_rows_pass_alike_is_left_out():
    words, targets = np.array([[0, 0], [9, 0], [15, 0]]), np.array([0, 0, 2])
    space = TreesDesigns(THREE, words, targets, EGFET_COSTS)
    genome = space.seeds()[0]
    genome[0] = 1
    model = space.decode(genome)
    assert set(model.stages[0].feature.tolist()) == {LEAF, 0}
    assert model.predict(words).tolist() == targets.tolist()


def test_values_take_the_rounded_mean():
    stage = replace(tree([(0, 7, 1, 2), 0, 0]).stages[0], values=np.array([0, -4, 9]))
    exact = replace(tree([0]), stages=(stage,), decision=Value(frac_bits=2))
    words, targets = np.array([[0, 0], [0, 0], [9, 9], [9, 9], [9, 9]]), np.array([-8, -7, 3, 4, 6])
    space = TreesDesigns(exact, words, targets, EGFET_COSTS)
    genome = space.seeds()[0]
    assert space.decode(genome).predict(words).tolist() == [-4, -4, 9, 9, 9]
    genome[0] = 1
    assert space.decode(genome).predict(words).tolist() == [-7, -7, 4, 4, 4]  # means -7.5 and 4.33, halves up
    genome[2] = 1
    assert space.decode(genome).stages[0].values[:, 0].tolist() == [0]


@pytest.mark.slow_if("nodes0")
@pytest.mark.parametrize("nodes", [[2], [(0, 6, 1, 2), 0, 1]])
def test_smallest_trees(nodes):
    words = np.array([[0, 0], [9, 9], [15, 1]])
    space = TreesDesigns(tree(nodes), words, np.array([0, 1, 1]), EGFET_COSTS)
    rng = np.random.default_rng(0)
    genomes = random_genomes(space, rng, 30)
    outputs_of(space, genomes, words)
    assert space.costs(genomes).min() == 0
    options = SearchOptions(population=8, islands=1, epochs=2, generations=2, agreement=0.0, smooth=0.0)
    found = explore(space, words, np.array([0, 1, 1]), options)
    assert found.losses[0] == (1.0 if nodes == [2] else 0.0)


def test_cost_counts_by_hand():
    space = TreesDesigns(THREE, np.array([[0, 0]]), np.array([0]), EGFET_COSTS)
    genome = space.seeds()[0]
    # Bounds 7 = 0111 (3 gates), 10 = 1010 (2) and, from 7 on, 12 = 1100 (1). Leaves 1 | 0 and 0 | 2 differ in one bit
    # each; the root joins either of these bits with a constant.
    assert tree_counts(space._tree(genome)) == TreeCounts(compare_bits=6, merges=2, selections=0, tests=3)
    genome[1] = 8  # x0 >= 8 is a bit of the input; x0 >= 12 where x0 >= 8 is another
    assert tree_counts(space._tree(genome)) == TreeCounts(compare_bits=2, merges=2, selections=0, tests=1)


def test_fewer_bits_and_shared_comparators_cost_less():
    space, _ = random_space(5, rows=300)
    genome = space.seeds()[0]
    inner = (len(space.start) - 1) // 2
    assert inner > 10
    coarse, cut = genome.copy(), genome.copy()
    coarse[1 : 1 + inner] = genome[1 : 1 + inner] + 3 >> 2 << 2
    cut[1 + inner] = 1
    costs = space.costs(np.array([genome, coarse, cut]))
    assert costs[0] > costs[1] > costs[2] == 0


@pytest.mark.slow_if("3")
@pytest.mark.parametrize("seed", range(10))
def test_margins_leave_each_row_out_of_its_leaf(seed):
    space, rng = random_space(seed)
    genomes = random_genomes(space, rng, 40)[-20:]
    genomes[:, 2 + (len(space.start) - 1) // 2 :] = 1  # cut below the root: stumps, whose leaves are those of the model
    classes = len(space.exact.decision.classes)
    words = random_words(rng, space.exact.coding, 60)
    targets = rng.integers(0, max(1, classes), 60)
    (found,) = space.outputs(genomes, words, targets)
    if not classes:
        assert found.margins is None
        return
    assert ((found.margins > 0) <= (found.words == targets)).all()
    for genome, margins in zip(genomes, found.margins, strict=True):
        model = space.decode(genome)
        stage = model.stages[0]
        assert stage.node_count <= 3
        sides = words[:, stage.feature[0]] <= stage.threshold[0] if stage.node_count == 3 else np.zeros(60, dtype=bool)
        for row in range(60):
            others = targets[(sides == sides[row]) & (np.arange(60) != row)]
            votes = np.bincount(others, minlength=classes + 1)
            own = model.predict(words[row : row + 1])[0]
            wins = own == targets[row] and votes[own] > np.delete(votes, own).max() and votes[own] > 0
            assert (margins[row] == 1) == wins


def test_copies_for_other_processes_are_small_and_alike():
    space, rng = random_space(5)
    genomes = random_genomes(space, rng, 100)
    words = random_words(rng, space.exact.coding, 50)
    fresh = len(pickle.dumps(space))
    found = outputs_of(space, genomes, words)
    text = pickle.dumps(space)
    assert len(text) < 1.5 * fresh
    assert (outputs_of(pickle.loads(text), genomes, words) == found).all()


def test_rows_at_most_a_threshold():
    words = np.array([[3, 1], [0, 1], [7, 2], [3, 9]])
    rows = Rows(words, words[:, 0])
    for feature in range(2):
        for threshold in range(-1, 11):
            wanted = sum(1 << row for row in range(4) if words[row, feature] <= threshold)
            assert rows.at_most(feature, threshold) == wanted


@pytest.mark.slow
def test_search_finds_smaller_trees():
    rng = np.random.default_rng(1)
    words = rng.integers(0, 16, (200, 2))
    targets = (words[:, 0] >= 8) * 1
    exact = tree([(0, 6, 1, 2), (1, 9, 3, 4), (0, 7, 5, 6), 0, (1, 11, 7, 8), 0, 1, 0, 0])
    space = TreesDesigns(exact, words, targets, EGFET_COSTS)
    options = SearchOptions(population=20, islands=1, epochs=2, generations=5, agreement=0.0)
    found = explore(space, words, targets, options)
    again = explore(space, words, targets, options)
    assert (found.genomes == again.genomes).all()
    best = found.genomes[np.argmin(found.costs + 1e6 * found.losses)]
    assert (space.decode(best).predict(words) == targets).all()
    assert space.costs(best[None])[0] == 0  # x0 >= 8 is a wire


@pytest.mark.slow
def test_comparators_take_bits_and_offsets_as_the_step_does():
    for seed in range(10):
        rng = np.random.default_rng(seed)
        exact = random_tree(rng, 40)
        words = random_words(rng, exact.coding, 50)
        space = ComparatorDesigns(exact, words, exact.predict(words), EGFET_COSTS)
        assert (space.decode(space.seeds()[0]).predict(words) == exact.predict(words)).all()
        for genome in random_genomes(space, rng, 40):
            bits, offsets = genome.reshape(-1, 2).T.tolist()
            widths = [exact.coding.bits[feature] for feature, _ in exact.stages[0].tests()]
            assert all(min(width, 2) <= b <= width for b, width in zip(bits, widths, strict=True))
            assert all(-5 <= offset <= 5 for offset in offsets)
            step = approximate_thresholds(exact, bits, offsets)
            assert (space.decode(genome).predict(words) == step.predict(words)).all()


@pytest.mark.slow
def test_comparators_of_few_bits_are_found():
    rng = np.random.default_rng(3)
    words = rng.integers(0, 16, (200, 2))
    exact = tree([(0, 6, 1, 2), (1, 9, 3, 4), (0, 12, 5, 6), 0, 1, 2, 0])
    targets = tree([(0, 7, 1, 2), (1, 7, 3, 4), (0, 11, 5, 6), 0, 1, 2, 0]).predict(words)
    space = ComparatorDesigns(exact, words, targets, EGFET_COSTS)
    options = SearchOptions(population=20, islands=1, epochs=2, generations=5, smooth=0.0, worst_loss=0.3)
    found = explore(space, words, targets, options)
    best = found.genomes[np.argmin(found.losses)]
    assert found.losses.min() == 0
    assert space.costs(best[None])[0] < 0.5 * found.costs[0]
