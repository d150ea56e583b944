"""``bespoke estimate``: area, power and delay of a gate-level netlist."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from bespoke.cli.commands import Documented
from bespoke.cli.console import note, progress, show_facts, show_json, show_table
from bespoke.cli.options import JSON, PATH, PERIOD, TABLE_ENDS, Options, flag, option, settings

RANDOM_VECTORS = 1000
ESTIMATE: Options = (
    option(
        "--tech technology",
        "Technology: a name of 'bespoke tech list' or a Liberty file.  [default: that of a folder, else egfet]",
        metavar="NAME|FILE.lib",
    ),
    option("--vdd", "Supply voltage in V.  [default: that of a folder, else the technology's]", float, "V"),
    option(
        "--stimuli",
        "Input words as CSV, one column per input port with the ports' names as header.  "
        f"[default: those of a folder, else {RANDOM_VECTORS} random vectors]",
        PATH,
        "FILE",
    ),
    option("--activity", "Switching activity from another simulator, instead of stimuli.", PATH, "FILE.saif|.vcd"),
)
ACTIVITY: Options = (
    option("--scope", "Place of the netlist in the activity file.  [default: found by its ports]", metavar="PATH"),
    option(
        "--vector-time",
        "Time between two vectors in the activity file, in its time unit.  [default: found out, where it can be]",
        click.IntRange(1),
        "N",
    ),
    flag("--partial", "The activity file may lack nets, except inputs, and have others."),
)
VECTORS: Options = (TABLE_ENDS, PERIOD, option("--seed", "Seed of the random vectors.", click.IntRange(0), default=42))
NETLIST = click.Argument(["netlist"], type=PATH)


@click.command(cls=Documented, params=[NETLIST, *ESTIMATE, *ACTIVITY, *VECTORS, JSON])
def command(netlist: Path, *, as_json: bool, **given: Any) -> None:  # noqa: ANN401  of click
    """Estimate area, power and delay of NETLIST.

    NETLIST is a structural Verilog file of library cells, of one module or of several in a hierarchy, or a folder
    that 'bespoke compile' wrote.

    Examples
    --------
    bespoke estimate out/redwine
    bespoke estimate netlist.v --tech my_library.lib --stimuli rows.csv --period-ms 100
    bespoke estimate out/redwine --activity dump.vcd
    """
    from bespoke.flow import EstimateOptions, estimate_netlist
    from bespoke.interchange import ImportOptions
    from bespoke.report import estimate_facts

    with progress("estimate"):
        read = ImportOptions(**settings(given, ACTIVITY))
        report = estimate_netlist(netlist, EstimateOptions(import_options=read, **settings(given, ESTIMATE, VECTORS)))
    note(*report["notes"])
    if as_json:
        show_json(report)
        return
    show_facts([*estimate_facts(report), ("stimuli", _stimuli_words(report["stimuli"]))], title=str(netlist))
    cells = report["estimate"]["cells"]
    show_table(["Cell", ">Count"], [[name, f"{count:,}"] for name, count in cells.items()])


def _stimuli_words(facts: dict[str, Any]) -> str:
    text = f"{facts['source']}, {facts['vectors']:,} vectors"
    if "scope" in facts:
        text += f" of {facts['vector_time']:,} time units each in {facts['scope']}"
        text += "".join(
            f", {facts[name]:,} {name.replace('_', ' ')}" for name in ("missing_nets", "unknown_names") if facts[name]
        )
    return text
