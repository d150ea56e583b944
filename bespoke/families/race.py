"""Many candidates of all families, few of which are judged on more and more rows.

Source: successive halving, Jamieson and Talwalkar, "Non-stochastic Best Arm Identification", AISTATS 2016. Here the
best of every size go on, not the best of all: cheap circuits are of interest though larger ones are more accurate.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import compress, zip_longest
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bespoke.families.family import Family, Parameters
from bespoke.families.learning import Learning
from bespoke.families.size import estimated_cells, estimated_mw
from bespoke.families.validation import FOLDS, Fold, folds, right_of, right_rows
from bespoke.model import IntegerModel, model_digest, model_from_text, model_to_text
from bespoke.search import Task, Work

# Repetition and parts by which each round judges, before circuits are built and afterwards.
_ENTRY, _FINAL = ((0, (0, 1)), (0, (2, 3, 4))), ((1, (0, 1, 2, 3, 4)), (2, (0, 1, 2, 3, 4)))
# The same where the data say which rows validate: one model is judged by all of them.
_AT_ONCE = (0, (0, 1, 2, 3, 4)), (0, ())
# Cells by which a circuit may be estimated too large, however few are allowed.
_FEW_CELLS = 20
# How many candidates of each size go on from a round before circuits are built.
_KEPT = 6
# What the later rounds may take of the time in which candidates enter. The best of all sizes come first.
_SECOND, _WHOLE_SHARE, _LAST = 0.3, 0.3, 0.5
# Repetitions whose parts compare the circuits that were built: they were not chosen by these. Where the data say which
# rows validate, all repetitions have the same: what the choice owes to them is what `luck` takes off.
_VALIDATING = tuple(repeat for repeat, _ in _FINAL)
# Steps of size, in mW, each of which keeps its own best candidates; the last one has no end.
_STEP = 1.35
_LEAST_MW, _MOST_MW = 0.02, 1000.0
_GOLDEN = (5**0.5 - 1) / 2
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
        Trained on all training rows; until `refitted`, on those of the first part by which it was judged.
    power_mw : float
        Of circuit and converters: estimated, until the circuit is built.
    right : mapping of (int, int) to ndarray of bool
        By repetition and part which of its held rows are right.
    gates : float
        Two-input AND gates of the circuit that was built; 0 where nobody asked.
    """

    family: Family
    parameters: Parameters
    model: IntegerModel
    power_mw: float
    right: Mapping[tuple[int, int], BoolArray] = field(default_factory=dict)
    gates: float = 0

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
    limits_mw : tuple of float
        Powers that matter: a candidate below one is never compared with one above it. What is estimated at more than
        the largest by half is left out.
    budget_s : float
        Time after which no further candidate enters; the later stages may take a share of it each. The result does not
        depend on it where it suffices for all.
    candidates : int or None
        Most candidates that enter; None for all of them.
    most_cells : float
        Circuits estimated at clearly more cells are left out.
    """

    seed: int = 0
    limits_mw: tuple[float, ...] = (np.inf,)
    budget_s: float = 60.0
    candidates: int | None = None
    most_cells: float = np.inf

    @property
    def most_mw(self) -> float:
        """Candidates estimated at more are left out."""
        return 1.5 * max(self.limits_mw)


def enter(
    families: Sequence[Family],
    learning: Learning,
    options: RaceOptions,
    work: Work,
    on_stage: OnStage = lambda _stage: None,
) -> list[Candidate]:
    """The best candidates of each estimated size, judged by one repetition, by rising estimated power.

    If all that were ready in time are estimated too large, they are the few that are nearest to the limits.

    Parameters
    ----------
    families : sequence of Family
    learning : Learning
        Training rows.
    options : RaceOptions
    work : Work
        What trains and judges.
    on_stage : callable
        Told what is being done.
    """
    able = [family for family in families if family.suits(learning)]
    entrants = _in_turn([_distinct(family, learning) for family in able])[: options.candidates]
    rounds = _ENTRY if learning.validating is None else _AT_ONCE
    first, second = (_folds_of(learning, options, *round_) for round_ in rounds)
    _make_ready(able, learning.part(first[0].held))
    entry = _Round(learning, tuple(first), options.most_mw, 1.5 * options.most_cells + _FEW_CELLS)
    tried: list[Candidate | float] = []
    for each in work.run(_ENTER, entry, entrants, options.budget_s):
        tried.append(each)
        on_stage(f"{len(tried)} of {len(entrants)} candidates")
    found = [each for each in tried if isinstance(each, Candidate)]
    if not found:
        excess = np.array([each for each in tried if isinstance(each, float)])
        nearest = [entrants[number] for number in np.argsort(excess, kind="stable")[:_KEPT]]
        endless = _Round(learning, tuple(first))
        found = [each for each in work.run(_NEAREST, endless, nearest) if isinstance(each, Candidate)]
    again = _Round(learning, tuple(second))
    best, most_s = best_of_each_size(found, _KEPT, options), _SECOND * options.budget_s
    return _judged_by(Task("second round", *_JUDGED), again, best, work, on_stage, most_s)


def refitted(candidates: Sequence[Candidate], learning: Learning, options: RaceOptions, work: Work) -> list[Candidate]:
    """The first candidates, as many as there is time for, with models of all rows."""
    return list(work.run_best(_WHOLE, learning, candidates, _WHOLE_SHARE * options.budget_s))


def finish(
    candidates: Sequence[Candidate],
    learning: Learning,
    options: RaceOptions,
    work: Work,
    on_stage: OnStage = lambda _stage: None,
) -> list[Candidate]:
    """The first candidates, judged by further repetitions, which tell what they promise, by rising power."""
    chosen = [fold for round_ in _FINAL for fold in _folds_of(learning, options, *round_)]
    round_, most_s = _Round(learning, tuple(chosen)), _LAST * options.budget_s
    return _judged_by(Task("last round", *_JUDGED), round_, candidates, work, on_stage, most_s)


def _judged_by(
    task: Task[_Round, Candidate, Candidate],
    round_: _Round,
    candidates: Sequence[Candidate],
    work: Work,
    on_stage: OnStage,
    most_s: float,
) -> list[Candidate]:
    """The first candidates, as many as there is time for, judged by further folds, by rising power."""
    found: list[Candidate] = []
    for judged in work.run_best(task, round_, candidates, most_s):
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
    found = folds(learning.targets, options.seed, repeat, learning.validating)
    return [fold for fold in found if fold.number in parts]


def _distinct(family: Family, learning: Learning) -> list[Entrant]:
    """Entrants of a family, without those that are the same where levels cost nothing."""
    each = [(family, parameters) for parameters in family.candidates_for(learning)]
    if not family.pays_levels or learning.prices.level_mw.any():
        return each
    return list({_named((family, {**own, "toll": 0})): (family, own) for _, own in reversed(each)}.values())[::-1]


def _in_turn(entrants: Sequence[Sequence[Entrant]]) -> list[Entrant]:
    """All entrants: those of some families first, in their order, then of each other family evenly.

    These begin with their first and go on in steps of the golden ratio: however few enter, they are of all sizes.
    """
    placed: list[tuple[float, Entrant]] = []
    for group in entrants:
        if any(family.is_first for family, _ in group):
            placed += [(0.0, each) for each in group]
            continue
        order = np.argsort(np.argsort(np.arange(len(group)) * _GOLDEN % 1)).tolist()
        placed += [((turn + 0.5) / len(group) / group[i][0].pace, group[i]) for turn, i in enumerate(order)]
    return [each for _, each in sorted(placed, key=lambda pair: pair[0])]


@dataclass(frozen=True, slots=True, eq=False)
class _Round:
    """Rows, the folds that judge, and the power and the cells above which candidates are left out."""

    learning: Learning
    folds: tuple[Fold, ...]
    most_mw: float = np.inf
    most_cells: float = np.inf


def _entered(round_: _Round, entrant: Entrant) -> Candidate | float:
    """A new candidate after its first round; how many times its limits it is estimated at, if that is more than one."""
    family, parameters = entrant
    learning, parts = round_.learning, round_.folds
    model = family.fit(learning.part(parts[0].seen), parameters, np.random.default_rng([0, FOLDS]))
    power = estimated_mw(model, learning.prices)
    excess = max(_times(power, round_.most_mw), _times(estimated_cells(model), round_.most_cells))
    if excess > 1:
        return float(excess)
    is_own = [np.array_equal(fold.seen, parts[0].seen) for fold in parts]
    others = [fold for fold, own in zip(parts, is_own, strict=True) if not own]
    right = {(fold.repeat, fold.number): right_of(model, learning, fold) for fold in compress(parts, is_own)}
    right |= right_rows(family, learning, parameters, others)
    return Candidate(family, parameters, model, power, right)


def _times(size: float, most: float) -> float:
    """How many times a limit a size is; above 1 for anything where the limit is nothing."""
    return size / most if most else float(size > 0) + size


def _whole(learning: Learning, candidate: Candidate) -> Candidate:
    """The candidate with a model of all rows."""
    random = np.random.default_rng([0, FOLDS])
    return replace(candidate, model=candidate.family.fit(learning, candidate.parameters, random))


def _judged(round_: _Round, candidate: Candidate) -> Candidate:
    family, parameters = candidate.family, candidate.parameters
    known, parts = candidate.right, round_.folds
    if round_.learning.validating is not None and known:  # all repetitions have the same rows
        found = {(fold.repeat, fold.number): known[0, fold.number] for fold in parts}
    else:
        found = right_rows(family, round_.learning, parameters, parts)
    return replace(candidate, right={**candidate.right, **found})


def _named(entrant: Entrant) -> str:
    family, parameters = entrant
    return json.dumps([family.name, dict(parameters)], sort_keys=True)


def _key(candidate: Candidate) -> str:
    return _named((candidate.family, candidate.parameters))


def _to_json(candidate: Candidate) -> dict[str, Any]:
    """Which rows are right, by fold: their number and a bit for each."""
    packed = {fold: [len(right), np.packbits(right).tobytes().hex()] for fold, right in candidate.right.items()}
    return {"right": [[*fold, *bits] for fold, bits in packed.items()]}


def _from_json(round_: _Round, data: Mapping[str, Any], candidate: Candidate) -> Candidate:
    """A candidate with the rows that are right; raises ValueError if they are not those of its folds."""
    found = {
        (repeat, number): np.unpackbits(np.frombuffer(bytes.fromhex(bits), np.uint8), count=count).astype(bool)
        for repeat, number, count, bits in data["right"]
    }
    counts = {fold: len(right) for fold, right in candidate.right.items()}
    counts |= {(fold.repeat, fold.number): len(fold.held) for fold in round_.folds}
    if counts != {fold: len(right) for fold, right in found.items()}:
        raise ValueError("rows of other folds")
    return replace(candidate, right=found)


def _entered_to_json(candidate: Candidate | float) -> dict[str, Any] | float:
    if isinstance(candidate, float):
        return candidate
    return {"model": model_to_text(candidate.model), **_to_json(candidate)}


def _entered_from_json(round_: _Round, data: Mapping[str, Any] | float, entrant: Entrant) -> Candidate | float:
    if not isinstance(data, Mapping):
        return float(data)
    model = model_from_text(data["model"])
    if model.coding != round_.learning.coding:
        raise ValueError("a model of other inputs")
    return _from_json(round_, data, Candidate(*entrant, model, estimated_mw(model, round_.learning.prices)))


def _whole_from_json(learning: Learning, data: str, candidate: Candidate) -> Candidate:
    model = model_from_text(data)
    if model.coding != learning.coding:
        raise ValueError("a model of other inputs")
    return replace(candidate, model=model)


_JUDGED = (_judged, _key, _to_json, _from_json)
_WHOLE = Task("whole models", _whole, _key, lambda found: model_to_text(found.model), _whole_from_json)
_ENTER = Task("candidates", _entered, _named, _entered_to_json, _entered_from_json)
_NEAREST = Task("nearest candidates", _entered, _named, _entered_to_json, _entered_from_json)
