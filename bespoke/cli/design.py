"""``bespoke design``: from data and a power source to the circuits that are possible."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from bespoke.cli.commands import Documented
from bespoke.cli.console import note, progress, show_facts, show_json, show_table
from bespoke.cli.inputs import read_data, verified_answer
from bespoke.cli.names import complete_data
from bespoke.cli.options import (
    DATA,
    FORCE,
    FORMAL,
    JSON,
    LIMITS,
    OUTPUT,
    PRINTED,
    SCHEDULER,
    SEED,
    SPLIT,
    Options,
    circuit,
    flag,
    jobs_or_scheduler,
    option,
    settings,
    varied,
)
from bespoke.cli.values import input_bits, listed
from bespoke.errors import ConstraintError, VerificationError

if TYPE_CHECKING:
    from bespoke.flow import Answer

ASKED = varied(
    LIMITS,
    max_loss={"help": "Largest loss against the best float model: the coolest is chosen."},
    min_accuracy={"help": "Least accuracy: the coolest such circuit is chosen."},
    minimise={"help": "What the chosen circuit has least of where the accuracy is limited.  [default: power]"},
)
HOW: Options = (
    option("--families", "Kinds of models, with commas.  [default: all]", listed(str, "families"), "NAME,..."),
    option("--candidates", "Candidates to try, whatever time it takes: the same result in every run.", int),
    option("--race-seed", "Seed of the cross-validation and of all training.  [default: 0]", SEED),
    option("--budget budget_s", "Time after which no new candidate is tried.  [default: 60]", float, "SECONDS"),
    option(
        "--float-budget float_budget_s",
        "Time after which no float model is tried that shows what is possible; 0 for none.  [default: 30]",
        float,
        "SECONDS",
    ),
    option("--finalists", "Most circuits of the answer.  [default: 16]", int),
    flag("--approximate", "Approximate the circuits that answer for power sources, and those little above, too."),
)
WORK: Options = (
    option("--jobs", "Processes.  [default: 2]", int),
    SCHEDULER,
    flag("--resume", "Go on with the search that an earlier call left."),
)
MADE: Options = (
    option("--input-bits", "Bits of the inputs.  [default: 4]", input_bits, "B|NAME=B,..."),
    *circuit("unary", "date24", "power"),
)
OPTIONS = [
    click.Argument(["data"], shell_complete=complete_data),
    *ASKED,
    *PRINTED,
    *HOW,
    *WORK,
    *DATA,
    *SPLIT,
    *MADE,
    flag("--verify/--no-verify", "Compare the executors afterwards."),
    FORMAL,
    FORCE,
    JSON,
    OUTPUT,
]


@click.command(cls=Documented, params=OPTIONS)
def command(data: str, folder: Path, *, as_json: bool, **given: Any) -> None:  # noqa: ANN401  of click
    """Find the circuits that are possible for DATA, of all kinds of models, and choose one.

    DATA is a name of 'bespoke datasets list', a CSV file, or samples of a Boolean function: a PLA (.pla), or the arrays
    of the IWLS 2020 contest (.npz), which have training, validation and test parts of their own. Without a limit on the
    accuracy the most accurate circuit that keeps all limits is chosen, else the coolest one. All of it is decided on
    the training part, by cross-validation, or by the validation part where the data have one.

    Examples
    --------
    bespoke design redwine --source bluespark -o out/redwine
    bespoke design mine.csv --target quality --min-accuracy 0.8 -o out/mine
    bespoke design function.pla --converters none --max-gates 300 -o out/function

    DIR holds the chosen circuit as from 'bespoke compile', DIR/front the others, DIR/answer.html all of them. While the
    search runs, what it found stands in DIR.search.jsonl; after a crash the same call with --resume goes on from there.
    With --candidates its answer is then that of a call that was not stopped, to the byte but for the seconds it took.

    Exit code 4: no circuit keeps the limits; the others are written all the same.
    """
    from bespoke.files import check_folder
    from bespoke.flow import DesignOptions, design_from_data
    from bespoke.report import ANSWER_KIND, ANSWER_STATE, answer_report, save_answer

    check_folder(folder, ANSWER_KIND, force=given["force"])
    target = folder.resolve()
    checkpoint = target.parent / f"{target.name}.{ANSWER_STATE}"
    jobs = jobs_or_scheduler(given)
    work = {"checkpoint": checkpoint, "resume": given["resume"], **({} if jobs is None else {"jobs": jobs})}
    options = DesignOptions().with_settings(**settings(given, ASKED, PRINTED, HOW, SPLIT, MADE), **work)
    if given["resume"] and not checkpoint.exists():
        note(f"no search to resume from: {checkpoint} does not exist; it starts anew")
    with progress("design") as stage:
        stage("read")
        answer = design_from_data(read_data(data, given), options, on_stage=stage)
        if given["verify"]:
            answer = verified_answer(answer, stage, formal=given["formal"], jobs=options.jobs)
        stage("write")
        save_answer(answer, folder, force=given["force"])
        checkpoint.unlink(missing_ok=True)
    if as_json:
        show_json(answer_report(answer))
    else:
        _show(answer, folder)
    _check(answer, folder)


def _show(answer: Answer, folder: Path) -> None:
    from bespoke.flow import report
    from bespoke.report import design_facts, source_table, stronger_words, verification_facts

    chosen = answer.chosen
    note(*(chosen or answer.points[0]).design.notes)
    columns, rows = source_table(answer)
    if rows:
        show_table(columns, rows, title="What each power source can run")
    if stronger := stronger_words(answer.constraint.max_power_mw):
        click.echo(stronger)
    if chosen is None:
        return
    facts = report(chosen.design)
    named = [name for name, value in answer.float_models.items() if value == answer.best_float][:1]
    best = [("best float model", f"{name}, {answer.best_float:.3f} out of fold") for name in named]
    shown = [("family", chosen.family), ("promised accuracy", f"{chosen.promised:.3f}"), *best, *design_facts(facts)]
    if answer.constraint.max_gates is not None:
        shown.append(("AND gates", f"{chosen.design.circuit.and_nodes:,}"))
    if chosen.design.verification is not None:
        shown += verification_facts(facts["verification"])
    show_facts([*shown, ("written", f"{folder}/ and {folder}/front/")], title="Chosen")


def _check(answer: Answer, folder: Path) -> None:
    checks = [point.design.verification for point in answer.points]
    if any(check is not None and not check.agrees for check in checks):
        raise VerificationError("the executors disagree", where=str(folder), allowed="see the reports")
    if answer.chosen is None:
        raise ConstraintError(answer.unmet, where=f"{folder}/front")
