"""A whole circuit annealed slowly, in slices after each of which it is judged."""

from __future__ import annotations

import time
from concurrent.futures import ThreadPoolExecutor
from math import sqrt

import numpy as np

from bespoke.cells import GateCosts
from bespoke.compiled import thread_count
from bespoke.netlist import SimpleGates
from bespoke.opt.resubstitute import SearchEffort, walk
from bespoke.opt.sample_search import Samples

_SLICES = 40
# Of a slice; how long it took tells how much the next one can do.
_FIRST_WORK, _LEAST_WORK, _MOST_WORK = 1_000_000, 100_000, 1 << 40
_LEAST_GAIN = 1e-9
_WINDOW = 60  # a change that is looked for among fewer signals takes half the time
# In the beginning, in NAND2 cells: that for a second per gate, which grows with the root of the time; the most; what
# share of it each chain has. The first one finds other structures, the second one keeps what is good of the start.
_HEAT, _MOST_HEAT, _HEAT_SHARES = 4.0, 2.5, (1.0, 0.25)


def annealed_slowly(
    gates: SimpleGates, costs: GateCosts, samples: Samples, seconds: float, rng: np.random.Generator
) -> SimpleGates:
    """The cheapest gates that chains of changes meet, which the boxes or else ``samples`` have found right.

    A chain that has become wrong goes back to where it was right, and what shows it wrong is among the values of its
    next slice. All ends where nothing is known about a circuit.

    Parameters
    ----------
    gates : SimpleGates
        Right on the boxes, or else known to be right.
    costs : GateCosts
    samples : Samples
        Of these gates.
    seconds : float
        Until the heat is 0, above 0. The more there are for a gate, the hotter the chains begin.
    rng : numpy.random.Generator
    """
    heat = min(_MOST_HEAT, _HEAT * sqrt(seconds / max(len(gates.kinds), 1)))
    best, chains, work, begin = gates, [gates] * len(_HEAT_SHARES), _FIRST_WORK, time.monotonic()

    def passed() -> float:
        return (time.monotonic() - begin) / seconds

    with ThreadPoolExecutor(min(len(chains), thread_count())) as threads:
        while (done := passed()) < 1 and gates.kinds:
            efforts = [_slice(work, share * heat, done, rng) for share in _HEAT_SHARES]
            walks = list(threads.map(lambda each, effort: walk(each, samples.care, effort, costs), chains, efforts))
            work = int(np.clip(work / max(_SLICES * (passed() - done), 0.5), _LEAST_WORK, _MOST_WORK))
            for number, met in enumerate(walks):
                is_cheaper = met.cheapest.cost(costs.simple) < best.cost(costs.simple) - _LEAST_GAIN
                for found in (met.cheapest, met.last) if is_cheaper else (met.last,):
                    left = seconds * (1 - passed())
                    verdict = "right" if samples.care.has_boxes else samples.verdict(found, left)
                    if verdict == "open" or not met.is_known:
                        return best
                    if verdict == "right":
                        best = min(best, found, key=lambda each: each.cost(costs.simple))
                        chains[number] = found
    return best


def _slice(work: int, heat: float, done: float, rng: np.random.Generator) -> SearchEffort:
    """Of a chain, when such a share of the time is over."""
    first, last = (heat * max(0.0, 1 - share) ** 2 for share in (done, done + 1 / _SLICES))
    return SearchEffort(work, first, last_heat=last, seed=int(rng.integers(1 << 32)), window=_WINDOW)
