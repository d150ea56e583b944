"""Functional yield of a circuit against the density of defects."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar, NamedTuple

from bespoke.analysis.finding import Analysis, Headline, Section
from bespoke.analysis.stuck_at import Judged
from bespoke.faults import Demand, FunctionalYield, Subject, functional_yield
from bespoke.options import between, check_options, option, positive, whole

DENSITIES = (0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1.0, 2.0, 5.0, 10.0)
_SHOWN = (0.95, 0.9, 0.8, 0.5)


@dataclass(frozen=True, slots=True, kw_only=True)
class YieldOptions:
    """How defects come about, and how many a circuit may have.

    Attributes
    ----------
    defects : float or None
        Defects per cm2 at which the yield is stated besides its curve.
    clustering : float or None
        Parameter of the negative binomial distribution of the number of defects; None is a Poisson distribution.
    tolerance : float
        Largest loss of the score of a circuit that is good enough.
    samples : int
        Circuits sampled for each number of defects.
    seed : int
        Of the samples.
    """

    defects: float | None = option(None, positive("per cm2, above 0"))
    clustering: float | None = option(None, positive("above 0"))
    tolerance: float = option(0.02, between(0, 1))
    samples: int = option(500, whole(10, 1_000_000))
    seed: int = option(42, whole(0, 2**32 - 1))

    def __post_init__(self) -> None:
        check_options(self)


class Stated(NamedTuple):
    """Functional yield at one density of defects, with its 95 % interval."""

    share: float
    low: float
    high: float


@dataclass(frozen=True, slots=True, eq=False)
class YieldCurve(Analysis):
    """Share of printed circuits that lose no more than a tolerance, over defects per cm2.

    Attributes
    ----------
    found : FunctionalYield
    judged : Judged
        In the first mode.
    options : YieldOptions
    modes : int
        Modes in each of which a circuit has to be good enough.
    """

    name: ClassVar[str] = "functional_yield"

    found: FunctionalYield
    judged: Judged
    options: YieldOptions
    modes: int = 1

    @property
    def stated(self) -> Stated | None:
        """Yield at the density of the options; None if they name none."""
        return None if self.options.defects is None else Stated(*self.found.at(self.options.defects))

    @property
    def densities(self) -> tuple[float, ...]:
        """Densities that are shown, per cm2."""
        return tuple(sorted({*DENSITIES, *([self.options.defects] if self.options.defects else [])}))

    def to_json(self) -> dict[str, Any]:
        """Plain-data form."""
        stated = {"defects_per_cm2": self.options.defects, **self.stated._asdict()} if self.stated else None
        return {
            "rows": self.judged.source,
            "metric": self.judged.metric,
            **({"modes": self.modes} if self.modes > 1 else {}),
            "tolerance": self.options.tolerance,
            "clustering": self.options.clustering,
            "area_cm2": self.found.area_cm2,
            "defects": self.found.counts.tolist(),
            "good_by_defects": self.found.shares.tolist(),
            "samples": self.found.samples,
            "seed": self.options.seed,
            "stated": stated,
            "curve": [{"defects_per_cm2": at, **Stated(*self.found.at(at))._asdict()} for at in self.densities],
            "density_for": {f"{share:g}": self._density(share) for share in _SHOWN},
        }

    def _density(self, share: float) -> float | None:
        return self.found.density_for(share) if self.found.area_cm2 else None

    def section(self) -> Section:
        """The curve."""
        rows = []
        for density in self.densities:
            share, low, high = self.found.at(density)
            rows.append(
                (f"{density:g}", f"{density * self.found.area_cm2:.3g}", f"{share:.1%}", f"{low:.1%} to {high:.1%}")
            )
        head = (">defects per cm2", ">in the circuit", ">functional yield", ">95 % interval")
        return Section("Functional yield", head, rows, " ".join(self._remarks()))

    def _remarks(self) -> Iterator[str]:
        shares, clustering, fall = self.found.shares, self.options.clustering, self._density(0.8)
        every = f", in each of its {self.modes} modes" if self.modes > 1 else ""
        spread = "Poisson distributed" if clustering is None else f"clustered (negative binomial, {clustering:g})"
        yield (
            f"Share of printed circuits whose {self.judged.metric} on the {self.judged.source} is at most "
            f"{self.options.tolerance:g} below that without a defect{every}. Defects are {spread} over the "
            f"{self.found.area_cm2:.3g} cm2 of the cells; each makes one pin of the cell that it hits stuck at 0 or 1."
        )
        yield f"Of the circuits with one defect {shares[1]:.1%} are good enough (exact)."
        if len(shares) > 2:
            yield f"With two {shares[2]:.1%} are ({self.found.samples:,} sampled, as for each larger number)."
        if fall is not None:
            yield f"The yield falls to 80 % at {fall:.3g} defects per cm2."
        yield "Converters and wires count as free of defects."

    def headline(self) -> Headline:
        """The density of defects that nine circuits of ten bear."""
        return Headline("defects/cm2 at 90 %", self._density(0.9))


def yield_curve(circuit: Subject, judged: Sequence[Judged], options: YieldOptions) -> YieldCurve:
    """Functional yield of a circuit, judged on rows in each of its modes."""
    found = functional_yield(
        circuit,
        [Demand(each.rows, options.tolerance * each.unit) for each in judged],
        samples=options.samples,
        seed=options.seed,
        clustering=options.clustering,
    )
    return YieldCurve(found, judged[0], options, len(judged))
