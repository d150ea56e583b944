"""A whole circuit annealed slowly, in slices after each of which it is judged."""

from __future__ import annotations

import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial

import numpy as np

from bespoke.cells import GateCosts
from bespoke.compiled import thread_count
from bespoke.netlist import SimpleGates
from bespoke.opt.boxes import Care
from bespoke.opt.resubstitute import SearchEffort, Walk, walk
from bespoke.opt.sample_search import Samples

_SLICES = 40
# Of a slice; how long it took tells how much the next one can do.
_FIRST_WORK, _LEAST_WORK, _MOST_WORK = 1_000_000, 100_000, 1 << 40
_LEAST_GAIN = 1e-9


@dataclass(frozen=True, slots=True)
class Cooling:
    """How slowly to anneal.

    Attributes
    ----------
    heats : tuple of float
        In the beginning, of the chains side by side, as in `SearchEffort`; each falls to 0.
    seconds : float
        Until it is 0.
    """

    heats: tuple[float, ...]
    seconds: float


def annealed_slowly(
    gates: SimpleGates, costs: GateCosts, samples: Samples, cooling: Cooling, rng: np.random.Generator
) -> SimpleGates:
    """The cheapest gates that chains of changes meet, which the boxes or else ``samples`` have found right.

    A chain that has become wrong goes back to where it was right, and what shows it wrong is among the values of its
    next slice. All ends where nothing is known about a circuit.
    """
    best, chains, work, begin = gates, [gates] * len(cooling.heats), _FIRST_WORK, time.monotonic()

    def passed() -> float:
        return (time.monotonic() - begin) / cooling.seconds

    with ThreadPoolExecutor(min(len(chains), thread_count())) as threads:
        while (done := passed()) < 1 and gates.kinds:
            efforts = [_slice(work, heat, done, rng) for heat in cooling.heats]
            walks = list(threads.map(partial(_walk, samples.care, costs), chains, efforts))
            work = int(np.clip(work / max(_SLICES * (passed() - done), 0.5), _LEAST_WORK, _MOST_WORK))
            for number, met in enumerate(walks):
                is_cheaper = met.cheapest.cost(costs.simple) < best.cost(costs.simple) - _LEAST_GAIN
                for found in (met.cheapest, met.last) if is_cheaper else (met.last,):
                    left = cooling.seconds * (1 - passed())
                    verdict = "right" if samples.care.has_boxes else samples.verdict(found, left)
                    if verdict == "open" or not met.is_known:
                        return best
                    if verdict == "right":
                        best = min(best, found, key=lambda each: each.cost(costs.simple))
                        chains[number] = found
    return best


def _slice(work: int, heat: float, done: float, rng: np.random.Generator) -> SearchEffort:
    """Of a chain, when such a share of the time is over."""
    first, last = (heat * max(0.0, 1 - share) for share in (done, done + 1 / _SLICES))
    return SearchEffort(work, first, last_heat=last, seed=int(rng.integers(1 << 32)))


def _walk(care: Care, costs: GateCosts, gates: SimpleGates, effort: SearchEffort) -> Walk:
    return walk(gates, care, effort, costs)
