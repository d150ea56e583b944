"""What a mapping is chosen for: area, static power, or a mix of both."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from bespoke.cells import CellLibrary
from bespoke.errors import OptionError

CostOf = Callable[[str, tuple[int, ...]], float]


@dataclass(frozen=True, slots=True)
class Objective:
    """Weights of the two costs of a cell.

    Attributes
    ----------
    power_share : float
        0 for the least area, 1 for the least static power, between them a mix in which the library's inverter
        counts one for either cost.
    stimuli : tuple of int
        Bit vectors of the primary inputs, in net order, from which the state probabilities are counted.
    vectors : int
        Number of input vectors in ``stimuli``.
    """

    power_share: float = 0.0
    stimuli: tuple[int, ...] = ()
    vectors: int = 0

    def __post_init__(self) -> None:
        if not 0 <= self.power_share <= 1:
            raise OptionError("power share out of range", got=self.power_share, allowed="0 to 1")
        if self.power_share and not self.vectors:
            raise OptionError("a power objective needs stimuli", allowed="vectors > 0")


def cell_costs(objective: Objective, library: CellLibrary, values: Sequence[int], inverter: str) -> CostOf:
    """Function from a cell and the literals on its pins to its cost.

    Parameters
    ----------
    objective : Objective
    library : CellLibrary
    values : sequence of int
        Bit vector per literal of the subject graph, for the objective's stimuli.
    inverter : str
        Name of the cell that sets the units.
    """
    areas = {name: cell.area_mm2 / library[inverter].area_mm2 for name, cell in library.cells.items()}
    if not objective.power_share:
        return lambda cell, _: areas[cell]
    unit = max(library[inverter].static_power_uw) * objective.vectors or 1.0
    powers = {name: tuple(p / unit for p in cell.static_power_uw) for name, cell in library.cells.items()}
    power_share, mask = objective.power_share, (1 << objective.vectors) - 1
    area_share = 1.0 - power_share

    def cost(cell: str, pins: tuple[int, ...]) -> float:
        parts = [mask]
        for pin in reversed(pins):
            ones = values[pin]
            parts = [part for old in parts for part in (old & ~ones, old & ones)]
        power = sum([p * part.bit_count() for p, part in zip(powers[cell], parts, strict=True)])
        return area_share * areas[cell] + power_share * power

    return cost
