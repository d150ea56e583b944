"""Greedy stage-wise simplification, the baseline: at each step the change that saves the most area per loss."""

from __future__ import annotations

import numpy as np

from bespoke.model import IntArray
from bespoke.search.searcher import Advance, Searcher, SearchState

_FREE = 1e-6  # loss up to which changes are as good as free: of these the one that saves most is made
_LEAST_SAVED = 1e-9


class Greedy(Searcher):
    """Searcher ``greedy``: one genome, which parts of the model take turns to simplify.

    There is nothing random. The search ends when no single change saves area at a loss of interest. An epoch is
    ``generations`` steps.
    """

    def start(self) -> Advance:
        """The exact model."""
        exact = self.task.seeds[:1]
        return Advance((exact,), exact)

    def advance(self, state: SearchState) -> Advance:
        """Some steps, as far as there are any."""
        path = [state.populations[0][0]]
        first = state.epoch * self.options.generations
        for step in range(first, first + self.options.generations):
            simpler = self._step(path[-1], step)
            if simpler is None:
                break
            path.append(simpler)
        return Advance((path[-1][None],), np.array(path))

    def _step(self, genome: IntArray, step: int) -> IntArray | None:
        """The genome after the best change in the part whose turn it is, or in the next one that has any."""
        parts = self.task.space.simplifications(genome)
        before = self.task.objectives(genome[None])[0].tolist()
        turn = step % len(parts)
        found = (self._best(genomes, *before) for genomes in parts[turn:] + parts[:turn])
        return next((best for best in found if best is not None), None)

    def _best(self, genomes: IntArray, loss: float, cost: float) -> IntArray | None:
        if not len(genomes):
            return None
        saved = cost - self.task.space.costs(genomes)
        genomes, saved = genomes[saved > _LEAST_SAVED], saved[saved > _LEAST_SAVED]
        losses = self.task.loss(genomes)
        ratios = np.where(losses <= self.task.loss.worst, saved / np.maximum(losses - loss, _FREE), 0.0)
        return np.asarray(genomes[ratios.argmax()]) if ratios.any() else None
