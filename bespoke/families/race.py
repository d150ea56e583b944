"""Many candidates of all families, few of which are judged on more and more rows.

Source: successive halving, Jamieson and Talwalkar, "Non-stochastic Best Arm Identification", AISTATS 2016. Here the
best of every size go on, not the best of all: cheap circuits are of interest though larger ones are more accurate.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import takewhile

import numpy as np
from joblib import Parallel, delayed

from bespoke.external import in_child
from bespoke.families.family import Family, Parameters
from bespoke.families.learning import Learning
from bespoke.families.size import estimated_mw
from bespoke.families.validation import FOLDS, Fold, folds, right_rows
from bespoke.model import IntegerModel

# Parts of a repetition that each round judges by, and how many candidates of each size go on from it.
_ROUNDS = ((0, (0, 1)), (0, (2, 3, 4)), (1, (0, 1, 2, 3, 4)), (2, (0, 1, 2, 3, 4)))
_KEPT = (6, 3, 3)
# Steps of size, in mW, each of which keeps its own best candidates; the last one has no end.
_STEP = 1.35
_LEAST_MW = 0.02
Entrant = tuple[Family, Parameters]


@dataclass(frozen=True, slots=True, eq=False)
class Candidate:
    """One model of one family and how it has done so far.

    Attributes
    ----------
    family : Family
    parameters : mapping
    model : IntegerModel
        Trained on all training rows.
    estimated_mw : float
        Power of circuit and levels, before the circuit is built.
    right : mapping of (int, int) to (int, int)
        By repetition and part how many of how many held rows are right.
    """

    family: Family
    parameters: Parameters
    model: IntegerModel
    estimated_mw: float
    right: Mapping[tuple[int, int], tuple[int, int]] = field(default_factory=dict)

    @property
    def accuracy(self) -> float:
        """Share of the held rows that are right, over all parts judged so far."""
        right, rows = np.sum(list(self.right.values()), axis=0)
        return float(right / rows)

    def accuracy_of(self, repeats: Sequence[int]) -> float:
        """Share of the held rows of some repetitions."""
        right, rows = np.sum([found for (repeat, _), found in self.right.items() if repeat in repeats], axis=0)
        return float(right / rows)


@dataclass(frozen=True, slots=True)
class RaceOptions:
    """How candidates are judged.

    Attributes
    ----------
    seed : int
    jobs : int
        Processes.
    most_mw : float
        Candidates estimated at more are left out.
    budget_s : float
        Time after which no further candidate enters. The result does not depend on it where all have entered.
    """

    seed: int = 0
    jobs: int = 2
    most_mw: float = np.inf
    budget_s: float = 60.0


def race(
    families: Sequence[Family],
    learning: Learning,
    options: RaceOptions,
    on_stage: Callable[[str], None] = lambda _stage: None,
) -> list[Candidate]:
    """The candidates that reach the last round, by rising estimated power.

    Parameters
    ----------
    families : sequence of Family
    learning : Learning
        Training rows.
    options : RaceOptions
    on_stage : callable
        Told what is being done.
    """
    able = [family for family in families if family.suits(learning)]
    entrants = _in_turn([[(family, parameters) for parameters in family.candidates()] for family in able])
    closing = time.perf_counter() + options.budget_s
    current: list[Candidate] = []
    with Parallel(n_jobs=options.jobs, return_as="generator") as parallel:
        for number, (repeat, parts) in enumerate(_ROUNDS):
            chosen = [fold for fold in folds(learning.targets, options.seed, repeat) if fold.number in parts]
            if number:
                current = best_of_each_size(current, _KEPT[number - 1])
                jobs = (delayed(in_child(_judged))(each, learning, chosen) for each in current)
            else:
                on_time = takewhile(lambda _: time.perf_counter() < closing, entrants)
                jobs = (delayed(in_child(_entered))(*each, learning, chosen, options.most_mw) for each in on_time)
            total = len(current) or len(entrants)
            found = []
            for done, candidate in enumerate(parallel(jobs), start=1):
                on_stage(f"round {number + 1} of {len(_ROUNDS)}: {done} of {total} candidates")
                if candidate is not None:
                    found.append(candidate)
            current = found
    return sorted(current, key=lambda each: each.estimated_mw)


def best_of_each_size(candidates: Sequence[Candidate], count: int) -> list[Candidate]:
    """The most accurate candidates of each step of estimated power, cheaper ones first where they are as good."""
    sizes: dict[int, list[Candidate]] = {}
    for each in candidates:
        step = max(0, int(np.log(max(each.estimated_mw, _LEAST_MW) / _LEAST_MW) / np.log(_STEP)))
        sizes.setdefault(step, []).append(each)
    kept = []
    for step in sorted(sizes):
        best = sorted(sizes[step], key=lambda each: (-each.accuracy, each.estimated_mw))
        kept += best[:count]
    return kept


def _in_turn(entrants: Sequence[Sequence[Entrant]]) -> list[Entrant]:
    """All entrants, those of each family in their order and spread evenly."""
    placed = [((number + 0.5) / len(group), each) for group in entrants for number, each in enumerate(group)]
    return [each for _, each in sorted(placed, key=lambda pair: pair[0])]


def _entered(
    family: Family, parameters: Parameters, learning: Learning, chosen: Sequence[Fold], most_mw: float
) -> Candidate | None:
    """A new candidate after its first round; None if its circuit would draw too much."""
    model = family.fit(learning, parameters, np.random.default_rng([0, FOLDS]))
    power = estimated_mw(model, learning.prices)
    if power > most_mw:
        return None
    return _judged(Candidate(family, parameters, model, power), learning, chosen)


def _judged(candidate: Candidate, learning: Learning, chosen: Sequence[Fold]) -> Candidate:
    found = dict(candidate.right)
    for fold in chosen:
        right = right_rows(candidate.family, learning, candidate.parameters, fold)
        found[fold.repeat, fold.number] = (int(right.sum()), len(right))
    return replace(candidate, right=found)
