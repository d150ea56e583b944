"""``bespoke compile``: a trained model to a verified circuit in a folder."""

from __future__ import annotations

import time
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from bespoke.cli.console import note, progress, show_facts, show_json
from bespoke.cli.options import (
    data_options,
    input_bits,
    json_option,
    output_folder,
    power_share,
    split_options,
    supply_voltage,
    technology_option,
    weight_bits,
)
from bespoke.errors import VerificationError

if TYPE_CHECKING:
    from bespoke.data import Dataset
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
@click.option("--data", metavar="DATA", help="Data set: a name of 'bespoke datasets list' or a CSV file.")
@data_options
@split_options
@click.option(
    "--input-bits", type=input_bits, metavar="B|NAME=B,...", help="Bits of the inputs.  [default: 4; trees 8]"
)
@click.option("--weight-bits", type=weight_bits, metavar="B|B1,B2,...", help="Bits of the weights.  [default: 8]")
@click.option(
    "--input-encoding",
    type=click.Choice(["floor", "nearest", "auto"]),
    help="Rounding of the inputs; auto takes what is better on the training data.  [default: floor]",
)
@click.option(
    "--model-inputs",
    type=click.Choice(["auto", "raw", "unit"]),
    help="What a model without a scaler was trained on: raw or [0, 1]-scaled features.  [default: auto]",
)
@click.option(
    "--regressor-output",
    type=click.Choice(["auto", "value", "label"]),
    help="Output of a regressor: its value, or the rounded and clipped label.  [default: auto]",
)
@click.option("--value-bits", type=int, metavar="B", help="Bits of a regression tree's output.  [default: 12]")
@technology_option
@click.option(
    "--vdd",
    type=supply_voltage,
    metavar="V|best",
    help="Supply voltage in V; best is that of least power that meets --period-ms.  [default: the technology's own]",
)
@click.option(
    "--effort",
    type=click.Choice(["fast", "high"]),
    default="fast",
    show_default=True,
    help="high: map the smallest of the forms that ABC finds, too; takes up to minutes.",
)
@click.option(
    "--objective",
    "power_share",
    type=power_share,
    default="area",
    show_default=True,
    metavar="area|power|SHARE",
    help="What the mapper saves: area, static power under the training data, or a mix (share of power, 0 to 1).",
)
@click.option(
    "--period-ms", type=float, metavar="MS", help="Sampling period for the dynamic power.  [default: the delay]"
)
@click.option("--trust-pickle", is_flag=True, help="Read .pkl and .joblib files, which can run any code.")
@click.option("--verify/--no-verify", default=True, show_default=True, help="Compare the executors afterwards.")
@click.option("--formal/--no-formal", default=True, show_default=True, help="Prove the netlist, too.")
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
            design = _verified(design, stage, formal=options["formal"])
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
    from bespoke.flow import CompileOptions, compile_model
    from bespoke.frontend import read_model

    loaded = read_model(path, trust_pickle=options["trust_pickle"])
    dataset = _dataset(data, options)
    named = ("input_bits", "weight_bits", "input_encoding", "model_inputs", "regressor_output", "value_bits")
    given = {name: options[name] for name in named if options[name] is not None}
    chosen = CompileOptions(
        technology=options["tech"],
        vdd=options["vdd"],
        effort=options["effort"],
        power_share=options["power_share"],
        period_ms=options["period_ms"],
        test_size=options["test_size"],
        seed=options["seed"],
    ).with_settings(**given)
    design = compile_model(loaded.model, dataset=dataset, options=chosen, on_stage=stage)
    return replace(design, notes=(*loaded.notes, *design.notes))


def _dataset(data: str | None, options: dict[str, Any]) -> Dataset | None:
    from bespoke.data import load_dataset

    if data is None:
        return None
    return load_dataset(data, target=options["target"], missing=options["missing"])


def _verified(design: Design, stage: Any, *, formal: bool) -> Design:  # noqa: ANN401  a callable
    from bespoke.flow import verify_design

    start = time.perf_counter()
    found = verify_design(design, formal=formal, thorough=False, on_stage=lambda name: stage(f"verify: {name}"))
    return design.with_verification(found, time.perf_counter() - start)


def _stored_report(files: tuple[Path, ...]) -> dict[str, Any]:
    import json

    path = next(file for file in files if file.name == "report.json")
    data: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return data
