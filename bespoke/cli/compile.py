"""``bespoke compile``: a trained model to a verified circuit in a folder."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from bespoke.cli.commands import Documented
from bespoke.cli.console import note, progress, show_facts, show_json
from bespoke.cli.inputs import read_data, verified
from bespoke.cli.names import complete_data
from bespoke.cli.options import COMPILATION, FORCE, JSON, MAKING, MODEL_FILE, OUTPUT, option, settings
from bespoke.errors import VerificationError

if TYPE_CHECKING:
    from bespoke.flow import CompileOptions

DATA_SET = option("--data", "Data set: a name of 'bespoke datasets list' or a CSV file.", None, "DATA", complete_data)


@click.command(cls=Documented, params=[MODEL_FILE, DATA_SET, *MAKING, FORCE, JSON, OUTPUT])
def command(model: Path, data: str | None, folder: Path, *, as_json: bool, **given: Any) -> None:  # noqa: ANN401  click
    """Compile MODEL into a circuit in a folder of its own.

    MODEL is a .skops file, a file of LightGBM (.txt) or of XGBoost (.json), an IntegerModel (.json), or a Boolean
    function of up to 14 inputs: its values, a line per output, that of the highest input word first (.truth), or a
    PLA file (.pla).

    The folder gets the netlist, its behavioural equivalent, cell models, a testbench with vectors, the integer
    model, a manifest that says how to drive the circuit, and reports.

    Examples
    --------
    bespoke compile model.skops --data redwine -o out/redwine
    bespoke compile model.skops --data measurements.csv --target label --input-bits 5 -o out/own
    bespoke compile model.skops --data redwine --input-bits alcohol=6,ph=3 --tech cnt_tft -o out/redwine
    bespoke compile neuron.truth --effort high -o out/neuron
    bespoke compile model.skops --data redwine --period-ms 200 --vdd best -o out/redwine
    """
    from bespoke.files import check_folder
    from bespoke.flow import compile_model, report
    from bespoke.frontend import read_model
    from bespoke.report import DESIGN_KIND, design_facts, save_design, verification_facts

    check_folder(folder, DESIGN_KIND, force=given["force"])
    with progress("compile") as stage:
        stage("read")
        loaded = read_model(model, trust_pickle=given["trust_pickle"])
        dataset = read_data(data, given, loaded.model) if data is not None else None
        design = compile_model(loaded.model, dataset=dataset, options=compile_options(given), on_stage=stage)
        design = design.with_notes(*loaded.notes)
        if given["verify"]:
            design = verified(design, stage, formal=given["formal"], seconds=given["verify_seconds"])
        stage("write")
        files = save_design(design, folder, force=given["force"])
    facts = report(design)
    if as_json:
        show_json(facts)
    else:
        note(*design.notes)
        shown = design_facts(facts) + (verification_facts(facts["verification"]) if given["verify"] else [])
        show_facts([*shown, ("written", f"{folder}/ ({', '.join(file.name for file in files)})")])
    if design.verification is not None and not design.verification.agrees:
        raise VerificationError("the executors disagree", where=str(folder), allowed="see the report")


def compile_options(given: Mapping[str, Any]) -> CompileOptions:
    """What was given, with defaults for the rest."""
    from bespoke.flow import CompileOptions

    return CompileOptions().with_settings(**settings(given, COMPILATION))
