"""The supply voltages that a circuit may have, and the choice of one.

The function and the area of a netlist are the same at every voltage; power and delay follow from the netlist, its
activity and the library at that voltage. So the best voltage of a circuit is found by trying the few that there are,
and a search over circuits needs no gene for it.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence

import numpy as np
from numpy.typing import NDArray

from bespoke.cells import SAME_VOLTAGE_V, CellLibrary, load_libraries, load_library
from bespoke.converters import load_converters
from bespoke.errors import LibraryError, VoltageError
from bespoke.estimate import Estimate, estimate
from bespoke.flow.design import Design
from bespoke.flow.options import CompileOptions, Objective

FloatArray = NDArray[np.float64]
_DELAY_POWER = 0.5  # delay over area, as powers: fitted to 81 circuits of the fronts of 10 models, 0.52


def supplies(options: CompileOptions) -> tuple[CellLibrary, ...]:
    """The technology at each supply voltage that the options allow, ascending.

    Raises
    ------
    TechnologyError, VoltageError
        If the technology is unknown, or there are no figures for such a voltage.
    """
    if not options.chooses_vdd:
        return (read_library(options),)
    libraries = _all_supplies(options)
    if not isinstance(options.vdd, tuple):
        return libraries
    low, high = options.vdd
    found = tuple(one for one in libraries if low - SAME_VOLTAGE_V < one.vdd < high + SAME_VOLTAGE_V)
    if not found:
        what, got = "no figures for a supply voltage in this range", f"{low:g} to {high:g} V"
        known = ", ".join(f"{one.vdd:g} V" for one in libraries)
        raise VoltageError(what, where=options.technology, got=got, allowed=known)
    return found


def read_library(options: CompileOptions) -> CellLibrary:
    """Cell library for which circuits are mapped: that of the voltage, or the technology's default one.

    Where the voltage depends on the circuit, cells that some voltage lacks are not to be used.
    """
    if options.chooses_vdd:
        usual = load_library(options.technology).vdd
        return next(one for one in _all_supplies(options) if abs(one.vdd - usual) < SAME_VOLTAGE_V)
    return library_at(options, options.vdd if isinstance(options.vdd, int | float) else None)


def check_stated(library: CellLibrary, options: CompileOptions, wanted: Collection[Objective]) -> None:
    """Check that a library has the figures by which circuits are to be judged, and that there are such converters.

    Parameters
    ----------
    library : CellLibrary
    options : CompileOptions
    wanted : collection of {"area", "power", "delay"}
        What is limited or to be small, besides what the options need.

    Raises
    ------
    LibraryError
        If none of its gates states a figure that is needed.
    ConverterError
        If the converters are unknown or cannot be read.
    """
    load_converters(options.converters)
    gates = [cell for cell in library.usable_cells if cell.is_gate]
    chooses = {"power", "delay"} if options.chooses_vdd else set()
    judged = {*wanted, *chooses}
    needed = {
        "static power": ("power" in judged or options.power_share > 0, any(cell.states_static_power for cell in gates)),
        "energy of switching": ("power" in judged, any(cell.states_energy for cell in gates)),
        "delay": (
            "delay" in judged or ("power" in judged and options.period_ms is None),
            any(cell.states_delay for cell in gates),
        ),
    }
    lacking = [name for name, (is_needed, is_stated) in needed.items() if is_needed and not is_stated]
    if lacking:
        what, where = f"the library states no {' and no '.join(lacking)}", f"library {library.name}"
        raise LibraryError(what, where=where, allowed="limits and objectives of what it states, such as the area")


def library_at(options: CompileOptions, vdd: float | None) -> CellLibrary:
    """Cell library of the technology at a supply voltage, without the cells that are not wanted."""
    return load_library(options.technology, vdd).without(options.dont_use)


def _all_supplies(options: CompileOptions) -> tuple[CellLibrary, ...]:
    """The technology at every supply voltage; cells that one of them lacks are reserved in the others."""
    libraries = [one.without(options.dont_use) for one in load_libraries(options.technology)]
    shared = set.intersection(*({cell.name for cell in one.usable_cells} for one in libraries))
    return tuple(one.only(shared) for one in libraries)


def estimates_at(design: Design) -> list[Estimate]:
    """Estimates of a design at each supply voltage that its options allow, under its stimuli."""
    options, circuit = design.provenance.options, design.circuit
    if not options.chooses_vdd:
        return [design.estimate]
    activity = circuit.run(design.provenance.stimuli.words).activity
    period, ends = options.period_ms, options.table_ends
    return [estimate(circuit.mapped, at, activity, period_ms=period, table_ends=ends) for at in supplies(options)]


def scaled_figures(
    exact: Sequence[Estimate], shares: FloatArray, limit_ms: float | None
) -> tuple[FloatArray, FloatArray]:
    """Power in mW and delay in ms, shape (n,), to expect of circuits with shares (n,) of the area of another one.

    Parameters
    ----------
    exact : sequence of Estimate
        Of that one at each voltage, of which the best is taken: the power is taken for proportional to the area, and
        the delay to its square root.
    shares : ndarray of float, shape (n,)
    limit_ms : float or None
        Delay that the voltage has to meet if it can.
    """
    powers = np.outer(shares, [one.power_mw or 0.0 for one in exact])
    delays = np.outer(shares**_DELAY_POWER, [one.delay_ms or 0.0 for one in exact])
    kept = delays <= (np.inf if limit_ms is None else limit_ms)
    best = np.where(kept.any(axis=1), np.where(kept, powers, np.inf).argmin(axis=1), delays.argmin(axis=1))
    rows = np.arange(len(shares))
    return powers[rows, best], delays[rows, best]
