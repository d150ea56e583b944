"""Samples of a Boolean function as a PLA of Espresso."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
import numpy.typing as npt

from bespoke.data.samples import MOST_BITS, Bits, Samples, check_size, row_keys
from bespoke.data.table import read_text
from bespoke.errors import DataFileError
from bespoke.files import PlaLimits, PlaRow, parse_pla

Places = npt.NDArray[np.intp]
MOST_INPUTS = 1 << 16
_ON_AND_OFF = ("fr", "fdr")  # what rows of 1 and of 0 both state
_MOST_FREE = 12  # dashes of a row, which then stands for 4,096 samples
_VALUES, _FREE = {"0": 0, "1": 1}, 2


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
    pla = parse_pla(read_text(path), source, PlaLimits(DataFileError, MOST_INPUTS, 1, MOST_BITS))
    if pla.kind not in ("", *_ON_AND_OFF):
        what = "the type does not state where the function is 0"
        raise DataFileError(what, where=f"{source}, .type", got=pla.kind, allowed=" or ".join(_ON_AND_OFF))
    (output,) = pla.output_names or ("y",)
    if output in pla.names:
        raise DataFileError("the output is called as an input", where=f"{source}, .ob", got=repr(output))
    inputs, outputs, notes = _bits(pla.rows, len(pla.names), source)
    if not pla.kind and len(set(outputs.tolist())) == 1:
        allowed = ".type fr, and rows of both outputs"
        raise DataFileError("no rows of the other output", where=source, got=int(outputs[0]), allowed=allowed)
    return Samples(source, pla.names, output, inputs, outputs, notes=notes)


def _bits(rows: Sequence[PlaRow], width: int, source: str) -> tuple[Bits, Bits, tuple[str, ...]]:
    """Inputs and outputs of all samples, and what was done to the rows."""
    inputs: list[Bits] = []
    outputs: list[Bits] = []
    places: list[str] = []
    silent = covering = total = 0
    for where, signs, output in rows:
        if output not in _VALUES:
            silent += 1
            continue
        row = np.array([_VALUES.get(sign, _FREE) for sign in signs], dtype=np.uint8)
        free = np.flatnonzero(row == _FREE)
        if len(free) > _MOST_FREE:
            what = "the row covers too many samples"
            raise DataFileError(what, where=where, got=f"{len(free)} inputs of -", allowed=f"up to {_MOST_FREE}")
        total += 1 << len(free)
        covering += len(free) > 0
        check_size(total, width, source)
        inputs.append(_covered(row, free))
        outputs.append(np.full(1 << len(free), _VALUES[output], dtype=np.uint8))
        places.append(where)
    if not inputs:
        raise DataFileError(
            "no row states an output", where=source, got=f"{silent} of - or ~", allowed="rows of 0 and of 1"
        )
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


def _covered(row: Bits, free: Places) -> Bits:
    """All samples that a row stands for."""
    found = np.repeat(row[None], 1 << len(free), axis=0)
    found[:, free] = np.arange(1 << len(free))[:, None] >> np.arange(len(free)) & 1
    return found
