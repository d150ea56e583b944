"""All cells of a sweep: in parallel, each stored as soon as it is finished."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple

from bespoke.drawing import frame
from bespoke.external import Processes, versions
from bespoke.external.cluster import Cluster, workers_of
from bespoke.files import read_record, remove_unfinished, write_folder
from bespoke.flow import json_text
from bespoke.options import WORKERS, option_fault
from bespoke.sweep.cluster import run_on_cluster
from bespoke.sweep.duration import seconds_together
from bespoke.sweep.findings import findings_files
from bespoke.sweep.options import Cell, SweepOptions
from bespoke.sweep.outcome import Outcome
from bespoke.sweep.page import PAGE, sweep_page
from bespoke.sweep.plan import PlannedCell, plan_sweep
from bespoke.sweep.processes import run_in_processes
from bespoke.sweep.store import (
    CELLS,
    SWEEP,
    SWEEP_FORMAT,
    SWEEP_KIND,
    SWEEP_VERSION,
    check_cell_folder,
    check_sweep_folder,
    store_cell,
)
from bespoke.sweep.tables import Row, row_facts, sweep_rows, table_files


class Progress(NamedTuple):
    """How far a sweep is: cells done (with those of earlier runs), failed, in all, and the last one."""

    done: int
    failed: int
    total: int
    last: Cell | None
    left_s: float


@dataclass(frozen=True, slots=True)
class SweepResult:
    """What came of a sweep.

    Attributes
    ----------
    outcomes : tuple of Outcome
        One per cell in the order of the grid; those of earlier runs too, without their designs.
    rows : tuple of Row
        The table.
    """

    outcomes: tuple[Outcome, ...]
    rows: tuple[Row, ...]

    @property
    def failed(self) -> tuple[Outcome, ...]:
        """The cells that failed."""
        return tuple(outcome for outcome in self.outcomes if outcome.error)

    @property
    def cautions(self) -> tuple[tuple[Cell, str], ...]:
        """What nobody should miss of the cells that did not fail."""
        return tuple((each.cell, text) for each in self.outcomes for text in each.record.get("cautions", ()))

    def to_frame(self) -> Any:  # noqa: ANN401  a pandas DataFrame; pandas is optional
        """`rows` as a pandas DataFrame, units in the names of its columns.

        Raises
        ------
        ToolMissingError
            If pandas is not installed.
        """
        return frame([row_facts(row) for row in self.rows])


def run_sweep(
    options: SweepOptions,
    folder: str | Path,
    *,
    jobs: int | str = 1,
    resume: bool = False,
    compare: bool = False,
    on_progress: Callable[[Progress], None] = lambda _progress: None,
) -> SweepResult:
    """Run the cells that are not finished yet, and write the tables of all.

    Every finished cell is stored at once, by this process alone: whatever stops it, at most the cells that are running
    are lost, and a call with ``resume`` ends in the same tables. Cells that failed are tried again.

    Parameters
    ----------
    options : SweepOptions
    folder : str or Path
        To write; it may hold an earlier sweep if ``resume``.
    jobs : int or str
        Cells at the same time, each in a process of its own; or the address of the scheduler of a Dask cluster, such as
        ``tcp://10.0.0.1:8786``, each of whose workers runs one cell at a time. The tables do not depend on it.
    resume : bool
        Whether to keep the finished cells of an earlier sweep in ``folder``.
    compare : bool
        Whether the tables have published figures, too.
    on_progress : callable
        Told after each cell.

    Raises
    ------
    OptionError, DatasetNotFoundError, TechnologyError
        As `plan_sweep`.
    OutputError
        If the folder may not or cannot be written.
    ClusterError, ToolMissingError
        If the cluster cannot be used.

    Examples
    --------
    >>> from tempfile import TemporaryDirectory
    >>> from bespoke import ApproximateOptions, SweepOptions, run_sweep
    >>> short = ApproximateOptions().with_settings(epochs=1, generations=2, population=8, finalists=2)
    >>> options = SweepOptions(datasets=("iris",), models=("logistic",), approximate=short, verify=False)
    >>> with TemporaryDirectory() as folder:
    ...     result = run_sweep(options, folder)
    >>> len(result.rows), len(result.failed)
    (1, 0)
    """
    if not WORKERS.holds(jobs):
        raise option_fault("jobs", jobs, WORKERS)
    place = Path(folder)
    check_sweep_folder(place, (*table_files(()), *findings_files((), ()), PAGE), resume=resume)
    for own in (place, place / CELLS):
        remove_unfinished(own)
    with workers_of(jobs) as workers:
        count = workers.count
        plan = plan_sweep(options, place)
        for each in plan:
            if each.state == "to do":
                check_cell_folder(place, each.cell)
        first = {SWEEP: json_text(_plan_facts(plan))}
        # A sweep of an earlier version has no list of files; its sweep.json was checked.
        write_folder(place, first, SWEEP_KIND, whole=False, force=not read_record(place).kind)
        known = [each for each in plan if each.state != "to do"]
        outcomes = {each.cell: Outcome(each.cell, each.record or {}, each.error) for each in known}
        # The longest first, so that no core is idle at the end.
        todo = sorted((each for each in plan if each.state == "to do"), key=lambda each: -each.seconds)
        on_progress(_reached(plan, outcomes, count, None))
        for outcome in _outcomes(todo, options, workers):
            if not outcome.error:
                store_cell(place, outcome.cell, outcome.record, outcome.designs)
            outcomes[outcome.cell] = Outcome(outcome.cell, outcome.record, outcome.error)
            on_progress(_reached(plan, outcomes, count, outcome.cell))
    ordered = tuple(outcomes[planned.cell] for planned in plan)
    rows = sweep_rows(ordered, compare=compare)
    texts = first | table_files(rows) | findings_files(ordered, rows) | {PAGE: sweep_page(options, ordered, rows)}
    write_folder(place, {name: text for name, text in texts.items() if text}, SWEEP_KIND)
    return SweepResult(ordered, rows)


def _reached(plan: Sequence[PlannedCell], outcomes: Mapping[Cell, Outcome], jobs: int, last: Cell | None) -> Progress:
    """How far a sweep is; time left by the plan's estimates, corrected by the cells done."""
    failed = sum(bool(outcome.error) for outcome in outcomes.values())
    seconds = {planned.cell: planned.seconds for planned in plan}
    measured = {cell: done.record["seconds"]["total"] for cell, done in outcomes.items() if done.record}
    expected = sum(seconds[cell] for cell in measured)
    scale = sum(measured.values()) / expected if expected else 1.0
    left_s = scale * seconds_together([each for cell, each in seconds.items() if cell not in outcomes], jobs)
    return Progress(len(outcomes) - failed, failed, len(plan), last, left_s)


def _outcomes(todo: Sequence[PlannedCell], options: SweepOptions, workers: Processes | Cluster) -> Iterator[Outcome]:
    if isinstance(workers, Processes):
        return run_in_processes(todo, options, workers.count)
    return run_on_cluster(todo, options, workers)


def _plan_facts(plan: Sequence[PlannedCell]) -> dict[str, Any]:
    cells = [planned.cell.to_json() | {"key": planned.key or None} for planned in plan]
    return {"format": SWEEP_FORMAT, "version": SWEEP_VERSION, "versions": versions(), "cells": cells}
