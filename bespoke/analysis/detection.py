"""A small set of input vectors that tests a printed circuit."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np
from numpy.typing import NDArray

from bespoke.analysis.finding import Analysis, Headline, Section
from bespoke.faults import Faults, Subject, VectorSet
from bespoke.sim import mapped_outputs

VECTORS_TABLE = "tests.csv"
REDUNDANT_TABLE = "redundant_faults.csv"


@dataclass(frozen=True, slots=True, eq=False)
class FaultTests(Analysis):
    """Test vectors with the outputs of a circuit without faults, and what they cover.

    Attributes
    ----------
    circuit : Subject
    names : tuple of str
        Names of the cells in the netlist.
    faults : Faults
    found : VectorSet
    """

    name: ClassVar[str] = "tests"

    circuit: Subject
    names: tuple[str, ...]
    faults: Faults
    found: VectorSet

    @property
    def expected(self) -> NDArray[np.int64]:
        """Output words, shape (n_vectors, n_outputs), of the circuit without faults."""
        return mapped_outputs(self.circuit.netlist, self.circuit.library, self.found.words)

    def counts(self) -> dict[str, int]:
        """Faults, not classes of them, that are detected, redundant and undecided."""
        parts = {
            "detected": self.found.detected,
            "redundant": self.found.redundant,
            "undecided": self.found.undecided,
        }
        return {name: int(np.isin(self.faults.classes, part).sum()) for name, part in parts.items()}

    @property
    def coverage(self) -> float:
        """Share of detected faults in those that are not proven redundant."""
        counts = self.counts()
        able = counts["detected"] + counts["undecided"]
        return counts["detected"] / able if able else 1.0

    def to_json(self) -> dict[str, Any]:
        """Plain-data form, without the vectors: see `files`."""
        return {
            "vectors": len(self.found.words),
            "faults": len(self.faults),
            "classes": self.faults.class_count,
            **self.counts(),
            "coverage": self.coverage,
            "random_vectors": self.found.random_vectors,
            "classes_random_vectors_leave": self.found.random_left,
        }

    def section(self) -> Section:
        """How many faults the vectors show."""
        counts = self.counts()
        rows = [(name, f"{count:,}", f"{count / max(1, len(self.faults)):.1%}") for name, count in counts.items()]
        left = self.found.random_left
        missed = f" and still miss {left:,} classes of faults" if left else ""
        remark = (
            f"{len(self.found.words):,} vectors ({VECTORS_TABLE}) show {self.coverage:.2%} of the single stuck-at "
            f"faults that any input may show; random vectors need {self.found.random_vectors:,}{missed}. No input "
            f"shows a redundant fault ({REDUNDANT_TABLE}), proven by SAT; undecided ones are neither shown nor proven."
        )
        return Section("Test vectors", ("faults", ">number", ">share"), rows, remark)

    def headline(self) -> Headline:
        """Share of the faults that the vectors show."""
        return Headline("fault coverage", self.coverage)

    def files(self) -> dict[str, str]:
        """The vectors with the outputs that a good circuit gives, and the faults that none shows."""
        netlist = self.circuit.netlist
        head = [*(port.name for port in netlist.inputs), *(f"expected {port.name}" for port in netlist.outputs)]
        rows = np.hstack([self.found.words, self.expected]).tolist()
        return {
            VECTORS_TABLE: _csv(head, rows),
            REDUNDANT_TABLE: _csv(("cell", "kind", "pin", "stuck_at"), self._left()),
        }

    def _left(self) -> Iterable[tuple[object, ...]]:
        for number in np.flatnonzero(np.isin(self.faults.classes, self.found.redundant)).tolist():
            instance, pin, value = self.faults[number]
            cell = self.circuit.library[self.circuit.netlist.instances[instance].cell]
            yield self.names[instance], cell.name, cell.pins[pin], value


def _csv(head: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    text = io.StringIO()
    csv.writer(text, lineterminator="\n").writerows([head, *rows])
    return text.getvalue()
