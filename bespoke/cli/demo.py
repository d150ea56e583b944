"""``bespoke demo``: the whole job on data that need no network."""

from __future__ import annotations

import shutil
import sys
from collections.abc import Callable, Mapping
from itertools import product
from pathlib import Path
from typing import TYPE_CHECKING

import click

from bespoke.cli.commands import Documented
from bespoke.cli.console import progress, show_json, show_table, within
from bespoke.cli.inputs import verified, verified_answer
from bespoke.cli.options import FOLDER, FORCE, JSON, flag, option
from bespoke.errors import VerificationError

if TYPE_CHECKING:
    from bespoke.flow import Answer, Design

FROM_DATA = ("balance", "breast_cancer_wdbc")
# Counted, not timed, so that every machine finds the same; `bespoke design` tries more and finds more.
CANDIDATES, CIRCUITS, FINALISTS = 144, 20, 8
DATASETS = ("iris",)
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
    """From data to circuits for three power sources, then models to circuits, on data that need no network.

    Examples
    --------
    bespoke demo
    bespoke demo --no-formal -o out/first
    """
    from bespoke.files import check_folder
    from bespoke.report import ANSWER_KIND, DESIGN_KIND

    places = {folder / f"{dataset}_design": dataset for dataset in FROM_DATA}
    cells = {folder / f"{dataset}_{kind}": (dataset, kind) for dataset, kind in product(DATASETS, KINDS)}
    for form, wanted in ((ANSWER_KIND, list(places)), (DESIGN_KIND, list(cells))):
        for place in wanted:
            check_folder(place, form, force=force)
    answers: dict[Path, Answer] = {}
    designs: dict[Path, Design] = {}
    with progress("demo") as stage:
        for place, dataset in places.items():
            answers[place] = _answer(dataset, place, formal=formal, force=force, stage=within(stage, place.name))
        for number, (place, (dataset, kind)) in enumerate(cells.items()):
            tell = within(stage, f"{number} of {len(cells)} circuits, {place.name}")
            designs[place] = _run(dataset, kind, place, formal=formal, force=force, stage=tell)
    every = {place: tuple(point.design for point in answer.points) for place, answer in answers.items()}
    every |= {place: (design,) for place, design in designs.items()}
    if as_json:
        _show_json(answers, designs)
    else:
        _show(answers, designs)
        _explain(folder)
        for reason in sorted({text for found in every.values() for design in found for text in _left_out(design)}):
            click.echo(f"Left out: {reason}")
    wrong = [place.name for place, found in every.items() if any(not _agrees(design) for design in found)]
    if wrong:
        raise VerificationError("the executors disagree", where=str(folder), got=", ".join(wrong))


def _answer(dataset: str, place: Path, *, formal: bool, force: bool, stage: Callable[[str], None]) -> Answer:
    from bespoke.data import load_dataset
    from bespoke.flow import DesignOptions, design_from_data
    from bespoke.report import save_answer

    options = DesignOptions(candidates=CANDIDATES, circuits=CIRCUITS, finalists=FINALISTS)
    answer = design_from_data(load_dataset(dataset), options, on_stage=stage)
    answer = verified_answer(answer, stage, formal=formal, jobs=options.jobs)
    save_answer(answer, place, force=force)
    return answer


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


def _show_json(answers: Mapping[Path, Answer], designs: Mapping[Path, Design]) -> None:
    from bespoke.flow import report
    from bespoke.report import answer_report

    found = [{"path": str(place), **answer_report(answer)} for place, answer in answers.items()]
    compiled = [{"path": str(place), **report(design)} for place, design in designs.items()]
    show_json({"answers": found, "designs": compiled})


def _show(answers: Mapping[Path, Answer], designs: Mapping[Path, Design]) -> None:
    from bespoke.report import source_table

    for place, answer in answers.items():
        show_table(
            *source_table(answer),
            title=f"{place.name.removesuffix('_design')}, from data: what each power source can run",
        )
    rows = [_row(place.name, design) for place, design in designs.items()]
    show_table(COLUMNS, rows, title="From models to circuits, in the printed technology EGFET at 1.0 V")


def _row(name: str, design: Design) -> list[str]:
    from bespoke.estimate import power_source
    from bespoke.report import area_words, delay_text, power_text, score_words

    figures, scores = design.estimate, design.accuracies
    source = power_source(figures.power_mw)
    return [
        *name.rsplit("_", 1),
        score_words(scores.float_model),
        score_words(scores.test),
        f"{design.gate_count:,}",
        area_words(figures.area_mm2),
        power_text(figures.power_mw),
        delay_text(figures.delay_ms),
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


def _agrees(design: Design) -> bool:
    return design.verification is not None and design.verification.agrees


def _left_out(design: Design) -> set[str]:
    """Why checks were not run, such as a missing program."""
    found = design.verification
    parts = [*found.icarus.parts.values(), found.formal] if found else []
    return {part.detail for part in parts if part.status == "not run" and part.detail}


def _explain(folder: Path) -> None:
    answer, example = folder / f"{FROM_DATA[0]}_design", folder / f"{DATASETS[0]}_{KINDS[0]}"
    click.echo("\nPromised: accuracy on rows held out of the training. Float, Circuit, test: on the test part")
    click.echo("(70/30 split, seed 42) of the model and of its circuit. All circuits were compared with their models.")
    click.echo(f"Written under {folder}/: a folder for each design, and each trained model as .skops beside its own.")
    click.echo(
        f"Look at {answer / 'answer.html'} (all circuits for these data), {example / 'report.html'} (one circuit),"
    )
    click.echo(f"{example / 'rtl.v'} (readable Verilog), {example / 'netlist.v'} (gates).")
    program = "bespoke" if shutil.which("bespoke") else sys.argv[0]
    click.echo(f"Next: {program} design wine --source bluespark -o out/mine")
