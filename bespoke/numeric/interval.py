"""Exact integer ranges, from which every width is derived."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from bespoke.errors import RangeError


@dataclass(frozen=True, slots=True)
class Interval:
    """The closed integer range [low, high].

    A word that holds it is unsigned where ``low >= 0`` and two's complement otherwise.
    """

    low: int
    high: int

    def __post_init__(self) -> None:
        if self.low > self.high:
            raise RangeError("empty interval", got=f"[{self.low}, {self.high}]", allowed="low <= high")

    @property
    def signed(self) -> bool:
        """Whether a word for this range needs a sign bit."""
        return self.low < 0

    @property
    def width(self) -> int:
        """Bits of the narrowest word that holds the range (0 for the constant zero)."""
        if not self.signed:
            return self.high.bit_length()
        return 1 + max((~self.low).bit_length(), self.high.bit_length() if self.high > 0 else 0)

    def __add__(self, other: Interval) -> Interval:
        return Interval(self.low + other.low, self.high + other.high)

    def __contains__(self, value: int) -> bool:
        return self.low <= value <= self.high

    def plus(self, offset: int) -> Interval:
        """Range of ``x + offset``."""
        return Interval(self.low + offset, self.high + offset)

    def scaled(self, factor: int) -> Interval:
        """Range of ``factor * x``."""
        ends = (self.low * factor, self.high * factor)
        return Interval(min(ends), max(ends))

    def clipped_below(self, floor: int) -> Interval:
        """Range of ``max(x, floor)``."""
        return Interval(max(self.low, floor), max(self.high, floor))

    def shifted_right(self, bits: int) -> Interval:
        """Range of ``x >> bits``, the floor of ``x / 2**bits``."""
        return Interval(self.low >> bits, self.high >> bits)

    def masked(self, mask: int) -> Interval:
        """Exact range of ``x & mask`` for a range without negative numbers."""
        return Interval.of_bits([mask & 1 << bit for bit in range(self.width)], self)

    def clipped_above(self, ceiling: int) -> Interval:
        """Range of ``min(x, ceiling)``."""
        return Interval(min(self.low, ceiling), min(self.high, ceiling))

    def union(self, other: Interval) -> Interval:
        """Smallest interval that holds both."""
        return Interval(min(self.low, other.low), max(self.high, other.high))

    @staticmethod
    def constant(value: int) -> Interval:
        """Range of a constant."""
        return Interval(value, value)

    @staticmethod
    def unsigned(bits: int) -> Interval:
        """Range of an unsigned word of ``bits`` bits."""
        return Interval(0, (1 << bits) - 1)

    @staticmethod
    def of_sum(weights: Iterable[int], terms: Iterable[Interval], bias: int) -> Interval:
        """Exact range of ``bias + sum(w_i * x_i)`` for independent ``x_i``."""
        low = high = bias
        for weight, term in zip(weights, terms, strict=True):
            scaled = term.scaled(weight)
            low += scaled.low
            high += scaled.high
        return Interval(low, high)

    @staticmethod
    def of_bits(coefficients: Sequence[int], word: Interval) -> Interval:
        """Exact range of ``sum(coefficients[i] * bit i of x)`` for ``x`` in ``word``, which has no negative number.

        ``coefficients`` has one entry per bit of the word.
        """
        most = _most_of_bits(coefficients, word)
        return Interval(-_most_of_bits([-coefficient for coefficient in coefficients], word), most)


def _most_of_bits(coefficients: Sequence[int], word: Interval) -> int:
    """Largest sum: either an end of the range, or a number that leaves an end at one bit and is free below it."""

    def value(number: int) -> int:
        return sum(c for bit, c in enumerate(coefficients) if number >> bit & 1)

    best = max(value(word.low), value(word.high))
    free = 0
    for bit in range(max(0, (word.low ^ word.high).bit_length() - 1)):
        if word.high >> bit & 1:
            best = max(best, value(word.high >> bit + 1 << bit + 1) + free)
        if not word.low >> bit & 1:
            best = max(best, value((word.low >> bit | 1) << bit) + free)
        free += max(0, coefficients[bit])
    return best
