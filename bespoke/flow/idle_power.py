"""What a circuit takes on some rows, and what of that cells take that have no use on them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from bespoke.cells import CellLibrary
from bespoke.estimate import CellShare, Estimate, TableEnds, estimate
from bespoke.flow.design import Design
from bespoke.model import Boundary, IntArray
from bespoke.netlist import MappedNetlist
from bespoke.sim import simulate_mapped

_USED, _IDLE = "used", "idle"


def ranges_text(switched: Sequence[bool]) -> str:
    """Numbers of some instances, such as ``0-17, 20``."""
    numbers = [number for number, is_switched in enumerate(switched) if is_switched]
    firsts = [n for place, n in enumerate(numbers) if not place or numbers[place - 1] != n - 1]
    lasts = [n for place, n in enumerate(numbers) if place + 1 == len(numbers) or numbers[place + 1] != n + 1]
    return ", ".join(f"{a}-{b}" if a < b else f"{a}" for a, b in zip(firsts, lasts, strict=True))


class Powered(NamedTuple):
    """A netlist, what its ports carry, and the conditions of its figures, as in `bespoke.estimate.estimate`."""

    mapped: MappedNetlist
    library: CellLibrary
    boundary: Boundary
    period_ms: float | None
    table_ends: TableEnds

    @staticmethod
    def of(design: Design) -> Powered:
        """Of a finished design."""
        circuit, options = design.circuit, design.provenance.options
        return Powered(circuit.mapped, circuit.library, circuit.boundary, options.period_ms, options.table_ends)

    def on(self, words: IntArray, idle: Sequence[bool] = ()) -> tuple[Estimate, float | None]:
        """The estimate on input words, and the power in mW without that of idle cells, None if not stated.

        Parameters
        ----------
        words : ndarray of int64, shape (n_rows, n_features)
        idle : sequence of bool
            Which instances are idle; none by default.
        """
        found = estimate(
            self.mapped,
            self.library,
            simulate_mapped(self.mapped, self.library, self.boundary.encode(words)).activity,
            period_ms=self.period_ms,
            groups=[_IDLE if each else _USED for each in idle],
            table_ends=self.table_ends,
        )
        if found.power_mw is None or not idle:
            return found, found.power_mw
        used = found.groups.get(_USED, CellShare(0, 0.0, 0.0, 0.0))
        return found, (used.static_power_mw or 0.0) + (used.dynamic_power_mw or 0.0)
