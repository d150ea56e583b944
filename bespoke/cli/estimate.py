"""``bespoke estimate``: area, power and delay of a gate-level netlist."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from bespoke.cli.console import note, progress, show_facts, show_json, show_table
from bespoke.cli.options import json_option

EPILOG = """\b
Examples:
  bespoke estimate out/redwine
  bespoke estimate netlist.v --tech my_library.lib --stimuli rows.csv --period-ms 100
  bespoke estimate out/redwine --activity dump.vcd
"""
RANDOM_VECTORS = 1000


@click.command(epilog=EPILOG)
@click.argument("netlist", type=click.Path(path_type=Path))
@click.option(
    "--tech",
    metavar="NAME|FILE.lib",
    help="Technology: a name of 'bespoke tech list' or a Liberty file.  [default: that of a folder, else egfet]",
)
@click.option(
    "--vdd", type=float, metavar="V", help="Supply voltage in V.  [default: that of a folder, else the technology's]"
)
@click.option(
    "--stimuli",
    type=click.Path(path_type=Path),
    metavar="FILE",
    help="Input words as CSV, one column per input port with the ports' names as header.  "
    f"[default: those of a folder, else {RANDOM_VECTORS} random vectors]",
)
@click.option(
    "--activity",
    type=click.Path(path_type=Path),
    metavar="FILE.saif|.vcd",
    help="Switching activity from another simulator, instead of stimuli.",
)
@click.option(
    "--scope", metavar="PATH", help="Place of the netlist in the activity file.  [default: found by its ports]"
)
@click.option(
    "--vector-time",
    type=click.IntRange(1),
    metavar="N",
    help="Time between two vectors in the activity file, in its time unit.  [default: found out, where it can be]",
)
@click.option("--partial", is_flag=True, help="The activity file may lack nets, except inputs, and have others.")
@click.option(
    "--period-ms", type=float, metavar="MS", help="Sampling period for the dynamic power.  [default: the delay]"
)
@click.option("--seed", type=click.IntRange(0), default=42, show_default=True, help="Seed of the random vectors.")
@json_option
def command(netlist: Path, *, as_json: bool, **options: Any) -> None:  # noqa: ANN401  of click
    """Estimate area, power and delay of NETLIST.

    NETLIST is a flat structural Verilog module of library cells, or a folder that 'bespoke compile' wrote.
    """
    from bespoke.flow import EstimateOptions, estimate_netlist
    from bespoke.interchange import ImportOptions
    from bespoke.report import area_words, power_words, source_words

    with progress("estimate"):
        chosen = EstimateOptions(
            technology=options["tech"],
            vdd=options["vdd"],
            stimuli=options["stimuli"],
            activity=options["activity"],
            import_options=ImportOptions(options["scope"], options["vector_time"], options["partial"]),
            period_ms=options["period_ms"],
            seed=options["seed"],
        )
        report = estimate_netlist(netlist, chosen)
    for remark in report["notes"]:
        note(remark)
    if as_json:
        show_json(report)
        return
    figures = report["estimate"]
    show_facts(
        [
            ("technology", f"{figures['technology']} at {figures['vdd']:g} V"),
            ("gates", f"{report['gates']:,}"),
            ("area", area_words(figures["area_mm2"])),
            ("power", power_words(figures)),
            ("delay", f"{figures['delay_ms']:.4g} ms"),
            ("power source", source_words(report["power_source"])),
            ("stimuli", _stimuli_words(report["stimuli"])),
        ],
        title=str(netlist),
    )
    show_table(["Cell", ">Count"], [[name, f"{count:,}"] for name, count in figures["cells"].items()])


def _stimuli_words(facts: dict[str, Any]) -> str:
    text = f"{facts['source']}, {facts['vectors']:,} vectors"
    if "scope" in facts:
        text += f" of {facts['vector_time']:,} time units each in {facts['scope']}"
        text += "".join(
            f", {facts[name]:,} {name.replace('_', ' ')}" for name in ("missing_nets", "unknown_names") if facts[name]
        )
    return text
