"""Populations that evolve apart by NSGA-II, each in a process of its own, and exchange members of the common front.

Source: Deb et al., "A Fast and Elitist Multiobjective Genetic Algorithm", IEEE TEC 6, 2002.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from joblib import Parallel, delayed
from pymoo.algorithms.moo.nsga2 import NSGA2
from pymoo.core.crossover import Crossover
from pymoo.core.mutation import Mutation
from pymoo.core.population import Population
from pymoo.core.problem import Problem
from pymoo.operators.survival.rank_and_crowding import RankAndCrowding
from pymoo.optimize import minimize

from bespoke.external import in_child
from bespoke.model import IntArray
from bespoke.search.design_space import distinct
from bespoke.search.genes import FloatArray
from bespoke.search.loss import Loss
from bespoke.search.searcher import Advance, Searcher, SearchState, Stream

Rest = Any  # further arguments of pymoo, which has no types
_SMALLEST = 16.0  # NAND2 cells; below, a smaller circuit is of no interest
_DIGITS = 7
_CROSSED = 0.5


def logarithmic(costs: FloatArray) -> FloatArray:
    """Costs on the scale on which searchers compare them: a share saved counts alike at every size."""
    return np.asarray(np.log2(_SMALLEST + costs), dtype=np.float64)


class Islands(Searcher):
    """Searcher ``nsga2``.

    An epoch is ``generations`` generations of ``population`` candidates on each island. There are ``islands``, but at
    least one for each goal; they take the goals in turn.
    """

    def start(self) -> Advance:
        """Seeds and changed seeds."""
        islands = range(max(self.options.islands, len(self.task.goals)))
        return Advance(tuple(self._first(island) for island in islands), self.task.seeds)

    def advance(self, state: SearchState) -> Advance:
        """Some generations on every island, which start with members of the common front, whatever their goal."""
        options, goals, starts = self.options, self.task.goals, state.populations
        if state.epoch:
            front = state.archive[spread(len(state.archive), max(1, options.population // 4))]
            starts = tuple(_with_front(population, front) for population in starts)
        seeds = [Stream.EVOLUTION.seed(options.seed, state.epoch, island) for island in range(len(starts))]
        populations = Parallel(n_jobs=options.islands)(
            delayed(in_child(evolve))(goals[island % len(goals)], genomes, options.generations, seeds[island])
            for island, genomes in enumerate(starts)
        )
        return Advance(tuple(populations), np.concatenate(populations))

    def _first(self, island: int) -> IntArray:
        random, seeds = Stream.START.generator(self.options.seed, island), self.task.seeds
        missing = range(len(seeds), self.options.population)
        changed = [self.task.space.mutate(seeds[random.integers(len(seeds))], random) for _ in missing]
        return np.array([*seeds[: self.options.population], *changed])


def spread(length: int, count: int) -> IntArray:
    """Positions of at most ``count`` members of a front of some length, evenly spaced along it; the ends are kept."""
    return np.unique(np.rint(np.linspace(0, length - 1, min(length, count))).astype(np.int64))


def _with_front(population: IntArray, front: IntArray) -> IntArray:
    """The population with the members of a front that it lacks instead of its last ones."""
    missing = distinct([*population, *front])[len(distinct(list(population))) :]
    return np.concatenate([population[: len(population) - len(missing)], missing])


def evolve(goal: Loss, genomes: IntArray, generations: int, seed: int) -> IntArray:
    """Population after some generations, shape (n, n_genes).

    Parameters
    ----------
    goal : Loss
        First objective, and where candidates are feasible; the second is the logarithm of the cost.
    genomes : ndarray of int64, shape (n, n_genes)
        First population; its size is kept.
    generations : int
    seed : int
    """
    algorithm = NSGA2(
        pop_size=len(genomes),
        sampling=genomes,
        crossover=_Cross(2, 2, prob=_CROSSED),
        mutation=_Mutate(prob=1.0),
        survival=_DistinctSurvival(),
        eliminate_duplicates=True,
    )
    # pymoo counts the evaluation of the first population as a generation.
    result = minimize(_Problem(goal, seed), algorithm, ("n_gen", generations + 1), seed=seed)
    return np.asarray(result.pop.get("X"), dtype=np.int64)


class _Problem(Problem):  # type: ignore[misc]  # pymoo has no types
    def __init__(self, goal: Loss, seed: int) -> None:
        self.space, self._goal = goal.space, goal
        super().__init__(n_var=len(self.space.start), n_obj=2, n_ieq_constr=1, xl=-(2**40), xu=2**40, vtype=int)
        # Versions of pymoo differ in whether they hand a generator to operators.
        self.random = np.random.default_rng(np.random.SeedSequence(seed).spawn(1)[0])

    def _evaluate(self, genomes: IntArray, out: dict[str, FloatArray], *_: Rest, **__: Rest) -> None:
        genomes = genomes.astype(np.int64)
        losses = self._goal(genomes)
        out["F"] = np.stack([losses, logarithmic(self.space.costs(genomes))], axis=1)
        out["G"] = (losses - self._goal.worst)[:, None]


class _Mutate(Mutation):  # type: ignore[misc]  # pymoo has no types
    def _do(self, problem: _Problem, genomes: IntArray, **_: Rest) -> IntArray:
        return np.array([problem.space.mutate(genome, problem.random) for genome in genomes.astype(np.int64)])


class _Cross(Crossover):  # type: ignore[misc]  # pymoo has no types
    def _do(self, problem: _Problem, parents: IntArray, **_: Rest) -> IntArray:
        mothers, fathers = parents.astype(np.int64)
        cross, random = problem.space.cross, problem.random
        pairs = list(zip(mothers, fathers, strict=True))
        children = [cross(mother, father, random) for mother, father in pairs]
        return np.array([children, [cross(father, mother, random) for mother, father in pairs]])


class _DistinctSurvival(RankAndCrowding):  # type: ignore[misc]  # pymoo has no types
    """Rank and crowding; of candidates with equal objectives one stays, as long as there are enough others."""

    def _do(self, problem: Problem, pop: Population, *args: Rest, n_survive: int, **rest: Rest) -> Population:
        _, first = np.unique(np.round(pop.get("F"), _DIGITS), axis=0, return_index=True)
        first = np.sort(first)
        others = np.setdiff1d(np.arange(len(pop)), first)
        kept = min(n_survive, len(first))
        survivors = super()._do(problem, pop[first], *args, n_survive=kept, **rest)
        again = pop[others[: n_survive - kept]]
        for individual in again:
            individual.set("rank", len(pop))
            individual.set("crowding", 0.0)
        return Population.merge(survivors, again)
