"""What shorts between neighbouring nets do to the accuracy of a circuit."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

from bespoke.analysis.finding import Analysis, Headline, Section
from bespoke.analysis.stuck_at import SHOWN_SCORES, InMode, Judged
from bespoke.faults import WIRED, Subject, Wired, neighbours, short_effects

SHORTS_TABLE = "shorts.csv"


@dataclass(frozen=True, slots=True, eq=False)
class Shorts(Analysis):
    """Scores with each short between two nets that meet at a cell.

    Attributes
    ----------
    nets : mapping of int to str
        Names of nets.
    pairs : sequence of (int, int)
    found : mapping of {"and", "or"} to tuple of InMode
        By what shorted nets carry, the scores in each mode of the circuit.
    """

    name: ClassVar[str] = "shorts"

    nets: Mapping[int, str]
    pairs: Sequence[tuple[int, int]]
    found: Mapping[Wired, tuple[InMode, ...]]

    @property
    def judged(self) -> Judged:
        """The rows, in the first mode."""
        return self.found["and"][0].judged

    def to_json(self) -> dict[str, Any]:
        """Plain-data form, without the single shorts: see `files`."""
        return {
            "rows": self.judged.source,
            "metric": self.judged.metric,
            "shorts": len(self.pairs),
            "wired": {wired: [each.to_json() for each in modes] for wired, modes in self.found.items()},
        }

    def section(self) -> Section:
        """Scores over the shorts."""
        head = ("shorted nets carry", "mode", *SHOWN_SCORES)
        if not self.pairs:
            return Section("Shorts", head, [], "There are no two nets that meet at a cell.")
        rows = [
            (f"the {wired.upper()}", str(mode), *each.shown())
            for wired, modes in self.found.items()
            for mode, each in enumerate(modes)
        ]
        metric, source = self.judged.metric, self.judged.source
        counted = "changed" if self.judged.rows.is_value else "missed"
        remark = (
            f"{metric.capitalize()} on the {source} with each of the {len(self.pairs):,} shorts between two nets that "
            "meet at a cell: others are no neighbours that the netlist knows of. Both nets carry the AND, or the OR, "
            f"of what drives them; rows on which that changes what drives them count as {counted}."
        )
        return Section("Shorts", head, rows, remark)

    def headline(self) -> Headline:
        """Mean score over the shorts whose nets carry the AND, in the first mode."""
        return Headline("mean with a short", self.found["and"][0].quantiles().get("mean"))

    def files(self) -> dict[str, str]:
        """A table of all shorts."""
        text = io.StringIO()
        writer = csv.writer(text, lineterminator="\n")
        writer.writerow(("first", "second", "wired", "mode", "changed_rows", self.judged.metric))
        for wired, modes in self.found.items():
            for mode, each in enumerate(modes):
                shown = zip(self.pairs, each.effects.changed.tolist(), each.scores.tolist(), strict=True)
                writer.writerows(
                    (self.nets[first], self.nets[second], wired, mode, changed, f"{score:.6g}")
                    for (first, second), changed, score in shown
                )
        return {SHORTS_TABLE: text.getvalue()}


def shorts_analysis(circuit: Subject, names: Sequence[str], judged: Sequence[Judged]) -> Shorts:
    """Simulate every short between two nets that meet at a cell.

    Parameters
    ----------
    circuit : Subject
    names : sequence of str
        Name of each instance.
    judged : sequence of Judged
        In each mode of the circuit.
    """
    pairs = neighbours(circuit)
    found = {
        wired: tuple(InMode(each, short_effects(circuit, pairs, wired, each.rows)) for each in judged)
        for wired in WIRED
    }
    return Shorts(_net_names(circuit, names), pairs, found)


def _net_names(circuit: Subject, names: Sequence[str]) -> dict[int, str]:
    """Bits of inputs by port, others by the cell and the pin that drive them."""
    found = {net: f"{port.name}[{bit}]" for port in circuit.netlist.inputs for bit, net in enumerate(port.bits)}
    for name, instance in zip(names, circuit.netlist.instances, strict=True):
        outputs = circuit.library[instance.cell].outputs
        found |= {net: f"{name}.{pin.name}" for net, pin in zip(instance.fanouts, outputs, strict=True)}
    return found
