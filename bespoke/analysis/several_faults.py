"""What several faults at a time do to the accuracy of a circuit."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np

from bespoke.analysis.finding import Analysis, Headline, Section
from bespoke.analysis.stuck_at import NO_FAULTS, SHOWN_SCORES, InMode, Judged
from bespoke.faults import Subject, drawn_sets, fault_set_effects, stuck_at_faults


@dataclass(frozen=True, slots=True, eq=False)
class SeveralFaults(Analysis):
    """Scores with random sets of stuck-at faults.

    Attributes
    ----------
    count : int
        Faults of a set.
    seed : int
    in_modes : tuple of InMode
        In each mode of the circuit, each set as one fault.
    """

    name: ClassVar[str] = "several_faults"

    count: int
    seed: int
    in_modes: tuple[InMode, ...]

    def to_json(self) -> dict[str, Any]:
        """Plain-data form."""
        first = self.in_modes[0]
        return {
            "rows": first.judged.source,
            "metric": first.judged.metric,
            "faults_at_a_time": self.count,
            "samples": len(first.scores),
            "seed": self.seed,
            "modes": [each.to_json() for each in self.in_modes],
        }

    def section(self) -> Section:
        """Scores over the samples."""
        head, first = ("mode", ">without", *SHOWN_SCORES), self.in_modes[0]
        if not self.count:
            return Section("Several faults", head, [], NO_FAULTS)
        rows = [(str(mode), f"{each.base:.3f}", *each.shown()) for mode, each in enumerate(self.in_modes)]
        remark = (
            f"{first.judged.metric.capitalize()} on the {first.judged.source} with {self.count:,} random stuck-at "
            f"faults at a time, all pins of all cells alike: {len(first.scores):,} samples."
        )
        return Section("Several faults", head, rows, remark)

    def headline(self) -> Headline:
        """Mean score over the samples, in the first mode."""
        return Headline("mean with several faults", self.in_modes[0].quantiles().get("mean"))


def several_faults_analysis(
    circuit: Subject, judged: Sequence[Judged], count: int, *, samples: int, seed: int
) -> SeveralFaults:
    """Simulate random sets of faults on different pins.

    Parameters
    ----------
    circuit : Subject
    judged : sequence of Judged
        In each mode of the circuit.
    count : int
        Faults of a set; as many as there are pins where these are fewer.
    samples : int
        Sets.
    seed : int
    """
    faults, rng = stuck_at_faults(circuit), np.random.default_rng(seed)
    pins = len(faults) // 2
    size = min(count, pins)
    places = [2 * rng.choice(pins, size, replace=False) for _ in range(samples if pins else 0)]
    drawn = np.array(places, dtype=np.int64).reshape(len(places), size)
    sets = drawn_sets(faults, drawn + rng.integers(0, 2, drawn.shape))
    in_modes = tuple(InMode(each, fault_set_effects(circuit, sets, each.rows)) for each in judged)
    return SeveralFaults(size, seed, in_modes)
