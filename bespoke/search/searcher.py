"""What all searchers share: the task, where a search stands, and how it goes on."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple, Protocol

import numpy as np
from numpy.typing import NDArray

from bespoke.model import IntArray
from bespoke.search.archive import non_dominated
from bespoke.search.loss import Loss
from bespoke.search.protocol import DesignSpace, FloatArray


class Task(NamedTuple):
    """What is searched, and for what.

    Attributes
    ----------
    space : DesignSpace
    loss : Loss
        First objective; the second is the cost.
    seeds : ndarray of int64, shape (n, size)
        Genomes to start from, the exact model first.
    worst : float
        Loss above which a candidate is of no interest.
    exact_cost : float
    seen : ndarray of bool, shape (n_rows,)
        Which training rows the search sees.
    """

    space: DesignSpace
    loss: Loss
    seeds: IntArray
    worst: float
    exact_cost: float
    seen: NDArray[np.bool_]

    def objectives(self, genomes: IntArray) -> FloatArray:
        """Losses and costs, shape (n, 2)."""
        return np.stack([self.loss(genomes), self.space.costs(genomes)], axis=1)

    def front(self, genomes: IntArray) -> IntArray:
        """Non-dominated feasible genomes by rising cost."""
        objectives = self.objectives(genomes)
        feasible = np.flatnonzero(objectives[:, 0] <= self.worst)
        return np.asarray(genomes[feasible][non_dominated(objectives[feasible])], dtype=np.int64)

    def volume(self, objectives: FloatArray) -> float:
        """Hypervolume of a front by rising cost, relative to the worst loss and the exact cost."""
        losses = np.concatenate([[self.worst], objectives[:, 0]])
        width = np.maximum(self.exact_cost - objectives[:, 1], 0.0)
        return float(((losses[:-1] - losses[1:]) * width).sum() / max(self.worst * self.exact_cost, 1e-12))


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
        Non-dominated genomes by rising cost.
    populations : tuple of ndarray of int64, shape (n, m)
        What the searcher goes on from: genomes of each island, parameters tried so far, or the one current genome.
    volumes : tuple of float
        Hypervolume of the archive after each epoch, as a share of the box between no loss at no cost and the worst
        loss at the exact cost.
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
