"""A whole circuit searched for some seconds, part by part, from what costs little more than the cheapest one met."""

from __future__ import annotations

import time
from concurrent.futures import ThreadPoolExecutor
from functools import partial

import numpy as np

from bespoke.cells import GateCosts
from bespoke.compiled import thread_count
from bespoke.netlist import SimpleGates
from bespoke.opt.boxes import Care, care_on
from bespoke.opt.resubstitute import SearchEffort, Walk, walk
from bespoke.opt.sample_search import Samples

TRAVELLERS = 2  # side by side, as many as chains of slow annealing
_DEVIATION = 1.5  # NAND2 cells that what is gone on from may cost more than the cheapest, in the beginning
_WORK, _PART, _HEAT = 1_000_000, 60, 0.9  # of a walk, gates that it tries, and its most heat
_LEAST_GAIN = 1e-9


def travelled(
    gates: SimpleGates, costs: GateCosts, samples: Samples, seconds: float, rng: np.random.Generator
) -> SimpleGates:
    """The cheapest gates that walks from right gates to right gates meet, as ``samples`` judge them.

    It ends where nothing is known about what walks found one after the other: the rest would not be known, either.

    Parameters
    ----------
    gates : SimpleGates
        Known to be right.
    costs : GateCosts
    samples : Samples
        Of these gates. Walks know those values on which something was wrong, and a few others.
    seconds : float
        That it takes, above 0. What is gone on from must be the nearer to the cheapest the less of them are left.
    rng : numpy.random.Generator

    Notes
    -----
    Record-to-record travel: G. Dueck, "New optimization heuristics: the great deluge algorithm and the record-to-record
    travel", Journal of Computational Physics 104, 1993.
    """
    best, places, begin, unknown = gates, [gates] * TRAVELLERS, time.monotonic(), 0

    def left() -> float:
        return 1 - (time.monotonic() - begin) / seconds

    def cost(each: SimpleGates) -> float:
        return each.cost(costs.simple)

    def is_near(each: SimpleGates) -> bool:
        return cost(each) < cost(best) + _DEVIATION * max(0.0, left()) - _LEAST_GAIN

    with ThreadPoolExecutor(min(TRAVELLERS, thread_count())) as threads:
        while left() > 0 and best.kinds and unknown < TRAVELLERS:
            places = [place if is_near(place) else best for place in places]
            efforts = [_effort(len(place.kinds), rng) for place in places]
            search = partial(_walk, care_on(samples.known, len(best.outputs)), costs)
            for number, met in enumerate(list(threads.map(search, places, efforts))):
                found = met.cheapest if cost(met.cheapest) < cost(best) - _LEAST_GAIN else met.last
                if found == places[number] or not is_near(found):
                    continue
                verdict = samples.verdict(found, seconds * left())
                if verdict == "right":
                    places[number], best, unknown = found, min(best, found, key=cost), 0
                elif verdict == "open":
                    places[number], unknown = best, unknown + 1
    return best


def _effort(gates: int, rng: np.random.Generator) -> SearchEffort:
    """That of a walk which tries a part of so many gates."""
    part = min(gates, _PART)
    heat, first, seed = _HEAT * rng.random(), int(rng.integers(gates - part + 1)), int(rng.integers(1 << 32))
    return SearchEffort(_WORK, heat, first, part if part < gates else None, seed=seed)


def _walk(care: Care, costs: GateCosts, gates: SimpleGates, effort: SearchEffort) -> Walk:
    return walk(gates, care, effort, costs)
