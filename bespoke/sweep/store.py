"""The folder of a sweep: one file per finished cell, each written in one go."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from bespoke.errors import OutputError
from bespoke.files import FolderKind, check_folder, read_record, remove_own, unfinished_in, write_file, write_folder
from bespoke.flow import MANIFEST, json_text
from bespoke.report import DESIGN_KIND
from bespoke.report.folder import json_object
from bespoke.sweep.options import Cell

CELL_FORMAT = "bespoke-sweep-cell"
CELL_VERSION = 3
SWEEP = "sweep.json"
SWEEP_FORMAT = "bespoke-sweep"
SWEEP_VERSION = 1
CELLS = "cells"
DESIGNS = ("exact", "chosen")
_REMEDY = "to move it away, or another folder"
SWEEP_KIND = FolderKind("sweep", frozenset({"sweep"}), _REMEDY)
_DESIGN_KIND = FolderKind(DESIGN_KIND.name, DESIGN_KIND.replaces, _REMEDY)

Files = Mapping[str, str]


def check_sweep_folder(folder: Path, names: Iterable[str], *, resume: bool) -> None:
    """Refuse a folder that holds something else than a sweep, or a sweep that is not to be gone on with.

    Parameters
    ----------
    folder : Path
    names : iterable of str
        Files that will be written.
    resume : bool
        Whether to go on with an earlier sweep.

    Raises
    ------
    OutputError
        Also if a file that will be replaced was edited, or written by somebody else.
    """
    check_folder(folder, SWEEP_KIND, whole=False)
    if not folder.is_dir() or not set(folder.iterdir()) - unfinished_in(folder):
        return
    if json_object(folder / SWEEP).get("format") != SWEEP_FORMAT:
        raise OutputError(
            "the folder holds other files than those of a sweep",
            where=str(folder),
            allowed="a new or empty folder, or that of an earlier sweep",
        )
    if not resume:
        raise OutputError(
            "the folder holds an earlier sweep",
            where=str(folder),
            allowed="--resume to go on with it, or another folder",
        )
    listed = read_record(folder).files
    for name in names:
        if name not in listed and (folder / name).exists():
            raise OutputError("was not written by bespoke", where=str(folder / name), allowed=_REMEDY)


def check_cell_folder(folder: Path, cell: Cell) -> None:
    """Refuse folders of designs, below that of the sweep, that `store_cell` would not write.

    Raises
    ------
    OutputError
    """
    for name in DESIGNS:
        check_folder(folder / cell.folder / name, _DESIGN_KIND)


def finished_record(folder: Path, cell: Cell, key: str) -> Mapping[str, Any] | None:
    """The result of a cell, if it is finished and its designs are still those that it tells of."""
    record = json_object(_cell_file(folder, key))
    if (record.get("format"), record.get("version"), record.get("key")) != (CELL_FORMAT, CELL_VERSION, key):
        return None
    place = folder / cell.folder
    designs = record["manifests"]
    intact = all(_digest(place / name / MANIFEST) == designs.get(name) for name in DESIGNS)
    return record if intact else None


def store_cell(folder: Path, cell: Cell, record: Mapping[str, Any], designs: Mapping[str, Files]) -> None:
    """Write the designs of a cell, then its result, which says that the cell is finished.

    Parameters
    ----------
    folder : Path
        Of the sweep.
    cell : Cell
    record : mapping
        Content of the cell's file.
    designs : mapping of str to mapping
        Files of the designs by name: ``exact``, and ``chosen`` where there is one.

    Raises
    ------
    OutputError
        If something cannot be written.
    """
    place = folder / cell.folder
    for name in DESIGNS:
        if name in designs:
            write_folder(place / name, designs[name], _DESIGN_KIND)
        else:
            remove_own(place / name, _DESIGN_KIND)
    write_file(_cell_file(folder, record["key"]), json_text(record))


def _cell_file(folder: Path, key: str) -> Path:
    return folder / CELLS / f"{key}.json"


def _digest(path: Path) -> str | None:
    return hashlib.sha256(path.read_bytes()).hexdigest() if path.is_file() else None
