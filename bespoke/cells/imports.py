"""Liberty files as a technology of the user: files of one supply voltage are joined, nothing is replaced unasked."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from bespoke.cells.liberty import SAME_VOLTAGE_V, SQUARE_MICROMETRE_MM2, check_usable, read_part
from bespoke.cells.library import Cell, CellLibrary
from bespoke.cells.technologies import (
    DESCRIPTION,
    check_new_name,
    library_file,
    stored_default,
    stored_libraries,
    user_folder,
)
from bespoke.cells.text import library_to_json
from bespoke.errors import OptionError
from bespoke.files import write_files

_JOINED = " + "  # between the sources of a technology of several files


def import_liberty(
    paths: str | Path | Sequence[str | Path],
    name: str,
    *,
    area_unit_mm2: float = SQUARE_MICROMETRE_MM2,
    vdd: float | None = None,
    dont_use: Sequence[str] = (),
    overwrite: bool = False,
) -> tuple[Path, ...]:
    """Store Liberty files as a technology of the user.

    Files of one supply voltage hold different cells and are joined; files of other voltages become further voltages.
    They also join what was imported under the name before. The folder is ``$BESPOKE_TECHNOLOGIES``, else the platform's
    folder for user data. The first voltage imported is the default. All is written, or nothing.

    Parameters
    ----------
    paths : path, or sequence of paths
        Liberty files.
    name : str
        Name of the technology: lower-case letters, digits, ``_``, ``-``, ``.``.
    area_unit_mm2 : float
        Unit of ``area`` in mm2.
    vdd : float, optional
        Supply voltage in V where a file states none.
    dont_use : sequence of str
        Cells that no circuit is to have; ``*`` stands for any characters.
    overwrite : bool
        Whether what was imported before for these voltages is replaced, instead of joined.

    Returns
    -------
    tuple of Path
        The files written, by supply voltage in the order of the first file of each.

    Raises
    ------
    OptionError
        If the name is not allowed or belongs to a built-in technology, if two files, or a file and what was imported
        before, state different figures or functions of a cell, or if a pattern fits no cell.
    LibertyError
        If a file is malformed, or the files of a voltage have no usable cell.
    OutputError
        If the folder cannot be written.
    """
    check_new_name(name)
    listed = [paths] if isinstance(paths, str | Path) else list(paths)
    parts = [read_part(path, area_unit_mm2=area_unit_mm2, vdd=vdd, name=name) for path in listed]
    folder = user_folder() / name
    before = stored_libraries(folder)
    volts = list(dict.fromkeys(_nearest(part.vdd, (*before, *(p.vdd for p in parts))) for part in parts))
    found: dict[float, CellLibrary] = {}
    for voltage in volts:
        old = [] if overwrite or voltage not in before else [before[voltage]]
        same = [part for part in parts if abs(part.vdd - voltage) < SAME_VOLTAGE_V]
        found[voltage] = replace(_joined([*old, *same], stored=len(old)), vdd=voltage)
        check_usable(found[voltage], where=", ".join(Path(path).name for path in listed))
    _check_functions(before | found)
    files = {library_file(folder, v): library_to_json(library.without(dont_use)) for v, library in found.items()}
    write_files({**files, folder / DESCRIPTION: _description(folder, before, found)})
    return tuple(files)


def _nearest(voltage: float, known: Iterable[float]) -> float:
    return next(other for other in known if abs(other - voltage) < SAME_VOLTAGE_V)


def _joined(parts: Sequence[CellLibrary], *, stored: int) -> CellLibrary:
    """One library of several at one voltage, the first ``stored`` of which were imported before."""
    cells: dict[str, Cell] = {}
    origins: dict[str, int] = {}
    for number, part in enumerate(parts):
        for name, cell in part.cells.items():
            known = cells.setdefault(name, cell)
            origins.setdefault(name, number)
            if replace(known, reserved="") != replace(cell, reserved=""):
                raise _conflict(name, parts[origins[name]], part, is_stored=origins[name] < stored)
    left_out = {name: reason for part in parts for name, reason in part.left_out.items() if name not in cells}
    sources = dict.fromkeys(source for part in parts for source in part.source.split(_JOINED))
    return replace(
        parts[0],
        cells=cells,
        source=_JOINED.join(sources),
        left_out=left_out,
        remarks=tuple(dict.fromkeys(remark for part in parts for remark in part.remarks)),
        rails={pin: level for part in parts for pin, level in part.rails.items()},
    )


def _conflict(cell: str, first: CellLibrary, second: CellLibrary, *, is_stored: bool) -> OptionError:
    where, got = second.source, f"{cell} at {second.vdd:g} V"
    if is_stored:
        what = "the technology of this name has other figures of a cell"
        return OptionError(what, where=where, got=got, allowed="another name, or --replace")
    what, allowed = f"{first.source} has other figures of a cell", "one corner for each supply voltage"
    return OptionError(what, where=where, got=got, allowed=allowed)


def _check_functions(libraries: Mapping[float, CellLibrary]) -> None:
    """A netlist keeps its function at every supply voltage only if cells of one name have the same pins and functions.

    A voltage may lack cells, but not all that another one has: that would be another technology.
    """
    first = next(iter(libraries.values()))
    for library in libraries.values():
        differing = [
            name for name in library.cells if name in first.cells and _form(library, name) != _form(first, name)
        ]
        if differing or not library.cells.keys() & first.cells.keys():
            got = f"{differing[0] if differing else 'no cell of the same name'} at {library.vdd:g} and {first.vdd:g} V"
            what = "the technology of this name has other cells"
            raise OptionError(what, where=library.source, got=got, allowed="another name")


def _form(library: CellLibrary, name: str) -> tuple[object, ...]:
    cell = library.cells[name]
    return (*(pin.name for pin in cell.inputs), *((pin.name, pin.truth) for pin in cell.outputs))


def _description(folder: Path, before: Mapping[float, CellLibrary], found: Mapping[float, CellLibrary]) -> str:
    """Text of ``technology.json``; it tells what is stored for the default voltage."""
    default = stored_default(folder) or next(iter(found))
    source = found[default].source if default in found else before[default].source
    first, *others = source.split(_JOINED)
    title = f"{first} and {len(others)} more" if others else first
    return json.dumps({"title": title, "default_vdd": default, "source": source}, indent=1) + "\n"
