"""``bespoke estimate``: area, power and delay of a gate-level netlist."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from bespoke.cli.console import progress, show_facts, show_json, show_table
from bespoke.cli.options import json_option, technology_option

EPILOG = """\b
Examples:
  bespoke estimate out/redwine/netlist.v
  bespoke estimate netlist.v --tech my_library.lib --stimuli rows.csv --period-ms 100
"""
RANDOM_VECTORS = 1000


@click.command(epilog=EPILOG)
@click.argument("netlist", type=click.Path(path_type=Path))
@technology_option
@click.option("--vdd", type=float, metavar="V", help="Supply voltage in V.  [default: the technology's own]")
@click.option(
    "--stimuli",
    type=click.Path(path_type=Path),
    metavar="FILE",
    help="Input words as CSV, one column per input port with the ports' names as header.  "
    f"[default: {RANDOM_VECTORS} random vectors]",
)
@click.option(
    "--period-ms", type=float, metavar="MS", help="Sampling period for the dynamic power.  [default: the delay]"
)
@click.option("--seed", type=click.IntRange(0), default=42, show_default=True, help="Seed of the random vectors.")
@json_option
def command(netlist: Path, *, as_json: bool, **options: Any) -> None:  # noqa: ANN401  of click
    """Estimate area, power and delay of NETLIST, a flat structural Verilog module of library cells."""
    from bespoke.flow import EstimateOptions, estimate_netlist
    from bespoke.report import area_words, power_words, source_words

    with progress("estimate"):
        chosen = EstimateOptions(
            technology=options["tech"],
            vdd=options["vdd"],
            stimuli=options["stimuli"],
            period_ms=options["period_ms"],
            seed=options["seed"],
        )
        report = estimate_netlist(netlist, chosen)
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
            ("stimuli", f"{report['stimuli']['source']}, {report['stimuli']['vectors']:,} vectors"),
        ],
        title=str(netlist),
    )
    show_table(["Cell", ">Count"], [[name, f"{count:,}"] for name, count in figures["cells"].items()])
