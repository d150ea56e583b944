"""The searcher ``exhaustive``: the front of all designs, or a refusal."""

from __future__ import annotations

import numpy as np
import pytest
from small_libraries import EGFET_COSTS
from small_models import WORDS, mlp

from bespoke.errors import OptionError
from bespoke.search import MappingDesigns, SearchOptions, explore
from bespoke.search.loss import Loss, training_rows
from bespoke.search.searcher import non_dominated

OPTIONS = SearchOptions(searcher="exhaustive", smooth=0.0, epochs=3, worst_loss=0.05)


def task(most):
    space = MappingDesigns(mlp(), WORDS, EGFET_COSTS, most=most)
    targets = space.exact.predict(WORDS).copy()
    targets[::9] = 0
    return space, WORDS, targets


@pytest.mark.slow
def test_it_finds_the_front_of_all_designs():
    space, words, targets = task(most=3)
    counts = [np.arange(one.most + 1) for one in space.parameters]
    every = space.with_parameters(np.stack(np.meshgrid(*counts), axis=-1).reshape(-1, len(counts)))
    figures = np.stack([Loss(space, training_rows(words, targets, "accuracy"))(every), space.costs(every)], axis=1)
    front = figures[figures[:, 0] <= figures[0, 0] + OPTIONS.worst_loss]
    front = front[non_dominated(front)]
    states = []
    found = explore(space, words, targets, OPTIONS, on_epoch=states.append)
    assert len(front) > 3
    assert np.allclose(np.stack([found.losses, found.costs], axis=1)[1:], front)
    assert all(np.array_equal(state.archive, states[0].archive) for state in states)


def test_too_many_designs_are_refused_with_their_number():
    space, words, targets = task(most=16)
    with pytest.raises(OptionError, match=r"too many designs.* got [0-9,]+ designs of .*; allowed: .* 20,000 designs"):
        explore(space, words, targets, OPTIONS)
