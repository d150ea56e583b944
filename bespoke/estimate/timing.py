"""Static timing analysis."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from typing import NamedTuple

from bespoke.cells import Arc, Cell, CellLibrary, OutputPin, Table, inverter
from bespoke.errors import OptionError
from bespoke.estimate.curve import Curve, at_load
from bespoke.netlist import MappedNetlist

RISE, FALL = 0, 1
EDGES = ("rise", "fall")
NEVER = -math.inf
_NO_DELAY = Table((0.0,), (0.0,), ((0.0,),))
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

    delay_ms: float
    critical_path: tuple[PathStep, ...]
    loads_pf: list[float]
    arrivals_ms: tuple[list[float], list[float]]
    slews_ms: tuple[list[float], list[float]]


class _EdgeArc(NamedTuple):
    """From one edge of an input pin to one edge of an output."""

    pin: int
    cause: int
    effect: int
    delay: Table
    transition: Table


class _LoadedArc(NamedTuple):
    """`_EdgeArc` at one load."""

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


def analyse_timing(mapped: MappedNetlist, library: CellLibrary, boundary: Boundary | None = None) -> Timing:
    """Latest arrivals of rising and falling edges under worst-case transition times.

    All inputs switch at time 0. Arcs with a condition (``when``) count whatever the other inputs are, and of
    several the worst counts. An input on which an output depends without a timing arc counts as no delay.

    Parameters
    ----------
    mapped : MappedNetlist
    library : CellLibrary
    boundary : Boundary, optional
        Default: `default_boundary`.

    Raises
    ------
    LibraryError
        If the library lacks a cell.
    """
    boundary = boundary or default_boundary(library)
    propagation = _Propagation(mapped, library, boundary)
    propagation.run()
    return propagation.result()


class _Propagation:
    """One pass over the instances in topological order."""

    def __init__(self, mapped: MappedNetlist, library: CellLibrary, boundary: Boundary) -> None:
        self.mapped = mapped
        self.library = library
        count = mapped.net_count
        self.loads = net_loads(mapped, library, boundary.output_load_pf)
        self.arrivals = ([NEVER] * count, [NEVER] * count)
        self.slews = ([0.0] * count, [0.0] * count)
        self.causes: tuple[list[tuple[int, int]], list[tuple[int, int]]] = ([(0, 0)] * count, [(0, 0)] * count)
        self.drivers = [-1] * count
        for edge in (RISE, FALL):
            inputs = slice(2, 2 + mapped.input_count)
            self.arrivals[edge][inputs] = [0.0] * mapped.input_count
            self.slews[edge][inputs] = [boundary.input_slew_ms] * mapped.input_count

    def run(self) -> None:
        arcs = {name: [list(_edge_arcs(cell, pin)) for pin in cell.outputs] for name, cell in self._cells().items()}
        cache: dict[tuple[str, int, float], list[_LoadedArc]] = {}
        for index, instance in enumerate(self.mapped.instances):
            for place, net in enumerate(instance.fanouts):
                # Sums of equal capacitances in another order may differ in the last digits.
                load = round(self.loads[net], 9)
                loaded = cache.get((instance.cell, place, load))
                if loaded is None:
                    loaded = [_loaded(arc, load) for arc in arcs[instance.cell][place]]
                    cache[instance.cell, place, load] = loaded
                self.drivers[net] = index
                self._switch(net, instance.fanins, loaded)

    def _cells(self) -> dict[str, Cell]:
        return {name: self.library[name] for name in self.mapped.cell_histogram()}

    def _switch(self, net: int, fanins: tuple[int, ...], arcs: list[_LoadedArc]) -> None:
        for pin, cause, effect, delay, transition in arcs:
            source = fanins[pin]
            start = self.arrivals[cause][source]
            if start == NEVER:
                continue
            slew = self.slews[cause][source]
            arrival = start + max(0.0, delay.at(slew))
            if arrival > self.arrivals[effect][net]:
                self.arrivals[effect][net] = arrival
                self.causes[effect][net] = (pin, cause)
            self.slews[effect][net] = max(self.slews[effect][net], transition.at(slew))

    def result(self) -> Timing:
        ends = [(self.arrivals[edge][net], net, edge) for p in self.mapped.outputs for net in p.bits for edge in (0, 1)]
        arrival, net, edge = max(ends, default=(NEVER, 0, RISE), key=lambda end: end[0])
        path = tuple(self._trace(net, edge))[::-1]
        return Timing(max(arrival, 0.0), path, self.loads, self.arrivals, self.slews)

    def _trace(self, net: int, edge: int) -> Iterator[PathStep]:
        while (index := self.drivers[net]) >= 0 and self.arrivals[edge][net] != NEVER:
            instance = self.mapped.instances[index]
            pin, cause = self.causes[edge][net]
            name = self.library[instance.cell].inputs[pin].name
            yield PathStep(index, instance.cell, name, EDGES[edge], self.arrivals[edge][net])
            net, edge = instance.fanins[pin], cause


def _edge_arcs(cell: Cell, output: OutputPin) -> Iterator[_EdgeArc]:
    places = {pin.name: place for place, pin in enumerate(cell.inputs)}
    for arc in output.arcs:
        yield from _edges_of(arc, places[arc.related_pin])
    timed = {arc.related_pin for arc in output.arcs}
    for name, place in places.items():
        if name not in timed and _depends(output.truth, place, 1 << len(places)):
            for cause, effect in _EDGE_PAIRS["non_unate"]:
                yield _EdgeArc(place, cause, effect, _NO_DELAY, _NO_DELAY)


def _edges_of(arc: Arc, place: int) -> Iterator[_EdgeArc]:
    tables = {RISE: (arc.cell_rise, arc.rise_transition), FALL: (arc.cell_fall, arc.fall_transition)}
    for cause, effect in _EDGE_PAIRS[arc.sense]:
        delay, transition = tables[effect]
        if delay.values:
            yield _EdgeArc(place, cause, effect, delay, transition)


def _loaded(arc: _EdgeArc, load_pf: float) -> _LoadedArc:
    return _LoadedArc(arc.pin, arc.cause, arc.effect, at_load(arc.delay, load_pf), at_load(arc.transition, load_pf))


def _depends(truth: int, place: int, states: int) -> bool:
    step = 1 << place
    return any((truth >> state ^ truth >> (state | step)) & 1 for state in range(states) if not state & step)
