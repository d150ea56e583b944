"""What each single stuck-at fault of a circuit does to its accuracy."""

from __future__ import annotations

import csv
import io
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, ClassVar, NamedTuple

import numpy as np
from numpy.typing import NDArray

from bespoke.analysis.finding import Analysis, Headline, Section
from bespoke.faults import Effects, Faults, Rows, Subject, single_fault_effects, stuck_at_faults

FAULTS_TABLE = "faults.csv"
LOSSES = (0.0, 0.01, 0.02, 0.05, 0.1, 0.2)
SHOWN_CELLS = 10
_QUANTILES = {"least": 0.0, "p05": 0.05, "p25": 0.25, "median": 0.5, "mean": None}
FloatArray = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Judged:
    """Rows on which faults are judged, and what is said of them.

    Attributes
    ----------
    rows : Rows
    source : str
        What the rows are, such as ``"test rows"``.
    metric : {"accuracy", "r2", "agreement"}
        Agreement is the share of rows with the output of the circuit without a fault, where there are no labels.
    """

    rows: Rows
    source: str
    metric: str

    def scores(self, losses: FloatArray) -> FloatArray:
        """Share of right rows, or coefficient of determination, for sums of losses over the rows."""
        return np.asarray(1.0 - losses / self.unit, dtype=np.float64)

    @property
    def unit(self) -> float:
        """Sum of losses that costs a score of 1."""
        if not self.rows.is_value:
            return float(max(1, len(self.rows)))
        return float(np.sum((self.rows.targets - self.rows.targets.mean()) ** 2)) or 1.0


class CellFaults(NamedTuple):
    """A cell with the mean and the least score over the faults of its pins."""

    number: int
    name: str
    cell: str
    mean: float
    least: float


@dataclass(frozen=True)
class StuckAtFaults(Analysis):
    """Scores of a circuit with each single stuck-at fault of a pin of a cell.

    Attributes
    ----------
    names : tuple of str
        Names of the cells in the netlist.
    cells : tuple of str
        Their names in the library, and
    pins : tuple of tuple of str
        the names of their pins, inputs first.
    faults : Faults
    effects : Effects
    judged : Judged
    """

    name: ClassVar[str] = "faults"

    names: tuple[str, ...]
    cells: tuple[str, ...]
    pins: tuple[tuple[str, ...], ...]
    faults: Faults
    effects: Effects
    judged: Judged = field(repr=False)

    @property
    def base(self) -> float:
        """Score without a fault."""
        return float(self.judged.scores(np.array([self.effects.base]))[0])

    @cached_property
    def scores(self) -> FloatArray:
        """Score with each fault, shape (n_faults,)."""
        return self.judged.scores(self.effects.losses)

    @property
    def silent(self) -> int:
        """Faults with which no row has another output."""
        return int(np.count_nonzero(self.effects.changed == 0))

    def critical(self, count: int = SHOWN_CELLS) -> list[CellFaults]:
        """The cells whose faults cost most on average, the worst first."""
        cells, instances = len(self.names), self.faults.instances
        counts = np.bincount(instances, minlength=cells)
        mean = np.bincount(instances, self.scores, minlength=cells) / np.maximum(counts, 1)
        least = np.full(cells, np.inf)
        np.minimum.at(least, instances, self.scores)
        worst = np.argsort(mean, kind="stable")[:count].tolist()
        return [CellFaults(at, self.names[at], self.cells[at], float(mean[at]), float(least[at])) for at in worst]

    def within(self) -> dict[str, float]:
        """Share of faults that cost at most so much of the score, by that loss."""
        loss = self.base - self.scores
        return {f"{limit:g}": float(np.mean(loss <= limit + 1e-12)) for limit in LOSSES} if len(loss) else {}

    def quantiles(self) -> dict[str, float]:
        """Least, 5 %, 25 %, median and mean score over the faults."""
        if not len(self.scores):
            return {}
        return {
            name: float(self.scores.mean() if share is None else np.quantile(self.scores, share))
            for name, share in _QUANTILES.items()
        }

    def to_json(self) -> dict[str, Any]:
        """Plain-data form, without the single faults: see `files`."""
        return {
            "rows": self.judged.source,
            "row_count": len(self.judged.rows),
            "metric": self.judged.metric,
            "fault_free": self.base,
            "faults": len(self.faults),
            "classes": self.faults.class_count,
            "silent": self.silent,
            "scores": self.quantiles(),
            "share_within": self.within(),
            "critical": [cell._asdict() for cell in self.critical(2 * SHOWN_CELLS)],
        }

    def section(self) -> Section:
        """The most critical cells, and in the remark how many faults matter."""
        head = ("cell", "kind", ">mean with a fault", ">worst fault")
        rows = [(cell.name, cell.cell, f"{cell.mean:.3f}", f"{cell.least:.3f}") for cell in self.critical()]
        return Section("Faults", head, rows, self._remark())

    def _remark(self) -> str:
        metric, count = self.judged.metric, len(self.faults)
        if not count:
            return "There is no cell that could have a fault."
        scores, shares = self.quantiles(), self.within()
        return (
            f"Each of the {count:,} single stuck-at faults of the cells' pins ({self.faults.class_count:,} that "
            f"differ) on {len(self.judged.rows):,} {self.judged.source}: {self.silent:,} change the output of no row. "
            f"The {metric} is {self.base:.3f} without a fault, with one {scores['mean']:.3f} on average, "
            f"{scores['p05']:.3f} at the 5 % quantile, {scores['least']:.3f} at worst; {shares['0.02']:.1%} of the "
            "faults cost at most 0.02. The cells above are those whose faults cost most."
        )

    def headline(self) -> Headline:
        """Mean score over the faults."""
        return Headline("mean with a fault", self.quantiles().get("mean"))

    def files(self) -> dict[str, str]:
        """A table of all faults."""
        return {FAULTS_TABLE: self._table()}

    def _table(self) -> str:
        """Every fault as CSV: its cell, pin and value, its class, rows that change, and the score."""
        text = io.StringIO()
        writer = csv.writer(text, lineterminator="\n")
        writer.writerow(("cell", "kind", "pin", "stuck_at", "class", "changed_rows", self.judged.metric))
        scores, changed, classes = self.scores.tolist(), self.effects.changed.tolist(), self.faults.classes.tolist()
        for number, score in enumerate(scores):
            instance, pin, value = self.faults[number]
            where = (self.names[instance], self.cells[instance], self.pins[instance][pin], value)
            writer.writerow((*where, classes[number], changed[number], f"{score:.6g}"))
        return text.getvalue()


def stuck_at_analysis(circuit: Subject, names: tuple[str, ...], judged: Judged) -> StuckAtFaults:
    """Simulate every single stuck-at fault of a circuit.

    Parameters
    ----------
    circuit : Subject
    names : tuple of str
        Name of each instance.
    judged : Judged
    """
    cells = [circuit.library[instance.cell] for instance in circuit.netlist.instances]
    faults = stuck_at_faults(circuit)
    effects = single_fault_effects(circuit, faults, judged.rows)
    kinds, pins = tuple(cell.name for cell in cells), tuple(cell.pins for cell in cells)
    return StuckAtFaults(names, kinds, pins, faults, effects, judged)
