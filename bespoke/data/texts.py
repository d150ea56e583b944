"""Columns of texts as columns of 0 and 1, which circuits can read."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from bespoke.data.table import Table
from bespoke.errors import DataFileError, NonNumericError
from bespoke.model import TextCodes

MISSING_TOKENS = frozenset(("", "?", "na", "n/a", "nan", "null"))  # compared in lower case
TRUTH = {"false": 0.0, "true": 1.0}
MOST_TEXTS = 16  # distinct values of a column


def coded(table: Table, target: str, codes: Sequence[TextCodes]) -> Table:
    """A table whose columns of texts that a model's encoder knows are numbers, with a note on what they mean.

    Parameters
    ----------
    table : Table
    target : str
        Column that stays as it is.
    codes : sequence of TextCodes
        By the name of a column, or by its position among the columns without the target.

    Raises
    ------
    NonNumericError
        If a text is none that the encoder knows.
    """
    names = [name for name in table.header if name != target]
    columns = dict(zip(table.header, zip(*table.rows, strict=True), strict=True))
    notes = []
    for known in codes:
        name = known.feature if isinstance(known.feature, str) else dict(enumerate(names)).get(known.feature)
        if name is None or name not in names:
            continue
        cells = [None if _is_missing(cell) and cell not in known.texts else cell for cell in columns[name]]
        found = known.encode(cells, f"{table.source}, column {name!r}")
        columns[name] = tuple("" if np.isnan(code) else str(int(code)) for code in found)
        notes.append(replace(known, feature=name).note)
    rows = tuple(zip(*columns.values(), strict=True))
    return replace(table, rows=rows, notes=(*table.notes, *notes)) if notes else table


def without_texts(table: Table, target: str, *, gaps_are_values: bool = False) -> Table:
    """A table whose feature columns of texts are columns of 0 and 1, with a note on what they mean.

    Of two texts the later one in alphabetical order is 1, in one column; of more, each has its own column. The columns
    are called ``NAME=TEXT``. A cell without a value stays one. A column in which some cells are numbers stays as it is.

    Parameters
    ----------
    table : Table
    target : str
        Column that stays as it is.
    gaps_are_values : bool
        Whether a cell without a value is 0 in all columns; then each of two texts has its own, too, if there is one.

    Raises
    ------
    NonNumericError
        A column has more than `MOST_TEXTS` texts.
    DataFileError
        A new name is that of another column.
    """
    columns = [list(cells) for cells in zip(*table.rows, strict=True)]
    header: list[str] = []
    found: list[Sequence[str]] = []
    notes = []
    for name, cells in zip(table.header, columns, strict=True):
        texts = _texts(cells) if name != target else ()
        if not texts:
            header.append(name)
            found.append(cells)
            continue
        if len(texts) > MOST_TEXTS:
            allowed = (
                f"up to {MOST_TEXTS} texts in a column; leave the column out, or replace texts by fewer or by numbers"
            )
            raise NonNumericError(
                "too many texts", where=f"{table.source}, column {name!r}", got=len(texts), allowed=allowed
            )
        has_gaps = gaps_are_values and any(map(_is_missing, cells))
        shown = texts[1:] if len(texts) == 2 and not has_gaps else texts
        gap = "0" if has_gaps else ""
        header += [f"{name}={text}" for text in shown]
        found += [[gap if _is_missing(cell) else str(int(cell == text)) for cell in cells] for text in shown]
        notes.append(_note(name, texts, len(shown)) + (", all 0 where it has no value" if has_gaps else ""))
    repeated = [name for name in header if header.count(name) > 1]
    if repeated:
        what = "a column has the name that a text of another one is given"
        raise DataFileError(what, where=table.source, got=repr(repeated[0]), allowed="another name")
    rows = tuple(zip(*found, strict=True))
    return replace(table, header=tuple(header), rows=rows, notes=(*table.notes, *notes)) if notes else table


def _texts(cells: Sequence[str]) -> tuple[str, ...]:
    """The distinct texts of a column, in alphabetical order; none if a cell is a number, or all are truth values."""
    values = {cell for cell in cells if not _is_missing(cell)}
    if any(_is_number(value) for value in values) or all(value.lower() in TRUTH for value in values):
        return ()
    return tuple(sorted(values))


def _is_missing(cell: str) -> bool:
    return cell.lower() in MISSING_TOKENS


def _is_number(cell: str) -> bool:
    """Whether a cell is a number, or was meant to be one: it has a digit first, as 1,5 and 1_000 have."""
    try:
        float(cell)
    except ValueError:
        return cell.lstrip("+-.,")[:1].isdigit()
    return True


def _note(name: str, texts: Sequence[str], columns: int) -> str:
    if columns == 1:
        return f"the text column {name!r} is read as 1 for {texts[1]!r} and 0 for {texts[0]!r}"
    return f"the text column {name!r} is read as one column of 0 and 1 for each of its {len(texts)} texts"
