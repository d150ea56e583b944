"""``bespoke approximate``: a trained model to a front of smaller circuits that lose little accuracy."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from bespoke.cli.commands import Documented
from bespoke.cli.console import note, progress, show_facts, show_json, show_table
from bespoke.cli.inputs import read_data, verified
from bespoke.cli.names import complete_data, complete_recipe
from bespoke.cli.options import (
    COMPILATION,
    CONSTRAINT,
    FORCE,
    JSON,
    MAKING,
    MODEL_FILE,
    OUTPUT,
    PRINTED,
    SEARCH,
    SEED,
    Options,
    flag,
    option,
    settings,
)
from bespoke.errors import ConstraintError, VerificationError

if TYPE_CHECKING:
    from bespoke.flow import ApproximateOptions, Design, ParetoFront

HOW: Options = (
    option("--recipe", "A published flow instead of the search, see below.", None, "NAME", complete_recipe),
    option("--budget budget_s", "Time of the search.  [default: until it is over]", float, "SECONDS"),
    option("--search-seed", "Seed of the search.  [default: 0]", SEED),
    *SEARCH,
    option("--modes", "Modes of the chosen circuit, unpruned: from 2 on, an input says which.  [default: 1]", int),
    option("--small-modes", "What smaller modes are.  [default: trees]", ["trees", "masks"]),
    option("--mode-loss", "What the smallest mode may lose on the training rows.  [default: 0.02]", float),
    flag(
        "--cascade",
        "A small tree answers easy rows, for which the rest of the chosen circuit, unpruned, is not needed.",
    ),
    option("--cascade-loss", "What the cascade may lose on the training rows.  [default: 0]", float),
    option("--jobs", "Finalists made at the same time.  [default: 2]", int),
)
OPTIONS = [
    MODEL_FILE,
    option("--data", "A name of 'bespoke datasets list' or a CSV file.", None, "DATA", complete_data, required=True),
    *CONSTRAINT,
    *PRINTED,
    *HOW,
    flag("--resume", "Go on with the search that an earlier call left."),
    *MAKING,
    flag("--verify-all", "Verify every design of the front, not only the chosen one."),
    FORCE,
    JSON,
    OUTPUT,
]


@click.command(cls=Documented, params=OPTIONS)
def command(model: Path, data: str, folder: Path, *, as_json: bool, **given: Any) -> None:  # noqa: ANN401  of click
    """Search for circuits of MODEL that trade accuracy for area and power, and choose one.

    With a limit on the accuracy the smallest circuit that keeps all limits is chosen, else the most accurate one. All
    of it is decided on the training part of DATA; limits on the accuracy hold there with a reserve for chance.

    Recipes
    -------
    alwann      operators mapped to sums by NSGA-II, weights tuned (weighted sums)
                Mrazek et al., ALWANN: Automatic Layer-Wise Approximation of Deep Neural Network Accelerators
                without Retraining, ICCAD 2019
    autoapprox  operators mapped to sums by calibration and a Gaussian-process bandit (weighted sums)
                Jain et al., Learning to Design Accurate Deep Learning Accelerators with Inaccurate Multipliers,
                DATE 2022
    date22      coefficients within +-4, then tau/phi pruning (weighted sums)
                Armeniakos et al., Cross-Layer Approximation for Printed Machine Learning Circuits, DATE 2022
    isqed22     bits and offset per comparator by NSGA-II (trees)
                Balaskas et al., Approximate Decision Trees For Machine Learning Classification on Tiny Printed
                Circuits, ISQED 2022
    tc23        cheap coefficients, then truncated accumulation (weighted sums)
                Armeniakos et al., Co-Design of Approximate Multilayer Perceptron for Ultra-Resource Constrained
                Printed Circuits, IEEE TC 72, 2023

    Examples
    --------
    bespoke approximate model.skops --data redwine -o out/redwine
    bespoke approximate model.skops --data redwine --max-loss 0.02 --effort high -o out/redwine
    bespoke approximate model.skops --data redwine --source harvester -o out/redwine
    bespoke approximate model.skops --data redwine --defects 0.1 --min-yield 0.9 -o out/redwine
    bespoke approximate model.skops --data redwine --recipe date22 -o out/published
    bespoke approximate model.skops --data redwine --budget 60 --resume -o out/redwine

    DIR holds the chosen design as from 'bespoke compile', DIR/front the others. While the search runs, its state stands
    in DIR.search.json; after a crash the same call with --resume goes on from there. DIR/search.json lets a search
    that ended with its --epochs go on with more.

    Exit code 4: no design keeps the limits; the front is written all the same.
    """
    from bespoke.files import check_folder, check_replaceable
    from bespoke.flow import approximate
    from bespoke.frontend import read_model
    from bespoke.report import FRONT_KIND, SEARCH, front_report, save_front
    from bespoke.search.checkpoint import HEAD

    check_folder(folder, FRONT_KIND, force=given["force"])
    target = folder.resolve()
    checkpoint = target.parent / f"{target.name}.{SEARCH}"
    if not given["resume"] or not checkpoint.exists():
        check_replaceable(checkpoint, HEAD)
    earlier = _earlier(checkpoint, folder / SEARCH) if given["resume"] else None
    chosen = approximate_options(given, checkpoint=checkpoint, resume_from=earlier)
    with progress("approximate") as stage:
        stage("read")
        loaded = read_model(model, trust_pickle=given["trust_pickle"])
        front = approximate(loaded.model, dataset=read_data(data, given, loaded.model), options=chosen, on_stage=stage)
        for design in (front.exact, *front.designs):
            front = front.with_design(design, design.with_notes(*loaded.notes))
        for design in _to_verify(front, given):
            found = verified(design, stage, formal=given["formal"], seconds=given["verify_seconds"])
            front = front.with_design(design, found)
        stage("write")
        save_front(front, folder, force=given["force"])
        checkpoint.unlink(missing_ok=True)
    if as_json:
        show_json(front_report(front))
    else:
        _show(front, folder)
    _check(front, folder)


def approximate_options(given: Mapping[str, Any], **more: Any) -> ApproximateOptions:  # noqa: ANN401  of any type
    """What was given, with defaults for the rest."""
    from bespoke.flow import ApproximateOptions

    return ApproximateOptions(**more).with_settings(**settings(given, HOW, CONSTRAINT, PRINTED, COMPILATION))


def _earlier(unfinished: Path, finished: Path) -> Path | None:
    """The state from which to go on: that of an unfinished search, else that of the finished one."""
    found = next((path for path in (unfinished, finished) if path.exists()), None)
    if found is None:
        note(f"no search to resume from: neither {unfinished} nor {finished} exists; it starts anew")
    return found


def _to_verify(front: ParetoFront, given: Mapping[str, Any]) -> Iterable[Design]:
    chosen = [front.chosen] if front.chosen else []
    designs = [front.exact, *front.designs] if given["verify_all"] else chosen
    return dict.fromkeys(designs) if given["verify"] else ()


def _show(front: ParetoFront, folder: Path) -> None:
    from bespoke.report import design_facts, front_table, verification_facts

    chosen = front.chosen
    note(*(chosen or front.exact).notes)
    show_table(*front_table(front), title="Front")
    if chosen is None:
        return
    from bespoke.flow import report

    facts = report(chosen)
    shown = design_facts(facts)
    if chosen.verification is not None:
        shown += verification_facts(facts["verification"])
    others = f" and {folder}/front/" if any(design is not chosen for design in (front.exact, *front.designs)) else ""
    show_facts([*shown, ("written", f"{folder}/{others}")], title="Chosen")


def _check(front: ParetoFront, folder: Path) -> None:
    from bespoke.flow import unmet

    checks = [design.verification for design in (front.exact, *front.designs)]
    if any(check is not None and not check.agrees for check in checks):
        raise VerificationError("the executors disagree", where=str(folder), allowed="see the reports")
    if front.chosen is None:
        raise ConstraintError(unmet(front, front.constraint), where=f"{folder}/front")
