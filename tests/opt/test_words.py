"""Words ordered by their ones."""

from __future__ import annotations

import numpy as np
import pytest

from bespoke.compiled import entry
from bespoke.opt.words import ORDERS, Integers, Words, words_by_ones


@entry
def _listed(words: Words, following: Integers, order: Integers) -> int:
    return words_by_ones(words, following, order)


@pytest.mark.parametrize("room", [40, 7, 0])
def test_words_with_most_ones_come_first_and_empty_ones_are_left_out(room: int) -> None:
    rng = np.random.default_rng(room)
    words = rng.integers(1 << 63, size=40, dtype=np.uint64) & rng.integers(1 << 63, size=40, dtype=np.uint64)
    words[::5], words[3] = 0, ~np.uint64(0)
    order = np.zeros(room, dtype=np.int64)
    count = _listed(words, np.zeros(ORDERS, dtype=np.int64), order)
    ones = [int(word).bit_count() for word in words]
    expected = sorted((number for number in range(40) if ones[number]), key=lambda number: -ones[number])
    assert count == min(room, 32)
    assert order.tolist() == expected[:room] + [0] * max(0, room - 32)
