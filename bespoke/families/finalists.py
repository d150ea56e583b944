"""Which candidates become circuits, and what circuits that were built say about the estimates of the others."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import chain, zip_longest

import numpy as np

from bespoke.families.race import Candidate
from bespoke.model import model_digest

PROMISED = (1, 2)  # repetitions that judge the candidates of the last round alone


def distinct(candidates: Sequence[Candidate]) -> list[Candidate]:
    """Of candidates with one and the same model the most accurate one, in their order."""
    best: dict[str, Candidate] = {}
    for each in sorted(candidates, key=_rank):
        best.setdefault(model_digest(each.model), each)
    kept = set(map(id, best.values()))
    return [each for each in candidates if id(each) in kept]


def finalists(
    candidates: Sequence[Candidate], ratios: Mapping[str, float], limits: Sequence[float], count: int
) -> list[Candidate]:
    """Candidates that become circuits: in turn the next best below each limit and along the front of all.

    Parameters
    ----------
    candidates : sequence of Candidate
    ratios : mapping of str to float
        By name of a family how much its circuits draw for each mW that was estimated; 1 where it is not known.
    limits : sequence of float
        Powers in mW, the most important first.
    count : int
        How many at most.
    """
    power = {id(each): each.estimated_mw * ratios.get(each.family.name, 1.0) for each in candidates}
    ranked = sorted(candidates, key=_rank)
    queues = [[each for each in ranked if power[id(each)] <= limit] for limit in limits]
    queues.append(_front(sorted(candidates, key=lambda each: power[id(each)]))[::-1])
    in_turn = chain.from_iterable(zip_longest(*queues))
    found = {id(each): each for each in in_turn if each is not None}
    return list(found.values())[:count]


def best_of_each_family(candidates: Sequence[Candidate]) -> list[Candidate]:
    """The most accurate candidate of each family, the coolest of equally accurate ones; families as they come."""
    best: dict[str, Candidate] = {}
    for each in candidates:
        best[each.family.name] = min(best.get(each.family.name, each), each, key=_rank)
    return list(best.values())


def power_ratios(built: Sequence[tuple[Candidate, float]]) -> dict[str, float]:
    """By name of a family the geometric mean of measured over estimated power.

    Parameters
    ----------
    built : sequence of (Candidate, float)
        Candidates with the power of their circuits in mW.
    """
    logs: dict[str, list[float]] = {}
    for candidate, power in built:
        if power > 0 and candidate.estimated_mw > 0:
            logs.setdefault(candidate.family.name, []).append(float(np.log(power / candidate.estimated_mw)))
    return {name: float(np.exp(np.mean(found))) for name, found in logs.items()}


def _rank(candidate: Candidate) -> tuple[float, float]:
    return -candidate.accuracy_of(PROMISED), candidate.estimated_mw


def _front(candidates: Sequence[Candidate]) -> list[Candidate]:
    """Those that are more accurate than all before them."""
    found: list[Candidate] = []
    for each in candidates:
        if not found or each.accuracy_of(PROMISED) > found[-1].accuracy_of(PROMISED):
            found.append(each)
    return found
