"""Exact integer ranges, from which every width is derived."""

from __future__ import annotations

from collections.abc import Iterable
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

    def shifted(self, offset: int) -> Interval:
        """Range of ``x + offset``."""
        return Interval(self.low + offset, self.high + offset)

    def scaled(self, factor: int) -> Interval:
        """Range of ``factor * x``."""
        ends = (self.low * factor, self.high * factor)
        return Interval(min(ends), max(ends))

    def clipped_below(self, floor: int) -> Interval:
        """Range of ``max(x, floor)``."""
        return Interval(max(self.low, floor), max(self.high, floor))

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
