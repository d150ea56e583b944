"""``bespoke plot``: figures for print of a front or of a sweep."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from bespoke.cli.commands import Documented
from bespoke.cli.console import show_facts, show_json
from bespoke.cli.options import JSON, PATH, option

OPTIONS = [
    click.Argument(["folder"], type=PATH, metavar="DIR"),
    option("-o --output path", None, PATH, "FILE.png|.svg|.pdf", required=True),
    option(
        "--figure kind",
        "Of a sweep: change of accuracy over how much smaller, or areas by data set.",
        ["gain", "area"],
        default="gain",
    ),
    option("--width", "Width in inches; 3.5 is a column, 7.16 both.", click.FloatRange(1, 20), default=3.5),
    JSON,
]


@click.command(cls=Documented, params=OPTIONS)
def command(folder: Path, path: Path, *, kind: str, width: float, as_json: bool) -> None:
    """Draw the front that 'bespoke approximate', or the sweep that 'bespoke sweep' wrote into DIR.

    Examples
    --------
    bespoke plot out/redwine -o front.pdf
    bespoke plot out/sweep -o gain.svg
    bespoke plot out/sweep --figure area --width 7.16 -o areas.pdf
    """
    from bespoke.drawing import save_figure

    save_figure(_figure(folder, kind, width), path)
    if as_json:
        show_json({"figure": str(path), "of": str(folder), "width_in": width})
    else:
        show_facts([("written", str(path))])


def _figure(folder: Path, kind: str, width: float) -> Any:  # noqa: ANN401  matplotlib has no types
    from bespoke.drawing import front_figure
    from bespoke.errors import OutputError
    from bespoke.report.folder import FRONT, read_front
    from bespoke.report.sweep_figure import SWEEP_FIGURES, read_table

    if (folder / FRONT).is_file():
        front = read_front(folder / FRONT)
        return front_figure(front["designs"], "r2" if front["metric"] == "r2" else "accuracy", width)
    if (folder / "table.csv").is_file():
        return SWEEP_FIGURES[kind](read_table(folder / "table.csv"), width)
    raise OutputError(
        "no front and no sweep is there",
        where=str(folder),
        allowed="a folder that 'bespoke approximate' or 'bespoke sweep' wrote",
    )
