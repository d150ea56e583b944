"""``bespoke compile``: a trained model to a verified circuit in a folder."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from bespoke.cli.console import note, progress, show_facts, show_json
from bespoke.cli.inputs import compile_options, read_data, verified
from bespoke.cli.names import complete_data
from bespoke.cli.options import (
    circuit_options,
    data_options,
    json_option,
    model_options,
    output_folder,
    split_options,
    trust_option,
    verification_options,
)
from bespoke.errors import VerificationError

if TYPE_CHECKING:
    from bespoke.flow import Design

EPILOG = """\b
Examples:
  bespoke compile model.skops --data redwine -o out/redwine
  bespoke compile model.skops --data measurements.csv --target label --input-bits 5 -o out/own
  bespoke compile model.skops --data redwine --input-bits alcohol=6,ph=3 --tech cnt_tft -o out/redwine
  bespoke compile model.skops --data redwine --period-ms 200 --vdd best -o out/redwine
"""


@click.command(epilog=EPILOG)
@click.argument("model", type=click.Path(path_type=Path))
@click.option(
    "--data",
    metavar="DATA",
    help="Data set: a name of 'bespoke datasets list' or a CSV file.",
    shell_complete=complete_data,
)
@data_options
@split_options
@model_options
@circuit_options
@trust_option
@verification_options
@json_option
@output_folder
def command(
    model: Path,
    data: str | None,
    folder: Path,
    *,
    as_json: bool,
    **options: Any,  # noqa: ANN401  click's parameters
) -> None:
    """Compile MODEL (.skops, or IntegerModel .json) into a circuit in a folder of its own.

    The folder gets the netlist, its behavioural equivalent, cell models, a testbench with vectors, the integer
    model, a manifest that says how to drive the circuit, and reports.
    """
    from bespoke.report import check_folder, design_facts, save_design, verification_facts

    check_folder(folder)
    with progress("compile") as stage:
        stage("read")
        design = _compiled(model, data, options, stage)
        if options["verify"]:
            design = verified(design, stage, formal=options["formal"])
        stage("write")
        files = save_design(design, folder)
    report = _stored_report(files)
    if as_json:
        show_json(report)
    else:
        for remark in design.notes:
            note(remark)
        facts = design_facts(report) + (verification_facts(report["verification"]) if options["verify"] else [])
        show_facts([*facts, ("written", f"{folder}/ ({', '.join(file.name for file in files)})")])
    if design.verification is not None and not design.verification.agrees:
        raise VerificationError("the executors disagree", where=str(folder), allowed="see the report")


def _compiled(path: Path, data: str | None, options: dict[str, Any], stage: Any) -> Design:  # noqa: ANN401  a callable
    from bespoke.flow import compile_model
    from bespoke.frontend import read_model

    loaded = read_model(path, trust_pickle=options["trust_pickle"])
    dataset = read_data(data, options) if data is not None else None
    chosen = compile_options(options)
    design = compile_model(loaded.model, dataset=dataset, options=chosen, on_stage=stage)
    return replace(design, notes=(*loaded.notes, *design.notes))


def _stored_report(files: tuple[Path, ...]) -> dict[str, Any]:
    import json

    path = next(file for file in files if file.name == "report.json")
    data: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return data
