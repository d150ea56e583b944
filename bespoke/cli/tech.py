"""``bespoke tech``: technologies and their cells, and models of converters."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from bespoke.cli.commands import Subcommands
from bespoke.cli.console import note, show_facts, show_json, show_table
from bespoke.cli.names import complete_technology
from bespoke.cli.options import DONT_USE, JSON, PATH, flag, option

if TYPE_CHECKING:
    from bespoke.cells import CellLibrary

SHOW = [
    click.Argument(["name"], shell_complete=complete_technology),
    option("--vdd", "Supply voltage in V.  [default: the technology's own]", float, "V"),
    JSON,
]
IMPORT = [
    click.Argument(["liberty"], type=PATH, nargs=-1, required=True),
    option("--name", "Name to import it under: lower-case letters, digits, _ - .", required=True),
    option("--vdd", "Supply voltage in V, where the file states none.", float, "V"),
    DONT_USE,
    flag("--replace overwrite", "Replace what was imported before for the same supply voltages."),
    option("--area-unit-mm2", "Unit of 'area' in the file.", float, "MM2", default=1e-6),
    JSON,
]


@click.group(cls=Subcommands)
def command() -> None:
    """List, show and import technologies (cell libraries); list and show models of converters.

    Examples
    --------
    bespoke tech list
    bespoke tech show egfet --vdd 0.6
    bespoke tech import cells_0.8V.lib cells_1.0V.lib --name mine
    """


@command.command("list", params=[JSON])
def list_technologies(*, as_json: bool) -> None:
    """List the technologies that can be named with --tech, and the converters for --converters.

    Examples
    --------
    bespoke tech list
    bespoke tech list --json
    """
    from bespoke.cells import technologies
    from bespoke.converters import converter_names, load_converters

    found, converters = technologies(), [load_converters(name) for name in converter_names()]
    if as_json:
        names = ("name", "title", "voltages", "default_vdd", "source")
        facts = [{"kind": "technology", **{name: getattr(each, name) for name in names}} for each in found]
        show_json([*facts, *({"kind": "converters", **asdict(each)} for each in converters)])
        return
    rows = [[t.name, ", ".join(f"{v:g}" for v in t.voltages), f"{t.default_vdd:g}", t.title] for t in found]
    show_table(["Name", "Supply voltages (V)", ">Default", "Title"], rows)
    rows = [[each.name, f"{each.vdd:g}" if each.vdd else "any", each.title] for each in converters]
    show_table(["Converters", "Supply voltages (V)", "Title"], rows)


@command.command("show", params=SHOW)
def show_technology(name: str, vdd: float | None, *, as_json: bool) -> None:
    """Show the cells of a technology, or a model of converters.

    NAME is one of 'bespoke tech list', a Liberty file, or a TOML file of converters.

    Examples
    --------
    bespoke tech show egfet
    bespoke tech show cells.lib --vdd 0.8
    bespoke tech show esl24
    """
    from bespoke.cells import load_library
    from bespoke.converters import converter_names, load_converters

    if name in converter_names() or name.endswith(".toml"):
        facts = asdict(load_converters(name))
        if as_json:
            show_json({"kind": "converters", **facts})
        else:
            shown = {key: value for key, value in facts.items() if key != "name" and value not in ("", None, ())}
            show_facts([(key.replace("_", " "), _words(value)) for key, value in shown.items()], title=facts["name"])
        return

    library = load_library(name, vdd)
    if as_json:
        cells = [
            {
                "name": cell.name,
                "area_mm2": cell.area_mm2,
                "inputs": [pin.name for pin in cell.inputs],
                "functions": {pin.name: pin.function for pin in cell.outputs},
                "static_power_uw": cell.static_power_uw if cell.states_static_power else None,
                "reserved": cell.reserved or None,
            }
            for cell in library.cells.values()
        ]
        facts = {"name": library.name, "vdd": library.vdd, "source": library.source}
        show_json({**facts, "cells": cells, "left_out": library.left_out, "remarks": library.remarks})
        return
    show_facts([("supply voltage", f"{library.vdd:g} V"), ("source", library.source)], title=library.name)
    rows = []
    for cell in library.cells.values():
        power = "not stated"
        if cell.states_static_power:
            power = f"{min(cell.static_power_uw):.4g} to {max(cell.static_power_uw):.4g}"
        function = "; ".join(f"{pin.name} = {pin.function}" for pin in cell.outputs)
        rows.append([cell.name, f"{cell.area_mm2:.5g}", power, function])
    show_table(["Cell", ">Area (mm2)", ">Static power (uW)", "Function"], rows)
    note(*_notes(library))


@command.command("import", params=IMPORT)
def import_technology(
    liberty: tuple[Path, ...],
    name: str,
    *,
    as_json: bool,
    **given: Any,  # noqa: ANN401  of click
) -> None:
    """Import LIBERTY, one or more .lib files; those of one supply voltage are joined.

    What was imported under the name before stays, and other files join it. Where both have a cell with other figures,
    nothing is written unless --replace is given.

    Examples
    --------
    bespoke tech import cells_0.8V.lib cells_1.0V.lib --name mine
    bespoke tech import simple.lib.gz complex.lib.gz --name mine --dont-use '*x0_*,ICG*'
    bespoke tech import printed.lib --name mine --area-unit-mm2 1 --replace
    bespoke compile model.skops --data redwine --tech mine -o out/redwine
    """
    from bespoke.cells import import_liberty, load_library

    paths = import_liberty(liberty, name, **{**given, "dont_use": given["dont_use"] or ()})
    libraries = {path: load_library(path) for path in paths}
    if as_json:
        show_json({"name": name, "imported": [{**_facts(one), "path": str(path)} for path, one in libraries.items()]})
        return
    for path, library in libraries.items():
        note(*_notes(library))
        click.echo(f"imported {len(library.cells)} cells at {library.vdd:g} V as '{name}': {path}")


def _words(value: Any) -> str:  # noqa: ANN401  a field of a model of converters
    if isinstance(value, tuple):
        return ", ".join(map(_words, value))
    return value if isinstance(value, str) else f"{value:g}"


def _facts(library: CellLibrary) -> dict[str, Any]:
    reserved = {name: cell.reserved for name, cell in library.cells.items() if cell.reserved}
    facts = {"vdd": library.vdd, "cells": list(library.cells), "reserved": reserved, "left_out": library.left_out}
    return {**facts, "remarks": library.remarks}


def _notes(library: CellLibrary) -> Iterator[str]:
    """What was left out, what is never chosen, how doubts were read, and whether circuits can be made at all."""
    from bespoke.cells import check_complete
    from bespoke.errors import LibraryError

    yield from (f"left out: {name}: {reason}" for name, reason in library.left_out.items())
    yield from (f"never chosen: {cell.name}: {cell.reserved}" for cell in library.cells.values() if cell.reserved)
    yield from library.remarks
    try:
        check_complete(library)
    except LibraryError as error:
        yield f"good for 'bespoke estimate' only: {error}"
