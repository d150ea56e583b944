"""Static power from the states of every instance, dynamic energy from the toggles of every net."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache, partial

from bespoke.cells import CellLibrary
from bespoke.errors import StimuliError
from bespoke.estimate.curve import Curve, TableEnds, at_load
from bespoke.estimate.timing import Timing
from bespoke.netlist import Activity, MappedNetlist

_NJ_PER_PJ = 1e-3

# Energies through one input pin at one load, by condition; a condition of -1 holds always.
Parts = list[tuple[int, list[Curve]]]


def static_power_uw(mapped: MappedNetlist, library: CellLibrary, activity: Activity) -> list[float]:
    """Static power of every instance in uW: the mean over the vectors of the figure for its input state.

    Raises
    ------
    StimuliError
        If the activity does not belong to the netlist or saw no vector.
    LibraryError
        If the library lacks a cell.
    """
    check_activity(mapped, activity)
    figures = {name: library[name].static_power_uw for name in mapped.cell_histogram()}
    return [
        sum(count * power for count, power in zip(states, figures[instance.cell], strict=True)) / activity.vectors
        for instance, states in zip(mapped.instances, activity.states, strict=True)
    ]


def dynamic_energy_nj(mapped: MappedNetlist, library: CellLibrary, activity: Activity, timing: Timing) -> list[float]:
    """Mean energy in nJ that every instance draws per vector for switching.

    Per toggle of an output it is ``load * vdd**2 / 2`` and the cell's internal energy, half of the toggles
    rising. A toggle is shared among the input pins in proportion to their toggles, and among a pin's
    conditions by how often they hold. Toggles are those between the settled values of consecutive vectors:
    glitches do not count, nor does what the drivers of the primary inputs spend.

    Raises
    ------
    StimuliError
        If the activity does not belong to the netlist or saw no vector.
    LibraryError
        If the library lacks a cell.
    """
    check_activity(mapped, activity)
    pin_energies = cache(partial(_pin_energies, library, timing.table_ends))
    slews = list(map(max, *timing.slews_ms))
    found = []
    for instance, states in zip(mapped.instances, activity.states, strict=True):
        energy = 0.0
        for position, net in enumerate(instance.fanouts):
            if activity.toggles[net]:
                load = round(timing.loads_pf[net], 9)
                switching = _NJ_PER_PJ * load * library.vdd**2 / 2
                pins = [(instance.fanins[pin], parts) for pin, parts in pin_energies(instance.cell, position, load)]
                weighted = [(activity.toggles[fanin], slews[fanin], parts) for fanin, parts in pins]
                energy += activity.toggles[net] * (switching + _internal(weighted, states))
        found.append(energy / max(activity.vectors - 1, 1))
    return found


def check_activity(mapped: MappedNetlist, activity: Activity) -> None:
    """Check that an activity can be that of a netlist.

    Raises
    ------
    StimuliError
        If not.
    """
    if activity.vectors < 1:
        raise StimuliError("the activity saw no input vector", where=mapped.name, got=activity.vectors, allowed=">= 1")
    for what, got, expected in (
        ("nets", len(activity.toggles), mapped.net_count),
        ("instances", len(activity.states), len(mapped.instances)),
    ):
        if got != expected:
            raise StimuliError(
                f"activity of another netlist: {what} differ", where=mapped.name, got=got, allowed=str(expected)
            )


def _internal(pins: Sequence[tuple[float, float, Parts]], states: Sequence[float]) -> float:
    """Internal energy of a toggle: the mean over input pins by their toggles, given with slews and energies."""
    total = sum(toggles for toggles, _, _ in pins)
    if not total:
        return 0.0
    return sum(toggles * _of_pin(parts, slew, states) for toggles, slew, parts in pins if toggles) / total


def _of_pin(parts: Parts, slew: float, states: Sequence[float]) -> float:
    """Mean over rise and fall, and over the conditions that hold while the input switches."""
    weights = {
        condition: sum(count for state, count in enumerate(states) if condition >> state & 1) for condition, _ in parts
    }
    total = sum(weights.values())
    if not total:
        weights, total = dict.fromkeys(weights, 1), len(weights)
    return sum(weights[c] * sum(curve.at(slew) for curve in curves) for c, curves in parts) / (2 * total)


def _pin_energies(
    library: CellLibrary, ends: TableEnds, name: str, position: int, load_pf: float
) -> list[tuple[int, Parts]]:
    """Internal energies through each input pin to an output."""
    cell = library[name]
    found = []
    for index, pin in enumerate(cell.inputs):
        parts = [
            (energy.condition, [at_load(table, load_pf, ends) for table in (energy.rise, energy.fall) if table.values])
            for energy in cell.outputs[position].energies
            if energy.related_pin == pin.name
        ]
        if parts:
            found.append((index, parts))
    return found
