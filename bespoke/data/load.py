"""Loading a data set by name or from a file.

Where a name is looked for, in this order: the folder that `datasets_folder` gives (a CSV in this project's form, the
official files, or the official zip), scikit-learn's own copies and the exact enumerations. Nothing is downloaded here.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from urllib.parse import unquote, urlsplit

from bespoke.data.catalogue import CatalogueEntry, catalogue, not_found
from bespoke.data.columns import TableOptions, dataset_from_table
from bespoke.data.dataset import Dataset
from bespoke.data.formats import FORMATS
from bespoke.data.layouts import TARGET, Members, archive_members, folder_members, official_table
from bespoke.data.provided import PROVIDERS, provided_dataset
from bespoke.data.samples import samples_dataset
from bespoke.data.table import Table, parse_table, read_text, sniff_delimiter, split_rows
from bespoke.errors import DataFileError, DatasetNotFoundError, TargetError
from bespoke.model import TextCodes

FOLDER_VARIABLE = "BESPOKE_DATASETS"


def datasets_folder() -> Path:
    """Folder of the user's copies: ``$BESPOKE_DATASETS``, or ``datasets`` in the working folder."""
    return Path(os.environ.get(FOLDER_VARIABLE) or "datasets")


def load_dataset(
    name_or_path: str | Path,
    *,
    target: str | None = None,
    task: str | None = None,
    missing: str | None = None,
    folder: Path | None = None,
    codes: Sequence[TextCodes] = (),
) -> Dataset:
    """Load a data set.

    Parameters
    ----------
    name_or_path : str or Path
        A catalogue name, the stem of a CSV in the folder of data sets, or the path of a file: CSV with a header
        (comma, semicolon, tab or spaces), an official UCI file under its own name, or samples of a Boolean function:
        a PLA (``.pla``), or the arrays of the IWLS 2020 contest (``.npz``).
    target : str, optional
        Name of the target column; the last by default.
    task : {"classification", "regression"}, optional
        Found from the targets by default: fractions, and more than 32 distinct whole numbers, mean regression.
    missing : {"error", "drop", "low", "high"}, optional
        Whether rows with missing values (empty, ?, NA, NaN, null) are refused or left out; or whether missing features
        are read as a value of their own, one step below or above all others, and rows without a target left out. By
        default as the catalogue says, and refused for other files.
    folder : Path, optional
        Instead of `datasets_folder`.
    codes : sequence of TextCodes, optional
        Of columns of texts that a model reads as they are; other ones become columns of 0 and 1.

    Raises
    ------
    DatasetNotFoundError
        Neither a file nor a data set that is at hand; the message says how to fetch one of the catalogue.
    DataFileError, TargetError, MissingValuesError, NonNumericError, SingleClassError
        The file cannot be used.
    """
    options = TableOptions(target=target, task=task, missing=missing, codes=tuple(codes))
    entry = None if isinstance(name_or_path, Path) else catalogue().get(name_or_path)
    place = folder or datasets_folder()
    if entry is not None:
        return _load_entry(entry, place, options)
    path = Path(name_or_path)
    if path.is_file():
        return _load_file(path, options)
    copy = place / f"{name_or_path}.csv"
    if path.name == str(name_or_path) and copy.is_file():
        return _load_file(copy, options)
    raise _not_found(path, str(name_or_path))


def _not_found(path: Path, name: str) -> Exception:
    if path.is_dir():
        return DataFileError("a folder is not a data file", where=name, allowed="a CSV file or a catalogue name")
    if path.suffix or path.name != name:
        return DatasetNotFoundError(
            "no such file", where=name, allowed="a CSV file or a name of `bespoke datasets list`"
        )
    return not_found("no such data set or file", name)


def _load_entry(entry: CatalogueEntry, folder: Path, options: TableOptions) -> Dataset:
    for path in (folder / f"{entry.name}.csv", folder / entry.layout.files[0]):
        if path.is_file():
            return _load_copy(entry, path, folder, options)
    zipped = folder / archive_name(entry)
    if zipped.suffix == ".zip" and zipped.is_file():
        return load_official(entry, archive_members(zipped.read_bytes(), str(zipped)), str(zipped), options)
    _check_own_target(entry, options.target)
    if entry.provision in PROVIDERS:
        return provided_dataset(entry)
    allowed = f"`bespoke datasets fetch {entry.name}`, or put {entry.name}.csv or {entry.layout.files[0]} there"
    what = f"no copy of the data set {entry.name!r} is at hand"
    raise DatasetNotFoundError(what, where=str(folder), allowed=allowed)


def archive_name(entry: CatalogueEntry) -> str:
    """Name under which the official download is kept, as a browser would name it."""
    return unquote(urlsplit(entry.url).path.rsplit("/", 1)[-1])


def load_official(entry: CatalogueEntry, members: Members, source: str, options: TableOptions) -> Dataset:
    """The data set that the official files hold; see `official_table` and `dataset_from_table`."""
    _check_own_target(entry, options.target)
    table = official_table(entry, members, source)
    rows = len(table.rows)
    notes = [f"the table has {rows} rows, the official one {entry.rows}"] if rows != entry.rows else []
    notes += [f"the feature {name!r} is left out" for name in entry.layout.drop_features]
    return _entry_dataset(entry, table, replace(options, target=TARGET), notes)


def _load_file(path: Path, options: TableOptions) -> Dataset:
    for entry in catalogue().values():
        if path.name in entry.layout.files and options.target in (None, TARGET, entry.target):
            return _load_copy(entry, path, path.parent, options)
    reader = FORMATS.get(path.suffix.lower())
    if reader is not None:
        return samples_dataset(reader(path), path.stem, options)
    return dataset_from_table(parse_table(read_text(path), str(path)), path.stem, options)


def _load_copy(entry: CatalogueEntry, path: Path, folder: Path, options: TableOptions) -> Dataset:
    """A file of the entry, in this project's own form (a column called ``target``) or the official one."""
    text = read_text(path)
    header = split_rows(text.split("\n", 1)[0], sniff_delimiter(text), str(path))
    if not header or TARGET not in header[0][1]:
        if path.name != f"{entry.name}.csv":
            return load_official(entry, folder_members(folder), str(path), options)
        # The text is that of the only official file; entries of several have none of that name.
        own = text.encode() if len(entry.layout.files) == 1 else None
        return load_official(entry, lambda _: own, str(path), options)
    target = TARGET if options.target in (None, entry.target) else options.target
    return _entry_dataset(entry, parse_table(text, str(path)), replace(options, target=target), ())


def _check_own_target(entry: CatalogueEntry, target: str | None) -> None:
    if target not in (None, TARGET, entry.target):
        what, allowed = "a catalogue data set has a target of its own", f"{TARGET!r} or {entry.target!r}"
        raise TargetError(what, where=entry.name, got=repr(target), allowed=allowed)


def _entry_dataset(entry: CatalogueEntry, table: Table, options: TableOptions, notes: Sequence[str]) -> Dataset:
    """A table of the entry, read as the catalogue says where the options do not."""
    options = replace(options, task=options.task or entry.task, missing=options.missing or entry.missing)
    dataset = dataset_from_table(table, entry.name, options, notes)
    if entry.digest in (None, dataset.digest):
        return dataset
    note = f"the content differs from the known table of {entry.name}, so published figures may not be comparable"
    return replace(dataset, notes=(*dataset.notes, note))
