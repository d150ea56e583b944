"""``bespoke tech``: technologies and their cells."""

from __future__ import annotations

from pathlib import Path

import click

from bespoke.cli.commands import Subcommands
from bespoke.cli.console import note, show_facts, show_json, show_table
from bespoke.cli.names import complete_technology
from bespoke.cli.options import json_option

EPILOG = """\b
Examples:
  bespoke tech list
  bespoke tech show egfet --vdd 0.6
  bespoke tech import cells_0.8V.lib --name mine
"""
LIST_EPILOG = """\b
Examples:
  bespoke tech list
  bespoke tech list --json
"""
SHOW_EPILOG = """\b
Examples:
  bespoke tech show egfet
  bespoke tech show cells.lib --vdd 0.8
"""
IMPORT_EPILOG = """\b
Examples:
  bespoke tech import cells_0.8V.lib --name mine
  bespoke tech import cells_1.0V.lib --name mine --area-unit-mm2 1
  bespoke compile model.skops --data redwine --tech mine -o out/redwine
"""


@click.group(cls=Subcommands, epilog=EPILOG)
def command() -> None:
    """List, show and import technologies (cell libraries)."""


@command.command("list", epilog=LIST_EPILOG)
@json_option
def list_technologies(*, as_json: bool) -> None:
    """List the technologies that can be named with --tech."""
    from bespoke.cells import technologies

    found = technologies()
    if as_json:
        show_json(
            [
                {
                    "name": t.name,
                    "title": t.title,
                    "voltages": list(t.voltages),
                    "default_vdd": t.default_vdd,
                    "source": t.source,
                }
                for t in found
            ]
        )
        return
    rows = [[t.name, ", ".join(f"{v:g}" for v in t.voltages), f"{t.default_vdd:g}", t.title] for t in found]
    show_table(["Name", "Supply voltages (V)", ">Default", "Title"], rows)


@command.command("show", epilog=SHOW_EPILOG)
@click.argument("name", shell_complete=complete_technology)
@click.option("--vdd", type=float, metavar="V", help="Supply voltage in V.  [default: the technology's own]")
@json_option
def show_technology(name: str, vdd: float | None, *, as_json: bool) -> None:
    """Show the cells of a technology: NAME of 'bespoke tech list' or a Liberty file."""
    from bespoke.cells import load_library

    library = load_library(name, vdd)
    cells = [
        {
            "name": cell.name,
            "area_mm2": cell.area_mm2,
            "inputs": [pin.name for pin in cell.inputs],
            "functions": {pin.name: pin.function for pin in cell.outputs},
            "static_power_uw": list(cell.static_power_uw),
        }
        for cell in library.cells.values()
    ]
    if as_json:
        facts = {"name": library.name, "vdd": library.vdd, "source": library.source}
        show_json({**facts, "cells": cells, "left_out": library.left_out})
        return
    show_facts([("supply voltage", f"{library.vdd:g} V"), ("source", library.source)], title=library.name)
    rows = []
    for cell in library.cells.values():
        low, high = min(cell.static_power_uw), max(cell.static_power_uw)
        function = "; ".join(f"{pin.name} = {pin.function}" for pin in cell.outputs)
        rows.append([cell.name, f"{cell.area_mm2:.5g}", f"{low:.4g} to {high:.4g}", function])
    show_table(["Cell", ">Area (mm2)", ">Static power (uW)", "Function"], rows)
    for cell_name, reason in library.left_out.items():
        note(f"left out: {cell_name}: {reason}")


@command.command("import", epilog=IMPORT_EPILOG)
@click.argument("liberty", type=click.Path(path_type=Path))
@click.option("--name", required=True, help="Name to import it under: lower-case letters, digits, _ - .")
@click.option("--vdd", type=float, metavar="V", help="Supply voltage in V, where the file states none.")
@click.option(
    "--area-unit-mm2", type=float, default=1e-6, show_default=True, metavar="MM2", help="Unit of 'area' in the file."
)
@json_option
def import_technology(liberty: Path, name: str, vdd: float | None, area_unit_mm2: float, *, as_json: bool) -> None:
    """Import LIBERTY, a .lib file; further supply voltages join under the same name."""
    from bespoke.cells import check_complete, import_liberty, load_library
    from bespoke.errors import LibraryError

    path = import_liberty(liberty, name, area_unit_mm2=area_unit_mm2, vdd=vdd)
    library = load_library(path)
    if as_json:
        show_json(
            {
                "name": name,
                "vdd": library.vdd,
                "path": str(path),
                "cells": list(library.cells),
                "left_out": library.left_out,
            }
        )
        return
    for cell_name, reason in library.left_out.items():
        note(f"left out: {cell_name}: {reason}")
    try:
        check_complete(library)
    except LibraryError as error:
        note(f"good for 'bespoke estimate' only: {error}")
    click.echo(f"imported {len(library.cells)} cells at {library.vdd:g} V as '{name}': {path}")
