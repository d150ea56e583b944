"""Axes of plots: from figures to places, with ticks at round figures."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass

from bespoke.flow.ticks import linear_ticks, log_ticks, plain_numbers

_ROOM = 0.06


@dataclass(frozen=True, slots=True)
class Axis:
    """Figures from ``low`` to ``high`` along a line from ``start`` to ``end``, linear or logarithmic."""

    name: str
    low: float
    high: float
    start: float
    end: float
    is_log: bool = False

    def at(self, value: float) -> float:
        """Place of a figure."""
        share = (self._scaled(value) - self._scaled(self.low)) / (self._scaled(self.high) - self._scaled(self.low))
        return self.start + share * (self.end - self.start)

    def ticks(self, most: int) -> list[tuple[float, str]]:
        """Places of at most so many round figures, with their text."""
        values = log_ticks(self.low, self.high, most) if self.is_log else linear_ticks(self.low, self.high, most)
        texts = plain_numbers(values, is_even=not self.is_log)
        return [(self.at(value), text) for value, text in zip(values, texts, strict=True)]

    def _scaled(self, value: float) -> float:
        return math.log(value) if self.is_log else value


def fitted_axis(
    name: str, values: Iterable[float], place: tuple[float, float], *, is_log: bool, least_span: float = 0.0
) -> Axis:
    """Axis that shows all values with some room beside them; logarithmic only if all values are positive.

    Parameters
    ----------
    name : str
    values : iterable of float
        At least one.
    place : tuple of float
        Where it starts and ends.
    is_log : bool
    least_span : float
        Of a linear axis.
    """
    known = list(values)
    low, high = min(known), max(known)
    if is_log and low > 0:
        room = (high / low) ** _ROOM if high > low else 1.5
        return Axis(name, low / room, high * room, *place, is_log=True)
    span = max(high - low, least_span) or abs(high) or 1.0
    middle = (low + high) / 2
    half = span * (0.5 + _ROOM)
    return Axis(name, middle - half, middle + half, *place)
