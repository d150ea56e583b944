"""The joint search: islands of NSGA-II that exchange their fronts."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from joblib import Parallel, delayed
from numpy.typing import NDArray

from bespoke.errors import OptionError
from bespoke.model import IntArray
from bespoke.search.archive import non_dominated, spread
from bespoke.search.loss import Loss, neighbour_rows, training_rows, wrong_rows
from bespoke.search.nsga2 import evolve
from bespoke.search.options import SearchOptions
from bespoke.search.protocol import DesignSpace, FloatArray

_NEIGHBOURS = 2
_LEAST_GAIN = 1e-3


@dataclass(frozen=True, slots=True, eq=False)
class SearchState:
    """Where a search stands: enough to go on exactly as if it had not stopped.

    Attributes
    ----------
    epoch : int
        Epochs done.
    idle : int
        Epochs since the front last got better.
    archive : ndarray of int64, shape (n, size)
        Non-dominated genomes by rising cost.
    populations : tuple of ndarray of int64, shape (n, size)
        One per island.
    volumes : tuple of float
        Hypervolume of the archive after each epoch, as a share of the box between no loss at no cost and the worst
        loss at the exact cost.
    """

    epoch: int
    idle: int
    archive: IntArray
    populations: tuple[IntArray, ...]
    volumes: tuple[float, ...] = ()


class Found(NamedTuple):
    """Result of a search.

    Attributes
    ----------
    genomes : ndarray of int64, shape (n, size)
        The exact model first, then the front by rising cost.
    losses, costs : ndarray of float, shape (n,)
        What the search minimised: the loss on the rows that it saw, and the estimated size in NAND2 cells.
    wrong : ndarray of int64, shape (n, n_rows)
        Which of all training rows each genome gets wrong (squared errors of a value).
    seen : ndarray of bool, shape (n_rows,)
        Which training rows the search saw.
    state : SearchState
    """

    genomes: IntArray
    losses: FloatArray
    costs: FloatArray
    wrong: IntArray
    seen: NDArray[np.bool_]
    state: SearchState


def explore(
    space: DesignSpace,
    words: IntArray,
    targets: IntArray,
    options: SearchOptions,
    *,
    state: SearchState | None = None,
    on_epoch: Callable[[SearchState], None] = lambda _state: None,
) -> Found:
    """Search a design space for models of little loss and cost.

    Parameters
    ----------
    space : DesignSpace
    words : ndarray of int64, shape (n_rows, n_features)
        Training inputs.
    targets : ndarray of int64, shape (n_rows,)
        Wanted output words.
    options : SearchOptions
    state : SearchState, optional
        Where an earlier search with the same arguments was left.
    on_epoch : callable, optional
        Told the state after each epoch, to keep it.
    """
    task = _task(space, words, targets, options)
    current = state or _first_state(task, options)
    started = time.perf_counter()
    with Parallel(n_jobs=options.islands) as parallel:
        while not _is_over(current, options, time.perf_counter() - started):
            current = _next_state(task, options, current, parallel)
            on_epoch(current)
    genomes = np.concatenate([task.seeds[:1], current.archive])
    rows = training_rows(words, targets, options.metric)
    return Found(
        genomes, task.loss(genomes), space.costs(genomes), wrong_rows(space, genomes, rows), task.seen, current
    )


class _Task(NamedTuple):
    space: DesignSpace
    loss: Loss
    seeds: IntArray
    worst: float
    exact_cost: float
    seen: NDArray[np.bool_]


def _task(space: DesignSpace, words: IntArray, targets: IntArray, options: SearchOptions) -> _Task:
    random = np.random.default_rng([options.seed, 0])
    seen = random.random(len(targets)) >= options.validation_share
    if not seen.any():
        raise OptionError(
            "leaves no row to search on",
            where="validation_share",
            got=options.validation_share,
            allowed="a smaller share",
        )
    rows = training_rows(words[seen], targets[seen], options.metric)
    neighbours = neighbour_rows(space, rows, _NEIGHBOURS, random) if options.agreement else None
    loss = Loss(space, rows, neighbours, smooth=options.smooth, agreement=options.agreement)
    seeds = space.seeds()
    worst = float(loss(seeds[:1])[0]) + options.worst_loss
    return _Task(space, loss, seeds, worst, float(space.costs(seeds[:1])[0]), seen)


def _first_state(task: _Task, options: SearchOptions) -> SearchState:
    populations = []
    for island in range(options.islands):
        random = np.random.default_rng([options.seed, 1, island])
        genomes = list(task.seeds[: options.population])
        while len(genomes) < options.population:
            genomes.append(task.space.mutate(task.seeds[random.integers(len(task.seeds))], random))
        populations.append(np.array(genomes))
    return SearchState(0, 0, _front(task, task.seeds), tuple(populations))


def _is_over(state: SearchState, options: SearchOptions, seconds: float) -> bool:
    out_of_time = options.budget_s is not None and seconds >= options.budget_s
    return out_of_time or state.epoch >= options.epochs or state.idle >= options.patience


def _next_state(task: _Task, options: SearchOptions, state: SearchState, parallel: Parallel) -> SearchState:
    seeds = [_seed(options.seed, state.epoch, island) for island in range(options.islands)]
    populations = parallel(
        delayed(evolve)(task.space, task.loss, genomes, task.worst, options.generations, seed)
        for genomes, seed in zip(state.populations, seeds, strict=True)
    )
    archive = _front(task, np.concatenate([state.archive, *populations]))
    objectives = _objectives(task, archive)
    volume = _volume(task, objectives)
    idle = state.idle + 1 if state.volumes and volume < state.volumes[-1] + _LEAST_GAIN else 0
    guests = archive[spread(objectives, max(1, options.population // 4))]
    return SearchState(
        state.epoch + 1,
        idle,
        archive,
        tuple(_with_guests(population, guests) for population in populations),
        (*state.volumes, volume),
    )


def _seed(seed: int, epoch: int, island: int) -> int:
    return int(np.random.SeedSequence([seed, 2, epoch, island]).generate_state(1)[0])


def _with_guests(population: IntArray, guests: IntArray) -> IntArray:
    """The population with the guests that it lacks in the place of its last members."""
    known = {genome.tobytes() for genome in population}
    new = [genome for genome in guests if genome.tobytes() not in known]
    return np.concatenate([population[: len(population) - len(new)], *(genome[None] for genome in new)])


def _objectives(task: _Task, genomes: IntArray) -> FloatArray:
    return np.stack([task.loss(genomes), task.space.costs(genomes)], axis=1)


def _front(task: _Task, genomes: IntArray) -> IntArray:
    """Non-dominated feasible genomes by rising cost."""
    objectives = _objectives(task, genomes)
    feasible = np.flatnonzero(objectives[:, 0] <= task.worst)
    return np.asarray(genomes[feasible][non_dominated(objectives[feasible])], dtype=np.int64)


def _volume(task: _Task, objectives: FloatArray) -> float:
    """Hypervolume of a front by rising cost, relative to the worst loss and the exact cost."""
    losses = np.concatenate([[task.worst], objectives[:, 0]])
    width = np.maximum(task.exact_cost - objectives[:, 1], 0.0)
    return float(((losses[:-1] - losses[1:]) * width).sum() / max(task.worst * task.exact_cost, 1e-12))
