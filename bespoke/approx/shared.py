"""Adders that sums save by sharing pairs of summands, estimated for many candidates at once."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from bespoke.approx.adders import FULL_ADDER, HALF_ADDER, FloatArray, signed_digits
from bespoke.model import IntArray


class _Best(NamedTuple):
    """The pair of words that saves most, per candidate; each of shape (n_candidates,)."""

    gain: FloatArray
    first: IntArray
    second: IntArray
    shift: IntArray
    sign: IntArray


def shared_cost(weights: IntArray, bits: IntArray, rounds: int) -> FloatArray:
    """NAND2 cells that sharing saves, shape (n_candidates,).

    The greedy choice of the generator, for all candidates in step: in each round the pair
    ``word_i + sign * 2**shift * word_k`` that saves most becomes a word of its own. It stops after ``rounds``, or
    where no candidate saves anything.

    Parameters
    ----------
    weights : ndarray of int64, shape (n_candidates, n_sums, n_columns)
    bits : ndarray of int64, shape (n_candidates, n_columns)
        Bits of each column.
    rounds : int
    """
    saved = np.zeros(len(weights))
    planes = signed_digits(weights)
    if not planes:
        return saved
    digits = np.stack(planes, axis=-1).astype(np.float32)
    for _ in range(rounds):
        best = _best_pair(digits, bits)
        if not (best.gain > 0).any():
            break
        saved += np.maximum(best.gain, 0.0)
        digits, bits = _with_pair(digits, bits, best)
    return saved


def _best_pair(digits: NDArray[np.float32], bits: IntArray) -> _Best:
    count, _, words, places = digits.shape
    by_word = digits.transpose(0, 2, 1, 3)
    best = _Best(np.zeros(count), *(np.zeros(count, dtype=np.int64) for _ in range(4)))
    for shift in range(places):
        first = np.ascontiguousarray(by_word[..., : places - shift]).reshape(count, words, -1)
        second = np.ascontiguousarray(by_word[..., shift:]).reshape(count, words, -1).transpose(0, 2, 1)
        both, net = np.abs(first) @ np.abs(second), first @ second
        for sign in (1, -1):
            uses = (both + sign * net) / 2
            gains = _gains(uses, bits, shift)
            if shift == 0:
                gains = np.where(np.tri(words, dtype=bool), -1.0, gains)
            place = gains.reshape(count, -1).argmax(axis=1)
            found = _Best(
                np.take_along_axis(gains.reshape(count, -1), place[:, None], 1)[:, 0],
                place // words,
                place % words,
                np.full(count, shift),
                np.full(count, sign),
            )
            better = found.gain > best.gain
            best = _Best(*(np.where(better, new, old) for new, old in zip(found, best, strict=True)))
    return best


def _gains(uses: NDArray[np.float32], bits: IntArray, shift: int) -> FloatArray:
    """Cells saved by each pair: one full adder per bit taken out of the columns, less what building it takes."""
    first, second = bits[:, :, None], bits[:, None, :]
    width = np.maximum(first, second + shift) + 1
    full = first + second - width
    half = np.maximum(width - 1 - shift - full, 0)
    gains = (uses - 1) * full * FULL_ADDER - half * HALF_ADDER
    return np.where((shift < first) & (second > 0), gains, -1.0)


def _with_pair(digits: NDArray[np.float32], bits: IntArray, best: _Best) -> tuple[NDArray[np.float32], IntArray]:
    """Digits with the pair as another word, and its bits."""
    count, _, _, places = digits.shape
    lines = np.arange(count)
    first, second = digits[lines, :, best.first], digits[lines, :, best.second]
    source = np.arange(places)[None, :] + best.shift[:, None]
    inside = source < places
    shifted = np.take_along_axis(second, np.broadcast_to(np.minimum(source, places - 1)[:, None], second.shape), 2)
    shifted = shifted * inside[:, None]
    hit = (first * shifted * best.sign[:, None, None] > 0) & (best.gain > 0)[:, None, None]
    pair = np.where(hit, first, 0)
    rest = digits.copy()
    rest[lines, :, best.first] -= pair
    moved = np.zeros_like(pair)
    for place in range(places):
        target = np.minimum(place + best.shift, places - 1)
        moved[lines, :, target] += np.where(hit[:, :, place], shifted[:, :, place], 0)
    rest[lines, :, best.second] -= moved
    widths = np.maximum(bits[lines, best.first], bits[lines, best.second] + best.shift) + 1
    return np.concatenate([rest, pair[:, :, None]], axis=2), np.concatenate([bits, widths[:, None]], axis=1)
