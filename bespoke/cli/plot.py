"""``bespoke plot``: figures for print of a front or of a sweep."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from bespoke.cli.console import show_facts, show_json
from bespoke.cli.options import json_option

EPILOG = """\b
Examples:
  bespoke plot out/redwine -o front.pdf
  bespoke plot out/sweep -o gain.svg
  bespoke plot out/sweep --figure area --width 7.16 -o areas.pdf
"""


@click.command(epilog=EPILOG)
@click.argument("folder", type=click.Path(path_type=Path), metavar="DIR")
@click.option("-o", "--output", "path", type=click.Path(path_type=Path), required=True, metavar="FILE.png|.svg|.pdf")
@click.option(
    "--figure",
    "kind",
    type=click.Choice(["gain", "area"]),
    default="gain",
    show_default=True,
    help="Of a sweep: change of accuracy over how much smaller, or areas by data set.",
)
@click.option(
    "--width",
    type=click.FloatRange(1, 20),
    default=3.5,
    show_default=True,
    help="Width in inches; 3.5 is a column, 7.16 both.",
)
@json_option
def command(folder: Path, path: Path, *, kind: str, width: float, as_json: bool) -> None:
    """Draw the front that 'bespoke approximate', or the sweep that 'bespoke sweep' wrote into DIR."""
    from bespoke.flow.front_views import save_figure

    save_figure(_figure(folder, kind, width), path)
    facts = {"figure": str(path), "of": str(folder), "width_in": width}
    if as_json:
        show_json(facts)
    else:
        show_facts([("written", str(path))])


def _figure(folder: Path, kind: str, width: float) -> Any:  # noqa: ANN401  matplotlib has no types
    from bespoke.errors import OutputError
    from bespoke.flow.front_views import figure
    from bespoke.report.folder import FRONT, read_front
    from bespoke.report.sweep_figure import SWEEP_FIGURES, read_table

    if (folder / FRONT).is_file():
        front = read_front(folder / FRONT)
        return figure(front["designs"], "r2" if front["metric"] == "r2" else "accuracy", width)
    if (folder / "table.csv").is_file():
        return SWEEP_FIGURES[kind](read_table(folder / "table.csv"), width)
    raise OutputError(
        "no front and no sweep is there",
        where=str(folder),
        allowed="a folder that 'bespoke approximate' or 'bespoke sweep' wrote",
    )
