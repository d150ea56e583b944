"""Delay and static power of a circuit whose cells vary."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np
from numpy.typing import NDArray

from bespoke.analysis.finding import Analysis, Headline, Section
from bespoke.analysis.yields import YieldOptions
from bespoke.drawing import delay_text, power_text
from bespoke.errors import OptionError
from bespoke.estimate import Spread, TableEnds, Varied, analyse_timing, static_power_uw, varied
from bespoke.faults import Subject
from bespoke.model import IntArray
from bespoke.numeric import clopper_pearson
from bespoke.options import PROPER_SHARE, between, option, positive
from bespoke.sim import simulate_mapped

VARIATION_TABLE = "variation.csv"
QUANTILES = (0.01, 0.05, 0.25, 0.5, 0.75, 0.9, 0.95, 0.99)
_MW_PER_UW = 1e-3


@dataclass(frozen=True, slots=True, kw_only=True)
class VariationOptions(YieldOptions):
    """How cells vary; spreads are assumptions, since no statistics of printed cells are published that we know of.

    Attributes
    ----------
    global_spread, local_spread : float
        Standard deviations of the logarithm of the current of cells: of what all cells of a circuit have in common, and
        of what each has for itself.
    drift : float
        Share of the current that all cells lose with age.
    period_ms : float or None
        Time between two input vectors in ms, for the timing yield; None is that of the design, or its delay.
    """

    global_spread: float = option(0.1, between(0, 3))
    local_spread: float = option(0.1, between(0, 3))
    drift: float = option(0.0, PROPER_SHARE)
    period_ms: float | None = option(None, positive("ms, above 0"))


@dataclass(frozen=True, slots=True, eq=False)
class Variation(Analysis):
    """Sampled circuits beside the one without variation.

    Attributes
    ----------
    found : Varied
    options : VariationOptions
    vdd : float
        Supply voltage in V.
    delay_ms, static_power_mw : float
        Without variation.
    period_ms : float
        Time between two input vectors, for the timing yield.
    """

    name: ClassVar[str] = "variation"

    found: Varied
    options: VariationOptions
    vdd: float
    delay_ms: float
    static_power_mw: float
    period_ms: float

    @property
    def samples(self) -> int:
        """Number of circuits."""
        return len(self.found.delays_ms)

    @property
    def ages(self) -> dict[str, float]:
        """The drift of circuits that are new, and of old ones where they drift."""
        return {"new": 0.0, **({"aged": self.options.drift} if self.options.drift else {})}

    def timing_yield(self, drift: float = 0.0) -> tuple[float, float, float]:
        """Share of circuits whose delay is at most the period, with its 95 % interval."""
        settled = int((self.found.delays_ms / (1.0 - drift) <= self.period_ms).sum())
        return settled / self.samples, *clopper_pearson(settled, self.samples)

    def to_json(self) -> dict[str, Any]:
        """Plain-data form."""
        ends = ("share", "low", "high")
        timing = {age: dict(zip(ends, self.timing_yield(drift), strict=True)) for age, drift in self.ages.items()}
        named = ("global_spread", "local_spread", "drift", "samples", "seed")
        return {
            **{name: getattr(self.options, name) for name in named},
            "vdd": self.vdd,
            "period_ms": self.period_ms,
            "timing_yield": timing,
            "delay_ms": {"without": self.delay_ms, **_quantiles(self.found.delays_ms)},
            "static_power_mw": {"without": self.static_power_mw, **_quantiles(self.found.static_power_mw)},
        }

    def section(self) -> Section:
        """Quantiles of both."""
        delays, powers = (list(_quantiles(each).values()) for each in self.found)
        rows = [("without variation", delay_text(self.delay_ms), power_text(self.static_power_mw))]
        rows += [
            (f"{share:.0%} of circuits at most", delay_text(delay), power_text(power))
            for share, delay, power in zip(QUANTILES, delays, powers, strict=True)
        ]
        return Section("Variation", ("", ">delay", ">static power"), rows, " ".join(self._remarks()))

    def _remarks(self) -> Iterator[str]:
        options = self.options
        parts = [
            f"{age} {share:.1%} ({low:.1%} to {high:.1%})"
            for age, (share, low, high) in ((age, self.timing_yield(drift)) for age, drift in self.ages.items())
        ]
        yield (
            f"Share of {self.samples:,} sampled circuits that have settled after {delay_text(self.period_ms)} at "
            f"{self.vdd:g} V: {', '.join(parts)}."
        )
        if options.drift:
            yield f"Aged: all currents lower by {options.drift:.0%}."
        yield (
            "The current of a cell varies by a factor whose logarithm has a deviation of "
            f"{options.global_spread:g} for all cells of a circuit together and {options.local_spread:g} for each. "
            "Delays are divided by it, static power is multiplied by it. All of this is assumed."
        )

    def headline(self) -> Headline:
        """The delay that 95 % of the circuits keep."""
        return Headline("delay of 95 %, ms", _quantiles(self.found.delays_ms)["p95"])

    def files(self) -> dict[str, str]:
        """A table of all samples."""
        text = io.StringIO()
        table = csv.writer(text, lineterminator="\n")
        table.writerow(["delay_ms", "static_power_mw"])
        table.writerows((f"{delay:.6g}", f"{power:.6g}") for delay, power in zip(*self.found, strict=True))
        return {VARIATION_TABLE: text.getvalue()}


def _quantiles(values: NDArray[np.float64]) -> dict[str, float]:
    return {f"p{100 * share:02.0f}": float(np.quantile(values, share)) for share in QUANTILES}


def variation_analysis(
    circuit: Subject, stimuli: IntArray, options: VariationOptions, period_ms: float | None, table_ends: TableEnds
) -> Variation:
    """Sample circuits whose cells vary.

    Parameters
    ----------
    circuit : Subject
    stimuli : ndarray of int64, shape (n, n_ports)
        Words on the ports that the static power is a mean over.
    options : VariationOptions
    period_ms : float or None
        Of the design, where the options name none; None for its delay.
    table_ends : {"hold", "extrapolate"}
        As in `analyse_timing`.

    Raises
    ------
    OptionError
        If the library states no delay or no static power of some cell.
    """
    mapped, library = circuit.netlist, circuit.library
    cells = mapped.cell_histogram()
    lacking = [name for name in cells if not (library[name].states_delay and library[name].states_static_power)]
    if lacking:
        allowed = "a library with delays and static powers of all cells"
        raise OptionError(
            "no variation without figures that vary", where="variation", got=f"cell {lacking[0]}", allowed=allowed
        )
    activity = simulate_mapped(mapped, library, stimuli).activity
    delay_ms = analyse_timing(mapped, library, table_ends=table_ends).delay_ms
    power_mw = sum(static_power_uw(mapped, library, activity)) * _MW_PER_UW
    spread, rng = Spread(options.global_spread, options.local_spread), np.random.default_rng(options.seed)
    currents = spread.currents(len(mapped.instances), options.samples, rng)
    found = varied(mapped, library, activity, currents, table_ends)
    return Variation(found, options, library.vdd, delay_ms, power_mw, options.period_ms or period_ms or delay_ms)
