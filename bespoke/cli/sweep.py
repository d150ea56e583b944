"""``bespoke sweep``: many data sets and kinds of models into one table."""

from __future__ import annotations

import time
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from bespoke.cli.commands import did_you_mean
from bespoke.cli.config import config_option
from bespoke.cli.console import note, progress, show_json, show_table
from bespoke.cli.inputs import compile_options, constraint_settings, search_settings, training_settings
from bespoke.cli.names import complete_data_list, complete_kind_list, complete_technology_list
from bespoke.cli.options import (
    constraint_options,
    data_options,
    json_option,
    layers,
    mapping_options,
    model_options,
    search_options,
    training_options,
)
from bespoke.errors import SweepError

if TYPE_CHECKING:
    from bespoke.sweep import PlannedCell, Progress, SweepOptions, SweepResult

EPILOG = """\b
Examples:
  bespoke sweep --datasets iris,wine --models tree,svm -o out/sweep
  bespoke sweep --datasets redwine,cardio --models tree,svm,mlp --compare published -o out/paper
  bespoke sweep --datasets iris --models tree --seeds 1-5 -o out/seeds
  bespoke sweep --config sweep.toml --dry-run
  bespoke sweep --config sweep.toml --resume
  bespoke sweep --config sweep.toml --scheduler tcp://10.0.0.1:8786

\b
sweep.toml has the same options by their long names:
  datasets = ["redwine", "cardio"]
  models = ["tree", "svm", "mlp"]
  max-loss = 0.01
  output = "out/paper"

DIR holds table.csv, table.md and table.tex, the same over seeds as statistics.*, one file per finished cell in cells/,
and the circuits in DATASET/MODEL/SEED/exact and chosen. A sweep that was stopped, however, goes on with --resume and
ends in the same tables.

Exit code 1: some cells failed; the tables have all others.
"""
LARGEST_SEED = 2**32 - 1
# Of options that other commands have too, as `bespoke.sweep.options`, which takes long to import, has them.
DEFAULTS = {"search": 8, "folds": 3}
DEFAULT_BUDGET_S = 45.0
DEFAULT_FINALISTS = 3


def _names(text: str) -> tuple[str, ...]:
    names = tuple(part.strip() for part in text.split(","))
    if not all(names):
        raise click.BadParameter(f"'{text}' is not a list of names such as iris,wine")
    return names


def _datasets(text: str) -> tuple[str, ...]:
    if text != "all":
        return _names(text)
    from bespoke.data import catalogue

    return tuple(catalogue())


def _models(text: str) -> tuple[str, ...]:
    from bespoke.training import ALIASES, KINDS

    known = [*KINDS, *ALIASES]
    for name in _names(text):
        if name not in known:
            raise click.BadParameter(f"unknown kind of model '{name}'{did_you_mean(name, known)}")
    return _names(text)


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


def _voltages(text: str) -> tuple[float, ...]:
    try:
        return tuple(float(part.strip().removesuffix("V")) for part in text.split(","))
    except ValueError:
        raise click.BadParameter(f"'{text}' is not a list of voltages such as 0.6,1.0") from None


def _hidden(text: str) -> tuple[int, ...] | None:
    return None if text == "published" else layers(text)


@click.command(epilog=EPILOG)
@config_option
@click.option(
    "--datasets",
    type=_datasets,
    required=True,
    metavar="NAME,...|all",
    help="Data sets or CSV files.",
    shell_complete=complete_data_list,
)
@click.option(
    "--models",
    type=_models,
    required=True,
    metavar="KIND,...",
    help="Kinds of models of 'bespoke train'.",
    shell_complete=complete_kind_list,
)
@click.option(
    "--seeds", type=_seeds, default="42", show_default=True, metavar="N,N-M,...", help="Seeds of all that is random."
)
@click.option(
    "--tech",
    type=_names,
    default="egfet",
    show_default=True,
    metavar="NAME|FILE.lib,...",
    help="Technologies.",
    shell_complete=complete_technology_list,
)
@click.option("--vdd", type=_voltages, metavar="V,...", help="Supply voltages in V.  [default: the technology's own]")
@click.option(
    "--hidden",
    type=_hidden,
    default="published",
    show_default=True,
    metavar="published|N,...",
    help="MLP: units per layer; published: those of the papers where known, else 4.",
)
@training_options
@constraint_options
@search_options
@click.option(
    "--budget",
    type=float,
    metavar="SECONDS",
    help=f"Rough time of a cell's search, which bounds the epochs by the sizes of model and data, not by the clock.  "
    f"[default: {DEFAULT_BUDGET_S:g}; with --epochs none]",
)
@data_options
@click.option(
    "--test-size",
    type=click.FloatRange(0, 1, min_open=True, max_open=True),
    default=0.3,
    show_default=True,
    help="Share of the rows kept for the test.",
)
@model_options
@mapping_options
@click.option("--verify/--no-verify", default=True, show_default=True, help="Compare the executors in each cell.")
@click.option("--formal/--no-formal", default=False, show_default=True, help="Prove the netlists, too.")
@click.option("--compare", type=click.Choice(["published"]), help="Put published figures below ours.")
@click.option("--jobs", type=click.IntRange(1), metavar="N", help="Cells at the same time.  [default: one per core]")
@click.option("--scheduler", metavar="tcp://HOST:PORT", help="Run the cells on the workers of this Dask cluster.")
@click.option("--resume", is_flag=True, help="Keep the finished cells in DIR.")
@click.option("--dry-run", is_flag=True, help="Show the cells and a rough time, and do nothing.")
@json_option
@click.option(
    "-o",
    "--output",
    "folder",
    type=click.Path(path_type=Path, file_okay=False),
    default=Path("out/sweep"),
    show_default=True,
    metavar="DIR",
    help="Folder to write; new, or with --resume that of an earlier sweep.",
)
def command(folder: Path, *, as_json: bool, dry_run: bool, **options: Any) -> None:  # noqa: ANN401  click's parameters
    """Train, compile, approximate, verify and estimate each kind of model on each data set, into one table."""
    from joblib import cpu_count

    from bespoke.sweep import plan_sweep, run_sweep

    chosen = _options(options)
    if options["scheduler"] and options["jobs"]:
        raise click.UsageError("--jobs is about this machine, --scheduler about a cluster; give one of them")
    jobs = options["jobs"] or cpu_count()
    if dry_run:
        _show_plan(plan_sweep(chosen, folder if options["resume"] else None), jobs, as_json=as_json)
        return
    if options["resume"] and not folder.exists():
        note(f"no sweep to resume: {folder} does not exist; it starts anew")
    with progress("sweep") as stage:
        result = run_sweep(
            chosen,
            folder,
            jobs=options["scheduler"] or jobs,
            resume=options["resume"],
            compare=options["compare"] is not None,
            on_progress=lambda reached: stage(_progress_words(reached)),
        )
    _show(result, folder, as_json=as_json)
    if result.failed:
        raise SweepError(f"{len(result.failed)} of {len(result.outcomes)} cells failed", where=str(folder))


def _set_defaults(changed: click.Command) -> None:
    """Give options that other commands have too the defaults and texts of a sweep."""
    for option in changed.params:
        if option.name in DEFAULTS:
            option.default = DEFAULTS[option.name]
        if isinstance(option, click.Option) and option.name == "finalists":
            option.help = f"Most candidates that become circuits.  [default: {DEFAULT_FINALISTS}]"
        if isinstance(option, click.Option) and option.name == "epochs":
            option.help = "Exchanges between the populations; without it, as many as --budget allows, at most 16."


_set_defaults(command)


def _options(options: dict[str, Any]) -> SweepOptions:
    from bespoke.sweep import SweepOptions
    from bespoke.sweep.options import DEFAULT_APPROXIMATE
    from bespoke.training import TrainingOptions

    given = {name: options[name] for name in ("minimise", "finalists", "caution", "prune") if options[name] is not None}
    return SweepOptions(
        datasets=options["datasets"],
        models=options["models"],
        seeds=options["seeds"],
        technologies=options["tech"],
        vdds=options["vdd"] or (None,),
        training=TrainingOptions(kind="tree", **training_settings(options)),
        hidden=options["hidden"],
        approximate=replace(
            DEFAULT_APPROXIMATE,
            compile=compile_options({**options, "tech": "egfet", "vdd": None, "seed": 42}),
            search=search_settings(options),
            constraint=constraint_settings(options),
            **given,
        ),
        budget_s=_budget(options),
        **{name: options[name] for name in ("target", "missing", "verify", "formal")},
    )


def _budget(options: dict[str, Any]) -> float | None:
    if options["budget"] is not None or options["epochs"] is not None:
        budget: float | None = options["budget"]
        return budget
    return DEFAULT_BUDGET_S


def _show_plan(plan: Iterable[PlannedCell], jobs: int, *, as_json: bool) -> None:
    from bespoke.sweep.duration import seconds_together

    cells = list(plan)
    total = seconds_together([planned.seconds for planned in cells if planned.state == "to do"], jobs)
    if as_json:
        show_json({"cells": [_plan_facts(planned) for planned in cells], "jobs": jobs, "seconds": round(total)})
        return
    columns = ["Dataset", "Model", ">Seed", "Technology", ">V", ">Rows", ">Features", ">Time", "State"]
    show_table(columns, [_plan_row(planned) for planned in cells], title="Cells")
    for error in dict.fromkeys(planned.error for planned in cells if planned.error):
        note(error)
    todo = sum(planned.state == "to do" for planned in cells)
    click.echo(f"{todo} of {len(cells)} cells to do, {jobs} at a time: roughly {_time_words(total)}")


def _plan_row(planned: PlannedCell) -> list[str]:
    cell, data = planned.cell, planned.data
    voltage = "-" if cell.vdd is None else f"{cell.vdd:g}"
    point = [cell.data_name, cell.kind, str(cell.seed), cell.technology_name, voltage]
    if data is None:
        return [*point, *"---", planned.state]
    rows, features = data.features.shape
    return [*point, f"{rows:,}", str(features), _time_words(planned.seconds), planned.state]


def _plan_facts(planned: PlannedCell) -> dict[str, Any]:
    cell, data = planned.cell, planned.data
    return {
        "dataset": cell.dataset,
        "model": cell.kind,
        "seed": cell.seed,
        "technology": cell.technology,
        "vdd": cell.vdd,
        "folder": cell.folder,
        "key": planned.key or None,
        "rows": data.features.shape[0] if data is not None else None,
        "features": data.features.shape[1] if data is not None else None,
        "seconds": round(planned.seconds, 1),
        "state": planned.state,
        "error": planned.error or None,
    }


def _progress_words(reached: Progress) -> str:
    words = f"{reached.done + reached.failed} of {reached.total} cells"
    if reached.failed:
        words += f", {reached.failed} failed"
    if reached.left_s:
        end = time.strftime("%H:%M", time.localtime(time.time() + reached.left_s))
        words += f", roughly {_time_words(reached.left_s)} left, until about {end}"
    return f"{words}; last: {reached.last}" if reached.last else words


def _time_words(seconds: float) -> str:
    return (
        f"{seconds:.0f} s"
        if seconds < 100
        else f"{seconds / 60:.0f} min"
        if seconds < 6000
        else f"{seconds / 3600:.1f} h"
    )


def _show(result: SweepResult, folder: Path, *, as_json: bool) -> None:
    from bespoke.sweep import legend, people_table, row_facts, statistics_rows

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
    click.echo(f"Written: {folder}/report.html, table.csv, .md, .tex, and the circuits below {folder}/")
    for failure in failed:
        note(f"failed: {failure['cell']}: {failure['error']}")
