"""Words of 64 bits in compiled functions: counting ones, and random numbers."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from bespoke.compiled import borrowing

Words = NDArray[np.uint64]
Integers = NDArray[np.int64]
Floats = NDArray[np.float64]

WORD = 64  # bits
ORDERS = WORD + 2
_PAIRS = np.uint64(0x5555555555555555)
_FOURS = np.uint64(0x3333333333333333)
_BYTES = np.uint64(0x0F0F0F0F0F0F0F0F)
_SUM = np.uint64(0x0101010101010101)
_ONE, _TWO, _FOUR, _TOP = np.uint64(1), np.uint64(2), np.uint64(4), np.uint64(56)
_SHIFTS = (np.uint64(12), np.uint64(25), np.uint64(27), np.uint64(11))
_FACTOR = np.uint64(0x2545F4914F6CDD1D)


@borrowing
def bit_count(word: np.uint64) -> np.int64:
    """Number of ones of a word (H. S. Warren, "Hacker's Delight", 2nd ed., section 5-1)."""
    word = word - ((word >> _ONE) & _PAIRS)
    word = (word & _FOURS) + ((word >> _TWO) & _FOURS)
    word = (word + (word >> _FOUR)) & _BYTES
    return np.int64((word * _SUM) >> _TOP)


@borrowing
def words_by_ones(words: Words, following: Integers, order: Integers) -> int:
    """List words that have ones as ``order``, those with most first, while there is room; return their number.

    By counting: ``following``, room for `ORDERS` numbers, tells where the next word of n zeros stands.
    """
    following[:] = 0
    for word in words:
        following[WORD + 1 - bit_count(word)] += 1
    for n in range(1, WORD + 1):
        following[n] += following[n - 1]
    count = min(following[WORD], len(order))
    for w in range(len(words)):
        zeros = WORD - bit_count(words[w])
        if following[zeros] < count:
            order[following[zeros]] = w
        following[zeros] += 1
    return int(count)


@borrowing
def random_float(state: Words) -> float:
    """Next number in [0, 1) of a generator whose state is not 0.

    xorshift64* (S. Vigna, "An experimental exploration of Marsaglia's xorshift generators, scrambled", ACM TOMS 42,
    2016).
    """
    word = state[0]
    word ^= word >> _SHIFTS[0]
    word ^= word << _SHIFTS[1]
    word ^= word >> _SHIFTS[2]
    state[0] = word
    return np.float64((word * _FACTOR) >> _SHIFTS[3]) * 2.0**-53


@borrowing
def random_below(state: Words, count: int) -> int:
    """Next whole number from 0 to ``count - 1``."""
    return int(random_float(state) * count)
