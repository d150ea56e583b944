"""What a circuit takes on some rows, and what of that cells take that have no use on them."""

from __future__ import annotations

from collections.abc import Sequence

from bespoke.estimate import CellShare, Estimate, estimate
from bespoke.flow.design import Design
from bespoke.model import IntArray

_USED, _IDLE = "used", "idle"


def power_of(made: Design, words: IntArray, idle: Sequence[bool]) -> tuple[Estimate, float | None]:
    """The estimate of a design on input words, and its power in mW without that of its idle cells, None if not stated.

    Parameters
    ----------
    made : Design
    words : ndarray of int64, shape (n_rows, n_features)
    idle : sequence of bool
        Which instances are idle.
    """
    circuit, options = made.circuit, made.provenance.options
    found = estimate(
        circuit.mapped,
        circuit.library,
        circuit.run(words).activity,
        period_ms=options.period_ms,
        groups=[_IDLE if each else _USED for each in idle],
        table_ends=options.table_ends,
    )
    if found.power_mw is None:
        return found, None
    used = found.groups.get(_USED, CellShare(0, 0.0, 0.0, 0.0))
    return found, (used.static_power_mw or 0.0) + (used.dynamic_power_mw or 0.0)
