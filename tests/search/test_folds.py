"""Candidates judged by refitted models."""

from __future__ import annotations

from types import SimpleNamespace

import numpy as np
import pytest
from small_libraries import EGFET_COSTS
from small_models import tree

from bespoke.search import SearchOptions, TreesDesigns, assured_gains, explore
from bespoke.search.folds import Fold, best_at, exact_held_loss, held_out_wrong, prices


def front(points):
    """A search's result with costs and losses alone, the exact model first."""
    costs, losses = np.array(points, dtype=float).T
    return SimpleNamespace(costs=costs, losses=losses)


def test_prices_by_hand():
    # Cost shares 1, .2, .5, .6, .8; .6 is above the line from .5 to .8 and has the price of .5.
    found = front([(10, 0.0), (2, 0.30), (5, 0.06), (6, 0.055), (8, 0.02)])
    slopes = np.array([0.24 / 0.3, 0.04 / 0.3, 0.02 / 0.2])
    middle = np.sqrt(slopes[:-1] * slopes[1:])
    assert prices(found) == pytest.approx([0.0, 2 * slopes[0], middle[0], middle[0], middle[1]])
    assert [best_at(found, price) for price in prices(found)] == [0, 1, 2, 2, 4]


def test_at_no_price_the_cheapest_of_the_best_is_taken():
    found = front([(10, 0.1), (4, 0.1), (2, 0.2)])
    assert best_at(found, 0.0) == 1
    assert prices(found)[1] == 0.0


@pytest.mark.parametrize("seed", range(20))
def test_corners_are_best_at_their_price(seed):
    rng = np.random.default_rng(seed)
    points = np.stack([rng.integers(1, 50, 30), rng.random(30)], axis=1)
    found = front(points)
    own = prices(found)
    values = found.losses[None] + own[:, None] * found.costs[None] / found.costs[0]
    best = values.argmin(axis=1)
    order = np.argsort(found.costs)
    assert (np.diff(own[order]) <= 1e-12).all()  # dearer ones belong to lower prices
    assert {best_at(found, price) for price in own} <= set(best.tolist()) | {int(np.argmin(found.losses))}


def overfitted():
    """Rows of one class or another by feature 0, a fifth of them wrong, and a tree that tells most rows apart."""
    rng = np.random.default_rng(2)
    words = rng.integers(0, 16, (200, 2))
    targets = (words[:, 0] >= 8) ^ (rng.random(200) < 0.2)
    nodes = [(0, 7, 1, 2), *[(1, 3 + 8 * i, 3 + 2 * i, 4 + 2 * i) for i in range(2)]]
    nodes += [(0, 2 + 3 * i, 7 + 2 * i, 8 + 2 * i) for i in range(4)] + [0, 1, 1, 0, 0, 1, 1, 0]
    return tree(nodes), words, targets * 1


@pytest.mark.slow
def test_an_overfitted_tree_is_no_better_than_its_stump():
    exact, words, targets = overfitted()
    options = SearchOptions(population=20, islands=1, epochs=2, generations=5, agreement=0.0, worst_loss=0.3)
    found = explore(TreesDesigns(exact, words, targets, EGFET_COSTS), words, targets, options)
    folds = []
    for number in range(2):
        seen = np.arange(200) % 2 != number
        space = TreesDesigns(exact, words[seen], targets[seen], EGFET_COSTS)
        folds.append(Fold(space, words[seen], targets[seen], words[~seen], targets[~seen]))
    finds = [explore(fold.space, fold.words, fold.targets, options) for fold in folds]
    wrong = held_out_wrong(found, folds, finds)
    assert wrong.shape == (len(found.genomes), 200)
    exact_wrong = np.concatenate([exact.predict(fold.held_words) != fold.held_targets for fold in folds])
    assert (wrong[0] == exact_wrong).all()
    assert exact_held_loss(folds) == exact_wrong.mean()
    good = np.flatnonzero(assured_gains(wrong, 0.0) >= 0)
    chosen = good[np.argmin(found.costs[good])]
    assert found.costs[chosen] < 0.2 * found.costs[0]
    assert wrong[chosen].mean() == pytest.approx(0.2, abs=0.06)
