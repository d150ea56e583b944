"""The smallest change in levels, of any features at once, that gives a circuit another output: by trial and by SAT."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from bespoke.model import IntArray
from bespoke.robustness.device import Bools, Device
from bespoke.robustness.nearness import Nearness
from bespoke.robustness.sat import Box, differing_input

MAX_TRIED = 4096  # inputs of a box that are all tried instead of asking SAT
_CORNERS = 64


def radii(
    device: Device,
    words: IntArray,
    largest: int,
    *,
    timeout_s: float = 30.0,
    seed: int = 42,
    on_row: Callable[[int], None] = lambda _: None,
) -> Nearness:
    """Find the radius of each row, exactly.

    Each box around a row is tried whole if it is small. Else changes of single features and random corners of the box
    are tried, and where these all have the output of the row, SAT finds another input or proves that there is none.

    Parameters
    ----------
    device : Device
    words : ndarray of int64, shape (n_rows, n_features)
    largest : int
        Radius, in levels, up to which is looked.
    timeout_s : float
        For a call of SAT; where it is over, or without ABC, the row is not certain from there on.
    seed : int
        Of the corners.
    on_row : callable
        Told the number of each row that SAT is asked about.
    """
    rng, own = np.random.default_rng(seed), device.outputs(words)
    broken, certain = (np.zeros(len(words), dtype=np.int64) for _ in range(2))
    examples, open_rows = words.copy(), np.ones(len(words), dtype=bool)
    for radius in range(1, largest + 1):
        for row in np.flatnonzero(open_rows).tolist():
            box = _box(device, words[row], radius)
            tried = _tried(words[row], *box, rng)
            other = np.flatnonzero(device.outputs(tried) != own[row])
            found: IntArray | None = tried[other[0]] if len(other) else None
            decided = found is not None or _size(*box) <= MAX_TRIED
            if not decided:
                on_row(row)
                found, decided = differing_input(device, int(own[row]), box, timeout_s)
            if found is not None:
                broken[row], examples[row] = radius, found
            certain[row] = radius if found is None and decided else certain[row]
            open_rows[row] = found is None and decided
    return Nearness(certain, broken, examples, largest)


def _box(device: Device, word: IntArray, radius: int) -> Box:
    return np.maximum(word - radius, device.least), np.minimum(word + radius, device.largest)


def _size(low: IntArray, high: IntArray) -> int:
    size = 1
    for count in (high - low + 1).tolist():
        size *= count
    return size


def _tried(word: IntArray, low: IntArray, high: IntArray, rng: np.random.Generator) -> IntArray:
    """All inputs of a small box, else changes of single features and random corners."""
    if _size(low, high) <= MAX_TRIED:
        axes = [np.arange(a, b + 1) for a, b in zip(low, high, strict=True)]
        return np.stack([part.ravel() for part in np.meshgrid(*axes, indexing="ij")], axis=1).astype(np.int64)
    count = len(word)
    single = np.repeat(word[None], 2 * count, axis=0)
    single[np.arange(count), np.arange(count)] = low
    single[np.arange(count, 2 * count), np.arange(count)] = high
    sides: Bools = rng.random((_CORNERS, count)) < 0.5
    return np.concatenate([single, np.where(sides, low, high)])
