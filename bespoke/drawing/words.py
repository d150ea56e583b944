"""Figures and names in words, as tables, labels and pages show them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

NOT_STATED = "not stated"  # by the cell library


def score_words(value: float | None) -> str:
    """A score with three decimals."""
    return "-" if value is None else f"{value:.3f}"


def area_words(area_mm2: float) -> str:
    """An area in the unit that suits its size."""
    return f"{area_mm2 / 100:.3g} cm2" if area_mm2 >= 100 else f"{area_mm2:.3g} mm2"


def power_text(power_mw: float | None) -> str:
    """A power in the unit that suits its size."""
    if power_mw is None:
        return NOT_STATED
    return f"{power_mw:.3g} mW" if power_mw >= 0.1 else f"{1000 * power_mw:.3g} µW"


def delay_text(delay_ms: float | None, digits: int = 3) -> str:
    """A delay in ms."""
    return NOT_STATED if delay_ms is None else f"{delay_ms:.{digits}g} ms"


def yield_words(row: Mapping[str, Any]) -> str:
    """Functional yield of a row of a front with its interval, in per cent; empty where it has none."""
    share, low, high = (row.get(f"functional_yield{end}") for end in ("", "_low", "_high"))
    return "" if share is None or low is None or high is None else f"{share:.1%} ({100 * low:.1f} to {100 * high:.1f})"


def shortened(name: str, most: int) -> str:
    """A name of at most so many letters, its middle left out where it is longer."""
    head = most - most // 2 - 1
    return name if len(name) <= most else f"{name[:head]}…{name[len(name) - most // 2 :]}"
