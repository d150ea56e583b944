"""The first line of a table: names of columns, or a row that was taken for them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from itertools import pairwise

from bespoke.errors import DataFileError

Cells = Sequence[str]
NumberedRow = tuple[int, tuple[str, ...]]

_INDEX_NAMES = ("", "Unnamed: 0")  # as pandas writes an index, and as it calls it when it reads that again
_LEAST_AXIS = 3  # numbers that name columns, such as wavelengths
_SHOWN = 3


def is_index(rows: Sequence[NumberedRow]) -> bool:
    """Whether the first column of rows, the first of which is the header, counts the others."""
    (_, header), *others = rows
    if len(header) < 2 or header[0] not in _INDEX_NAMES or not others:
        return False
    counts = [cells[0] for _, cells in others]
    return all(cell.isdecimal() for cell in counts) and len(set(counts)) == len(counts)


def check_header(header: Cells, rows: Sequence[Cells], source: str) -> None:
    """Refuse what names no columns.

    Raises
    ------
    DataFileError
        No header, repeated or empty names, or a single column.
    """
    _check_for_row(header, rows, source)
    repeated = [name for name, count in Counter(header).items() if count > 1]
    if repeated:
        raise DataFileError("column names are repeated", where=source, got=", ".join(map(repr, repeated)))
    if "" in header:
        got, allowed = f"column {header.index('') + 1} of {len(header)}", "a name; pandas: to_csv(..., index=False)"
        raise DataFileError("a column has no name", where=source, got=got, allowed=allowed)
    if len(header) < 2:
        allowed = "features and a target, divided by comma, semicolon, tab or space"
        raise DataFileError("the table has one column only", where=source, got=repr(header[0]), allowed=allowed)


def _check_for_row(header: Cells, rows: Sequence[Cells], source: str) -> None:
    """Refuse numbers in the first line that are no names, since a row would be lost without a word."""
    numbers = {column: number for column, name in enumerate(header) if (number := _number(name)) is not None}
    if not numbers or _counts(numbers) or _is_axis(numbers, rows):
        return
    width = len(header)
    names = ",".join([*(f"x{column}" for column in range(min(width - 1, _SHOWN))), *(["..."] * (width > _SHOWN + 1))])
    allowed = f"a first line of column names, such as {names},target"
    if len(numbers) == width:
        raise DataFileError("the first line holds only numbers", where=source, got="no header", allowed=allowed)
    shown = ", ".join(header[column] for column in list(numbers)[:_SHOWN])
    got = f"numbers as names: {shown}"
    raise DataFileError("the first line looks like a row", where=source, got=got, allowed=allowed)


def _counts(numbers: dict[int, float]) -> bool:
    """Whether columns are called by their positions, from 0 or from 1."""
    if len(numbers) < 2:
        return False
    return any(all(number == column + first for column, number in numbers.items()) for first in (0, 1))


def _is_axis(numbers: dict[int, float], rows: Sequence[Cells]) -> bool:
    """Whether names are ascending numbers, such as wavelengths, that no row of their columns could hold."""
    ordered = list(numbers.values())
    if len(ordered) < _LEAST_AXIS or any(after <= before for before, after in pairwise(ordered)):
        return False
    return not any(_is_among(number, column, rows) for column, number in numbers.items())


def _is_among(number: float, column: int, rows: Sequence[Cells]) -> bool:
    cells = [cells[column] for cells in rows if column < len(cells)]
    values = [value for cell in cells if (value := _number(cell)) is not None]
    return bool(values) and min(values) <= number <= max(values)


def _number(text: str) -> float | None:
    try:
        return float(text.replace("_", "x"))
    except ValueError:
        return None
