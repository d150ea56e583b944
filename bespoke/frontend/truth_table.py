"""Boolean functions in files: lines of truth values (``.truth``), and PLA files of Berkeley (``.pla``)."""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from bespoke.errors import ModelFileError
from bespoke.files import Pla, PlaLimits, parse_pla
from bespoke.model import InputCoding, IntegerModel, Lookup, Origin, Table, Value

MAX_INPUTS = 14
MAX_OUTPUTS = 62  # bits of a value
_MAX_BYTES = 1 << 24
_MAX_CUBES = 1 << 16

Flags = NDArray[np.bool_]


def read_truth(file: Path) -> IntegerModel:
    """Model of a file with a line per output: its values, that of the highest input word first.

    Raises
    ------
    ModelFileError
        If the lines are no truth tables of one number of inputs.
    """
    rows: list[Flags] = []
    lines = (line.strip() for line in _text(file).splitlines())
    for where, line in ((f"{file}, line {number}", line) for number, line in enumerate(lines, start=1) if line):
        count = len(line).bit_length() - 1
        if not 1 <= count <= MAX_INPUTS or len(line) != 1 << count or (rows and len(line) != len(rows[0])):
            allowed = str(len(rows[0])) if rows else f"2**n for 1 to {MAX_INPUTS} inputs"
            raise ModelFileError("wrong number of values", where=where, got=len(line), allowed=allowed)
        _check_characters(line, "01", where)
        rows.append(np.frombuffer(line.encode(), dtype=np.uint8)[::-1] == ord("1"))
        _check_count(len(rows), MAX_OUTPUTS, "outputs", where)
    if not rows:
        raise ModelFileError("no line with values", where=str(file), allowed="a line per output")
    values = np.array(rows)
    return _model(values, [f"x{number}" for number in range(values.shape[1].bit_length() - 1)])


def read_pla(file: Path) -> IntegerModel:
    """Model of a PLA file, by default of type fd, whose free values are chosen so that sub-functions become equal.

    Raises
    ------
    ModelFileError
        If the file is malformed, larger than what is allowed, or contradicts itself.
    """
    pla = parse_pla(_text(file), str(file), PlaLimits(ModelFileError, MAX_INPUTS, MAX_OUTPUTS, _MAX_CUBES))
    values, care = _values(pla)
    free = int(np.count_nonzero(~care))
    if free:
        warnings.warn(f"{free:,} of {care.size:,} output values are free, and were chosen", stacklevel=2)
    return _model(completed(values, care), pla.names)


def _values(pla: Pla) -> tuple[Flags, Flags]:
    """Values and which of them are stated, (n_outputs, 2**n_inputs) each."""
    states_off, states_free = "r" in pla.kind, "d" in (pla.kind or "fd")
    addresses = np.arange(1 << len(pla.names))
    on, off, free = (np.zeros((pla.outputs, len(addresses)), dtype=np.bool_) for _ in range(3))
    for where, product, outputs in pla.rows:
        mask, wanted = (sum((c in chosen) << i for i, c in enumerate(product)) for chosen in ("01", "1"))
        inside = (addresses & mask) == wanted
        for output, sign in enumerate(outputs):
            on[output] |= inside & (sign == "1")
            off[output] |= inside & (sign == "0" and states_off)
            free[output] |= inside & (sign == "-" and states_free)
        if (on & off).any():
            raise ModelFileError("an output is to be both 0 and 1", where=where, got=f"{product} {outputs}")
    return on, on | off if states_off else on | ~free


def completed(values: Flags, care: Flags) -> Flags:
    """Tables in which all values are stated, chosen so that they depend on few variables and have few sub-functions.

    Parameters
    ----------
    values, care : ndarray of bool, shape (n_outputs, 2**n)
        Values by address, and which of them matter.

    Notes
    -----
    Siblings are matched from the highest variable down (Shiple et al., "Heuristic minimization of BDDs using don't
    cares", DAC 1994).
    """
    shape, values, care = values.shape, values & care, care.copy()
    for bit in reversed(range(shape[1].bit_length() - 1)):
        pairs, cared = values.reshape(-1, 2, 1 << bit), care.reshape(-1, 2, 1 << bit)
        differ = (pairs[:, :1] ^ pairs[:, 1:]) & cared[:, :1] & cared[:, 1:]
        agree = ~differ.any(axis=2, keepdims=True)
        values = np.where(agree, pairs.any(axis=1, keepdims=True), pairs).reshape(shape)
        care = np.where(agree, cared.any(axis=1, keepdims=True), cared).reshape(shape)
    return values


def _model(values: Flags, names: Sequence[str]) -> IntegerModel:
    """Model of tables over features that are 0 or 1; output ``k`` is bit ``k`` of its value."""
    count = len(names)
    numbers = (values.astype(np.int64) << np.arange(len(values))[:, None]).sum(axis=0)
    stage = Lookup((Table(tuple((feature, 0) for feature in range(count)), numbers),))
    coding = InputCoding(tuple(names), (1,) * count, (0.0,) * count, (2.0,) * count)
    return IntegerModel(coding, (stage,), Value(), Origin("table", f"table of {count} inputs, {len(values)} outputs"))


def _text(file: Path) -> str:
    size = file.stat().st_size
    if size > _MAX_BYTES:
        raise ModelFileError(
            "file too large for a table", where=str(file), got=f"{size} bytes", allowed=f"{_MAX_BYTES}"
        )
    try:
        return file.read_text(encoding="ascii")
    except (OSError, UnicodeDecodeError) as error:
        raise ModelFileError("cannot be read as text", where=str(file), got=error) from None


def _check_characters(line: str, allowed: str, where: str) -> None:
    wrong = set(line) - set(allowed)
    if wrong:
        place = min(line.index(character) for character in wrong)
        got = f"{line[place]!r} in column {place + 1}"
        raise ModelFileError("unknown value", where=where, got=got, allowed=", ".join(allowed))


def _check_count(number: int, most: int, what: str, where: str) -> None:
    if not 0 < number <= most:
        raise ModelFileError(f"wrong number of {what}", where=where, got=number, allowed=f"1 to {most}")
