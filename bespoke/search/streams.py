"""Random streams of a search: one for each use, so that none depends on how much another one draws."""

from __future__ import annotations

from enum import IntEnum

import numpy as np


class Stream(IntEnum):
    """What random numbers are for; numbers that follow in the key tell streams of one use apart."""

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
