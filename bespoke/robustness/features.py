"""The fewest features whose change gives a circuit another output, whatever the levels: by trial and by SAT."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import combinations
from math import prod

import numpy as np

from bespoke.model import IntArray
from bespoke.netlist import FALSE, TRUE, NetlistBuilder
from bespoke.proof.word import Word
from bespoke.robustness.device import Device
from bespoke.robustness.nearness import Nearness
from bespoke.robustness.sat import differing_input

MOST_TRIED = 1 << 16  # inputs with so many features changed that are all tried instead of asking SAT


def few_features(device: Device, words: IntArray, largest: int, *, timeout_s: float = 30.0) -> Nearness:
    """Find the fewest features that have to change, exactly.

    Parameters
    ----------
    device : Device
    words : ndarray of int64, shape (n_rows, n_features)
    largest : int
        Number of features up to which is looked.
    timeout_s : float
        For a call of SAT; where it is over, or without ABC, the row is not certain from there on.
    """
    own, measured = device.outputs(words), device.measured
    needed, certain = (np.zeros(len(words), dtype=np.int64) for _ in range(2))
    examples, open_rows = words.copy(), np.ones(len(words), dtype=bool)
    for count in range(1, min(largest, measured) + 1):
        sizes = [1 << bits for bits in device.bits[:measured]]
        is_small = sum(prod(each) for each in combinations(sizes, count)) <= MOST_TRIED
        for row in np.flatnonzero(open_rows).tolist():
            word, output = words[row], int(own[row])
            if is_small:
                found, decided = _by_trial(device, output, word, count), True
            else:
                found, decided = _by_sat(device, output, word, count, timeout_s)
            if found is not None:
                needed[row], examples[row] = count, found
            certain[row] = count if found is None and decided else certain[row]
            open_rows[row] = found is None and decided
    certain[certain == measured] = max(largest, measured)
    return Nearness(certain, needed, examples, largest)


def _by_trial(device: Device, own: int, word: IntArray, count: int) -> IntArray | None:
    tried = np.concatenate(list(_changed(device, word, count)))
    other = np.flatnonzero(device.outputs(tried) != own)
    return tried[other[0]] if len(other) else None


def _changed(device: Device, word: IntArray, count: int) -> Iterator[IntArray]:
    """All inputs that differ in no features but some so many."""
    for chosen in combinations(range(device.measured), count):
        axes = np.meshgrid(*(np.arange(1 << device.bits[feature]) for feature in chosen), indexing="ij")
        found = np.repeat(word[None], axes[0].size, axis=0)
        for feature, axis in zip(chosen, axes, strict=True):
            found[:, feature] = axis.ravel()
        yield found


def _by_sat(device: Device, own: int, word: IntArray, count: int, timeout_s: float) -> tuple[IntArray | None, bool]:
    """An input that differs in so few features and has another output, if there is one; and whether that is certain."""
    now = word.tolist()

    def few(builder: NetlistBuilder, words: Sequence[Word]) -> int:
        differing = [
            builder.any_of([literal ^ (value >> bit & 1) for bit, literal in enumerate(each.literals)])
            for each, value in zip(words, now, strict=True)
        ]
        return _at_most(builder, differing, count)

    return differing_input(device, own, (device.least, device.largest), timeout_s, few)


def _at_most(builder: NetlistBuilder, literals: Sequence[int], count: int) -> int:
    """Literal that is 1 where at most so many of some literals are."""
    reached = [TRUE, *[FALSE] * (count + 1)]  # at least 0, 1, ... of those seen
    for literal in literals:
        reached = [
            TRUE,
            *(builder.or_(reached[at], builder.and_(reached[at - 1], literal)) for at in range(1, count + 2)),
        ]
    return reached[-1] ^ 1
