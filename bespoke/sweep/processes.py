"""Cells in processes of this machine, any of which may die; they end with the one that started them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from joblib import Parallel, delayed, parallel_config

from bespoke.external import BrokenProcessPool, in_child
from bespoke.sweep.cell import run_cell
from bespoke.sweep.options import Cell, SweepOptions
from bespoke.sweep.outcome import Outcome
from bespoke.sweep.plan import PlannedCell

LOST = "its process was ended from outside, perhaps for want of memory"


def run_in_processes(todo: Sequence[PlannedCell], options: SweepOptions, jobs: int) -> Iterator[Outcome]:
    """Outcomes in the order in which they are ready.

    Parameters
    ----------
    todo : sequence of PlannedCell
        In the order in which they start.
    options : SweepOptions
    jobs : int
        Cells at the same time.
    """
    left = list(todo)
    while left:
        started: dict[Cell, PlannedCell] = {}
        try:
            for outcome in _in_parallel(left, options, jobs, started):
                del started[outcome.cell]
                left = [planned for planned in left if planned.cell != outcome.cell]
                yield outcome
        except BrokenProcessPool:
            # The system ended a process; which cell it had shows when each of those that ran is alone.
            yield from (_alone(planned, options) for planned in started.values())
            left = [planned for planned in left if planned.cell not in started]


def _in_parallel(
    left: Sequence[PlannedCell], options: SweepOptions, jobs: int, started: dict[Cell, PlannedCell]
) -> Iterator[Outcome]:
    """Outcomes of cells, which stand in ``started`` from when they are handed to a process."""

    def calls() -> Iterator[Any]:
        for planned in left:
            started[planned.cell] = planned
            yield delayed(in_child(run_cell))(planned.cell, planned.key, planned.data, options)

    with parallel_config(backend="loky", n_jobs=jobs, inner_max_num_threads=1):
        yield from Parallel(return_as="generator_unordered", pre_dispatch="n_jobs", batch_size=1)(calls())


def _alone(planned: PlannedCell, options: SweepOptions) -> Outcome:
    """Outcome of a cell in a process of its own, which may not survive it."""
    try:
        return next(_in_parallel([planned], options, 2, {}))
    except BrokenProcessPool:
        return Outcome(planned.cell, error=LOST)
