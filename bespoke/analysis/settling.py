"""When the outputs of a circuit have settled, and what they say before that."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar, NamedTuple

import numpy as np

from bespoke.analysis.finding import Analysis, Headline, Section
from bespoke.analysis.stuck_at import Judged
from bespoke.drawing import delay_text
from bespoke.errors import OptionError
from bespoke.estimate import TICKS_PER_MS, TableEnds, analyse_timing, settle, timed_outputs
from bespoke.faults import Subject
from bespoke.model import IntArray
from bespoke.sim import port_bits

_PARTS = (0.25, 0.5, 0.6, 0.7, 0.8, 0.9, 1.0)
QUANTILES = (0.5, 0.95, 1.0)


class AtTime(NamedTuple):
    """Share of rows whose outputs have settled at a time, share whose output word is the final one, and score."""

    settled: float
    right: float
    score: float


@dataclass(frozen=True, slots=True, eq=False)
class Settling(Analysis):
    """Timing simulation from each row to the next.

    Attributes
    ----------
    judged : Judged
    vdd : float
        Supply voltage in V.
    delay_ms : float
        Latest arrival of static timing analysis, which no row exceeds.
    period_ms : float or None
        Time between two rows that was asked for.
    last_ms : mapping of float to float
        Time of the last toggle of an output, by the share of the rows whose last toggle is no later.
    toggles : float
        Toggles of the outputs per row, glitches among them.
    at_times : mapping of float to AtTime
        By time in ms.
    """

    name: ClassVar[str] = "settling"

    judged: Judged
    vdd: float
    delay_ms: float
    period_ms: float | None
    last_ms: Mapping[float, float]
    toggles: float
    at_times: Mapping[float, AtTime]

    @property
    def late(self) -> float | None:
        """Share of rows that settle after the period; None without one."""
        return None if self.period_ms is None else 1.0 - self.at_times[self.period_ms].settled

    def to_json(self) -> dict[str, Any]:
        """Plain-data form."""
        return {
            "rows": self.judged.source,
            "metric": self.judged.metric,
            "vdd": self.vdd,
            "delay_ms": self.delay_ms,
            "period_ms": self.period_ms,
            "late": self.late,
            "last_ms": {f"p{100 * share:g}": at for share, at in self.last_ms.items()},
            "toggles": self.toggles,
            "times": [{"ms": at, **found._asdict()} for at, found in self.at_times.items()],
        }

    def section(self) -> Section:
        """Shares and scores over the time."""
        head = (">time", ">settled", ">final word", f">{self.judged.metric}")
        rows = [
            (delay_text(at), f"{found.settled:.1%}", f"{found.right:.1%}", f"{found.score:.3f}")
            for at, found in self.at_times.items()
        ]
        return Section("Settling", head, rows, self._remark())

    def _remark(self) -> str:
        half, most, every = (delay_text(self.last_ms[share]) for share in QUANTILES)
        late = ""
        if self.period_ms is not None:
            late = f"At the period of {delay_text(self.period_ms)} {self.late:.2%} of the rows settle late. "
        return (
            f"Each of the {self.judged.source} follows the one before, all inputs at once, at {self.vdd:g} V: half of "
            f"the rows have settled after {half}, 95 % after {most}, all after {every}; static timing gives "
            f"{delay_text(self.delay_ms)}. {late}Before each row the circuit has settled on the one before it. The "
            f"outputs toggle {self.toggles:.3g} times a row. Delays are those of the arcs of the cells at their loads; "
            "wires have none."
        )

    def headline(self) -> Headline:
        """The time after which 95 % of the rows have settled."""
        return Headline("95 % settled after, ms", self.last_ms[QUANTILES[1]])


def settling_analysis(circuit: Subject, judged: Judged, period_ms: float | None, table_ends: TableEnds) -> Settling:
    """Simulate the time that outputs take after each row.

    Parameters
    ----------
    circuit : Subject
    judged : Judged
        Rows in the order in which they come; the last one comes before the first.
    period_ms : float or None
        Time between two rows, which is looked at, too.
    table_ends : {"hold", "extrapolate"}
        As in `bespoke.estimate.analyse_timing`.

    Raises
    ------
    OptionError
        If the library states no delay of some cell.
    """
    mapped, library, rows = circuit.netlist, circuit.library, judged.rows
    lacking = [name for name in mapped.cell_histogram() if not library[name].states_delay]
    if lacking:
        allowed = "a library with delays of all cells"
        raise OptionError("nothing settles without delays", where="settling", got=f"cell {lacking[0]}", allowed=allowed)
    delay_ms = analyse_timing(mapped, library, table_ends=table_ends).delay_ms
    times_ms = sorted({*(part * delay_ms for part in _PARTS), *([period_ms] if period_ms else [])})
    ticks = np.ceil(np.array([*np.minimum(times_ms, delay_ms + 1.0), delay_ms + 1.0]) * TICKS_PER_MS).astype(np.int64)
    bits = port_bits(np.concatenate([rows.words[-1:], rows.words]), mapped.inputs)
    found = settle(timed_outputs(mapped, library, table_ends), bits, ticks)
    words = _words(found.values, is_signed=mapped.outputs[0].signed)
    losses = (words - rows.targets[:, None]) ** 2 if rows.is_value else words != rows.targets[:, None]
    scores = judged.scores(losses.sum(axis=0).astype(np.float64))
    settled = (found.last[:, None] <= ticks).mean(axis=0)
    right = (words == words[:, -1:]).mean(axis=0)
    at_times = {at: AtTime(*map(float, each)) for at, *each in zip(times_ms, settled, right, scores, strict=False)}
    last = {share: float(np.quantile(found.last, share, method="higher")) / TICKS_PER_MS for share in QUANTILES}
    return Settling(judged, library.vdd, delay_ms, period_ms, last, float(found.toggles.mean()), at_times)


def _words(values: np.ndarray[Any, np.dtype[np.uint8]], *, is_signed: bool) -> IntArray:
    """Words, shape (n_rows, n_times), of bits, shape (n_rows, n_times, n_bits)."""
    weights = 1 << np.arange(values.shape[2], dtype=np.int64)
    if is_signed:
        weights[-1] = -weights[-1]
    return np.asarray(values.astype(np.int64) @ weights)
