"""``bespoke tech``: technologies and their cells."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import click

from bespoke.cli.commands import Subcommands
from bespoke.cli.console import note, show_facts, show_json, show_table
from bespoke.cli.names import complete_technology
from bespoke.cli.options import JSON, PATH, option

if TYPE_CHECKING:
    from bespoke.cells import CellLibrary

SHOW = [
    click.Argument(["name"], shell_complete=complete_technology),
    option("--vdd", "Supply voltage in V.  [default: the technology's own]", float, "V"),
    JSON,
]
IMPORT = [
    click.Argument(["liberty"], type=PATH),
    option("--name", "Name to import it under: lower-case letters, digits, _ - .", required=True),
    option("--vdd", "Supply voltage in V, where the file states none.", float, "V"),
    option("--area-unit-mm2", "Unit of 'area' in the file.", float, "MM2", default=1e-6),
    JSON,
]


@click.group(cls=Subcommands)
def command() -> None:
    """List, show and import technologies (cell libraries).

    Examples
    --------
    bespoke tech list
    bespoke tech show egfet --vdd 0.6
    bespoke tech import cells_0.8V.lib --name mine
    """


@command.command("list", params=[JSON])
def list_technologies(*, as_json: bool) -> None:
    """List the technologies that can be named with --tech.

    Examples
    --------
    bespoke tech list
    bespoke tech list --json
    """
    from bespoke.cells import technologies

    found = technologies()
    if as_json:
        names = ("name", "title", "voltages", "default_vdd", "source")
        show_json([{name: getattr(technology, name) for name in names} for technology in found])
        return
    rows = [[t.name, ", ".join(f"{v:g}" for v in t.voltages), f"{t.default_vdd:g}", t.title] for t in found]
    show_table(["Name", "Supply voltages (V)", ">Default", "Title"], rows)


@command.command("show", params=SHOW)
def show_technology(name: str, vdd: float | None, *, as_json: bool) -> None:
    """Show the cells of a technology: NAME of 'bespoke tech list' or a Liberty file.

    Examples
    --------
    bespoke tech show egfet
    bespoke tech show cells.lib --vdd 0.8
    """
    from bespoke.cells import load_library

    library = load_library(name, vdd)
    if as_json:
        cells = [
            {
                "name": cell.name,
                "area_mm2": cell.area_mm2,
                "inputs": [pin.name for pin in cell.inputs],
                "functions": {pin.name: pin.function for pin in cell.outputs},
                "static_power_uw": cell.static_power_uw,
                "reserved": cell.reserved or None,
            }
            for cell in library.cells.values()
        ]
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
    note(*_notes(library))


@command.command("import", params=IMPORT)
def import_technology(liberty: Path, name: str, vdd: float | None, area_unit_mm2: float, *, as_json: bool) -> None:
    """Import LIBERTY, a .lib file; further supply voltages join under the same name.

    Examples
    --------
    bespoke tech import cells_0.8V.lib --name mine
    bespoke tech import cells_1.0V.lib --name mine --area-unit-mm2 1
    bespoke compile model.skops --data redwine --tech mine -o out/redwine
    """
    from bespoke.cells import check_complete, import_liberty, load_library
    from bespoke.errors import LibraryError

    path = import_liberty(liberty, name, area_unit_mm2=area_unit_mm2, vdd=vdd)
    library = load_library(path)
    if as_json:
        facts = {"name": name, "vdd": library.vdd, "path": str(path)}
        show_json({**facts, "cells": list(library.cells), "left_out": library.left_out})
        return
    note(*_notes(library))
    try:
        check_complete(library)
    except LibraryError as error:
        note(f"good for 'bespoke estimate' only: {error}")
    click.echo(f"imported {len(library.cells)} cells at {library.vdd:g} V as '{name}': {path}")


def _notes(library: CellLibrary) -> Iterator[str]:
    """What was left out, what is never chosen, and how doubts were read."""
    yield from (f"left out: {name}: {reason}" for name, reason in library.left_out.items())
    yield from (f"never chosen: {cell.name}: {cell.reserved}" for cell in library.cells.values() if cell.reserved)
    yield from library.remarks
