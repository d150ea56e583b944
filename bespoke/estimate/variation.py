"""Delay and static power of printed circuits whose cells vary: a Monte Carlo."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import cache, partial
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from bespoke.cells import CellLibrary
from bespoke.estimate.curve import TableEnds
from bespoke.estimate.power import static_power_uw
from bespoke.estimate.timing import LEAST_DELAY_MS, NEVER, analyse_timing, loaded_arcs
from bespoke.netlist import Activity, MappedNetlist

Floats = NDArray[np.float64]
_AT_ONCE = 128  # circuits whose arrivals are held at the same time: 2 KB a net
_MW_PER_UW = 1e-3


class Spread(NamedTuple):
    """How the currents of cells vary.

    The current of a cell is that of the library times ``exp(shared * g + own * l)``, where g is drawn once a circuit
    and l once a cell, both from a standard normal distribution.

    Attributes
    ----------
    shared : float
        Standard deviation of the logarithm of what all cells of a circuit have in common.
    own : float
        That of what each cell has for itself.
    """

    shared: float
    own: float

    def currents(self, cells: int, samples: int, rng: np.random.Generator) -> Iterator[Floats]:
        """Factors of the currents of all cells, shape (cells, n), in parts of the samples."""
        for start in range(0, samples, _AT_ONCE):
            count = min(_AT_ONCE, samples - start)
            whole = rng.normal(0.0, self.shared, count)
            yield np.exp(whole + rng.normal(0.0, self.own, (cells, count)))


class Varied(NamedTuple):
    """Figures of sampled circuits, each of shape (n_samples,)."""

    delays_ms: Floats
    static_power_mw: Floats


def varied(
    mapped: MappedNetlist,
    library: CellLibrary,
    activity: Activity,
    currents: Iterable[Floats],
    table_ends: TableEnds = "hold",
) -> Varied:
    """Delays and static powers of circuits whose cells vary.

    The delay of every arc of a cell is divided by the factor of the cell's current, and its static power multiplied by
    it. Transition times are those of the library.

    Parameters
    ----------
    mapped : MappedNetlist
    library : CellLibrary
    activity : Activity
        Of that netlist under the stimuli that matter.
    currents : iterable of ndarray of float64, shape (n_instances, n)
        Factors of the current of each cell; see `Spread.currents`.
    table_ends : {"hold", "extrapolate"}
        As in `analyse_timing`.
    """
    powers = np.array(static_power_uw(mapped, library, activity)) * _MW_PER_UW
    arcs = list(_arcs(mapped, library, table_ends))
    found = [(_delays_ms(mapped, arcs, 1.0 / factors), powers @ factors) for factors in currents]
    return Varied(*(np.concatenate(each) for each in zip(*found, strict=True)))


class _TimedArc(NamedTuple):
    """An arc between edges of two nets, with its delay in ms."""

    instance: int
    source: tuple[int, int]
    target: tuple[int, int]
    delay_ms: float


def _arcs(mapped: MappedNetlist, library: CellLibrary, ends: TableEnds) -> Iterator[_TimedArc]:
    """All arcs, those of the first instances first."""
    timing = analyse_timing(mapped, library, table_ends=ends)
    arcs_of = cache(partial(loaded_arcs, library, ends))
    for index, instance in enumerate(mapped.instances):
        for position, net in enumerate(instance.fanouts):
            for pin, cause, effect, delay, _ in arcs_of(instance.cell, position, round(timing.loads_pf[net], 9)):
                source = instance.fanins[pin]
                if timing.arrivals_ms[cause][source] != NEVER:
                    own = max(LEAST_DELAY_MS[ends], delay.at(timing.slews_ms[cause][source]))
                    yield _TimedArc(index, (cause, source), (effect, net), own)


def _delays_ms(mapped: MappedNetlist, arcs: list[_TimedArc], factors: Floats) -> Floats:
    """Latest arrivals at an output for factors of shape (n_instances, n_samples)."""
    count = factors.shape[1]
    inputs = range(2, 2 + mapped.input_count)
    arrivals = {(edge, net): np.zeros(count) for net in inputs for edge in (0, 1)}
    for instance, source, target, delay_ms in arcs:
        arrival = arrivals[source] + delay_ms * factors[instance]
        known = arrivals.get(target)
        arrivals[target] = arrival if known is None else np.maximum(known, arrival)
    ends = [(edge, net) for port in mapped.outputs for net in port.bits for edge in (0, 1)]
    found = [arrivals[end] for end in ends if end in arrivals]
    return np.maximum(np.max(found, axis=0), 0.0) if found else np.zeros(count)
