"""``bespoke demo``: the whole job on data that need no network."""

from __future__ import annotations

import shutil
import sys
from collections.abc import Callable
from itertools import product
from pathlib import Path
from typing import TYPE_CHECKING

import click

from bespoke.cli.commands import Documented
from bespoke.cli.console import progress, show_json, show_table, within
from bespoke.cli.inputs import verified
from bespoke.cli.options import FOLDER, FORCE, JSON, flag, option
from bespoke.errors import VerificationError

if TYPE_CHECKING:
    from bespoke.flow import Design

DATASETS = ("iris", "wine", "breast_cancer_wdbc", "balance")
KINDS = ("tree", "svm", "mlp")
COLUMNS = ("Data", "Model", ">Float", ">Circuit", ">Gates", ">Area", ">Power", ">Delay", "Powered by", "Checked by")


OPTIONS = [
    option("-o --output folder", "Folder for the designs.", FOLDER, "DIR", default=Path("out/demo")),
    flag("--formal/--no-formal", "Prove the netlists, too."),
    FORCE,
    JSON,
]


@click.command(cls=Documented, params=OPTIONS)
def command(folder: Path, *, formal: bool, force: bool, as_json: bool) -> None:
    """Train, compile and verify trees, SVMs and MLPs on small data sets that need no network.

    Examples
    --------
    bespoke demo
    bespoke demo --no-formal -o out/first
    """
    from bespoke.files import check_folder
    from bespoke.report import DESIGN_KIND

    designs: dict[Path, Design] = {}
    rows = []
    cells = {folder / f"{dataset}_{kind}": (dataset, kind) for dataset, kind in product(DATASETS, KINDS)}
    for place in cells:
        check_folder(place, DESIGN_KIND, force=force)
    with progress("demo") as stage:
        for number, (place, (dataset, kind)) in enumerate(cells.items()):
            tell = within(stage, f"{number} of {len(cells)} circuits, {place.name}")
            designs[place] = _run(dataset, kind, place, formal=formal, force=force, stage=tell)
            rows.append(_row(dataset, kind, designs[place]))
    if as_json:
        from bespoke.flow import report

        show_json([{"path": str(place), **report(design)} for place, design in designs.items()])
    else:
        show_table(COLUMNS, rows, title="Circuits in the printed technology EGFET at 1.0 V")
        _explain(folder)
        for reason in sorted({text for design in designs.values() for text in _left_out(design)}):
            click.echo(f"Left out: {reason}")
    wrong = [
        place.name for place, design in designs.items() if not design.verification or not design.verification.agrees
    ]
    if wrong:
        raise VerificationError("the executors disagree", where=str(folder), got=", ".join(wrong))


def _run(dataset: str, kind: str, place: Path, *, formal: bool, force: bool, stage: Callable[[str], None]) -> Design:
    from bespoke.data import load_dataset
    from bespoke.flow import compile_model
    from bespoke.frontend import save_model
    from bespoke.report import save_design
    from bespoke.training import TrainingOptions, train_model

    data = load_dataset(dataset)
    stage("train")
    trained = train_model(data.split(), TrainingOptions(kind=kind))
    design = compile_model(trained.estimator, dataset=data, on_stage=stage)
    design = verified(design, stage, formal=formal)
    save_design(design, place, force=force)
    save_model(trained.estimator, place.with_suffix(".skops"))
    return design


def _row(dataset: str, kind: str, design: Design) -> list[str]:
    from bespoke.estimate import power_source
    from bespoke.report import area_words, score_words

    figures, scores = design.estimate, design.accuracies
    source = power_source(figures.power_mw)
    return [
        dataset,
        kind,
        score_words(scores.float_model),
        score_words(scores.test),
        f"{design.gate_count:,}",
        area_words(figures.area_mm2),
        f"{figures.power_mw:.3g} mW",
        f"{figures.delay_ms:.3g} ms",
        source.name if source else "-",
        _checks(design),
    ]


def _checks(design: Design) -> str:
    """Names of the checks that were passed, then the others with their outcome."""
    found = design.verification
    if found is None:
        return "nothing"
    statuses = {"simulator": found.simulator.status, "Icarus": found.icarus.status, "proof": found.formal.status}
    passed = [name for name, status in statuses.items() if status in ("agree", "proven")]
    return ", ".join(passed + [f"{name} {status}" for name, status in statuses.items() if name not in passed])


def _left_out(design: Design) -> set[str]:
    """Why checks were not run, such as a missing program."""
    found = design.verification
    parts = [*found.icarus.parts.values(), found.formal] if found else []
    return {part.detail for part in parts if part.status == "not run" and part.detail}


def _explain(folder: Path) -> None:
    example = folder / f"{DATASETS[0]}_{KINDS[0]}"
    click.echo("\nFloat, Circuit: test accuracy of the model and of its circuit (70/30 split, seed 42).")
    click.echo(f"Written under {folder}/: a folder for each circuit, and its trained model as .skops beside it.")
    click.echo(
        f"Look at {example / 'report.html'} (figures), {example / 'rtl.v'} (readable), {example / 'netlist.v'} (gates)."
    )
    program = "bespoke" if shutil.which("bespoke") else sys.argv[0]
    click.echo(f"Next: {program} compile {example}.skops --data {DATASETS[0]} -o out/mine")
