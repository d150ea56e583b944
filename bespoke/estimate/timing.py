"""Static timing analysis."""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cache, partial
from typing import NamedTuple

from bespoke.cells import Arc, CellLibrary, Table, inverter
from bespoke.errors import OptionError
from bespoke.estimate.curve import Curve, TableEnds, at_load
from bespoke.netlist import MappedNetlist

RISE, FALL = 0, 1
EDGES = ("rise", "fall")
NEVER = -math.inf
_NO_DELAY = Table((0.0,), (0.0,), ((0.0,),))
LEAST_DELAY_MS: dict[TableEnds, float] = {"hold": 0.0, "extrapolate": -math.inf}
# Causing and caused edges by sense.
_EDGE_PAIRS = {
    "positive_unate": ((RISE, RISE), (FALL, FALL)),
    "negative_unate": ((FALL, RISE), (RISE, FALL)),
    "non_unate": ((RISE, RISE), (FALL, RISE), (RISE, FALL), (FALL, FALL)),
}


@dataclass(frozen=True, slots=True)
class Boundary:
    """What stands at the ports.

    Attributes
    ----------
    output_load_pf : float
        Load on every output bit in pF.
    input_slew_ms : float
        Transition time of every input bit in ms.
    """

    output_load_pf: float
    input_slew_ms: float

    def __post_init__(self) -> None:
        for name, value in (("output load", self.output_load_pf), ("input slew", self.input_slew_ms)):
            if not 0 <= value < math.inf:
                raise OptionError(f"bad {name}", got=value, allowed="a number >= 0")


@dataclass(frozen=True, slots=True)
class PathStep:
    """One instance on a path.

    Attributes
    ----------
    instance : int
        Index in ``MappedNetlist.instances``.
    cell : str
        Name of the cell.
    pin : str
        Input pin through which the path enters.
    edge : str
        "rise" or "fall" of the output.
    arrival_ms : float
        When the output has switched, in ms after the inputs.
    """

    instance: int
    cell: str
    pin: str
    edge: str
    arrival_ms: float


@dataclass(frozen=True, slots=True)
class Timing:
    """Result of a timing analysis.

    Attributes
    ----------
    table_ends : {"hold", "extrapolate"}
        Rule for transition times that the tables do not have.
    delay_ms : float
        Latest arrival at an output; 0 if no output depends on an input through a cell.
    critical_path : tuple of PathStep
        From the inputs to that output.
    loads_pf : list of float
        Per net: capacitance of the pins and ports it drives.
    arrivals_ms, slews_ms : tuple of two lists of float
        Per edge (rise, fall) and net: latest arrival and longest transition time; arrivals of nets that never
        switch are ``-inf``.
    """

    table_ends: TableEnds
    delay_ms: float
    critical_path: tuple[PathStep, ...]
    loads_pf: list[float]
    arrivals_ms: tuple[list[float], list[float]]
    slews_ms: tuple[list[float], list[float]]


class LoadedArc(NamedTuple):
    """From one edge of an input pin to one edge of an output, at one load."""

    pin: int
    cause: int
    effect: int
    delay: Curve
    transition: Curve


def default_boundary(library: CellLibrary) -> Boundary:
    """Each output drives one inverter of the library; inputs switch as fast as its tables go.

    Without an inverter the output load is zero, without timing tables the transition time.
    """
    smallest = inverter(library)
    arcs = (arc for cell in library.cells.values() for pin in cell.outputs for arc in pin.arcs)
    slews = (table.slews_ms[0] for arc in arcs for table in (arc.cell_rise, arc.cell_fall) if table.slews_ms)
    return Boundary(smallest.inputs[0].capacitance_pf if smallest else 0.0, max(min(slews, default=0.0), 0.0))


def net_loads(mapped: MappedNetlist, library: CellLibrary, output_load_pf: float) -> list[float]:
    """Capacitance in pF on every net: input pins of its fanouts and output ports; wires have none."""
    loads = [0.0] * mapped.net_count
    capacitances = {name: [pin.capacitance_pf for pin in library[name].inputs] for name in mapped.cell_histogram()}
    for instance in mapped.instances:
        for net, capacitance in zip(instance.fanins, capacitances[instance.cell], strict=True):
            loads[net] += capacitance
    for port in mapped.outputs:
        for net in port.bits:
            loads[net] += output_load_pf
    return loads


def analyse_timing(
    mapped: MappedNetlist, library: CellLibrary, boundary: Boundary | None = None, *, table_ends: TableEnds = "hold"
) -> Timing:
    """Latest arrivals of rising and falling edges under worst-case transition times.

    All inputs switch at time 0. Arcs with a condition (``when``) count whatever the other inputs are, and of
    several the worst counts. An input on which an output depends without a timing arc counts as no delay.

    Parameters
    ----------
    mapped : MappedNetlist
    library : CellLibrary
    boundary : Boundary, optional
        Default: `default_boundary`.
    table_ends : {"hold", "extrapolate"}
        Rule for transition times that the tables do not have (`bespoke.estimate.curve`). Under "extrapolate" the
        delay of a cell counts even if it is negative, as OpenSTA does it.

    Raises
    ------
    LibraryError
        If the library lacks a cell.
    """
    boundary = boundary or default_boundary(library)
    loads = net_loads(mapped, library, boundary.output_load_pf)
    inputs = range(2, 2 + mapped.input_count)
    start = [0.0 if net in inputs else NEVER for net in range(mapped.net_count)]
    slew = [boundary.input_slew_ms if net in inputs else 0.0 for net in range(mapped.net_count)]
    arrivals, slews = (start, start.copy()), (slew, slew.copy())
    arcs_of = cache(partial(loaded_arcs, library, table_ends))
    least_ms = LEAST_DELAY_MS[table_ends]
    # By net and edge: the instance that switches it last, the pin and the edge there that make it do so.
    causes: dict[tuple[int, int], tuple[int, int, int]] = {}
    for index, instance in enumerate(mapped.instances):
        for position, net in enumerate(instance.fanouts):
            # Sums of equal capacitances in another order may differ in the last digits.
            for pin, cause, effect, delay, transition in arcs_of(instance.cell, position, round(loads[net], 9)):
                source = instance.fanins[pin]
                if arrivals[cause][source] == NEVER:
                    continue
                arrival = arrivals[cause][source] + max(least_ms, delay.at(slews[cause][source]))
                if arrival > arrivals[effect][net]:
                    arrivals[effect][net] = arrival
                    causes[net, effect] = (index, pin, cause)
                slews[effect][net] = max(slews[effect][net], transition.at(slews[cause][source]))
    ends = [(arrivals[edge][net], net, edge) for port in mapped.outputs for net in port.bits for edge in (RISE, FALL)]
    delay_ms, net, edge = max(ends, default=(NEVER, 0, RISE), key=lambda end: end[0])
    path = []
    while (net, edge) in causes:
        index, pin, cause = causes[net, edge]
        instance = mapped.instances[index]
        name = library[instance.cell].inputs[pin].name
        path.append(PathStep(index, instance.cell, name, EDGES[edge], arrivals[edge][net]))
        net, edge = instance.fanins[pin], cause
    return Timing(table_ends, max(delay_ms, 0.0), tuple(reversed(path)), loads, arrivals, slews)


def loaded_arcs(library: CellLibrary, ends: TableEnds, name: str, position: int, load_pf: float) -> list[LoadedArc]:
    """Arcs to an output of a cell; an input on which it depends without an arc has one without delay."""
    cell = library[name]
    output, positions = cell.outputs[position], {pin.name: index for index, pin in enumerate(cell.inputs)}
    timed = {arc.related_pin for arc in output.arcs}
    untimed = [pin for pin in positions if pin not in timed and _depends(output.truth, positions[pin], len(positions))]
    found = []
    for arc in (*output.arcs, *(Arc(pin, "non_unate", *[_NO_DELAY] * 4) for pin in untimed)):
        tables = ((arc.cell_rise, arc.rise_transition), (arc.cell_fall, arc.fall_transition))
        for cause, effect in _EDGE_PAIRS[arc.sense]:
            if tables[effect][0].values:
                delay, transition = (at_load(table, load_pf, ends) for table in tables[effect])
                found.append(LoadedArc(positions[arc.related_pin], cause, effect, delay, transition))
    return found


def _depends(truth: int, position: int, inputs: int) -> bool:
    return any((truth >> state ^ truth >> (state | 1 << position)) & 1 for state in range(1 << inputs))
