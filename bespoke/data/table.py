"""Text files as tables of strings: reading, delimiter, header, and the faults a user's file can have."""

from __future__ import annotations

import csv
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from bespoke.data.header import NumberedRow, check_header, is_index
from bespoke.errors import DataFileError

WHITESPACE = " "
DELIMITERS = (",", ";", "\t")

_MAGIC = {
    b"PK\x03\x04": "a zip archive or .xlsx workbook",
    b"\xd0\xcf\x11\xe0": "an .xls workbook",
    b"\x1f\x8b": "a gzip archive",
    b"\xff\xfe": "UTF-16 text",
    b"\xfe\xff": "UTF-16 text",
    b"PAR1": "a Parquet file",
}


@dataclass(frozen=True, slots=True)
class Table:
    """Rows of strings, all of the header's length.

    Attributes
    ----------
    header : tuple of str
        Distinct column names.
    rows : tuple of tuple of str
    lines : tuple of int
        Line number of each row in its file, from 1.
    source : str
        The file, for messages.
    notes : tuple of str
        What was done about its form.
    """

    header: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    lines: tuple[int, ...]
    source: str
    notes: tuple[str, ...] = ()

    def where(self, row: int, column: str) -> str:
        """Place of a cell, for messages."""
        return f"{self.source}, line {self.lines[row]}, column {column!r}"


def read_text(path: Path) -> str:
    """The text of a file.

    Raises
    ------
    DataFileError
        The file cannot be opened, is empty, or is not UTF-8 text.
    """
    try:
        content = path.read_bytes()
    except OSError as error:
        raise DataFileError("the file cannot be read", where=str(path), got=error.strerror) from error
    return decode_text(content, str(path))


def decode_text(content: bytes, source: str) -> str:
    """Bytes as UTF-8 text with or without a byte order mark; line ends become ``\\n``."""  # noqa: D301  not an escape
    for magic, kind in _MAGIC.items():
        if content.startswith(magic):
            raise DataFileError("not a text table", where=source, got=kind, allowed="CSV text; export it as CSV")
    if b"\x00" in content:
        raise DataFileError("not a text table", where=source, got="binary content", allowed="CSV text")
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise DataFileError("not UTF-8 text", where=source, got=f"byte {error.start}", allowed="UTF-8 CSV") from error
    if not text.strip():
        raise DataFileError("the file is empty", where=source, allowed="a header line and rows of numbers")
    return text.replace("\r\n", "\n").replace("\r", "\n")


def sniff_delimiter(text: str) -> str:
    """The delimiter of the first line that is not blank: the most frequent of comma, semicolon and tab; else space."""
    first = next(line for line in text.split("\n") if line.strip())
    counts = {delimiter: first.count(delimiter) for delimiter in DELIMITERS}
    best = max(DELIMITERS, key=lambda delimiter: counts[delimiter])
    return best if counts[best] else WHITESPACE


def split_rows(text: str, delimiter: str, source: str) -> list[NumberedRow]:
    """Line number and cells of each row that is not blank; a space stands for any run of whitespace."""
    if delimiter == WHITESPACE:
        lines = enumerate(text.split("\n"), start=1)
        return [(number, tuple(line.split())) for number, line in lines if line.strip()]
    reader = csv.reader(text.splitlines(keepends=True), delimiter=delimiter, skipinitialspace=True, strict=True)
    rows = []
    try:
        for cells in reader:
            stripped = tuple(cell.strip() for cell in cells)
            if any(stripped):
                rows.append((reader.line_num, stripped))
    except csv.Error as error:
        raise DataFileError(
            "the line is not CSV", where=f"{source}, line {reader.line_num}", got=str(error), allowed="paired quotes"
        ) from error
    return rows


def parse_table(text: str, source: str, *, delimiter: str | None = None) -> Table:
    """A table from text whose first line names the columns.

    Parameters
    ----------
    text : str
    source : str
        Name for messages.
    delimiter : str, optional
        Comma, semicolon, tab, or a space for any whitespace; found from the first line by default.

    Raises
    ------
    DataFileError
        No header, repeated or empty names, no row, or rows of another length than the header.
    """
    rows = split_rows(text, delimiter or sniff_delimiter(text), source)
    header = rows[0][1]
    notes: tuple[str, ...] = ()
    if is_index(rows):
        notes = (f"the first column is left out: it has {_named(header[0])} and counts the rows",)
        rows = [(line, cells[1:]) for line, cells in rows]
    check_header(rows[0][1], [cells for _, cells in rows[1:]], source)
    return replace(make_table(rows[0][1], rows[1:], source), notes=notes)


def make_table(header: Sequence[str], rows: Sequence[NumberedRow], source: str) -> Table:
    """A table of checked shape; see `parse_table`."""
    if not rows:
        raise DataFileError("the table has no rows", where=source, got="a header alone", allowed="at least two rows")
    check_widths(rows, len(header), source, "the row does not have as many cells as the header")
    return Table(tuple(header), tuple(cells for _, cells in rows), tuple(line for line, _ in rows), source)


def check_widths(rows: Sequence[NumberedRow], width: int, source: str, what: str) -> None:
    """Refuse rows of another number of cells; ``what`` is the fault."""
    for line, cells in rows:
        if len(cells) != width:
            got, allowed = f"{len(cells)} cells", f"{width} cells"
            raise DataFileError(what, where=f"{source}, line {line}", got=got, allowed=allowed)


def _named(name: str) -> str:
    return f"the name {name!r}" if name else "no name"
