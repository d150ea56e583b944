"""Functional yield of a circuit against the density of defects."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar

from bespoke.analysis.finding import Section
from bespoke.analysis.stuck_at import Judged
from bespoke.faults import FunctionalYield

DENSITIES = (0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1.0)
_SHOWN = (0.95, 0.9, 0.8, 0.5)


@dataclass(frozen=True, slots=True, eq=False)
class YieldCurve:
    """Share of printed circuits that lose no more than a tolerance, over defects per cm2.

    Attributes
    ----------
    found : FunctionalYield
    judged : Judged
    tolerance : float
        Largest loss of the score.
    """

    name: ClassVar[str] = "functional_yield"

    found: FunctionalYield
    judged: Judged
    tolerance: float

    def to_json(self) -> dict[str, Any]:
        """Plain-data form."""
        points = [dict(zip(("share", "low", "high"), self.found.at(each), strict=True)) for each in DENSITIES]
        return {
            "rows": self.judged.source,
            "metric": self.judged.metric,
            "tolerance": self.tolerance,
            "area_cm2": self.found.area_cm2,
            "good_by_defects": self.found.shares.tolist(),
            "samples": self.found.samples,
            "curve": [{"defects_per_cm2": each, **point} for each, point in zip(DENSITIES, points, strict=True)],
            "density_for": {f"{share:g}": self._density(share) for share in _SHOWN},
        }

    def _density(self, share: float) -> float | None:
        return self.found.density_for(share) if self.found.area_cm2 else None

    def section(self) -> Section:
        """The curve."""
        rows = []
        for density in DENSITIES:
            share, low, high = self.found.at(density)
            rows.append(
                (f"{density:g}", f"{density * self.found.area_cm2:.3g}", f"{share:.1%}", f"{low:.1%} to {high:.1%}")
            )
        head = (">defects per cm2", ">in the circuit", ">functional yield", ">95 % interval")
        return Section("Functional yield", head, rows, self._remark())

    def _remark(self) -> str:
        fall = self._density(0.8)
        reached = "" if fall is None else f" It falls to 80 % at {fall:.3g} defects per cm2."
        one, two = self.found.shares[1:3]
        return (
            f"Share of printed circuits whose {self.judged.metric} on the {self.judged.source} is at most "
            f"{self.tolerance:g} below that without a defect. Defects are Poisson distributed over the "
            f"{self.found.area_cm2:.3g} cm2 of the cells; each makes one pin of the cell that it hits stuck at 0 or 1. "
            f"Of the circuits with one defect {one:.1%} are good enough (exact), with two {two:.1%} "
            f"({self.found.samples:,} sampled, as for each larger number).{reached} "
            "Converters and wires count as free of defects."
        )

    def files(self) -> dict[str, str]:
        """None."""
        return {}
