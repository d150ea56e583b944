"""Functional yield: the share of printed circuits that are good enough in spite of their defects."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy import stats
from scipy.optimize import brentq

from bespoke.faults.effects import Demand, Site, fault_set_effects, single_fault_effects
from bespoke.faults.fault import Faults, stuck_at_faults
from bespoke.faults.graph import Integers, Subject
from bespoke.faults.kernel import Floats

MM2_PER_CM2 = 100.0
# Numbers of defects that are sampled, as far as circuits with so many are good enough.
SAMPLED = (2, 3, 4, 5, 6, 7, 8, 9, 10, 12, 14, 17, 20, 24, 28, 34, 40, 48, 57, 68, 80)
_NEGLIGIBLE = 0.01
_Z95 = 1.959964


@dataclass(frozen=True, slots=True, eq=False)
class FunctionalYield:
    """Chance of a good enough circuit by its number of defects.

    A defect hits a cell with a chance that grows with its area, and makes any of its pins stuck at either value.

    Attributes
    ----------
    area_cm2 : float
        Of all cells.
    counts : ndarray of int64, shape (n,)
        Numbers of defects from 0 on, ascending.
    shares : ndarray of float64, shape (n,)
        Share of good enough circuits with so many: exact of 0 and 1, sampled from 2 on. Between two of the numbers it
        is interpolated.
    samples : int
        Circuits sampled for each number.
    clustering : float or None
        Defects are Poisson distributed, or, if they come in clusters, by a negative binomial distribution with this
        parameter: the smaller, the more they cluster (Stapper, "Defect density distribution for LSI yield
        calculations", IEEE Trans. Electron Devices 20, 1973).
    """

    area_cm2: float
    counts: Integers
    shares: Floats
    samples: int
    clustering: float | None = None

    def at(self, density: float) -> tuple[float, float, float]:
        """Yield, and its 95 % interval, at so many defects per cm2.

        Circuits with more defects than `counts` has count as bad, and in the upper end of the interval for as good as
        those with the most that it has.
        """
        numbers = np.arange(self.counts[-1] + 1)
        chances = _chances(numbers, density * self.area_cm2, self.clustering)
        right = np.searchsorted(self.counts, numbers)
        left = np.maximum(right - 1, 0)
        part = 1.0 - (self.counts[right] - numbers) / np.maximum(self.counts[right] - self.counts[left], 1)
        count = len(self.counts)
        weights = np.bincount(right, chances * part, count) + np.bincount(left, chances * (1.0 - part), count)
        found = float(weights @ self.shares)
        # Two successes and two failures are added (Agresti and Coull 1998), so that a share of 0 or 1 is not certain.
        smooth = (self.shares[2:] * self.samples + 2) / (self.samples + 4)
        spread = _Z95 * float(np.sqrt(np.sum(weights[2:] ** 2 * smooth * (1 - smooth) / (self.samples + 4))))
        rest = max(0.0, 1.0 - float(chances.sum())) * float(smooth[-1] if len(smooth) else self.shares[-1])
        return found, max(0.0, found - spread), min(1.0, found + spread + rest)

    def density_for(self, share: float) -> float:
        """Defects per cm2 at which the yield has fallen to a share; infinite for a circuit without area."""
        if not self.area_cm2:
            return float("inf")
        most = float(self.counts[-1]) / self.area_cm2
        if self.at(most)[0] >= share:
            return most
        return float(brentq(lambda density: self.at(density)[0] - share, 0.0, most, xtol=1e-9 * most))


def _chances(numbers: Integers, mean: float, clustering: float | None) -> Floats:
    if clustering is None:
        return np.asarray(stats.poisson.pmf(numbers, mean), dtype=np.float64)
    return np.asarray(stats.nbinom.pmf(numbers, clustering, clustering / (clustering + mean)), dtype=np.float64)


def chance_of_none(mean: float, clustering: float | None) -> float:
    """Chance of no defect where there are so many on average; see `FunctionalYield`."""
    return float(_chances(np.zeros(1, dtype=np.int64), mean, clustering)[0])


def fault_areas_mm2(circuit: Subject, faults: Faults) -> Floats:
    """Area in mm2 of each fault, shape (n_faults,): that of its cell, shared by both values of all pins."""
    cells = [circuit.library[instance.cell] for instance in circuit.netlist.instances]
    return np.array([cell.area_mm2 / (2 * len(cell.pins)) for cell in cells])[faults.instances]


def fault_chances(circuit: Subject, faults: Faults) -> Floats:
    """Chance of each fault, shape (n_faults,), if there is one defect; zeros for a circuit without area."""
    areas = np.array([circuit.library[instance.cell].area_mm2 for instance in circuit.netlist.instances])
    return fault_areas_mm2(circuit, faults) / (float(areas.sum()) or 1.0)


def functional_yield(
    circuit: Subject, demands: Sequence[Demand], *, samples: int, seed: int, clustering: float | None = None
) -> FunctionalYield:
    """Chance that a circuit is good enough, by its number of defects.

    Parameters
    ----------
    circuit : Subject
    demands : sequence of Demand
        A circuit is good enough if it is so on the rows of each: one for each of its modes.
    samples : int
        Circuits sampled for each number of defects.
    seed : int
    clustering : float, optional
        See `FunctionalYield`.
    """
    area = sum(circuit.library[instance.cell].area_mm2 for instance in circuit.netlist.instances) / MM2_PER_CM2
    if not area:
        return FunctionalYield(0.0, np.arange(2), np.ones(2), samples, clustering)
    faults = stuck_at_faults(circuit)
    effects = [single_fault_effects(circuit, faults, rows) for rows, _ in demands]
    limits = [each.limit(most_loss) for each, (_, most_loss) in zip(effects, demands, strict=True)]
    chances = fault_chances(circuit, faults)
    rng = np.random.default_rng(seed)
    is_good = np.all([each.losses <= limit for each, limit in zip(effects, limits, strict=True)], axis=0)
    shares = [1.0, float(chances[is_good].sum())]
    for count in SAMPLED:
        sets = drawn_sets(faults, rng.choice(len(faults), (samples, count), p=chances / chances.sum()))
        found = [fault_set_effects(circuit, sets, rows).losses for rows, _ in demands]
        good = np.all([losses <= limit for losses, limit in zip(found, limits, strict=True)], axis=0)
        shares.append(float(np.mean(good)))
        if shares[-1] < _NEGLIGIBLE:
            break
    counts = np.array((0, 1, *SAMPLED)[: len(shares)], dtype=np.int64)
    return FunctionalYield(area, counts, np.array(shares), samples, clustering)


def drawn_sets(faults: Faults, drawn: Integers) -> list[list[Site]]:
    """Sets for `fault_set_effects`, from numbers of faults, shape (n_sets, n); of those on one site the last counts."""
    return [
        list({int(faults.sites[at]): int(faults.values[at]) for at in numbers}.items()) for numbers in drawn.tolist()
    ]
