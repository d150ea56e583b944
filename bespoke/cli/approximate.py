"""``bespoke approximate``: a trained model to a front of smaller circuits that lose little accuracy."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from bespoke.cli.console import note, progress, show_facts, show_json, show_table
from bespoke.cli.inputs import (
    compile_options,
    constraint_settings,
    read_data,
    search_settings,
    verified,
)
from bespoke.cli.names import complete_data
from bespoke.cli.options import (
    circuit_options,
    constraint_options,
    data_options,
    json_option,
    model_options,
    output_folder,
    search_options,
    split_options,
    trust_option,
    verification_options,
)
from bespoke.errors import ConstraintError, VerificationError

if TYPE_CHECKING:
    from bespoke.flow import ApproximateOptions, Design, ParetoFront

EPILOG = """\b
Examples:
  bespoke approximate model.skops --data redwine -o out/redwine
  bespoke approximate model.skops --data redwine --max-loss 0.02 --effort high -o out/redwine
  bespoke approximate model.skops --data redwine --source harvester -o out/redwine
  bespoke approximate model.skops --data redwine --budget 60 --resume -o out/redwine

DIR holds the chosen design as from 'bespoke compile', DIR/front the others. While the search runs, its state stands
in DIR.search.json; after a crash the same call with --resume goes on from there. DIR/search.json lets a search
that ended with its --epochs go on with more.

Exit code 4: no design keeps the limits; the front is written all the same.
"""


@click.command(epilog=EPILOG)
@click.argument("model", type=click.Path(path_type=Path))
@click.option(
    "--data",
    metavar="DATA",
    required=True,
    help="A name of 'bespoke datasets list' or a CSV file.",
    shell_complete=complete_data,
)
@constraint_options
@click.option("--budget", type=float, metavar="SECONDS", help="Time of the search.  [default: until it is over]")
@click.option("--search-seed", type=click.IntRange(0, 2**32 - 1), help="Seed of the search.  [default: 0]")
@search_options
@click.option("--jobs", type=int, help="Finalists made at the same time.  [default: 2]")
@click.option("--resume", is_flag=True, help="Go on with the search that an earlier call left.")
@data_options
@split_options
@model_options
@circuit_options
@trust_option
@verification_options
@click.option("--verify-all", is_flag=True, help="Verify every design of the front, not only the chosen one.")
@json_option
@output_folder
def command(
    model: Path,
    data: str,
    folder: Path,
    *,
    as_json: bool,
    **options: Any,  # noqa: ANN401  click's parameters
) -> None:
    """Search for circuits of MODEL that trade accuracy for area and power, and choose one.

    With a limit on the accuracy the smallest circuit that keeps all limits is chosen, else the most accurate one. All
    of it is decided on the training part of DATA; limits on the accuracy hold there with a reserve for chance.
    """
    from bespoke.report import SEARCH, check_folder, front_report, save_front

    check_folder(folder)
    place = folder.resolve()
    checkpoint = place.parent / f"{place.name}.{SEARCH}"
    earlier = _earlier(checkpoint, folder / SEARCH) if options["resume"] else None
    chosen = _options(options, checkpoint, earlier)
    with progress("approximate") as stage:
        front = _front(model, data, chosen, options, stage)
        if options["verify"]:
            front = _verified(front, stage, options)
        stage("write")
        save_front(front, folder)
        checkpoint.unlink(missing_ok=True)
    if as_json:
        show_json(front_report(front))
    else:
        _show(front, folder)
    _check(front, folder)


def _options(options: dict[str, Any], checkpoint: Path, earlier: Path | None) -> ApproximateOptions:
    from bespoke.flow import ApproximateOptions

    named = ("minimise", "finalists", "caution", "prune", "jobs")
    given = {name: options[name] for name in named if options[name] is not None}
    return ApproximateOptions(
        compile=compile_options(options),
        search=search_settings(options),
        constraint=constraint_settings(options),
        checkpoint=checkpoint,
        resume_from=earlier,
        **given,
    )


def _front(
    path: Path, data: str, chosen: ApproximateOptions, options: dict[str, Any], stage: Callable[[str], None]
) -> ParetoFront:
    from bespoke.flow import approximate
    from bespoke.frontend import read_model

    stage("read")
    loaded = read_model(path, trust_pickle=options["trust_pickle"])
    dataset = read_data(data, options)
    front = approximate(loaded.model, dataset=dataset, options=chosen, on_stage=stage)
    for design in (front.exact, *front.designs):
        front = front.with_design(design, replace(design, notes=(*loaded.notes, *design.notes)))
    return front


def _earlier(unfinished: Path, finished: Path) -> Path | None:
    """The state from which to go on: that of an unfinished search, else that of the finished one."""
    found = next((path for path in (unfinished, finished) if path.exists()), None)
    if found is None:
        note(f"no search to resume from: neither {unfinished} nor {finished} exists; it starts anew")
    return found


def _verified(front: ParetoFront, stage: Callable[[str], None], options: dict[str, Any]) -> ParetoFront:
    chosen = [front.chosen] if front.chosen else []
    designs: list[Design] = [front.exact, *front.designs] if options["verify_all"] else chosen
    for design in dict.fromkeys(designs):
        front = front.with_design(design, verified(design, stage, formal=options["formal"]))
    return front


def _show(front: ParetoFront, folder: Path) -> None:
    from bespoke.report import design_facts, front_table, verification_facts

    chosen = front.chosen
    for remark in (chosen or front.exact).notes:
        note(remark)
    show_table(*front_table(front), title="Front")
    if chosen is None:
        return
    from bespoke.flow import report

    facts = report(chosen)
    shown = design_facts(facts)
    if chosen.verification is not None:
        shown += verification_facts(facts["verification"])
    show_facts([*shown, ("written", f"{folder}/ and {folder}/front/")], title="Chosen")


def _check(front: ParetoFront, folder: Path) -> None:
    from bespoke.flow import unmet

    checks = [design.verification for design in (front.exact, *front.designs)]
    if any(check is not None and not check.agrees for check in checks):
        raise VerificationError("the executors disagree", where=str(folder), allowed="see the reports")
    if front.chosen is None:
        raise ConstraintError(unmet(front, front.constraint), where=f"{folder}/front")
