"""Samples of a Boolean function as a PLA of Espresso.

Source: Brayton et al., Logic Minimization Algorithms for VLSI Synthesis, 1984; the manual page espresso(5).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import numpy.typing as npt

from bespoke.data.samples import Bits, Samples, check_size, row_keys
from bespoke.data.table import read_text
from bespoke.errors import DataFileError

Places = npt.NDArray[np.intp]
MOST_INPUTS = 1 << 16
_ON_AND_OFF = ("fr", "fdr")  # what rows of 1 and of 0 both state
_MOST_FREE = 12  # dashes of a row, which then stands for 4,096 samples
_INPUTS = {ord("0"): 0, ord("1"): 1, ord("-"): 2, ord("2"): 2}
_OUTPUTS = {"0": 0, "3": 0, "1": 1, "4": 1, "-": 2, "2": 2, "~": 2}
_INPUTS_TEXT = ", ".join(map(chr, _INPUTS))


@dataclass(slots=True)
class _Head:
    """What the lines with a dot say so far."""

    numbers: dict[str, int] = field(default_factory=dict)
    kind: str = ""
    names: tuple[str, ...] = ()
    output: str = "y"
    seen: set[str] = field(default_factory=set)


def read_pla(path: Path) -> Samples:
    """The samples of a PLA with one output, of type fr or fdr, or of no type and with rows of both outputs.

    A row with ``-`` among its inputs stands for all samples that it covers, at most 4,096; one whose output is ``-`` or
    ``~`` says nothing and is left out. A sample that several rows state is there once.

    Raises
    ------
    DataFileError
        A line is none of a PLA, what is there are no samples, or two rows contradict each other.
    """
    source = str(path)
    lines = read_text(path).split("\n")
    head, rows = _Head(), []
    for number, line in enumerate(lines, start=1):
        words = line.split("#", 1)[0].split()
        where = f"{source}, line {number}"
        if words and words[0] in (".e", ".end"):
            break
        if words and words[0].startswith("."):
            _read_head(head, words, where)
        elif words:
            rows.append((where, "".join(words).replace("|", "")))
    return _samples(head, rows, source)


def _read_head(head: _Head, words: list[str], where: str) -> None:
    name, given = words[0], words[1:]
    if name in (".type", ".ilb", ".ob") and name in head.seen:
        raise DataFileError("a line is there twice", where=where, got=name, allowed=f"one {name}")
    head.seen.add(name)
    if name in (".i", ".o", ".p"):
        if len(given) != 1 or not given[0].isdecimal() or not 0 < len(given[0]) < 10 or name in head.numbers:
            raise DataFileError(f"not one number after {name}", where=where, got=" ".join(words), allowed=f"{name} N")
        head.numbers[name] = int(given[0])
    elif name == ".type" and len(given) == 1:
        head.kind = given[0]
    elif name == ".ilb":
        head.names = tuple(given)
    elif name == ".ob" and len(given) == 1:
        head.output = given[0]
    else:
        allowed = ".i, .o 1, .p, .type fr, .ilb, .ob NAME, .e"
        raise DataFileError("unknown line of a PLA", where=where, got=" ".join(words), allowed=allowed)


def _samples(head: _Head, rows: list[tuple[str, str]], source: str) -> Samples:
    width = _checked_width(head, rows, source)
    check_size(len(rows), width, source)
    names = head.names or tuple(f"x{number}" for number in range(width))
    if len(names) != width or len({*names, head.output}) != width + 1:
        got, allowed = f"{len(names)} names", f"{width} distinct ones"
        raise DataFileError("the names do not fit the inputs", where=f"{source}, .ilb", got=got, allowed=allowed)
    inputs, outputs, notes = _bits(rows, width, source)
    if not head.kind and len(set(outputs.tolist())) == 1:
        allowed = ".type fr, and rows of both outputs"
        raise DataFileError("no rows of the other output", where=source, got=int(outputs[0]), allowed=allowed)
    return Samples(source, names, head.output, inputs, outputs, notes=notes)


def _checked_width(head: _Head, rows: list[tuple[str, str]], source: str) -> int:
    """The number of inputs."""
    if head.kind not in ("", *_ON_AND_OFF):
        what = "the type does not state where the function is 0"
        raise DataFileError(what, where=f"{source}, .type", got=head.kind, allowed=" or ".join(_ON_AND_OFF))
    missing = [name for name in (".i", ".o") if name not in head.numbers]
    if missing:
        raise DataFileError("a line is missing", where=source, got=f"no {missing[0]}", allowed=".i N and .o 1")
    width = head.numbers[".i"]
    if head.numbers[".o"] != 1:
        raise DataFileError("not one output", where=f"{source}, .o", got=head.numbers[".o"], allowed=".o 1")
    if not 0 < width <= MOST_INPUTS:
        raise DataFileError("no such inputs", where=f"{source}, .i", got=width, allowed=f"1 to {MOST_INPUTS}")
    if not rows or head.numbers.get(".p", len(rows)) != len(rows):
        allowed = f"{head.numbers.get('.p', 'some')} rows"
        raise DataFileError("another number of rows than .p says", where=source, got=len(rows), allowed=allowed)
    return width


def _bits(rows: list[tuple[str, str]], width: int, source: str) -> tuple[Bits, Bits, tuple[str, ...]]:
    """Inputs and outputs of all samples, and what was done to the rows."""
    inputs: list[Bits] = []
    outputs: list[Bits] = []
    places: list[str] = []
    silent = covering = total = 0
    for where, text in rows:
        row, output = _row(where, text, width)
        if output == _OUTPUTS["-"]:
            silent += 1
            continue
        free = np.flatnonzero(row == _OUTPUTS["-"])
        total += 1 << len(free)
        covering += len(free) > 0
        check_size(total, width, source)
        inputs.append(_covered(row, free))
        outputs.append(np.full(1 << len(free), output, dtype=np.uint8))
        places.append(where)
    if not inputs:
        raise DataFileError("no row states an output", where=source, got="- alone", allowed="rows of 0 and of 1")
    kept = _first_ones(inputs, outputs, places)
    notes = _notes(silent, covering, total, total - len(kept))
    return np.concatenate(inputs)[kept], np.concatenate(outputs)[kept], tuple(notes)


def _first_ones(inputs: list[Bits], outputs: list[Bits], places: list[str]) -> Places:
    """Numbers of the samples without those that are there already; refuses one with another output."""
    rows, values = np.concatenate(inputs), np.concatenate(outputs)
    _, first, group = np.unique(row_keys(np.packbits(rows, axis=1)), return_index=True, return_inverse=True)
    other = np.flatnonzero(values != values[first[group]])
    if len(other):
        sample = int(other[0])
        where = places[int(np.searchsorted(np.cumsum([len(each) for each in outputs]), sample, side="right"))]
        got = f"{''.join(map(str, rows[sample]))} {values[sample]}"
        what = "an earlier row states the other output of a sample"
        raise DataFileError(what, where=where, got=got, allowed="one output for each sample")
    return np.sort(first)


def _notes(silent: int, covering: int, total: int, repeated: int) -> Iterator[str]:
    if silent:
        yield f"{silent} rows with an output of - or ~ are left out"
    if covering:
        yield f"{covering} rows with - among their inputs stand for all that they cover: {total} samples in all"
    if repeated:
        yield f"{repeated} samples are there already and are left out"


def _row(where: str, text: str, width: int) -> tuple[Bits, int]:
    """Inputs of a row, 2 where they are free, and its output."""
    if len(text) != width + 1:
        raise DataFileError(
            "not a row of the PLA", where=where, got=f"{len(text)} signs", allowed=f"{width} and an output"
        )
    found = [_INPUTS.get(ord(sign), -1) for sign in text[:width]]
    if -1 in found or text[width] not in _OUTPUTS:
        bad, allowed = (text[found.index(-1)], _INPUTS_TEXT) if -1 in found else (text[width], ", ".join(_OUTPUTS))
        raise DataFileError("unknown sign in a row", where=where, got=repr(bad), allowed=allowed)
    row = np.array(found, dtype=np.uint8)
    free = int((row == _OUTPUTS["-"]).sum())
    if free > _MOST_FREE:
        what = "the row covers too many samples"
        raise DataFileError(what, where=where, got=f"{free} inputs of -", allowed=f"up to {_MOST_FREE}")
    return row, _OUTPUTS[text[width]]


def _covered(row: Bits, free: Places) -> Bits:
    """All samples that a row stands for."""
    found = np.repeat(row[None], 1 << len(free), axis=0)
    found[:, free] = np.arange(1 << len(free))[:, None] >> np.arange(len(free)) & 1
    return found
