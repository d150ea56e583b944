"""What a mapping is chosen for: area, static power, or a mix of both."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from bespoke.cells import CellLibrary
from bespoke.errors import OptionError
from bespoke.netlist import joint_states

Integers = NDArray[np.int64]
Floats = NDArray[np.float64]
CostOf = Callable[[Integers, Integers], Floats]
PINS, NO_PIN = 4, -1  # of a cell at most, and where it has less


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


def match_costs(
    objective: Objective, library: CellLibrary, names: Sequence[str], values: Sequence[int], inverter: str
) -> CostOf:
    """Function from cells, as positions in ``names`` (n,), and the literals on their pins (n, 4) to costs (n,).

    Parameters
    ----------
    objective : Objective
    library : CellLibrary
    names : sequence of str
    values : sequence of int
        Bit vector per literal of the subject graph, for the objective's stimuli.
    inverter : str
        Name of the cell that sets the units.
    """
    areas = np.array([library[name].area_mm2 / library[inverter].area_mm2 for name in names], dtype=np.float64)
    if not objective.power_share:
        return lambda cells, _: areas[cells]
    unit = max(library[inverter].static_power_uw) * objective.vectors or 1.0
    powers = [tuple(p / unit for p in library[name].static_power_uw) for name in names]
    power_share, mask = objective.power_share, (1 << objective.vectors) - 1

    def power(cell: int, pins: Sequence[int]) -> float:
        parts = joint_states([values[pin] for pin in pins if pin != NO_PIN], mask)
        return sum([p * part.bit_count() for p, part in zip(powers[cell], parts, strict=True)])

    def costs(cells: Integers, pins: Integers) -> Floats:
        drawn = [power(cell, row) for cell, row in zip(cells.tolist(), pins.tolist(), strict=True)]
        mixed = (1.0 - power_share) * areas[cells] + power_share * np.array(drawn, dtype=np.float64)
        return np.asarray(mixed, dtype=np.float64)

    return costs
