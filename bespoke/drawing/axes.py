"""Axes of plots: from figures to positions, with ticks at round figures."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

_ROOM = 0.06
_LOG_STEPS = ((1, 10), (1, 3), (1, 2, 5), (1, 1.5, 2, 3, 4, 5, 6, 8))
_LINEAR_STEPS = (1, 2, 2.5, 5, 10)


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
        """Position of a figure."""
        share = (self._scaled(value) - self._scaled(self.low)) / (self._scaled(self.high) - self._scaled(self.low))
        return self.start + share * (self.end - self.start)

    def ticks(self, most: int) -> list[tuple[float, str]]:
        """Positions of at most so many round figures, with their text."""
        values = log_ticks(self.low, self.high, most) if self.is_log else linear_ticks(self.low, self.high, most)
        texts = plain_numbers(values, is_even=not self.is_log)
        return [(self.at(value), text) for value, text in zip(values, texts, strict=True)]

    def _scaled(self, value: float) -> float:
        return math.log(value) if self.is_log else value


def fitted_axis(
    name: str, values: Iterable[float], ends: tuple[float, float], *, is_log: bool, least_span: float = 0.0
) -> Axis:
    """Axis that shows all values with some room beside them; logarithmic only if all values are positive.

    Parameters
    ----------
    name : str
    values : iterable of float
        At least one.
    ends : tuple of float
        Where it starts and ends.
    is_log : bool
    least_span : float
        Of a linear axis.
    """
    known = list(values)
    low, high = min(known), max(known)
    if is_log and low > 0:
        room = (high / low) ** _ROOM if high > low else 1.5
        return Axis(name, low / room, high * room, *ends, is_log=True)
    span = max(high - low, least_span) or abs(high) or 1.0
    middle = (low + high) / 2
    half = span * (0.5 + _ROOM)
    return Axis(name, middle - half, middle + half, *ends)


def log_ticks(low: float, high: float, most: int) -> list[float]:
    """Round figures from ``low`` to ``high``: the densest set of at most ``most``."""
    best: list[float] = []
    for steps in _LOG_STEPS:
        decades = range(math.floor(math.log10(low)), math.ceil(math.log10(high)) + 1)
        found = [step * 10.0**decade for decade in decades for step in steps]
        inside = sorted({value for value in found if low <= value <= high})
        if len(inside) > most:
            break
        best = inside
    return best if len(best) > 1 else linear_ticks(low, high, most)


def linear_ticks(low: float, high: float, most: int) -> list[float]:
    """Multiples of 1, 2, 2.5 or 5 times a power of ten from ``low`` to ``high``, at most ``most``."""
    decade = 10.0 ** math.floor(math.log10((high - low) / most))
    step = next(step * decade for step in _LINEAR_STEPS if (high - low) / (step * decade) < most)
    first = math.ceil(low / step)
    return [number * step for number in range(first, math.floor(high / step) + 1)]


def plain_numbers(values: Sequence[float], *, is_even: bool) -> list[str]:
    """Round figures without exponents; ``is_even`` gives all of them as many decimals as one of them needs."""
    texts = [f"{value:.10f}".rstrip("0").rstrip(".") for value in values]
    if is_even:
        decimals = max((len(text.partition(".")[2]) for text in texts), default=0)
        texts = [f"{value:.{decimals}f}" for value in values]
    return [("0" if text == "-0" else text).replace("-", "\N{MINUS SIGN}") for text in texts]
