"""Static power from the states of every instance, dynamic energy from the toggles of every net."""

from __future__ import annotations

from typing import NamedTuple

from bespoke.cells import Cell, CellLibrary, OutputPin
from bespoke.errors import StimuliError
from bespoke.estimate.curve import Curve, at_load
from bespoke.estimate.timing import FALL, RISE, Timing
from bespoke.netlist import Activity, Instance, MappedNetlist

_NJ_PER_PJ = 1e-3


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
    meter = _Meter(library, activity, timing)
    return [
        meter.energy_nj(instance, states) for instance, states in zip(mapped.instances, activity.states, strict=True)
    ]


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


class _PinEnergy(NamedTuple):
    """Internal energies through one input pin at one load; a condition of -1 holds always."""

    pin: int
    parts: list[tuple[int, list[Curve]]]


class _Meter:
    def __init__(self, library: CellLibrary, activity: Activity, timing: Timing) -> None:
        self._library = library
        self._activity = activity
        self._timing = timing
        self._pairs = max(activity.vectors - 1, 1)
        self._cache: dict[tuple[str, int, float], list[_PinEnergy]] = {}

    def energy_nj(self, instance: Instance, states: tuple[float, ...]) -> float:
        cell = self._library[instance.cell]
        total = 0.0
        for place, net in enumerate(instance.fanouts):
            toggles = self._activity.toggles[net]
            if toggles:
                load = round(self._timing.loads_pf[net], 9)
                switching = _NJ_PER_PJ * load * self._library.vdd**2 / 2
                total += toggles * (switching + self._internal(instance, cell, place, load, states))
        return total / self._pairs

    def _internal(self, instance: Instance, cell: Cell, place: int, load: float, states: tuple[float, ...]) -> float:
        key = (instance.cell, place, load)
        pins = self._cache.get(key)
        if pins is None:
            pins = self._cache[key] = _pin_energies(cell, cell.outputs[place], load)
        weights = [self._activity.toggles[instance.fanins[entry.pin]] for entry in pins]
        total = sum(weights)
        if not total:
            return 0.0
        return (
            sum(
                weight * self._of_pin(entry, instance.fanins[entry.pin], states)
                for weight, entry in zip(weights, pins, strict=True)
                if weight
            )
            / total
        )

    def _of_pin(self, entry: _PinEnergy, net: int, states: tuple[float, ...]) -> float:
        """Mean over rise and fall, and over the conditions that hold while the input switches."""
        slew = max(self._timing.slews_ms[RISE][net], self._timing.slews_ms[FALL][net])
        parts = entry.parts
        weights = {condition: _occurrences(condition, states) for condition, _ in parts}
        total = sum(weights.values())
        if not total:
            weights, total = dict.fromkeys(weights, 1), len(weights)
        return sum(weights[c] * sum(curve.at(slew) for curve in curves) for c, curves in parts) / (2 * total)


def _occurrences(condition: int, states: tuple[float, ...]) -> float:
    return sum(count for state, count in enumerate(states) if condition >> state & 1)


def _pin_energies(cell: Cell, output: OutputPin, load_pf: float) -> list[_PinEnergy]:
    found = []
    for place, pin in enumerate(cell.inputs):
        parts = [
            (energy.condition, [at_load(table, load_pf) for table in (energy.rise, energy.fall) if table.values])
            for energy in output.energies
            if energy.related_pin == pin.name
        ]
        if parts:
            found.append(_PinEnergy(place, parts))
    return found
