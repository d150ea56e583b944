"""The grid with what is known before it runs: data, keys, rough times, and which cells are finished."""

from __future__ import annotations

import json
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

from bespoke.cells import CellLibrary, check_complete, library_to_json, load_library
from bespoke.converters import load_converters
from bespoke.data import Dataset, catalogue, load_dataset
from bespoke.errors import DataError, DatasetNotFoundError
from bespoke.external import versions
from bespoke.files import text_digest
from bespoke.sweep.duration import cell_seconds
from bespoke.sweep.options import PLAIN, Cell, SweepOptions
from bespoke.sweep.store import CELL_VERSION, finished_record


@dataclass(frozen=True, slots=True)
class PlannedCell:
    """A cell before it runs.

    Attributes
    ----------
    cell : Cell
    key : str
        SHA-256 of all that its result depends on; empty where the data are not at hand.
    error : str
        Why it cannot run, or empty.
    data : Dataset or None
    seconds : float
        Rough time on one core.
    record : mapping or None
        The result of an earlier run with the same key.
    """

    cell: Cell
    key: str = ""
    error: str = ""
    data: Dataset | None = field(default=None, compare=False, repr=False)
    seconds: float = 0.0
    record: Mapping[str, Any] | None = None

    @property
    def state(self) -> str:
        """``finished``, ``cannot run`` or ``to do``."""
        return "finished" if self.record is not None else "cannot run" if self.error else "to do"


def plan_sweep(options: SweepOptions, folder: Path | None = None) -> tuple[PlannedCell, ...]:
    """The cells of a sweep in the order of its tables.

    Parameters
    ----------
    options : SweepOptions
    folder : Path, optional
        Where results of earlier runs are looked for.

    Raises
    ------
    DatasetNotFoundError
        If a name is neither in the catalogue nor that of a file. Data sets of the catalogue without a copy at hand, and
        files that cannot be used, are errors of their cells.
    TechnologyError
        If a technology is unknown, cannot be read, or has no figures at a voltage.
    ConverterError
        If the converters are unknown or cannot be read.
    LibraryError
        If no circuit can be made of its cells.
    """
    for each in (options.approximate, options.design):
        load_converters(each.compile.converters)
    data = {name: _loaded(name, options) for name in options.datasets}
    digests = {
        (name, vdd): text_digest(library_to_json(_usable_library(name, vdd)))
        for name in options.technologies
        for vdd in options.vdds
    }
    return tuple(
        _planned(cell, data[cell.dataset], digests[cell.technology, cell.vdd], options, folder)
        for cell in options.cells()
    )


def _usable_library(name: str, vdd: float | None) -> CellLibrary:
    library = load_library(name, vdd)
    check_complete(library)
    return library


def cell_key(cell: Cell, data_digest: str, library_digest: str, options: SweepOptions) -> str:
    """SHA-256 of all that the result of a cell depends on."""
    content = {
        "version": CELL_VERSION,
        "dataset": cell.data_name,
        "data": data_digest,
        "technology": cell.technology_name,
        "library": library_digest,
        "options": options.facts_of(cell),
        "versions": versions() | _trainer_versions(cell),
    }
    return text_digest(json.dumps(content, sort_keys=True, default=str))


def _trainer_versions(cell: Cell) -> dict[str, str]:
    """That of JAX, if it trains the model and is there."""
    with suppress(PackageNotFoundError):
        return {} if cell.aware == PLAIN else {"jax": version("jax")}
    return {}


def _planned(
    cell: Cell, data: Dataset | DataError, library_digest: str, options: SweepOptions, folder: Path | None
) -> PlannedCell:
    if isinstance(data, DataError):
        return PlannedCell(cell, error=str(data))
    key = cell_key(cell, data.digest, library_digest, options)
    return PlannedCell(
        cell,
        key,
        data=data,
        seconds=cell_seconds(data, options, cell),
        record=None if folder is None else finished_record(folder, cell, key),
    )


def _loaded(name: str, options: SweepOptions) -> Dataset | DataError:
    try:
        # A target column is that of files alone.
        return load_dataset(name, target=None if name in catalogue() else options.target, missing=options.missing)
    except DataError as error:
        if isinstance(error, DatasetNotFoundError) and name not in catalogue():
            raise
        return error
