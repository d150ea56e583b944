"""Populations that evolve apart by NSGA-II, each in a process of its own, and exchange members of the common front."""

from __future__ import annotations

import numpy as np
from joblib import Parallel, delayed

from bespoke.model import IntArray
from bespoke.search.archive import spread
from bespoke.search.nsga2 import evolve
from bespoke.search.options import SearchOptions
from bespoke.search.searcher import Advance, SearchState, SearchTask
from bespoke.search.streams import Stream


class Islands:
    """Searcher ``nsga2``.

    Parameters
    ----------
    task : SearchTask
    options : SearchOptions
        An epoch is ``generations`` generations of ``population`` candidates on each island. There are ``islands``, but
        at least one for each goal; they take the goals in turn.
    """

    def __init__(self, task: SearchTask, options: SearchOptions) -> None:
        self._task, self._options = task, options
        self._exchanged = max(1, options.population // 4)
        self._islands = max(options.islands, len(task.goals))

    def start(self) -> Advance:
        """Seeds and changed seeds."""
        return Advance(tuple(self._first(island) for island in range(self._islands)), self._task.seeds)

    def advance(self, state: SearchState) -> Advance:
        """Some generations on every island, which start with members of the common front, whatever their goal."""
        options, goals = self._options, self._task.goals
        starts = state.populations
        if state.epoch:
            front = state.archive[spread(len(state.archive), self._exchanged)]
            starts = tuple(_with_front(population, front) for population in starts)
        seeds = [Stream.EVOLUTION.seed(options.seed, state.epoch, island) for island in range(self._islands)]
        populations = Parallel(n_jobs=options.islands)(
            delayed(evolve)(self._task.space, goals[island % len(goals)], genomes, options.generations, seeds[island])
            for island, genomes in enumerate(starts)
        )
        return Advance(tuple(populations), np.concatenate(populations))

    def _first(self, island: int) -> IntArray:
        random = Stream.START.generator(self._options.seed, island)
        seeds = self._task.seeds
        genomes = list(seeds[: self._options.population])
        while len(genomes) < self._options.population:
            genomes.append(self._task.space.mutate(seeds[random.integers(len(seeds))], random))
        return np.array(genomes)


def _with_front(population: IntArray, front: IntArray) -> IntArray:
    """The population with the members of a front that it lacks instead of its last ones."""
    known = {genome.tobytes() for genome in population}
    new = [genome for genome in front if genome.tobytes() not in known]
    return np.concatenate([population[: len(population) - len(new)], *(genome[None] for genome in new)])
