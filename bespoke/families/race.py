"""Many candidates of all families, few of which are judged on more and more rows.

Source: successive halving, Jamieson and Talwalkar, "Non-stochastic Best Arm Identification", AISTATS 2016. Here the
best of every size go on, not the best of all: cheap circuits are of interest though larger ones are more accurate.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import takewhile, zip_longest

import numpy as np
from joblib import Parallel, delayed
from numpy.typing import NDArray

from bespoke.external import in_child
from bespoke.families.family import Family, Parameters
from bespoke.families.learning import Learning
from bespoke.families.size import estimated_mw
from bespoke.families.validation import FOLDS, Fold, folds, right_rows
from bespoke.model import IntegerModel, model_digest

# Repetition and parts by which each round judges, before circuits are built and afterwards.
_ENTRY, _FINAL = ((0, (0, 1)), (0, (2, 3, 4))), ((1, (0, 1, 2, 3, 4)), (2, (0, 1, 2, 3, 4)))
# How many candidates of each size go on from a round before circuits are built.
_KEPT = 6
# Repetitions whose rows compare the circuits that were built: they were not chosen by them.
_VALIDATING = tuple(repeat for repeat, _ in _FINAL)
# Steps of size, in mW, each of which keeps its own best candidates; the last one has no end.
_STEP = 1.35
_LEAST_MW, _MOST_MW = 0.02, 1000.0
Entrant = tuple[Family, Parameters]
BoolArray = NDArray[np.bool_]
OnStage = Callable[[str], None]


@dataclass(frozen=True, slots=True, eq=False)
class Candidate:
    """One model of one family and how it has done so far.

    Attributes
    ----------
    family : Family
    parameters : mapping
    model : IntegerModel
        Trained on all training rows.
    power_mw : float
        Of circuit and converters: estimated, until the circuit is built.
    right : mapping of (int, int) to ndarray of bool
        By repetition and part which of its held rows are right.
    """

    family: Family
    parameters: Parameters
    model: IntegerModel
    power_mw: float
    right: Mapping[tuple[int, int], BoolArray] = field(default_factory=dict)

    @property
    def accuracy(self) -> float:
        """Share of the held rows that are right, over all parts judged so far."""
        return float(np.concatenate(list(self.right.values())).mean())

    @property
    def validated(self) -> float:
        """The same over the repetitions after the circuit was built."""
        return self.accuracy_of(_VALIDATING)

    def accuracy_of(self, repeats: Sequence[int]) -> float:
        """Share of the held rows of some repetitions."""
        return float(np.concatenate([found for (repeat, _), found in self.right.items() if repeat in repeats]).mean())


@dataclass(frozen=True, slots=True)
class RaceOptions:
    """How candidates are judged.

    Attributes
    ----------
    seed : int
    jobs : int
        Processes.
    limits_mw : tuple of float
        Powers that matter: a candidate below one is never compared with one above it. What is estimated at more than
        the largest by half is left out.
    budget_s : float
        Time after which no further candidate enters. The result does not depend on it where all have entered.
    candidates : int or None
        Most candidates that enter, taken evenly from all; None for all of them.
    """

    seed: int = 0
    jobs: int = 2
    limits_mw: tuple[float, ...] = (np.inf,)
    budget_s: float = 60.0
    candidates: int | None = None

    @property
    def most_mw(self) -> float:
        """Candidates estimated at more are left out."""
        return 1.5 * max(self.limits_mw)


def enter(
    families: Sequence[Family], learning: Learning, options: RaceOptions, on_stage: OnStage = lambda _stage: None
) -> list[Candidate]:
    """The best candidates of each estimated size, judged by one repetition, by rising estimated power.

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
    entrants = _evenly(entrants, options.candidates)
    first, second = (_folds_of(learning, options, *round_) for round_ in _ENTRY)
    _make_ready(able, learning.part(first[0].held))
    closing = time.perf_counter() + options.budget_s
    on_time = takewhile(lambda _: time.perf_counter() < closing, entrants)
    jobs = (delayed(in_child(_entered))(*each, learning, first, options.most_mw) for each in on_time)
    found: list[Candidate] = []
    with Parallel(n_jobs=options.jobs, return_as="generator") as parallel:
        for done, candidate in enumerate(parallel(jobs), start=1):
            on_stage(f"{done} of {len(entrants)} candidates")
            found += [candidate] if candidate is not None else []
    return judge(best_of_each_size(found, _KEPT, options), learning, options, [second], on_stage)


def finish(
    candidates: Sequence[Candidate],
    learning: Learning,
    options: RaceOptions,
    on_stage: OnStage = lambda _stage: None,
) -> list[Candidate]:
    """The same candidates, judged by further repetitions, which tell what they promise."""
    return judge(candidates, learning, options, [_folds_of(learning, options, *round_) for round_ in _FINAL], on_stage)


def judge(
    candidates: Sequence[Candidate],
    learning: Learning,
    options: RaceOptions,
    rounds: Sequence[Sequence[Fold]],
    on_stage: OnStage,
) -> list[Candidate]:
    """The same candidates, judged by further folds, by rising power."""
    chosen = [fold for round_ in rounds for fold in round_]
    run = Parallel(n_jobs=options.jobs, return_as="generator")
    found = []
    for judged in run(delayed(in_child(_judged))(each, learning, chosen) for each in candidates):
        found.append(judged)
        on_stage(f"{len(found)} of {len(candidates)} candidates again")
    return sorted(found, key=lambda each: each.power_mw)


def best_of_each_size(candidates: Sequence[Candidate], count: int, options: RaceOptions) -> list[Candidate]:
    """The most accurate candidates of each step of power, cheaper ones first where they are as good.

    The best of all steps come first, then the second best of all, and so on.

    Of candidates that are the same model the least accurate stands: what the others have more is luck.
    """
    distinct = {model_digest(each.model): each for each in sorted(candidates, key=lambda each: -each.accuracy)}
    grid = np.exp(np.arange(np.log(_LEAST_MW), np.log(_MOST_MW), np.log(_STEP)))
    edges = np.union1d(grid, options.limits_mw)
    sizes: dict[int, list[Candidate]] = {}
    for each in distinct.values():
        sizes.setdefault(int(np.searchsorted(edges, each.power_mw)), []).append(each)
    ranked = [sorted(sizes[step], key=lambda each: (-each.accuracy, each.power_mw))[:count] for step in sorted(sizes)]
    return [each for rank in zip_longest(*ranked) for each in rank if each is not None]


def _make_ready(families: Sequence[Family], few: Learning) -> None:
    """Train a model of each family on few rows before the clock starts: what is compiled on first use is ready then."""
    for family in families:
        family.fit(few, next(family.candidates()), np.random.default_rng(0))


def _folds_of(learning: Learning, options: RaceOptions, repeat: int, parts: Sequence[int]) -> list[Fold]:
    return [fold for fold in folds(learning.targets, options.seed, repeat) if fold.number in parts]


def _in_turn(entrants: Sequence[Sequence[Entrant]]) -> list[Entrant]:
    """All entrants, those of each family in their order and spread evenly."""
    placed = [((number + 0.5) / len(group), each) for group in entrants for number, each in enumerate(group)]
    return [each for _, each in sorted(placed, key=lambda pair: pair[0])]


def _evenly(entrants: Sequence[Entrant], count: int | None) -> list[Entrant]:
    """At most so many entrants, from the first to the last ones."""
    most = len(entrants) if count is None else min(count, len(entrants))
    return [entrants[number * len(entrants) // most] for number in range(most)]


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
    found = {
        (fold.repeat, fold.number): right_rows(candidate.family, learning, candidate.parameters, fold)
        for fold in chosen
    }
    return replace(candidate, right={**candidate.right, **found})
