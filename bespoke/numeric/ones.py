"""How many bits of words are set."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

_ONES = np.array([number.bit_count() for number in range(1 << 16)], dtype=np.uint8)


def count_ones(words: NDArray[np.uint64]) -> NDArray[np.uint8]:
    """Number of ones in each word, which numpy counts by itself since version 2."""
    if hasattr(np, "bitwise_count"):
        return np.asarray(np.bitwise_count(words))
    parts = np.ascontiguousarray(words).view(np.uint16).reshape(*words.shape, 4)
    return np.asarray(_ONES[parts].sum(axis=-1, dtype=np.uint8))
