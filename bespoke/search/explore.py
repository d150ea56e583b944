"""The joint search: epochs of a searcher, and the archive of what it meets."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import replace
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from bespoke.errors import OptionError
from bespoke.model import IntArray
from bespoke.search.autoapprox import AutoApprox
from bespoke.search.bayes import Bayes
from bespoke.search.design_space import DesignSpace
from bespoke.search.exhaustive import Exhaustive
from bespoke.search.genes import FloatArray
from bespoke.search.greedy import Greedy
from bespoke.search.loss import Loss, neighbour_rows, training_rows
from bespoke.search.nsga2 import Islands
from bespoke.search.options import SearcherName, SearchOptions
from bespoke.search.searcher import Searcher, SearchState, SearchTask, Stream

_NEIGHBOURS = 2
_LEAST_GAIN = 1e-3

SEARCHER_TYPES: dict[SearcherName, type[Searcher]] = {
    "nsga2": Islands,
    "bayes": Bayes,
    "greedy": Greedy,
    "autoapprox": AutoApprox,
    "exhaustive": Exhaustive,
}


class Found(NamedTuple):
    """Result of a search.

    Attributes
    ----------
    genomes : ndarray of int64, shape (n, size)
        The exact model first, then by rising cost what is non-dominated with any of the weights of agreement.
    losses, costs : ndarray of float, shape (n,)
        What the search minimised: the loss on the rows that it saw, with the first weight of agreement, and the
        estimated size in NAND2 cells.
    seen : ndarray of bool, shape (n_rows,)
        Which training rows the search saw.
    state : SearchState
    """

    genomes: IntArray
    losses: FloatArray
    costs: FloatArray
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
    searcher = SEARCHER_TYPES[options.searcher](task, options)
    current = state or _first_state(task, searcher)
    started = time.perf_counter()
    while not _is_over(current, options, time.perf_counter() - started):
        current = _next_state(task, searcher, current)
        on_epoch(current)
    genomes = np.concatenate([task.seeds[:1], current.archive])
    return Found(genomes, task.loss(genomes), space.costs(genomes), task.seen, current)


def _task(space: DesignSpace, words: IntArray, targets: IntArray, options: SearchOptions) -> SearchTask:
    random = Stream.ROWS.generator(options.seed)
    seen = random.random(len(targets)) >= options.validation_share
    if not seen.any():
        got = options.validation_share
        raise OptionError("leaves no row to search on", where="validation_share", got=got, allowed="a smaller share")
    rows = training_rows(words[seen], targets[seen], options.metric)
    neighbours = neighbour_rows(space, rows, _NEIGHBOURS, random) if any(options.agreements) else None
    seeds = space.seeds()
    first = Loss(space, rows, neighbours, options.smooth)
    exact = first.parts(seeds[:1])
    goals = [replace(first, agreement=agreement) for agreement in options.agreements]
    goals = [replace(goal, worst=float(goal.weighted(exact)[0]) + options.worst_loss) for goal in goals]
    return SearchTask(space, tuple(goals), seeds, float(space.costs(seeds[:1])[0]), seen)


def _first_state(task: SearchTask, searcher: Searcher) -> SearchState:
    populations, found = searcher.start()
    return SearchState(0, 0, task.front(found)[0], populations)


def _is_over(state: SearchState, options: SearchOptions, seconds: float) -> bool:
    out_of_time = options.budget_s is not None and seconds >= options.budget_s
    return out_of_time or state.epoch >= options.epochs or state.idle >= options.patience


def _next_state(task: SearchTask, searcher: Searcher, state: SearchState) -> SearchState:
    populations, found = searcher.advance(state)
    archive, volume = task.front(np.concatenate([state.archive, found]))
    idle = state.idle + 1 if state.volumes and volume < state.volumes[-1] + _LEAST_GAIN else 0
    return SearchState(state.epoch + 1, idle, archive, populations, (*state.volumes, volume))
