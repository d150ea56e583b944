"""Interpolation in the tables of a cell library.

Between the points of a table figures are bilinear. Beyond them they continue linearly in the load, since delay
grows with ``resistance * load``, but keep the value of the edge in the transition time: printed libraries are
characterised with transition times of microseconds while their cells switch in milliseconds, and a line through
a few microseconds says nothing there (EGFET INVX1: -1.9 ms of rise delay per ms of transition time).
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from typing import NamedTuple

from bespoke.cells import Table


class Curve(NamedTuple):
    """A table at one load: values over ascending transition times in ms."""

    slews_ms: Sequence[float]
    values: Sequence[float]

    def at(self, slew_ms: float) -> float:
        """Value at a transition time."""
        slews, values = self
        if slew_ms <= slews[0]:
            return values[0]
        if slew_ms >= slews[-1]:
            return values[-1]
        right = bisect_right(slews, slew_ms)
        left_slew = slews[right - 1]
        share = (slew_ms - left_slew) / (slews[right] - left_slew)
        return values[right - 1] + share * (values[right] - values[right - 1])


def at_load(table: Table, load_pf: float) -> Curve:
    """Curve of a table at a load in pF."""
    loads = table.loads_pf
    if len(loads) == 1:
        return Curve(table.slews_ms, [row[0] for row in table.values])
    right = min(max(bisect_right(loads, load_pf), 1), len(loads) - 1)
    share = (load_pf - loads[right - 1]) / (loads[right] - loads[right - 1])
    return Curve(table.slews_ms, [row[right - 1] + share * (row[right] - row[right - 1]) for row in table.values])
