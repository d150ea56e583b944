"""Round figures for the axes of plots."""

from __future__ import annotations

import math
from collections.abc import Sequence

_LOG_STEPS = ((1, 10), (1, 3), (1, 2, 5), (1, 1.5, 2, 3, 4, 5, 6, 8))
_LINEAR_STEPS = (1, 2, 2.5, 5, 10)


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
    return [place * step for place in range(first, math.floor(high / step) + 1)]


def plain_numbers(values: Sequence[float], *, is_even: bool) -> list[str]:
    """Round figures without exponents; ``is_even`` gives all of them as many decimals as one of them needs."""
    texts = [f"{value:.10f}".rstrip("0").rstrip(".") for value in values]
    if is_even:
        decimals = max((len(text.partition(".")[2]) for text in texts), default=0)
        texts = [f"{value:.{decimals}f}" for value in values]
    return [("0" if text == "-0" else text).replace("-", "\N{MINUS SIGN}") for text in texts]
