"""Populations that evolve apart by NSGA-II, each in a process of its own, and exchange members of the common front."""

from __future__ import annotations

import numpy as np
from joblib import Parallel, delayed

from bespoke.model import IntArray
from bespoke.search.archive import spread
from bespoke.search.nsga2 import evolve
from bespoke.search.options import SearchOptions
from bespoke.search.searcher import Advance, Goal, SearchState, Task


class Islands:
    """Searcher ``nsga2``.

    Parameters
    ----------
    task : Task
    options : SearchOptions
        An epoch is ``generations`` generations of ``population`` candidates on each of ``islands``.
    """

    def __init__(self, task: Task, options: SearchOptions) -> None:
        self._task, self._options = task, options
        self._guests = max(1, options.population // 4)

    def start(self) -> Advance:
        """Seeds and changed seeds."""
        return Advance(tuple(self._first(island) for island in range(self._options.islands)), self._task.seeds)

    def advance(self, state: SearchState) -> Advance:
        """Some generations on every island, with the common front as guests."""
        options = self._options
        starts = state.populations
        if state.epoch:
            guests = state.archive[spread(len(state.archive), self._guests)]
            starts = tuple(_with_guests(population, guests) for population in starts)
        seeds = [_seed(options.seed, state.epoch, island) for island in range(options.islands)]
        populations = Parallel(n_jobs=options.islands)(
            delayed(evolve)(
                self._task.space, self._goal(island, state.epoch), genomes, options.generations, seeds[island]
            )
            for island, genomes in enumerate(starts)
        )
        return Advance(tuple(populations), np.concatenate(populations))

    def _goal(self, island: int, epoch: int) -> Goal:
        """Each island has its own; where there are fewer islands than goals they take turns."""
        goals = self._task.goals
        turn = epoch if self._options.islands < len(goals) else 0
        return goals[(island + turn) % len(goals)]

    def _first(self, island: int) -> IntArray:
        random = np.random.default_rng([self._options.seed, 1, island])
        seeds = self._task.seeds
        genomes = list(seeds[: self._options.population])
        while len(genomes) < self._options.population:
            genomes.append(self._task.space.mutate(seeds[random.integers(len(seeds))], random))
        return np.array(genomes)


def _seed(seed: int, epoch: int, island: int) -> int:
    return int(np.random.SeedSequence([seed, 2, epoch, island]).generate_state(1)[0])


def _with_guests(population: IntArray, guests: IntArray) -> IntArray:
    """The population with the guests that it lacks in the place of its last members."""
    known = {genome.tobytes() for genome in population}
    new = [genome for genome in guests if genome.tobytes() not in known]
    return np.concatenate([population[: len(population) - len(new)], *(genome[None] for genome in new)])
