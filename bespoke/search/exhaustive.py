"""All values of the few parameters of a design space, where they are not too many."""

from __future__ import annotations

from math import prod

import numpy as np

from bespoke.errors import OptionError
from bespoke.search.searcher import Advance, Searcher, SearchState

MOST_DESIGNS = 20_000
_PART = 1_000  # candidates judged together


class Exhaustive(Searcher):
    """Searcher ``exhaustive``: all values of all parameters of the design space, in one epoch.

    Raises
    ------
    OptionError
        If they are too many.
    """

    def start(self) -> Advance:
        """The exact model."""
        counts = [one.most + 1 for one in self.task.space.parameters]
        if prod(counts) > MOST_DESIGNS:
            allowed = f"models with at most {MOST_DESIGNS:,} designs, or another searcher"
            got = f"{prod(counts):,} designs of {len(counts)} parameters"
            raise OptionError("too many designs to try all", where="searcher exhaustive", got=got, allowed=allowed)
        return Advance((self.task.seeds[:1],), self.task.seeds[:1])

    def advance(self, state: SearchState) -> Advance:
        """The front of all designs; after the first epoch there is nothing new."""
        space, found = self.task.space, self.task.seeds[:1]
        counts = [one.most + 1 for one in space.parameters]
        for start in range(0, 0 if state.epoch else prod(counts), _PART):
            numbers = np.arange(start, min(start + _PART, prod(counts)))
            values = np.stack(np.unravel_index(numbers, counts), axis=1) if counts else np.zeros((1, 0), dtype=np.int64)
            found = self.task.front(np.concatenate([found, space.with_parameters(values)]))[0]
        return Advance(state.populations, found)
