"""``bespoke sweep``: many data sets and kinds of models into one table."""

from __future__ import annotations

import time
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from bespoke.cli.analyse import ANALYSES
from bespoke.cli.commands import Documented
from bespoke.cli.config import CONFIG
from bespoke.cli.console import note, progress, show_json, show_table
from bespoke.cli.names import complete_data_list, complete_kind_list, complete_technology_list, sweep_kind
from bespoke.cli.options import (
    CONSTRAINT,
    DATA,
    FOLDER,
    JSON,
    LARGEST_SEED,
    LIMITS,
    MODEL,
    PRINTED,
    SCHEDULER,
    SEARCH,
    TEST_SIZE,
    TRAINING,
    Options,
    flag,
    jobs_or_scheduler,
    mapping,
    option,
    ports,
    settings,
    varied,
)
from bespoke.cli.values import layers, listed, named, numbers
from bespoke.errors import SweepError
from bespoke.options import MOST_JOBS
from bespoke.training import AWARE

if TYPE_CHECKING:
    from bespoke.sweep import PlannedCell, Progress, SweepOptions, SweepResult

# Of options that other commands have too, as `bespoke.sweep.options`, which takes long to import, has them.
DEFAULTS = {"search": 8, "folds": 3}
DEFAULT_BUDGET_S = 45.0
DEFAULT_FINALISTS = 3
PLAIN = "none"
# Names of analyses as 'bespoke analyse' has them, and those of Python, which pages of sweeps name.
FOUND_OUT = {flag.opts[0].removeprefix("--"): str(flag.name) for flag in ANALYSES}


_names = listed(named, "names such as iris,wine")
_voltages = listed(lambda part: float(part.strip().removesuffix("V")), "voltages such as 0.6,1.0")


def _datasets(text: str) -> tuple[str, ...]:
    from bespoke.data import catalogue

    return tuple(catalogue()) if text == "all" else _names(text)


def _models(text: str) -> tuple[str, ...]:
    return tuple(map(sweep_kind, _names(text)))


def _seeds(text: str) -> tuple[int, ...]:
    seeds: list[int] = []
    for part in text.split(","):
        first, dash, last = part.partition("-")
        try:
            low, high = int(first), int(last if dash else first)
        except ValueError:
            raise click.BadParameter(f"'{part}' is not a seed; allowed: numbers and ranges such as 1,2,5-9") from None
        if not 0 <= low <= high <= LARGEST_SEED or high - low >= 1000:
            raise click.BadParameter(f"'{part}' is out of range; allowed: 0 to {LARGEST_SEED}, at most 1000 seeds")
        seeds += range(low, high + 1)
    return tuple(seeds)


def _analyses(text: str) -> tuple[str, ...]:
    named = _names(text)
    for name in named:
        if name not in FOUND_OUT and name not in FOUND_OUT.values():
            raise click.BadParameter(f"'{name}' is no analysis; allowed: {', '.join(FOUND_OUT)}")
    return tuple(FOUND_OUT.get(name, name) for name in named)


def _hidden(text: str) -> tuple[int, ...] | None:
    return None if text == "published" else layers(text)


GRID: Options = (
    option("--datasets", "Data sets or CSV files.", _datasets, "NAME,...|all", complete_data_list, required=True),
    option(
        "--models",
        "Kinds of models of 'bespoke train', or design.",
        _models,
        "KIND,...",
        complete_kind_list,
        required=True,
    ),
    option("--seeds", "Seeds of all that is random.", _seeds, "N,N-M,...", default="42"),
    option(
        "--tech technologies", "Technologies.", _names, "NAME|FILE.lib,...", complete_technology_list, default="egfet"
    ),
    option("--vdd vdds", "Supply voltages in V.  [default: the technology's own]", _voltages, "V,..."),
    option(
        "--hidden",
        "MLP: units per layer; published: those of the papers where known, else 4.",
        _hidden,
        "published|N,...",
        default="published",
    ),
)
AWARE_OF: Options = (
    option(
        "--aware",
        f"MLP: train what the circuit computes, as 'bespoke train --aware'; several, of {PLAIN}, {', '.join(AWARE)}.",
        _names,
        "NAME,...",
    ),
    option("--cost-weight cost_weights", "With --aware: see 'bespoke train'.", numbers, "NATS,..."),
)
BASELINE = varied(TRAINING, **{name: {"default": value} for name, value in DEFAULTS.items()})
LENGTH = varied(
    SEARCH,
    finalists={"help": f"Most candidates that become circuits.  [default: {DEFAULT_FINALISTS}]"},
    epochs={"help": "Exchanges between the populations; without it, as many as --budget allows, at most 16."},
)
BUDGET = option(
    "--budget budget_s",
    "Rough time of a cell's search, which bounds the epochs, or the candidates of design, by the sizes of model and "
    f"data, not by the clock.  "
    f"[default: {DEFAULT_BUDGET_S:g}; with --epochs none]",
    float,
    "SECONDS",
)
CIRCUITS: Options = (
    *varied([TEST_SIZE], test_size={"type": click.FloatRange(0, 1, min_open=True, max_open=True)}),
    *MODEL,
    *ports("binary; unary for design", "none; date24 for design"),
    *mapping("area; power for design"),
)
# What the search of `bespoke design` has alone.
DESIGN: Options = (
    option("--families", "design: kinds of models, with commas.  [default: all]", listed(str, "families"), "NAME,..."),
)
CHECKS: Options = (
    flag("--verify/--no-verify", "Compare the executors in each cell."),
    flag("--formal/--no-formal", "Prove the netlist of the chosen circuit of each cell, too."),
    option(
        "--analyses",
        "Find out more, as 'bespoke analyse' does: faults, tests, yield, variation, settling, errors, robustness.",
        _analyses,
        "NAME,...",
    ),
)
OPTIONS = [
    CONFIG,
    *GRID,
    *BASELINE,
    *AWARE_OF,
    *CONSTRAINT,
    *PRINTED,
    *LENGTH,
    BUDGET,
    *DATA,
    *CIRCUITS,
    *DESIGN,
    *CHECKS,
    option("--compare", "Put published figures below ours.", ["published"]),
    option("--jobs", "Cells at the same time.  [default: one per core]", click.IntRange(1, MOST_JOBS), "N"),
    SCHEDULER,
    flag("--resume", "Keep the finished cells in DIR."),
    flag("--dry-run", "Show the cells and a rough time, and do nothing."),
    JSON,
    option(
        "-o --output folder",
        "Folder to write; new, or with --resume that of an earlier sweep.",
        FOLDER,
        "DIR",
        default=Path("out/sweep"),
    ),
]


@click.command(cls=Documented, params=OPTIONS)
def command(folder: Path, *, as_json: bool, dry_run: bool, **given: Any) -> None:  # noqa: ANN401  click's parameters
    """Train, compile, approximate, verify and estimate each kind of model on each data set, into one table.

    A model may also be design: the circuit that 'bespoke design' finds over all its families of models.

    Examples
    --------
    bespoke sweep --datasets iris,wine --models tree,svm -o out/sweep
    bespoke sweep --datasets redwine,cardio --models tree,svm,mlp --compare published -o out/paper
    bespoke sweep --datasets redwine,cardio --models mlp --aware none,pow2,ternary --cost-weight 0,0.1 -o out/aware
    bespoke sweep --datasets iris --models tree --seeds 1-5 -o out/seeds
    bespoke sweep --datasets redwine,cardio --models tree,design --source bluespark --inputs unary --converters date24
    bespoke sweep --datasets balance --models tree,mlp --analyses faults,yield,robustness -o out/reliable
    bespoke sweep --config sweep.toml --dry-run
    bespoke sweep --config sweep.toml --resume
    bespoke sweep --config sweep.toml --scheduler tcp://10.0.0.1:8786

    sweep.toml has the same options by their long names
    ---------------------------------------------------
    datasets = ["redwine", "cardio"]
    models = ["tree", "svm", "mlp"]
    max-loss = 0.01
    output = "out/paper"

    DIR holds table.csv, table.md and table.tex, the same over seeds as statistics.*, one file per finished cell in
    cells/, and the circuits in DATASET/MODEL/SEED/exact and chosen. A sweep that was stopped, however, goes on with
    --resume and ends in the same tables.

    Exit code 1: some cells failed; the tables have all others.
    """
    from joblib import cpu_count

    from bespoke.sweep import plan_sweep, run_sweep

    chosen = sweep_options(given)
    jobs = jobs_or_scheduler(given) or cpu_count()
    if dry_run:
        at_once = jobs if isinstance(jobs, int) else cpu_count()
        _show_plan(plan_sweep(chosen, folder if given["resume"] else None), at_once, as_json=as_json)
        return
    if given["resume"] and not folder.exists():
        note(f"no sweep to resume: {folder} does not exist; it starts anew")
    with progress("sweep") as stage:
        result = run_sweep(
            chosen,
            folder,
            jobs=jobs,
            resume=given["resume"],
            compare=given["compare"] is not None,
            on_progress=lambda reached: stage(_progress_words(reached)),
        )
    _show(result, folder, as_json=as_json)
    if result.failed:
        raise SweepError(f"{len(result.failed)} of {len(result.outcomes)} cells failed", where=str(folder))


def sweep_options(given: Mapping[str, Any]) -> SweepOptions:
    """What was given, with defaults for the rest; epochs that are given need no budget."""
    from bespoke.sweep import SweepOptions
    from bespoke.sweep.options import DEFAULT_APPROXIMATE, DEFAULT_DESIGN
    from bespoke.training import TrainingOptions

    length = {"budget_s": given["budget_s"]} if given["epochs"] is not None else settings(given, [BUDGET])
    return SweepOptions(
        training=TrainingOptions(kind="tree", **settings(given, BASELINE)),
        approximate=DEFAULT_APPROXIMATE.with_settings(**settings(given, CONSTRAINT, PRINTED, LENGTH, CIRCUITS)),
        design=DEFAULT_DESIGN.with_settings(**settings(given, LIMITS, PRINTED, CIRCUITS, DESIGN)),
        **length,
        **settings(given, GRID, AWARE_OF, DATA, CHECKS),
    )


def _show_plan(plan: Iterable[PlannedCell], jobs: int, *, as_json: bool) -> None:
    from bespoke.sweep.duration import seconds_together

    cells = list(plan)
    total = seconds_together([planned.seconds for planned in cells if planned.state == "to do"], jobs)
    if as_json:
        show_json({"cells": [_plan_facts(planned) for planned in cells], "jobs": jobs, "seconds": round(total)})
        return
    columns = ["Dataset", "Model", ">Seed", "Technology", ">V", ">Rows", ">Features", ">Time", "State"]
    show_table(columns, [_plan_row(planned) for planned in cells], title="Cells")
    note(*dict.fromkeys(planned.error for planned in cells if planned.error))
    todo = sum(planned.state == "to do" for planned in cells)
    click.echo(f"{todo} of {len(cells)} cells to do, {jobs} at a time: roughly {_time_words(total)}")


def _plan_row(planned: PlannedCell) -> list[str]:
    cell, data = planned.cell, planned.data
    voltage = "-" if cell.vdd is None else f"{cell.vdd:g}"
    point = [cell.data_name, cell.model, str(cell.seed), cell.technology_name, voltage]
    if data is None:
        return [*point, *"---", planned.state]
    rows, features = data.features.shape
    return [*point, f"{rows:,}", str(features), _time_words(planned.seconds), planned.state]


def _plan_facts(planned: PlannedCell) -> dict[str, Any]:
    cell, data = planned.cell, planned.data
    rows, features = data.features.shape if data is not None else (None, None)
    return {
        **cell.to_json(),
        "dataset": cell.dataset,
        "technology": cell.technology,
        "key": planned.key or None,
        "rows": rows,
        "features": features,
        "seconds": round(planned.seconds, 1),
        "state": planned.state,
        "error": planned.error or None,
    }


def _progress_words(reached: Progress) -> str:
    words = f"{reached.done + reached.failed} of {reached.total} cells"
    if reached.failed:
        words += f", {reached.failed} failed"
    if reached.left_s:
        end = time.strftime("%H:%M", time.localtime(time.time() + min(reached.left_s, 1e9)))
        words += f", roughly {_time_words(reached.left_s)} left, until about {end}"
    return f"{words}; last: {reached.last}" if reached.last else words


def _time_words(seconds: float) -> str:
    if seconds < 100:
        return f"{seconds:.0f} s"
    return f"{seconds / 60:.0f} min" if seconds < 6000 else f"{seconds / 3600:.1f} h"


def _show(result: SweepResult, folder: Path, *, as_json: bool) -> None:
    from bespoke.sweep import findings_table, legend, people_table, row_facts, statistics_rows

    over_seeds = statistics_rows(result.rows)
    failed = [{"cell": str(outcome.cell), "error": outcome.error} for outcome in result.failed]
    if as_json:
        rows = {"rows": [row_facts(row) for row in result.rows], "statistics": [row_facts(row) for row in over_seeds]}
        show_json({"folder": str(folder), **rows, "failed": failed})
        return
    show_table(*people_table(result.rows), title="Accuracy on the test rows, area in cm2, power in mW")
    if over_seeds:
        click.echo()
        show_table(*people_table(over_seeds), title="Mean and standard deviation over the seeds")
    for line in legend(result.rows):
        click.echo(line)
    heads, found = findings_table(result.outcomes, result.rows)
    if found:
        click.echo()
        show_table(heads, found, title="Further findings on the test rows")
    note(*(f"{cell}: {text}" for cell, text in result.cautions))
    click.echo(f"Written: {folder}/report.html, table.csv, .md, .tex, and the circuits below {folder}/")
    note(*(f"failed: {failure['cell']}: {failure['error']}" for failure in failed))
