"""What all searchers share: random streams, the task, where a search stands, and how it goes on."""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass
from enum import IntEnum
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from bespoke.model import IntArray
from bespoke.search.design_space import DesignSpace
from bespoke.search.genes import FloatArray
from bespoke.search.loss import Loss
from bespoke.search.options import SearchOptions


class Stream(IntEnum):
    """What random numbers are for: each use has a stream of its own, so that none depends on how much others draw.

    Numbers that follow in the key tell streams of one use apart.
    """

    ROWS = 0  # which rows the search sees, and the rows near them
    START = 1  # by island
    EVOLUTION = 2  # by epoch, island
    PRUNING = 3
    SAMPLER = 4  # by epoch

    def generator(self, seed: int, *key: int) -> np.random.Generator:
        """Generator of the stream."""
        return np.random.default_rng([seed, self, *key])

    def seed(self, seed: int, *key: int) -> int:
        """Seed for a third party that takes whole numbers."""
        return int(np.random.SeedSequence([seed, self, *key]).generate_state(1)[0])


def non_dominated(objectives: FloatArray) -> IntArray:
    """Positions of the non-dominated rows of objectives, shape (n, 2), all to be small; the first of equal rows.

    Returns
    -------
    ndarray of int64
        By rising second objective.
    """
    order = np.lexsort((np.arange(len(objectives)), objectives[:, 0], objectives[:, 1]))
    best = np.minimum.accumulate(objectives[order, 0])
    return np.asarray(order[np.diff(best, prepend=np.inf) < 0], dtype=np.int64)


class SearchTask(NamedTuple):
    """What is searched, and for what.

    Attributes
    ----------
    space : DesignSpace
    goals : tuple of Loss
        One for each weight of agreement, on the same rows. Searchers that have a single one take the first.
    seeds : ndarray of int64, shape (n, n_genes)
        Genomes to start from, the exact model first.
    exact_cost : float
    seen : ndarray of bool, shape (n_rows,)
        Which training rows the search sees.
    """

    space: DesignSpace
    goals: tuple[Loss, ...]
    seeds: IntArray
    exact_cost: float
    seen: NDArray[np.bool_]

    @property
    def loss(self) -> Loss:
        """The first goal."""
        return self.goals[0]

    def objectives(self, genomes: IntArray) -> FloatArray:
        """Losses by the first goal, and costs, shape (n, 2)."""
        return np.stack([self.loss(genomes), self.space.costs(genomes)], axis=1)

    def front(self, genomes: IntArray) -> tuple[IntArray, float]:
        """Genomes that are feasible and non-dominated in one of the losses and cost, by rising cost; and their volume.

        The hypervolume is the mean over the goals, relative to the worst loss and the exact cost.
        """
        parts, costs = self.loss.parts(genomes), self.space.costs(genomes)
        fronts, volumes = [], []
        for goal in self.goals:
            losses = goal.weighted(parts)
            feasible = np.flatnonzero(losses <= goal.worst)
            front = feasible[non_dominated(np.stack([losses, costs], axis=1)[feasible])]
            heights = -np.diff(losses[front], prepend=goal.worst)
            widths = np.maximum(self.exact_cost - costs[front], 0.0)
            volumes.append((heights * widths).sum() / max(goal.worst * self.exact_cost, 1e-12))
            fronts.append(front)
        kept = np.unique(np.concatenate(fronts))
        return genomes[kept[np.argsort(costs[kept], kind="stable")]], float(np.mean(volumes))


@dataclass(frozen=True, slots=True, eq=False)
class SearchState:
    """Where a search stands: enough to go on exactly as if it had not stopped.

    Attributes
    ----------
    epoch : int
        Epochs done.
    idle : int
        Epochs since the front last got better.
    archive : ndarray of int64, shape (n, n_genes)
        Genomes by rising cost that are non-dominated by one of the goals.
    populations : tuple of ndarray of int64, shape (n, m)
        What the searcher goes on from: genomes of each island, parameters tried so far, or the one current genome.
    volumes : tuple of float
        Hypervolume of the archive after each epoch, the mean over the goals, as a share of the box between no loss at
        no cost and the worst loss at the exact cost.
    """

    epoch: int
    idle: int
    archive: IntArray
    populations: tuple[IntArray, ...]
    volumes: tuple[float, ...] = ()


class Advance(NamedTuple):
    """Populations from which to go on, and genomes (n, n_genes) that were met and may join the archive."""

    populations: tuple[IntArray, ...]
    found: IntArray


@dataclass(frozen=True, slots=True, eq=False)
class Searcher(ABC):
    """A way to look for better genomes, epoch by epoch; what it goes on from stands in the state alone."""

    task: SearchTask
    options: SearchOptions

    @abstractmethod
    def start(self) -> Advance:
        """Populations before the first epoch."""

    @abstractmethod
    def advance(self, state: SearchState) -> Advance:
        """One epoch."""
