"""The whole estimate of a mapped netlist."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from typing import Any, NamedTuple

from bespoke.cells import CellLibrary
from bespoke.errors import OptionError
from bespoke.estimate.curve import TABLE_ENDS, TableEnds
from bespoke.estimate.power import dynamic_energy_nj, static_power_uw
from bespoke.estimate.timing import PathStep, analyse_timing
from bespoke.netlist import Activity, MappedNetlist

_MW_PER_UW = 1e-3
_MOST_NAMES = 5


@dataclass(frozen=True, slots=True)
class CellShare:
    """What all instances of one cell, or of one group of cells, take together; None as in the whole estimate."""

    count: int
    area_mm2: float
    static_power_mw: float | None
    dynamic_power_mw: float | None


@dataclass(frozen=True, slots=True)
class Estimate:
    """Area, power and delay of a circuit.

    Attributes
    ----------
    area_mm2 : float
        Sum of the cells.
    static_power_mw, dynamic_power_mw, power_mw : float or None
        Mean over the stimuli; ``power_mw`` is the sum of both. None if the library does not state it of some gate.
    delay_ms : float or None
        Latest arrival at an output; None if the library has no delays of some gate.
    table_ends : {"hold", "extrapolate"}
        Rule for transition times that the library's tables do not have, under which all figures are.
    delays_ms : dict of str to float
        The delay under each of these rules; empty without delays.
    vdd : float
        Supply voltage in V.
    technology : str
        Name of the cell library.
    cells : dict of str to int
        Instances by cell.
    critical_path : tuple of PathStep
        The slowest path, inputs first; empty without delays.
    period_ms : float or None
        Time between two input vectors, for the dynamic power; None if that is the delay, and there is none.
    shares : dict of str to CellShare
        Area and power by cell, and
    groups : dict of str to CellShare
        by group of cells, in the order in which they first occur; empty if no groups were given.
    """

    area_mm2: float
    static_power_mw: float | None
    dynamic_power_mw: float | None
    power_mw: float | None
    delay_ms: float | None
    table_ends: TableEnds
    delays_ms: dict[TableEnds, float]
    vdd: float
    technology: str
    cells: dict[str, int]
    critical_path: tuple[PathStep, ...]
    period_ms: float | None
    shares: dict[str, CellShare]
    groups: dict[str, CellShare] = field(default_factory=dict)

    def to_json(self) -> dict[str, Any]:
        """All fields as JSON values, without ``groups`` if there are none; units stand in the names."""
        values = {**asdict(self), "critical_path": [asdict(step) for step in self.critical_path]}
        return values if self.groups else {name: value for name, value in values.items() if name != "groups"}


def estimate(
    mapped: MappedNetlist,
    library: CellLibrary,
    activity: Activity,
    *,
    period_ms: float | None = None,
    groups: Sequence[str] = (),
    table_ends: TableEnds = "hold",
) -> Estimate:
    """Estimate area, power and delay; what stands at the ports is `bespoke.estimate.default_boundary`.

    Parameters
    ----------
    mapped : MappedNetlist
    library : CellLibrary
        Any library that has the netlist's cells, at any supply voltage.
    activity : Activity
        Of that netlist under the stimuli that matter.
    period_ms : float, optional
        Time between two input vectors. By default the circuit runs as fast as it can, so the period is its
        delay (and the dynamic power of a circuit without delay is zero). A period below the delay is taken as
        it is: compare it with ``delay_ms``.
    groups : sequence of str, optional
        Name of the group of every instance, for shares by group.
    table_ends : {"hold", "extrapolate"}
        Beyond the transition times of the library's tables figures keep the value of the edge, or go on linearly.

    Raises
    ------
    LibraryError
        If the library lacks a cell.
    StimuliError
        If the activity does not belong to the netlist or saw no vector.
    OptionError
        If the period is not positive.
    """
    if period_ms is not None and not 0 < period_ms < math.inf:
        raise OptionError("the period must be positive", got=f"{period_ms} ms", allowed="a number of ms > 0")
    cells = [library[name] for name in mapped.cell_histogram()]
    timings = {ends: analyse_timing(mapped, library, table_ends=ends) for ends in TABLE_ENDS}
    timing = timings[table_ends]
    has_delay = all(cell.states_delay for cell in cells)
    period = timing.delay_ms if period_ms is None and has_delay else period_ms
    static = static_power_uw(mapped, library, activity) if all(cell.states_static_power for cell in cells) else None
    dynamic = None
    if period is not None and all(cell.states_energy for cell in cells):
        energies = dynamic_energy_nj(mapped, library, activity, timing)
        dynamic = [energy / period if period else 0.0 for energy in energies]
    names = [instance.cell for instance in mapped.instances]
    figures = _Figures([library[name].area_mm2 for name in names], static, dynamic)
    shares = dict(sorted(_shares(names, figures).items()))
    static_mw, dynamic_mw = (
        None if part is None else math.fsum(values)
        for part, values in (
            (static, [share.static_power_mw or 0.0 for share in shares.values()]),
            (dynamic, [share.dynamic_power_mw or 0.0 for share in shares.values()]),
        )
    )
    return Estimate(
        area_mm2=area_mm2(mapped, library),
        static_power_mw=static_mw,
        dynamic_power_mw=dynamic_mw,
        power_mw=None if static_mw is None or dynamic_mw is None else static_mw + dynamic_mw,
        delay_ms=timing.delay_ms if has_delay else None,
        table_ends=table_ends,
        delays_ms={ends: found.delay_ms for ends, found in timings.items()} if has_delay else {},
        vdd=library.vdd,
        technology=library.name,
        cells=mapped.cell_histogram(),
        critical_path=timing.critical_path if has_delay else (),
        period_ms=period,
        shares=shares,
        groups=_shares(groups, figures) if groups else {},
    )


def unstated(mapped: MappedNetlist, library: CellLibrary) -> list[str]:
    """Remarks on figures that an estimate does not have, each with the cells that lack them."""
    cells = [library[name] for name in mapped.cell_histogram()]
    lacking = {
        "static power": [cell.name for cell in cells if not cell.states_static_power],
        "energy of switching": [cell.name for cell in cells if not cell.states_energy],
        "delay": [cell.name for cell in cells if not cell.states_delay],
    }
    return [
        f"no {figure} is stated for {', '.join(names[:_MOST_NAMES])}{', ...' if len(names) > _MOST_NAMES else ''}"
        for figure, names in lacking.items()
        if names
    ]


def area_mm2(mapped: MappedNetlist, library: CellLibrary) -> float:
    """Sum of the areas of all cells in mm2; wires take none.

    Raises
    ------
    LibraryError
        If the library lacks a cell.
    """
    return math.fsum(count * library[name].area_mm2 for name, count in mapped.cell_histogram().items())


class _Figures(NamedTuple):
    """Per instance area in mm2, static and dynamic power in uW, where these are stated."""

    areas: list[float]
    static: list[float] | None
    dynamic: list[float] | None

    def share(self, members: Sequence[int]) -> CellShare:
        """What some instances take together."""
        area, static, dynamic = (
            None if values is None else math.fsum(values[index] for index in members) for values in self
        )
        powers = (None if power is None else power * _MW_PER_UW for power in (static, dynamic))
        return CellShare(len(members), area or 0.0, *powers)


def _shares(names: Sequence[str], figures: _Figures) -> dict[str, CellShare]:
    """Sums of the instances by name."""
    members: dict[str, list[int]] = {}
    for index, name in enumerate(names):
        members.setdefault(name, []).append(index)
    return {name: figures.share(group) for name, group in members.items()}
