"""``bespoke analyse``: further findings about a compiled design."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from bespoke.cli.commands import Documented
from bespoke.cli.console import note, progress, show_json, show_table
from bespoke.cli.inputs import read_data
from bespoke.cli.names import complete_data
from bespoke.cli.options import DATA, DEFECTS, JSON, PATH, SEED, Options, flag, option, settings
from bespoke.errors import DatasetNotFoundError, OptionError

if TYPE_CHECKING:
    from bespoke.data import Dataset
    from bespoke.flow import StoredDesign

ANALYSES: Options = (
    flag("--faults", "Accuracy with each single stuck-at fault of a pin of a cell."),
    flag("--several several_faults", "Accuracy with several random ones at a time."),
    flag("--shorts", "Accuracy with each short between two nets that meet at a cell."),
    flag("--errors", "Share of all inputs whose output is not that of the exact circuit; errors of words."),
    flag("--yield functional_yield", "Share of circuits that defects leave good enough, against their density."),
    flag("--variation", "Delays and static powers of circuits whose cells vary, and the share that keeps a period."),
    flag("--settling", "When the outputs have settled after each row, and their accuracy before that."),
    flag("--robustness", "Accuracy under noise of the converters, and certified against any change of the inputs."),
    flag("--tests", "A small set of vectors that shows every such fault, and proof that no input shows the others."),
)
HOW: Options = (
    *DEFECTS,
    option("--at-once", "Several: faults at a time, --samples times.  [default: 2]", int, "N"),
    option("--global-spread", "Variation: deviation of ln current, of all cells together.  [default: 0.1]", float, "S"),
    option("--local-spread", "Variation: the same of each cell.  [default: 0.1]", float, "S"),
    option("--drift", "Variation: share of the current that cells lose with age.  [default: 0]", float, "SHARE"),
    option(
        "--period-ms",
        "Variation, settling: time to settle in.  [default: that of the design, or its delay]",
        float,
        "MS",
    ),
    option("--vdd", "Variation, settling: supply voltage in V.  [default: that of the design]", float, "V"),
    option(
        "--mode",
        "Settling, robustness: mode of a circuit with modes; faults are judged in each.  [default: 0]",
        int,
        "N",
    ),
    option("--radius", "Robustness: levels up to which SAT certifies.  [default: 1]", int, "N"),
    option(
        "--features most_features",
        "Robustness: features that change, up to which SAT certifies.  [default: 1]",
        int,
        "N",
    ),
    option("--rows certified_rows", "Robustness: rows that are certified.  [default: 200]", int, "N"),
    option("--seed", "Seed of random vectors, defects, noise and samples.  [default: 42]", SEED),
)
ERRORS: Options = (
    option("--exact", "Folder of the exact circuit.  [default: that of the front in or above FOLDER]", PATH, "DIR"),
    option(
        "--inputs input_distribution",
        "Inputs that errors are counted over: every word alike, or each feature as in the rows.  [default: uniform]",
        ["uniform", "measured"],
    ),
)
ROWS: Options = (
    option(
        "--data",
        "Data set that the design was compiled with.  [default: the one of its report]",
        None,
        "DATA",
        complete_data,
    ),
    *DATA,
)
FORCE = flag("--force", "Replace a report and a page that somebody edited.")


PARAMETERS = [click.Argument(["folder"], type=PATH), *ANALYSES, *HOW, *ERRORS, *ROWS, FORCE, JSON]


@click.command(cls=Documented, params=PARAMETERS)
def command(folder: Path, *, as_json: bool, force: bool, **given: Any) -> None:  # noqa: ANN401  of click
    """Find more out about the compiled design in FOLDER, and add it to its report and page.

    The test rows of the data are simulated, or the training rows where none were kept for the test. Where the data are
    not at hand, outputs are compared with those of the circuit itself on the words that its power was measured on.

    Examples
    --------
    bespoke analyse out/redwine --faults
    bespoke analyse out/redwine --tests --yield
    bespoke analyse out/redwine --variation --period-ms 40
    bespoke analyse out/redwine --settling --vdd 0.8
    bespoke analyse out/redwine_small --errors
    bespoke analyse out/own --faults --data measurements.csv --target label
    """
    from bespoke.flow import AnalyseOptions, analyse_folder, analyses_report, read_folder
    from bespoke.report import exact_folder, save_analyses

    options = AnalyseOptions(**settings(given, ANALYSES, HOW, ERRORS[1:]))
    if not options.chosen:
        raise OptionError("no analysis is asked for", allowed=" ".join(flag.opts[0] for flag in ANALYSES))
    with progress("analyse") as stage:
        stored = read_folder(folder)
        dataset, remarks = _data(stored, given)
        reference = given["exact"] or (exact_folder(folder) if options.errors else None)
        exact = read_folder(reference) if reference else None
        found = analyse_folder(stored, dataset, options, stage, exact=exact)
        stage("write")
        save_analyses(stored, found, force=force)
    note(*stored.changes, *remarks)
    facts = analyses_report(found)
    if as_json:
        show_json(facts)
        return
    for each in found.values():
        section = each.section()
        show_table(section.head, section.rows, title=section.title)
        click.echo(section.remark)


def _data(stored: StoredDesign, given: Mapping[str, Any]) -> tuple[Dataset | None, list[str]]:
    """The data set asked for, else that of the report if it is at hand; and remarks."""
    name, digest = stored.data
    try:
        dataset = read_data(given["data"] or name, given) if given["data"] or name else None
    except DatasetNotFoundError as error:
        if given["data"]:
            raise
        return None, [f"{error}; outputs are compared with those of the circuit itself, --data gives the data"]
    if dataset is not None and digest and dataset.digest != digest:
        return dataset, [f"{dataset.name} is not the data set that the design was compiled with"]
    return dataset, []
