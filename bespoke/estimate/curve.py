"""Interpolation in the tables of a cell library.

Between the points of a table figures are bilinear. Beyond them they continue linearly in the load, since delay
grows with ``resistance * load``. In the transition time there are two rules:

* "hold" keeps the value of the edge. Printed libraries are characterised with transition times of microseconds while
  their cells switch in milliseconds, and a line through a few microseconds says nothing there (EGFET INVX1: -1.9 ms of
  rise delay per ms of transition time). It is the default.
* "extrapolate" continues the line of the last two points, as OpenSTA does. Delays of cells may come out negative.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from typing import Literal, NamedTuple, get_args

from bespoke.cells import Table

TableEnds = Literal["hold", "extrapolate"]
TABLE_ENDS: tuple[TableEnds, ...] = get_args(TableEnds)


class Curve(NamedTuple):
    """A table at one load: values over ascending transition times in ms, and whether lines go on beyond these."""

    slews_ms: Sequence[float]
    values: Sequence[float]
    goes_on: bool = False

    def at(self, slew_ms: float) -> float:
        """Value at a transition time."""
        slews, values, goes_on = self
        if not goes_on:
            if slew_ms >= slews[-1]:
                return values[-1]
            if slew_ms <= slews[0]:
                return values[0]
        right = min(max(bisect_right(slews, slew_ms), 1), len(slews) - 1)
        left_slew = slews[right - 1]
        share = (slew_ms - left_slew) / (slews[right] - left_slew)
        return values[right - 1] + share * (values[right] - values[right - 1])


def at_load(table: Table, load_pf: float, ends: TableEnds = "hold") -> Curve:
    """Curve of a table at a load in pF, under a rule for other transition times than the table has."""
    loads, goes_on = table.loads_pf, ends == "extrapolate" and len(table.slews_ms) > 1
    if len(loads) == 1:
        return Curve(table.slews_ms, [row[0] for row in table.values], goes_on)
    right = min(max(bisect_right(loads, load_pf), 1), len(loads) - 1)
    share = (load_pf - loads[right - 1]) / (loads[right] - loads[right - 1])
    values = [row[right - 1] + share * (row[right] - row[right - 1]) for row in table.values]
    return Curve(table.slews_ms, values, goes_on)
