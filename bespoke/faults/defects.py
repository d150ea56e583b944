"""Functional yield: the share of printed circuits that are good enough in spite of their defects."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy import stats
from scipy.optimize import brentq

from bespoke.faults.effects import Rows, fault_set_effects, single_fault_effects
from bespoke.faults.fault import stuck_at_faults
from bespoke.faults.graph import Subject
from bespoke.faults.kernel import Floats

MM2_PER_CM2 = 100.0
MOST_DEFECTS = 12
_Z95 = 1.959964


@dataclass(frozen=True, slots=True, eq=False)
class FunctionalYield:
    """Chance of a good enough circuit by its number of defects.

    A defect hits a cell with a chance that grows with its area, and makes any of its pins stuck at either value.

    Attributes
    ----------
    area_cm2 : float
        Of all cells.
    shares : ndarray of float64, shape (MOST_DEFECTS + 1,)
        Share of good enough circuits with 0, 1, 2 ... defects: exact up to 1, sampled from 2 on.
    samples : int
        Circuits sampled for each number.
    """

    area_cm2: float
    shares: Floats
    samples: int

    def at(self, density: float) -> tuple[float, float, float]:
        """Yield, and its 95 % interval, at so many defects per cm2, which are Poisson distributed.

        Circuits with more than `MOST_DEFECTS` defects count as bad, but good in the upper end of the interval.
        """
        chances = stats.poisson.pmf(np.arange(len(self.shares)), density * self.area_cm2)
        found = float(chances @ self.shares)
        # Two successes and two failures are added (Agresti and Coull 1998), so that a share of 0 or 1 is not certain.
        smooth = (self.shares[2:] * self.samples + 2) / (self.samples + 4)
        spread = _Z95 * float(np.sqrt(np.sum(chances[2:] ** 2 * smooth * (1 - smooth) / (self.samples + 4))))
        rest = max(0.0, 1.0 - float(chances.sum()))
        return found, max(0.0, found - spread), min(1.0, found + spread + rest)

    def density_for(self, share: float) -> float:
        """Defects per cm2 at which the yield has fallen to a share; infinite for a circuit without area."""
        if not self.area_cm2:
            return float("inf")
        most = MOST_DEFECTS / self.area_cm2
        if self.at(most)[0] >= share:
            return most
        return float(brentq(lambda density: self.at(density)[0] - share, 0.0, most, xtol=1e-9 * most))


def functional_yield(circuit: Subject, rows: Rows, most_loss: float, *, samples: int, seed: int) -> FunctionalYield:
    """Chance that a circuit is good enough, by its number of defects.

    Parameters
    ----------
    circuit : Subject
    rows : Rows
        Rows that judge.
    most_loss : float
        A circuit is good enough if the sum of its losses exceeds that without a fault by no more.
    samples : int
        Circuits sampled for each number of defects.
    seed : int
    """
    faults = stuck_at_faults(circuit)
    effects = single_fault_effects(circuit, faults, rows)
    cells = [circuit.library[instance.cell] for instance in circuit.netlist.instances]
    areas = np.array([cell.area_mm2 for cell in cells])
    pins = np.array([len(cell.pins) for cell in cells])
    area = float(areas.sum())
    if not area:
        return FunctionalYield(0.0, np.ones(MOST_DEFECTS + 1), samples)
    weights = (areas / (2 * pins))[faults.instances] / area
    limit = effects.base + most_loss + 1e-9
    rng = np.random.default_rng(seed)
    shares = [1.0, float(weights[effects.losses <= limit].sum())]
    for count in range(2, MOST_DEFECTS + 1):
        drawn = rng.choice(len(faults), (samples, count), p=weights / weights.sum())
        sets = [
            list({int(faults.sites[at]): int(faults.values[at]) for at in numbers}.items())
            for numbers in drawn.tolist()
        ]
        found = fault_set_effects(circuit, sets, rows)
        shares.append(float(np.mean(found.losses <= limit)))
    return FunctionalYield(area / MM2_PER_CM2, np.array(shares), samples)
