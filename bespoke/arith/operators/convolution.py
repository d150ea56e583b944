"""Exact error figures of adders from what happens bit by bit, for words too wide to look at each pair of them.

A state of both adders is the exact carry, the state of the approximate one, and the sign of the error so far: bits of
the results differ by -1, 0 or 1, so the highest difference decides the sign.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import replace
from fractions import Fraction
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from bespoke.arith.operators.operator import IntArray, Slices
from bespoke.numeric import ErrorFigures, Relative

_Both = tuple[int, int]  # exact carry, state of the adder
_Floats = NDArray[np.float64]
MOST_RELATIVE_BITS = 24  # of an addend: sums over pairs are then exact in floating point, and take seconds
MOST_ERRORS = 1 << 22  # distinct errors that a distribution may have
_CHUNK = 1 << 22  # sums looked at together
_NEVER = -np.inf


class _Moments(NamedTuple):
    """Over all pairs of words that lead to a state.

    Attributes
    ----------
    pairs, total, square : int
        Their number, and sums of their errors and of the squares of these.
    lowest, highest : int
        Extreme errors.
    """

    pairs: int
    total: int
    square: int
    lowest: int
    highest: int

    def plus(self, error: int) -> _Moments:
        """With an error more on each."""
        square = self.square + 2 * error * self.total + error * error * self.pairs
        return _Moments(self.pairs, self.total + error * self.pairs, square, self.lowest + error, self.highest + error)

    def joined(self, other: _Moments) -> _Moments:
        """Over the pairs of both."""
        return _Moments(
            self.pairs + other.pairs,
            self.total + other.total,
            self.square + other.square,
            min(self.lowest, other.lowest),
            max(self.highest, other.highest),
        )


def convolved_figures(adder: Slices) -> ErrorFigures:
    """Exact figures of any width; the relative ones up to `MOST_RELATIVE_BITS` bits."""
    ways: dict[tuple[_Both, int], _Moments] = {((0, s), 0): _Moments(1, 0, 0, 0, 0) for s in adder.starts()}
    for position in range(adder.width):
        after: dict[tuple[_Both, int], _Moments] = {}
        for (both, sign), moments in ways.items():
            for following, _, difference in _following(adder, position, both):
                key = following, difference or sign
                found = moments.plus(difference << position)
                after[key] = after[key].joined(found) if key in after else found
        ways = after
    ends = defaultdict(list)
    for (both, sign), moments in ways.items():
        top = _top_difference(adder, both)
        if top is not None:
            ends[top or sign].append(moments.plus(top << adder.width))
    figures = _figures(ends)
    return replace(figures, relative=_relative(adder) if adder.width <= MOST_RELATIVE_BITS else None)


def _figures(ends: dict[int, list[_Moments]]) -> ErrorFigures:
    every = [moments for part in ends.values() for moments in part]
    count = sum(moments.pairs for moments in every)
    return ErrorFigures(
        "convolution",
        count,
        1 - Fraction(sum(moments.pairs for moments in ends.get(0, ())), count),
        Fraction(sum(moments.total for moments in every), count),
        Fraction(sum(sign * moments.total for sign, part in ends.items() for moments in part), count),
        Fraction(sum(moments.square for moments in every), count),
        min(moments.lowest for moments in every),
        max(moments.highest for moments in every),
    )


def error_distribution(adder: Slices) -> tuple[IntArray, IntArray] | None:
    """Each error that occurs, ascending, and the number of pairs of words that have it.

    None where there are more than `MOST_ERRORS` on the way, or too many pairs for 64 bits.
    """
    if 2 * adder.width > 62:
        return None
    ways = {(0, state): (np.zeros(1, dtype=np.int64), np.ones(1, dtype=np.int64)) for state in adder.starts()}
    for position in range(adder.width):
        parts: dict[_Both, list[tuple[IntArray, IntArray]]] = defaultdict(list)
        for both, (errors, counts) in ways.items():
            for following, _, difference in _following(adder, position, both):
                parts[following].append((errors + (difference << position), counts))
        ways = {both: _merged(part) for both, part in parts.items()}
        if sum(len(errors) for errors, _ in ways.values()) > MOST_ERRORS:
            return None
    ends = []
    for both, (errors, counts) in ways.items():
        top = _top_difference(adder, both)
        if top is not None:
            ends.append((errors + (top << adder.width), counts))
    return _merged(ends)


def _merged(parts: list[tuple[IntArray, IntArray]]) -> tuple[IntArray, IntArray]:
    errors, where = np.unique(np.concatenate([part[0] for part in parts]), return_inverse=True)
    counts = np.zeros(len(errors), dtype=np.int64)
    np.add.at(counts, where.reshape(-1), np.concatenate([part[1] for part in parts]))
    return errors, counts


def _following(adder: Slices, position: int, both: _Both) -> Iterator[tuple[_Both, int, int]]:
    """States after a bit with the exact bit of the sum, and the difference of the bits, for all bits of the words."""
    carry, state = both
    for a in (0, 1):
        for b in (0, 1):
            total = a + b + carry
            for after, bit in adder.step(position, state, a, b):
                yield (total >> 1, after), total & 1, bit - (total & 1)


def _top_difference(adder: Slices, both: _Both) -> int | None:
    top = adder.last(both[1])
    return None if top is None else top - both[0]


class _BySum(NamedTuple):
    """Per exact sum, over the pairs of words that lead to a state: their number, sum of errors, extreme errors."""

    pairs: _Floats
    total: _Floats
    lowest: _Floats
    highest: _Floats


def _start() -> _BySum:
    return _BySum(np.ones(1), np.zeros(1), np.zeros(1), np.zeros(1))


def _extend(found: _BySum | None, part: _BySum, bit: int, error: int) -> _BySum:
    """Pairs of both parts, where those of ``part`` get a bit of the exact sum on top and an error more."""
    size = len(part.pairs)
    place = slice(bit * size, (bit + 1) * size)
    if found is None:
        never = np.full(2 * size, np.inf)
        found = _BySum(np.zeros(2 * size), np.zeros(2 * size), never, -never)
    found.pairs[place] += part.pairs
    found.total[place] += part.total + error * part.pairs
    found.lowest[place] = np.minimum(found.lowest[place], part.lowest + error)
    found.highest[place] = np.maximum(found.highest[place], part.highest + error)
    return found


def _walk(adder: Slices, first: int, last: int, starts: list[_Both]) -> dict[tuple[_Both, int], _BySum]:
    """From states at a bit to those at another one."""
    ways = {(both, 0): _start() for both in starts}
    for position in range(first, last):
        after: dict[tuple[_Both, int], _BySum] = {}
        for (both, sign), part in ways.items():
            for following, bit, difference in _following(adder, position, both):
                key = following, difference or sign
                after[key] = _extend(after.get(key), part, bit, difference << position)
        ways = after
    return ways


def _upper(adder: Slices, half: int, both: _Both) -> dict[int, _BySum]:
    """By the sign of the error above: what lies above a bit for a state there; the top bit of the sum is the carry."""
    ends: dict[int, _BySum] = {}
    for (end, sign), part in _walk(adder, half, adder.width, [both]).items():
        difference = _top_difference(adder, end)
        if difference is not None:
            key = difference or sign
            ends[key] = _extend(ends.get(key), part, end[0], difference << adder.width)
    return ends


def _relative(adder: Slices) -> Relative:
    """Relative figures: the error distance summed up and its maximum per exact sum, upper part by lower part."""
    half = adder.width // 2
    lower: dict[_Both, dict[int, _BySum]] = defaultdict(dict)
    for (both, sign), part in _walk(adder, 0, half, [(0, state) for state in adder.starts()]).items():
        lower[both][sign] = part
    found = [(parts, _upper(adder, half, both)) for both, parts in lower.items()]
    pairs = [(parts, ends) for parts, ends in found if ends]
    low_factors = np.vstack([_low_factors(parts) for parts, _ in pairs])
    high_factors = np.vstack([_high_factors(ends) for _, ends in pairs])
    extremes = [(_extremes(parts), _extremes(ends)) for parts, ends in pairs]
    rows = max(1, _CHUNK >> half)
    total = worst = zero = 0.0
    for start in range(0, high_factors.shape[1], rows):
        chunk = slice(start, start + rows)
        distance = high_factors[:, chunk].T @ low_factors
        sums = np.arange(start, start + len(distance))[:, None] * (1 << half) + np.arange(1 << half)
        if start == 0:
            zero = float(distance[0, 0])
        total += float((distance / np.maximum(sums, 1)).sum())
        for low, high in extremes:
            farthest = np.maximum(high[1][chunk, None] + low[1], -(high[0][chunk, None] + low[0]))
            worst = max(worst, float((farthest / np.maximum(sums, 1))[sums > 0].max()))
    count = 1 << 2 * adder.width
    return Relative(total / count, (total - zero) / (count - 1), max(0.0, worst))


def _low_factors(parts: dict[int, _BySum]) -> _Floats:
    """Count, sum of errors, and sum of their magnitudes."""
    count = sum(part.pairs for part in parts.values())
    total = sum(part.total for part in parts.values())
    return np.vstack([count, total, sum(sign * part.total for sign, part in parts.items())])


def _high_factors(ends: dict[int, _BySum]) -> _Floats:
    """What these are multiplied by: magnitude of the error above, sign of it, count of the pairs without one."""
    size = len(next(iter(ends.values())).pairs)
    none = _BySum(*(np.zeros(size) for _ in _BySum._fields))
    above, below, equal = (ends.get(sign, none) for sign in (1, -1, 0))
    return np.vstack([above.total - below.total, above.pairs - below.pairs, equal.pairs])


def _extremes(parts: dict[int, _BySum]) -> tuple[_Floats, _Floats]:
    """Lowest and highest error per exact sum; infinite the other way round where no pair has that sum."""
    lowest = np.minimum.reduce([part.lowest for part in parts.values()])
    return lowest, np.maximum.reduce([part.highest for part in parts.values()])
