"""Input words by rule: all of them, the corners, and random ones."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

IntArray = NDArray[np.int64]
MAX_EXHAUSTIVE_BITS = 16


def every_input(bits: tuple[int, ...]) -> IntArray:
    """All input vectors in the order of a Gray code, the features' most significant bits changing most often.

    Neighbours differ in one bit, mostly in one that few adders depend on, so that an event-driven simulator has
    little to do per vector.
    """
    count = np.arange(1 << sum(bits), dtype=np.int64)
    gray = count ^ (count >> 1)
    words = np.zeros((len(count), len(bits)), dtype=np.int64)
    places = sorted((width - 1 - bit, feature, bit) for feature, width in enumerate(bits) for bit in range(width))
    for position, (_, feature, bit) in enumerate(places):
        words[:, feature] |= ((gray >> position) & 1) << bit
    return words


def corners(bits: tuple[int, ...]) -> IntArray:
    """All zero, all at maximum, and each feature alone at maximum or alone at zero."""
    largest = largest_words(bits)
    alone = np.diag(largest)
    return np.unique(np.vstack([np.zeros_like(largest), largest, alone, largest - alone]), axis=0)


def random_inputs(bits: tuple[int, ...], count: int, seed: int) -> IntArray:
    """Vectors that are uniform over each feature's range."""
    generator = np.random.default_rng(seed)
    return generator.integers(0, largest_words(bits) + 1, size=(count, len(bits)), dtype=np.int64)


def largest_words(bits: tuple[int, ...]) -> IntArray:
    """The greatest word of each feature, shape (n_features,)."""
    return (np.int64(1) << np.array(bits, dtype=np.int64)) - 1
