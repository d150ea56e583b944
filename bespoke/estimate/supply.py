"""Power sources, and the choice of a supply voltage."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from bespoke.cells import CellLibrary
from bespoke.errors import OptionError, VoltageError
from bespoke.estimate.estimate import Estimate


@dataclass(frozen=True, slots=True)
class PowerSource:
    """A printed or small power source and the power in mW that it delivers."""

    name: str
    power_mw: float


# Figures used throughout the work on printed classifiers, such as Mubarik et al., "Printed Machine Learning
# Classifiers", MICRO 2020.
POWER_SOURCES = (PowerSource("harvester", 0.1), PowerSource("Blue Spark", 3.0), PowerSource("Molex", 30.0))


def power_source(power_mw: float | None) -> PowerSource | None:
    """Smallest power source that delivers ``power_mw``; None if none of `POWER_SOURCES` does, or without a power."""
    return next((each for each in POWER_SOURCES if power_mw is not None and power_mw <= each.power_mw), None)


def named_power(settings: Mapping[str, Any]) -> dict[str, Any]:
    """Settings in which a power source, a name such as "bluespark" as ``source``, is a limit on the power.

    Raises
    ------
    OptionError
        If there is no such source, or ``max_power_mw`` is given, too.
    """
    found = dict(settings)
    name = found.pop("source", None)
    if name is None:
        return found
    if found.get("max_power_mw") is not None:
        raise OptionError("both a power source and a power are given", allowed="one of source and max_power_mw")
    powers = {source.name.replace(" ", "").lower(): source.power_mw for source in POWER_SOURCES}
    if name not in powers:
        raise OptionError("no such power source", where="source", got=name, allowed=", ".join(powers))
    return found | {"max_power_mw": powers[name]}


def best_supply(
    estimate_at: Callable[[CellLibrary], Estimate],
    libraries: Iterable[CellLibrary],
    *,
    period_ms: float,
    or_fastest: bool = False,
) -> Estimate:
    """Estimate at the supply voltage of least power among those that meet a period.

    Parameters
    ----------
    estimate_at : callable
        Estimate of the circuit with a library; it may map the circuit anew.
    libraries : iterable of CellLibrary
        The technology at each supply voltage, as `bespoke.cells.load_libraries` gives them.
    period_ms : float
        Time between two input vectors in ms, > 0.
    or_fastest : bool
        Whether a circuit that is too slow at every voltage gets the one at which it is fastest.

    Returns
    -------
    Estimate
        Of the lowest power; of equal ones that of the lowest voltage.

    Raises
    ------
    OptionError
        If the period is not positive.
    VoltageError
        If the circuit is too slow at every voltage, or the library does not state power or delay.
    """
    if not period_ms > 0:
        raise OptionError("the period must be positive", got=f"{period_ms} ms", allowed="a number of ms > 0")
    estimates = [estimate_at(library) for library in libraries]
    if not estimates:
        raise VoltageError("no supply voltage to choose from")
    if any(found.delay_ms is None or found.power_mw is None for found in estimates):
        where = estimates[0].technology
        raise VoltageError("a choice of the supply voltage needs power and delay, which are not stated", where=where)
    meeting = [found for found in estimates if _delay(found) <= period_ms]
    if not meeting:
        fastest = min(estimates, key=_delay)
        if or_fastest:
            return fastest
        what, got = "the circuit is too slow at every supply voltage", f"a period of {period_ms:g} ms"
        allowed = f"at least {_delay(fastest):.4g} ms (at {fastest.vdd:g} V)"
        raise VoltageError(what, where=fastest.technology, got=got, allowed=allowed)
    return min(meeting, key=lambda found: (found.power_mw or 0.0, found.vdd))


def _delay(figures: Estimate) -> float:
    return math.inf if figures.delay_ms is None else figures.delay_ms
