"""From a table of strings to a data set: target, numbers, missing values, task."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from difflib import get_close_matches

import numpy as np

from bespoke.data.dataset import (
    CLASSIFICATION,
    LARGEST_MAGNITUDE,
    REGRESSION,
    TASKS,
    Dataset,
    FloatArray,
    TargetArray,
)
from bespoke.data.table import Table
from bespoke.data.texts import MISSING_TOKENS, TRUTH, coded, without_texts
from bespoke.errors import (
    MissingValuesError,
    NonNumericError,
    OptionError,
    SingleClassError,
    TargetError,
)
from bespoke.model import TextCodes

MISSING_HANDLING = ("error", "drop", "low", "high")
MOST_CLASSES = 32  # whole-number targets with more distinct values count as a regression task unless told otherwise
_SIDES = {"low": -1, "high": 1}
_STEPS = 14  # of a range: a value one step beyond it has a word of its own in converters of 4 bits, roundings included
_NAMES_IN_MESSAGE = 5
_EXACT = 2.0**53  # whole numbers beyond it are not told apart
_TOO_LARGE, _SENSIBLE = "not a finite number of sensible size", f"magnitudes up to {LARGEST_MAGNITUDE:g}"


@dataclass(frozen=True, slots=True)
class TableOptions:
    """How a table is read.

    Attributes
    ----------
    target : str, optional
        Name of the target column; the last column by default.
    task : {"classification", "regression"}, optional
        Found from the targets by default.
    missing : {"error", "drop"}, optional
        Whether rows with missing values are refused, as by default, or left out.
    codes : tuple of TextCodes
        Of columns of texts that a model reads as they are.
    """

    target: str | None = None
    task: str | None = None
    missing: str | None = None
    codes: tuple[TextCodes, ...] = ()

    def __post_init__(self) -> None:
        missing = ("handling of missing values", self.missing, MISSING_HANDLING)
        for what, got, allowed in (("task", self.task, TASKS), missing):
            if got not in (None, *allowed):
                raise OptionError(f"unknown {what}", got=repr(got), allowed=", ".join(allowed))


def dataset_from_table(table: Table, name: str, options: TableOptions, notes: Sequence[str] = ()) -> Dataset:
    """Turn a table into a data set; columns of texts become columns of 0 and 1 (`without_texts`).

    Parameters
    ----------
    table : Table
    name : str
        Name of the data set.
    options : TableOptions
    notes : sequence of str
        Notes to begin with.

    Raises
    ------
    TargetError
        No such target column, or its values do not suit the task.
    MissingValuesError, NonNumericError, SingleClassError
    """
    target = table.header[_target_column(table, options.target)]
    gaps_are_values = options.missing in _SIDES
    table = without_texts(coded(table, target, options.codes), target, gaps_are_values=gaps_are_values)
    column = table.header.index(target)
    names = table.header[:column] + table.header[column + 1 :]
    features = _numbers(table, names, column)
    labels = [row[column] for row in table.rows]
    read = _read_gaps(table.source, names, features, _SIDES[str(options.missing)]) if gaps_are_values else ()
    drop = gaps_are_values or options.missing == "drop"
    keep, found = _rows_without_missing(table, column, features, labels, drop=drop)
    _check_magnitude(table, names, features, keep)
    targets = _typed_targets(table, column, keep)
    task = options.task or guess_task(targets)
    check_targets(targets, task, table.source, table.header[column])
    features = features[keep]
    all_notes = (*notes, *table.notes, *read, *found, *constant_notes(names, features))
    return Dataset(name, names, features, targets, task, source=table.source, notes=all_notes)


def constant_notes(names: Sequence[str], features: FloatArray) -> tuple[str, ...]:
    """One note that names the features with one value only, or none."""
    constant = [names[column] for column in np.flatnonzero((features == features[0]).all(axis=0)).tolist()]
    if not constant:
        return ()
    return (f"{len(constant)} constant feature(s) carry no information: {_shortened(constant)}",)


def check_targets(targets: TargetArray, task: str, source: str, column: str) -> None:
    """Refuse targets that the task cannot have; see `dataset_from_table`."""
    kind = targets.dtype.kind
    where = f"{source}, target {column!r}"
    if task == REGRESSION and kind == "U":
        raise TargetError("the target holds text", where=where, got=repr(str(targets[0])), allowed="numbers")
    if task == CLASSIFICATION and kind == "f":
        fractions = targets[targets != np.floor(targets)]
        got = str(fractions[0]) if len(fractions) else "huge numbers"
        allowed = "whole numbers or text as classes, or --task regression"
        raise TargetError("the target holds fractions", where=where, got=got, allowed=allowed)
    if (targets == targets[0]).all():
        fault, noun = (SingleClassError, "class") if task == CLASSIFICATION else (TargetError, "value")
        raise fault(f"the target has one {noun} only", where=where, got=str(targets[0]), allowed="at least two")


def _target_column(table: Table, target: str | None) -> int:
    if target is None:
        return len(table.header) - 1
    if target in table.header:
        return table.header.index(target)
    close = get_close_matches(target.lower(), [name.lower() for name in table.header], n=1, cutoff=0.5)
    hint = next((repr(name) for name in table.header if name.lower() in close), "")
    allowed = _shortened(table.header)
    raise TargetError("no such target column", where=table.source, got=repr(target), allowed=allowed, hint=hint)


def _numbers(table: Table, names: Sequence[str], target: int) -> FloatArray:
    """The feature columns as numbers, NaN where a value is missing."""
    values = np.empty((len(table.rows), len(names)))
    for number, row in enumerate(table.rows):
        cells = row[:target] + row[target + 1 :]
        try:
            values[number] = [float(cell.replace("_", "x")) for cell in cells]  # float() would read 1_0 as 10
        except ValueError:
            values[number] = [_number(table, number, *cell) for cell in zip(names, cells, strict=True)]
    return values


def _number(table: Table, row: int, name: str, cell: str) -> float:
    if cell.lower() in MISSING_TOKENS:
        return np.nan
    if cell.lower() in TRUTH:
        return TRUTH[cell.lower()]
    try:
        return float(cell.replace("_", "x"))
    except ValueError as error:
        where = table.where(row, name)
        raise NonNumericError("not a number", where=where, got=repr(cell), allowed=_hint(cell)) from error


def _hint(cell: str) -> str:
    whole, comma, fraction = cell.partition(",")
    decimal_comma = comma and whole.lstrip("+-").isdigit() and fraction.isdigit()
    if decimal_comma:
        return "a point as decimal mark"
    is_text = any(letter.isalpha() for letter in cell)
    return "numbers in every row of the column" + (", or texts in every one" if is_text else "")


def _read_gaps(source: str, names: Sequence[str], features: FloatArray, side: int) -> tuple[str, ...]:
    """Write a value into the gaps of each column, one step below (-1) or above (1) all others, and say which."""
    notes = []
    for column, name in enumerate(names):
        gaps = np.isnan(features[:, column])
        if not gaps.any():
            continue
        values = features[~gaps, column]
        if not len(values):
            where = f"{source}, column {name!r}"
            raise MissingValuesError("there is no value at all", where=where, allowed="a file without the column")
        least, most = float(values.min()), float(values.max())
        step = (most - least) / _STEPS or 1.0
        if (values == np.floor(values)).all():
            step = float(np.ceil(step))
        edge = most if side > 0 else least
        # Where floats are farther apart than the step, the next one.
        step = max(step, abs(float(np.nextafter(edge, side * np.inf)) - edge))
        features[gaps, column] = value = edge + side * step
        notes.append(f"missing values of {name!r} are read as {_shortest(value)}: {gaps.sum()} of {len(gaps)} rows")
    return tuple(notes)


def _shortest(value: float) -> str:
    """Ten digits if they are the number, else all that it takes."""
    return text if float(text := f"{value:.10g}") == value else repr(value)


def _rows_without_missing(
    table: Table, target: int, features: FloatArray, labels: list[str], *, drop: bool
) -> tuple[list[int], tuple[str, ...]]:
    """Rows to keep, and a note on those left out."""
    gaps = np.insert(np.isnan(features), target, [label.lower() in MISSING_TOKENS for label in labels], axis=1)
    holes = gaps.any(axis=1)
    if not holes.any():
        return list(range(len(labels))), ()
    counts = [
        f"{table.header[column]!r} {gaps[:, column].sum()}" for column in np.flatnonzero(gaps.any(axis=0)).tolist()
    ]
    got = f"{holes.sum()} of {len(labels)} rows ({_shortened(counts)})"
    if not drop:
        raise MissingValuesError(
            "values are missing", where=table.source, got=got, allowed="--missing drop, low or high"
        )
    if holes.all():
        raise MissingValuesError("every row has a missing value", where=table.source, got=got)
    return np.flatnonzero(~holes).tolist(), (f"rows with missing values left out: {got}",)


def _check_magnitude(table: Table, names: Sequence[str], features: FloatArray, keep: list[int]) -> None:
    bad = np.argwhere(np.abs(features[keep]) > LARGEST_MAGNITUDE)
    if len(bad):
        row, column = keep[bad[0][0]], bad[0][1]
        value = features[row, column]
        what = _TOO_LARGE if np.isfinite(value) else "not a finite number"
        raise NonNumericError(what, where=table.where(row, names[column]), got=value, allowed=_SENSIBLE)


def _typed_targets(table: Table, column: int, keep: list[int]) -> TargetArray:
    """Targets of the rows to keep: int64 where all are whole numbers, float64 for other numbers, else text."""
    labels = [table.rows[row][column] for row in keep]
    try:
        numbers = np.array([float(label) for label in labels])
    except ValueError:
        return np.array(labels)
    bad = np.flatnonzero(~(np.abs(numbers) <= LARGEST_MAGNITUDE)).tolist()
    if bad:
        where = table.where(keep[bad[0]], table.header[column])
        raise TargetError(_TOO_LARGE, where=where, got=repr(labels[bad[0]]), allowed=_SENSIBLE)
    whole = (numbers == np.floor(numbers)).all() and np.abs(numbers).max() < _EXACT
    return numbers.astype(np.int64) if whole else numbers


def guess_task(targets: TargetArray) -> str:
    """Task that the look of targets suggests: fractions, or many different whole numbers, are values."""
    kind = targets.dtype.kind
    has_fractions = kind == "f" and not bool(np.all((targets == np.floor(targets)) & (np.abs(targets) < _EXACT)))
    is_amount = has_fractions or (kind in "iuf" and len(np.unique(targets)) > MOST_CLASSES)
    return REGRESSION if is_amount else CLASSIFICATION


def _shortened(names: Sequence[str]) -> str:
    shown = ", ".join(names[:_NAMES_IN_MESSAGE])
    return shown if len(names) <= _NAMES_IN_MESSAGE else f"{shown}, ... ({len(names)} in all)"
