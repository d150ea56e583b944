"""The folder of a sweep: one file per finished cell, each written in one go."""

from __future__ import annotations

import hashlib
import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from bespoke.errors import OutputError
from bespoke.files import unfinished_in, write_file
from bespoke.flow import MANIFEST, json_text
from bespoke.report.folder import json_object, write_folder
from bespoke.sweep.options import Cell

CELL_FORMAT = "bespoke-sweep-cell"
CELL_VERSION = 3
SWEEP = "sweep.json"
SWEEP_FORMAT = "bespoke-sweep"
SWEEP_VERSION = 1
CELLS = "cells"
DESIGNS = ("exact", "chosen")

Files = Mapping[str, str]


def check_sweep_folder(folder: Path, *, resume: bool) -> None:
    """Refuse a folder that holds something else than a sweep, or a sweep that is not to be gone on with.

    Raises
    ------
    OutputError
    """
    if folder.exists() and not folder.is_dir():
        raise OutputError("exists and is not a folder", where=str(folder))
    if not folder.is_dir():
        parent = next(path for path in folder.absolute().parents if path.exists())
        if not parent.is_dir():
            raise OutputError("not a folder", where=str(parent))
        return
    if not set(folder.iterdir()) - unfinished_in(folder):
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
        # What a process that was killed left behind.
        for rest in place.glob(f".{name}.*"):
            shutil.rmtree(rest, ignore_errors=True)
        if name in designs:
            write_folder(place / name, designs[name])
        else:
            shutil.rmtree(place / name, ignore_errors=True)
    write_file(_cell_file(folder, record["key"]), json_text(record))


def _cell_file(folder: Path, key: str) -> Path:
    return folder / CELLS / f"{key}.json"


def _digest(path: Path) -> str | None:
    return hashlib.sha256(path.read_bytes()).hexdigest() if path.is_file() else None
