"""What all searchers share: the task, where a search stands, and how it goes on."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import NamedTuple, Protocol

import numpy as np
from numpy.typing import NDArray

from bespoke.model import IntArray
from bespoke.search.archive import non_dominated
from bespoke.search.design_space import DesignSpace
from bespoke.search.loss import Loss
from bespoke.search.outputs import FloatArray


class Goal(NamedTuple):
    """What a searcher minimises besides the cost, and the loss above which a candidate is of no interest."""

    loss: Loss
    worst: float


class SearchTask(NamedTuple):
    """What is searched, and for what.

    Attributes
    ----------
    space : DesignSpace
    goals : tuple of Goal
        One for each weight of agreement, on the same rows. `loss`, `worst` and `objectives` are those of the first, for
        searchers that have a single one.
    seeds : ndarray of int64, shape (n, size)
        Genomes to start from, the exact model first.
    exact_cost : float
    seen : ndarray of bool, shape (n_rows,)
        Which training rows the search sees.
    """

    space: DesignSpace
    goals: tuple[Goal, ...]
    seeds: IntArray
    exact_cost: float
    seen: NDArray[np.bool_]

    @property
    def loss(self) -> Loss:
        """The loss of the first goal."""
        return self.goals[0].loss

    @property
    def worst(self) -> float:
        """The loss above which a candidate is of no interest by the first goal."""
        return self.goals[0].worst

    def objectives(self, genomes: IntArray) -> FloatArray:
        """Losses by the first goal, and costs, shape (n, 2)."""
        return np.stack([self.loss(genomes), self.space.costs(genomes)], axis=1)

    def front(self, genomes: IntArray) -> IntArray:
        """Genomes that are feasible and non-dominated in one of the losses and cost, by rising cost."""
        fronts = [feasible[non_dominated(objectives[feasible])] for objectives, feasible in self._goals(genomes)]
        kept = np.unique(np.concatenate(fronts))
        order = np.argsort(self.space.costs(genomes[kept]), kind="stable")
        return np.asarray(genomes[kept][order], dtype=np.int64)

    def volume(self, genomes: IntArray) -> float:
        """Hypervolume of a front, the mean over the goals, relative to the worst loss and the exact cost."""
        volumes = []
        for goal, (objectives, feasible) in zip(self.goals, self._goals(genomes), strict=True):
            front = objectives[feasible[non_dominated(objectives[feasible])]]
            losses = np.concatenate([[goal.worst], front[:, 0]])
            width = np.maximum(self.exact_cost - front[:, 1], 0.0)
            volumes.append(((losses[:-1] - losses[1:]) * width).sum() / max(goal.worst * self.exact_cost, 1e-12))
        return float(np.mean(volumes))

    def _goals(self, genomes: IntArray) -> Iterator[tuple[FloatArray, IntArray]]:
        """For each goal the losses and costs, shape (n, 2), and the positions of feasible genomes."""
        parts, costs = self.loss.parts(genomes), self.space.costs(genomes)
        for loss, worst in self.goals:
            losses = loss.weighted(parts)
            yield np.stack([losses, costs], axis=1), np.flatnonzero(losses <= worst)


@dataclass(frozen=True, slots=True, eq=False)
class SearchState:
    """Where a search stands: enough to go on exactly as if it had not stopped.

    Attributes
    ----------
    epoch : int
        Epochs done.
    idle : int
        Epochs since the front last got better.
    archive : ndarray of int64, shape (n, size)
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
    """Populations from which to go on, and genomes (n, size) that were met and may join the archive."""

    populations: tuple[IntArray, ...]
    found: IntArray


class Searcher(Protocol):
    """A way to look for better genomes, epoch by epoch; what it goes on from stands in the state alone."""

    def start(self) -> Advance:
        """Populations before the first epoch."""
        ...

    def advance(self, state: SearchState) -> Advance:
        """One epoch."""
        ...
