"""The searcher ``autoapprox``: it calibrates, leaves out what cannot pay, and finds the front of a small space."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from small_libraries import EGFET_COSTS
from small_models import WORDS, mlp

from bespoke.search import MappingDesigns, SearchOptions, explore
from bespoke.search.autoapprox import AutoApprox, Calibration
from bespoke.search.loss import Loss, training_rows
from bespoke.search.searcher import SearchTask, non_dominated

OPTIONS = SearchOptions(
    searcher="autoapprox", smooth=0.0, epochs=20, generations=20, patience=20, seed=3, worst_loss=0.012
)


class Counted(MappingDesigns):
    """A space that knows which genomes had their outputs computed."""

    def outputs(self, genomes, words, targets=None):
        self.known = getattr(self, "known", set()) | {genome.tobytes() for genome in genomes}
        return super().outputs(genomes, words, targets)


def space_of(model, most=8):
    targets = model.predict(WORDS).copy()
    random = np.random.default_rng(0)
    targets[random.random(len(targets)) < 0.1] = 0
    return Counted(model, WORDS, EGFET_COSTS, most=most), WORDS, targets


def all_mappings(space):
    counts = [np.arange(one.most + 1) for one in space.parameters]
    return space.with_parameters(np.stack(np.meshgrid(*counts), axis=-1).reshape(-1, len(counts)))


@pytest.mark.slow
def test_it_finds_the_front_of_a_small_space_with_a_part_of_it():
    space, words, targets = space_of(mlp(), most=6)
    every = all_mappings(space)
    loss = Loss(space, training_rows(words, targets, "accuracy"))
    figures = np.stack([loss(every), space.costs(every)], axis=1)
    worst = figures[0, 0] + OPTIONS.worst_loss
    front = figures[figures[:, 0] <= worst]
    front = front[non_dominated(front)]
    space.known = set()
    found = explore(space, words, targets, OPTIONS)
    assert len(every) > 2 * len(space.known)
    assert np.allclose(np.stack([found.losses, found.costs], axis=1)[1:], front)


def task_of(worst):
    space, words, targets = space_of(mlp())
    loss = Loss(space, training_rows(words, targets, "accuracy"), worst=worst)
    seeds = space.seeds()
    return SearchTask(space, (loss,), seeds, float(space.costs(seeds[:1])[0]), np.ones(len(targets), dtype=bool))


@pytest.mark.slow
def test_calibration_is_of_single_units_and_leaves_out_what_loses_too_much():
    task = task_of(0.4)
    (tried,) = AutoApprox(task, OPTIONS).start().populations
    figures = task.objectives(task.space.with_parameters(tried))
    most = np.array([one.most for one in task.space.parameters])
    alone = tried[1 : np.minimum(most, 10).sum() + 1]
    assert [(alone[:, unit] > 0).sum() for unit in range(len(most))] == np.minimum(most, 10).tolist()
    assert (np.count_nonzero(alone, axis=1) == 1).all()
    calibration = Calibration.of(task, figures)
    assert np.allclose(calibration.figures(alone), task.objectives(task.space.with_parameters(alone)))
    strict = Calibration.of(task._replace(goals=(replace(task.loss, worst=figures[0, 0] + 0.01),)), figures)
    for own, allowed in zip(strict.alone, strict.allowed, strict=True):
        assert 0 in allowed
        assert set(np.flatnonzero(own[:, 0] > 0.01)).isdisjoint(allowed)
    assert sum(map(len, strict.allowed)) < sum(map(len, calibration.allowed))


@pytest.mark.slow
def test_what_was_tried_is_not_tried_again():
    state = explore(*space_of(mlp()), OPTIONS).state
    (tried,) = state.populations
    first = len(AutoApprox(task_of(0.4), OPTIONS).start().populations[0])
    assert len(np.unique(tried[first:], axis=0)) == len(tried) - first > 0
