"""NSGA-II over a design space (Deb et al., "A Fast and Elitist Multiobjective Genetic Algorithm", IEEE TEC 6, 2002)."""

from __future__ import annotations

from typing import Any

import numpy as np
from pymoo.algorithms.moo.nsga2 import NSGA2
from pymoo.core.crossover import Crossover
from pymoo.core.mutation import Mutation
from pymoo.core.population import Population
from pymoo.core.problem import Problem
from pymoo.operators.survival.rank_and_crowding import RankAndCrowding
from pymoo.optimize import minimize

from bespoke.model import IntArray
from bespoke.search.design_space import DesignSpace
from bespoke.search.outputs import FloatArray
from bespoke.search.searcher import Goal

Rest = Any  # further arguments of pymoo, which has no types
_SMALLEST = 16.0  # NAND2 cells; below, a smaller circuit is of no interest
_DIGITS = 7
_CROSSED = 0.5


def logarithmic(costs: FloatArray) -> FloatArray:
    """Costs on the scale on which searchers compare them: a share saved counts alike at every size."""
    return np.asarray(np.log2(_SMALLEST + costs), dtype=np.float64)


def evolve(space: DesignSpace, goal: Goal, genomes: IntArray, generations: int, seed: int) -> IntArray:
    """Population after some generations, shape (n, size).

    Parameters
    ----------
    space : DesignSpace
    goal : Goal
        First objective, and where candidates are feasible; the second is the logarithm of the cost.
    genomes : ndarray of int64, shape (n, size)
        First population; its size is kept.
    generations : int
    seed : int
    """
    # Versions of pymoo differ in whether they hand a generator to operators.
    random = np.random.default_rng(np.random.SeedSequence(seed).spawn(1)[0])
    algorithm = NSGA2(
        pop_size=len(genomes),
        sampling=genomes,
        crossover=_Cross(space, random),
        mutation=_Mutate(space, random),
        survival=_DistinctSurvival(),
        eliminate_duplicates=True,
    )
    # pymoo counts the evaluation of the first population as a generation.
    result = minimize(_Problem(space, goal), algorithm, ("n_gen", generations + 1), seed=seed)
    return np.asarray(result.pop.get("X"), dtype=np.int64)


class _Problem(Problem):  # type: ignore[misc]  # pymoo has no types
    def __init__(self, space: DesignSpace, goal: Goal) -> None:
        super().__init__(n_var=space.size, n_obj=2, n_ieq_constr=1, xl=-(2**40), xu=2**40, vtype=int)
        self._space, self._goal = space, goal

    def _evaluate(self, genomes: IntArray, out: dict[str, FloatArray], *_: Rest, **__: Rest) -> None:
        genomes = genomes.astype(np.int64)
        losses = self._goal.loss(genomes)
        out["F"] = np.stack([losses, logarithmic(self._space.costs(genomes))], axis=1)
        out["G"] = (losses - self._goal.worst)[:, None]


class _Mutate(Mutation):  # type: ignore[misc]  # pymoo has no types
    def __init__(self, space: DesignSpace, random: np.random.Generator) -> None:
        super().__init__(prob=1.0)
        self._space, self._random = space, random

    def _do(self, _: Problem, genomes: IntArray, **__: Rest) -> IntArray:
        return np.array([self._space.mutate(genome.astype(np.int64), self._random) for genome in genomes])


class _Cross(Crossover):  # type: ignore[misc]  # pymoo has no types
    def __init__(self, space: DesignSpace, random: np.random.Generator) -> None:
        super().__init__(2, 2, prob=_CROSSED)
        self._space, self._random = space, random

    def _do(self, _: Problem, parents: IntArray, **__: Rest) -> IntArray:
        mothers, fathers = parents.astype(np.int64)
        pairs = list(zip(mothers, fathers, strict=True))
        return np.array(
            [
                [self._space.cross(first, second, self._random) for first, second in pairs],
                [self._space.cross(second, first, self._random) for first, second in pairs],
            ]
        )


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
