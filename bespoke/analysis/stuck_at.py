"""What each single stuck-at fault of a circuit does to its accuracy."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
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
SHOWN_SCORES = (">mean", ">5 %", ">worst", ">cost at most 0.02", ">change no row")
NO_FAULTS = "There is no cell that could have a fault."
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
    """A cell with the mean and the least score over the faults of its pins, and by mode the mean where there are some.

    Of a circuit with modes mean and least are those over the faults in all modes.
    """

    number: int
    name: str
    cell: str
    mean: float
    least: float
    modes: tuple[float, ...] = ()


@dataclass(frozen=True)
class InMode:
    """Scores with each fault on rows in one mode of a circuit.

    Attributes
    ----------
    judged : Judged
    effects : Effects
    """

    judged: Judged = field(repr=False)
    effects: Effects

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
        """Plain-data form, without the single faults."""
        return {
            "fault_free": self.base,
            "silent": self.silent,
            "scores": self.quantiles(),
            "share_within": self.within(),
        }

    def shown(self) -> tuple[str, ...]:
        """The scores as cells of a table below `SHOWN_SCORES`."""
        scores = self.quantiles()
        shares = (f"{scores[name]:.3f}" for name in ("mean", "p05", "least"))
        return (*shares, f"{self.within()['0.02']:.1%}", f"{self.silent:,}")

    def words(self) -> str:
        """The scores for a sentence."""
        scores, shares = self.quantiles(), self.within()
        return (
            f"{self.base:.3f} without a fault, with one {scores['mean']:.3f} on average, {scores['p05']:.3f} at the "
            f"5 % quantile, {scores['least']:.3f} at worst; {shares['0.02']:.1%} of the faults cost at most 0.02"
        )


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
    in_modes : tuple of InMode
        In each mode of the circuit; one for a circuit without modes.
    """

    name: ClassVar[str] = "faults"

    names: tuple[str, ...]
    cells: tuple[str, ...]
    pins: tuple[tuple[str, ...], ...]
    faults: Faults
    in_modes: tuple[InMode, ...]

    @property
    def first(self) -> InMode:
        """In the first mode."""
        return self.in_modes[0]

    @property
    def judged(self) -> Judged:
        """The rows, in the first mode."""
        return self.first.judged

    @property
    def base(self) -> float:
        """Score without a fault, in the first mode."""
        return self.first.base

    @property
    def scores(self) -> FloatArray:
        """Score with each fault, shape (n_faults,), in the first mode."""
        return self.first.scores

    @property
    def silent(self) -> int:
        """Faults with which no row has another output in any mode."""
        return int(np.count_nonzero(sum(each.effects.changed for each in self.in_modes) == 0))

    def critical(self, count: int = SHOWN_CELLS) -> list[CellFaults]:
        """The cells whose faults cost most on average over the modes, the worst first."""
        cells, instances = len(self.names), self.faults.instances
        counts = np.maximum(np.bincount(instances, minlength=cells), 1)
        means = np.array([np.bincount(instances, each.scores, minlength=cells) / counts for each in self.in_modes])
        least = np.full(cells, np.inf)
        for each in self.in_modes:
            np.minimum.at(least, instances, each.scores)
        mean = means.mean(axis=0)
        worst = np.argsort(mean, kind="stable")[:count].tolist()
        by_mode = [tuple(means[:, at].tolist()) if len(means) > 1 else () for at in worst]
        return [
            CellFaults(at, self.names[at], self.cells[at], float(mean[at]), float(least[at]), modes)
            for at, modes in zip(worst, by_mode, strict=True)
        ]

    def to_json(self) -> dict[str, Any]:
        """Plain-data form, without the single faults: see `files`."""
        judged, modes = self.first.judged, [each.to_json() for each in self.in_modes]
        return {
            "rows": judged.source,
            "row_count": len(judged.rows),
            "metric": judged.metric,
            "faults": len(self.faults),
            "classes": self.faults.class_count,
            **modes[0],
            "silent": self.silent,
            **({"modes": modes} if len(modes) > 1 else {}),
            "critical": [cell._asdict() for cell in self.critical(2 * SHOWN_CELLS)],
        }

    def section(self) -> Section:
        """The most critical cells, and in the remark how many faults matter."""
        modes = range(len(self.in_modes)) if len(self.in_modes) > 1 else ()
        head = ("cell", "kind", ">mean with a fault", ">worst fault", *(f">mean in mode {mode}" for mode in modes))
        rows = [
            (cell.name, cell.cell, f"{cell.mean:.3f}", f"{cell.least:.3f}", *(f"{mean:.3f}" for mean in cell.modes))
            for cell in self.critical()
        ]
        return Section("Faults", head, rows, self._remark())

    def _remark(self) -> str:
        judged, count = self.first.judged, len(self.faults)
        if not count:
            return NO_FAULTS
        has_modes = len(self.in_modes) > 1
        parts = [
            f"{f'In mode {mode} the' if has_modes else 'The'} {judged.metric} is {each.words()}."
            for mode, each in enumerate(self.in_modes)
        ]
        return (
            f"Each of the {count:,} single stuck-at faults of the cells' pins ({self.faults.class_count:,} that "
            f"differ) on {len(judged.rows):,} {judged.source}: {self.silent:,} change the output of no row"
            f"{' in any mode' * has_modes}. {' '.join(parts)} The cells above are those whose faults cost most."
        )

    def headline(self) -> Headline:
        """Mean score over the faults, in the first mode."""
        return Headline("mean with a fault", self.first.quantiles().get("mean"))

    def files(self) -> dict[str, str]:
        """A table of all faults."""
        return {FAULTS_TABLE: self._table()}

    def _table(self) -> str:
        """Every fault as CSV: its cell, pin and value, its class, and in each mode rows that change, and the score."""
        text = io.StringIO()
        writer = csv.writer(text, lineterminator="\n")
        metric = self.first.judged.metric
        others = [f"{name} in mode {at}" for at in range(1, len(self.in_modes)) for name in ("changed_rows", metric)]
        writer.writerow(("cell", "kind", "pin", "stuck_at", "class", "changed_rows", metric, *others))
        columns = [part for each in self.in_modes for part in (each.effects.changed.tolist(), each.scores.tolist())]
        for number, (group, *found) in enumerate(zip(self.faults.classes.tolist(), *columns, strict=True)):
            instance, pin, value = self.faults[number]
            where = (self.names[instance], self.cells[instance], self.pins[instance][pin], value)
            writer.writerow((*where, group, *(f"{each:.6g}" if isinstance(each, float) else each for each in found)))
        return text.getvalue()


def stuck_at_analysis(circuit: Subject, names: tuple[str, ...], judged: Sequence[Judged]) -> StuckAtFaults:
    """Simulate every single stuck-at fault of a circuit.

    Parameters
    ----------
    circuit : Subject
    names : tuple of str
        Name of each instance.
    judged : sequence of Judged
        In each mode of the circuit.
    """
    cells = [circuit.library[instance.cell] for instance in circuit.netlist.instances]
    faults = stuck_at_faults(circuit)
    in_modes = tuple(InMode(each, single_fault_effects(circuit, faults, each.rows)) for each in judged)
    kinds, pins = tuple(cell.name for cell in cells), tuple(cell.pins for cell in cells)
    return StuckAtFaults(names, kinds, pins, faults, in_modes)
