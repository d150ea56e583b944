"""The files of the UCI repository as tables in this project's own form: features, then ``target``."""

from __future__ import annotations

import io
import zipfile
import zlib
from collections import Counter
from collections.abc import Callable, Sequence
from pathlib import Path, PurePosixPath

from bespoke.data.catalogue import CatalogueEntry
from bespoke.data.columns import MISSING_TOKENS
from bespoke.data.table import NumberedRow, Table, check_widths, decode_text, make_table, sniff_delimiter, split_rows
from bespoke.errors import DataFileError

TARGET = "target"
LARGEST_MEMBER_BYTES = 500_000_000  # the largest official file has 66 MB

Members = Callable[[str], bytes | None]
"""Content of the official file of that name, or None."""


def folder_members(folder: Path) -> Members:
    """The files below a folder, each by its path there."""
    return lambda name: path.read_bytes() if (path := folder / name).is_file() else None


def archive_members(content: bytes, source: str) -> Members:
    """The files of a zip archive, and of zip archives inside it, each by the end of its path.

    Raises
    ------
    DataFileError
        The archive is damaged, or a member is too large.
    """
    try:
        archive = zipfile.ZipFile(io.BytesIO(content))
    except zipfile.BadZipFile as error:
        raise DataFileError("the zip archive is damaged", where=source, got=str(error)) from error

    def read(name: str) -> bytes | None:
        for info in archive.infolist():
            if PurePosixPath(info.filename).match(name):
                return _extract(archive, info, source)
        for info in (info for info in archive.infolist() if info.filename.lower().endswith(".zip")):
            found = archive_members(_extract(archive, info, source), f"{source}, {info.filename}")(name)
            if found is not None:
                return found
        return None

    return read


def official_table(entry: CatalogueEntry, members: Members, source: str) -> Table:
    """The table that the official files hold, with texts replaced by the catalogue's numbers.

    Parameters
    ----------
    entry : CatalogueEntry
    members : callable
        See `Members`.
    source : str
        For messages.

    Raises
    ------
    DataFileError
        A file is missing or does not have the columns that the catalogue says.
    """
    texts = [_member_text(name, members, source) for name in entry.layout.files]
    if not entry.features:
        return _parted_table(entry, texts, source)
    rows: list[NumberedRow] = []
    for name, text in zip(entry.layout.files, texts, strict=True):
        rows.extend(_canonical_rows(entry, text, f"{source}: {name}" if len(texts) > 1 else source))
    return make_table((*entry.kept_features, TARGET), rows, source)


def _extract(archive: zipfile.ZipFile, info: zipfile.ZipInfo, source: str) -> bytes:
    if info.file_size > LARGEST_MEMBER_BYTES:
        raise DataFileError(
            "a file in the archive is too large", where=f"{source}, {info.filename}", got=f"{info.file_size} bytes"
        )
    try:
        return archive.read(info)
    except (zipfile.BadZipFile, EOFError, RuntimeError, zlib.error) as error:
        raise DataFileError("the zip archive is damaged", where=f"{source}, {info.filename}", got=str(error)) from error


def _member_text(name: str, members: Members, source: str) -> str:
    content = members(name)
    if content is None:
        raise DataFileError("an official file is missing", where=source, got=f"no {name}")
    return decode_text(content, f"{source}: {name}")


def _canonical_rows(entry: CatalogueEntry, text: str, source: str) -> list[NumberedRow]:
    layout = entry.layout
    delimiter = sniff_delimiter(text) if layout.header else layout.delimiter
    rows = split_rows(text, delimiter, source)
    if layout.columns_by_name:
        order, rows = _columns_by_name(entry, rows, source)
    else:
        rows = rows[1:] if layout.header else rows
        order = _columns_by_position(entry, rows, source)
    return [(line, _canonical_cells(entry, [cells[column] for column in order])) for line, cells in rows]


def _columns_by_position(entry: CatalogueEntry, rows: Sequence[NumberedRow], source: str) -> list[int]:
    """Positions of the kept features and the target; all rows must have the official number of cells."""
    layout = entry.layout
    width = len(entry.features) + 1 + len(layout.skip_columns)
    check_widths(rows, width, source, f"not the official layout of {entry.name}")
    free = [column for column in range(width) if column not in layout.skip_columns]
    target = free[-1] if layout.target_column == -1 else layout.target_column
    features = [column for column in free if column != target]
    kept = [column for column, name in zip(features, entry.features, strict=True) if name in entry.kept_features]
    return [*kept, target]


def _columns_by_name(
    entry: CatalogueEntry, rows: Sequence[NumberedRow], source: str
) -> tuple[list[int], list[NumberedRow]]:
    """Positions, found in the first row that names every column, and the rows below it that have a target."""
    wanted = (*entry.kept_features, entry.target)
    for number, (_, cells) in enumerate(rows):
        positions = {name.lower(): column for column, name in enumerate(cells)}
        if all(name.lower() in positions for name in wanted):
            order = [positions[name.lower()] for name in wanted]
            return order, [row for row in rows[number + 1 :] if _has_target(row[1], order[-1])]
    raise DataFileError(
        f"not the official layout of {entry.name}", where=source, got="other column names", allowed=", ".join(wanted)
    )


def _has_target(cells: Sequence[str], target: int) -> bool:
    return len(cells) > target and cells[target].lower() not in MISSING_TOKENS


def _canonical_cells(entry: CatalogueEntry, cells: Sequence[str]) -> tuple[str, ...]:
    layout = entry.layout
    features = (str(layout.values.get(cell, cell)) for cell in cells[:-1])
    return (*features, str(layout.classes.get(cells[-1], cells[-1])))


def _parted_table(entry: CatalogueEntry, texts: Sequence[str], source: str) -> Table:
    """Names in one file, then features and targets of each part in files of their own (the layout of HAR)."""
    names = [cells[-1] for _, cells in split_rows(texts[0], entry.layout.delimiter, source)]
    rows: list[NumberedRow] = []
    for features_text, targets_text in zip(texts[1::2], texts[2::2], strict=True):
        features = split_rows(features_text, entry.layout.delimiter, source)
        targets = split_rows(targets_text, entry.layout.delimiter, source)
        if len(features) != len(targets):
            raise DataFileError(
                "features and targets differ in length", where=source, got=f"{len(features)} and {len(targets)} rows"
            )
        rows.extend((line, (*cells, *target)) for (line, cells), (_, target) in zip(features, targets, strict=True))
    return make_table((*_distinct(names), TARGET), rows, source)


def _distinct(names: Sequence[str]) -> list[str]:
    """Names with ``_2``, ``_3`` and so on appended to repeated ones."""
    seen: Counter[str] = Counter()
    distinct = []
    for name in names:
        seen[name] += 1
        distinct.append(name if seen[name] == 1 else f"{name}_{seen[name]}")
    return distinct
