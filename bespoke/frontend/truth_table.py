"""Boolean functions in files: lines of truth values (``.truth``), and PLA files of Berkeley (``.pla``)."""

from __future__ import annotations

import warnings
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from bespoke.errors import ModelFileError
from bespoke.model import InputCoding, IntegerModel, Lookup, Origin, Table, Value

MAX_INPUTS = 14
MAX_OUTPUTS = 62  # bits of a value
_MAX_BYTES = 1 << 24
_MAX_CUBES = 1 << 16
_SIZES = {".i": ("inputs", MAX_INPUTS), ".o": ("outputs", MAX_OUTPUTS), ".p": ("products", _MAX_CUBES)}
_SHOWN = 20  # characters of a malformed line

Flags = NDArray[np.bool_]


def read_truth(file: Path) -> IntegerModel:
    """Model of a file with a line per output: its values, that of the highest input word first.

    Raises
    ------
    ModelFileError
        If the lines are no truth tables of one number of inputs.
    """
    rows: list[Flags] = []
    for where, line in _lines(file):
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
    """Model of a PLA file of type f, fd or fr, whose free values are chosen so that sub-functions become equal.

    Raises
    ------
    ModelFileError
        If the file is malformed, larger than what is allowed, or contradicts itself.
    """
    text = _Pla(str(file))
    for where, line in _lines(file):
        content = line.split("#")[0].split()
        if not content:
            continue
        if content[0] in (".e", ".end"):
            break
        if content[0].startswith("."):
            text.read_directive(content, where)
        else:
            text.read_cube("".join(content).replace("|", ""), where)
    return text.model()


@dataclass(slots=True)
class _Pla:
    """What was read of a PLA file."""

    where: str
    inputs: int = 0
    outputs: int = 0
    kind: str = "fd"
    products: int | None = None
    names: list[str] = field(default_factory=list)
    cubes: list[tuple[str, str, str]] = field(default_factory=list)

    def read_directive(self, words: Sequence[str], where: str) -> None:
        """Take a line that begins with a dot."""
        name, *arguments = words
        if name in (".i", ".o", ".p"):
            number = _number(arguments, where)
            if name != ".p" and self.cubes:
                raise ModelFileError("a size after the first product", where=where, got=name)
            attribute, most = _SIZES[name]
            _check_count(number, most, attribute, where)
            setattr(self, attribute, number)
        elif name == ".type":
            if arguments not in (["f"], ["fd"], ["fr"]):
                raise ModelFileError("unknown type", where=where, got=" ".join(arguments)[:_SHOWN], allowed="f, fd, fr")
            self.kind = arguments[0]
        elif name == ".ilb":
            self.names = arguments
        elif name != ".ob":
            allowed = ".i, .o, .p, .type, .ilb, .ob, .e"
            raise ModelFileError("unknown directive", where=where, got=name[:_SHOWN], allowed=allowed)

    def read_cube(self, line: str, where: str) -> None:
        """Take a line with a product and the outputs that it is about."""
        if not self.inputs or not self.outputs:
            raise ModelFileError("a product before the sizes", where=where, allowed=".i and .o first")
        if len(line) != self.inputs + self.outputs:
            allowed = f"{self.inputs} inputs and {self.outputs} outputs"
            raise ModelFileError("wrong number of columns", where=where, got=len(line), allowed=allowed)
        product, outputs = line[: self.inputs].replace("2", "-"), line[self.inputs :].replace("2", "-")
        _check_characters(product, "01-", where)
        _check_characters(outputs, "01-~", where)
        _check_count(len(self.cubes) + 1, _MAX_CUBES, "products", where)
        self.cubes.append((product, outputs, where))

    def model(self) -> IntegerModel:
        """The model, once all lines are read."""
        if not self.inputs or not self.outputs:
            raise ModelFileError("no sizes", where=self.where, allowed=".i and .o")
        if self.products not in (None, len(self.cubes)):
            allowed = f"{self.products}, as .p says"
            raise ModelFileError("wrong number of products", where=self.where, got=len(self.cubes), allowed=allowed)
        names = self.names or [f"x{number}" for number in range(self.inputs)]
        if len(names) != self.inputs or len(set(names)) != len(names):
            got, allowed = f"{len(set(names))} different ones", f"{self.inputs}"
            raise ModelFileError("wrong names of inputs", where=f"{self.where}, .ilb", got=got, allowed=allowed)
        values, care = self._values()
        free = int(np.count_nonzero(~care))
        if free:
            warnings.warn(f"{free:,} of {care.size:,} output values are free, and were chosen", stacklevel=2)
        return _model(completed(values, care), names)

    def _values(self) -> tuple[Flags, Flags]:
        """Values and which of them are stated, (n_outputs, 2**n_inputs) each."""
        shape = self.outputs, 1 << self.inputs
        on, off, free = (np.zeros(shape, dtype=np.bool_) for _ in range(3))
        addresses = np.arange(1 << self.inputs)
        for product, outputs, where in self.cubes:
            mask, wanted = (sum((c in chosen) << i for i, c in enumerate(product)) for chosen in ("01", "1"))
            inside = (addresses & mask) == wanted
            for output, sign in enumerate(outputs):
                on[output] |= inside & (sign == "1")
                off[output] |= inside & (sign == "0" and self.kind == "fr")
                free[output] |= inside & (sign == "-" and self.kind == "fd")
            if self.kind == "fr" and (on & off).any():
                raise ModelFileError("an output is to be both 0 and 1", where=where, got=f"{product} {outputs}")
        return on, on | off if self.kind == "fr" else on | ~free


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


def _lines(file: Path) -> Iterator[tuple[str, str]]:
    """Where each line stands, and the line; empty ones are left out."""
    size = file.stat().st_size
    if size > _MAX_BYTES:
        raise ModelFileError(
            "file too large for a table", where=str(file), got=f"{size} bytes", allowed=f"{_MAX_BYTES}"
        )
    try:
        lines = file.read_text(encoding="ascii").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise ModelFileError("cannot be read as text", where=str(file), got=error) from None
    for number, line in enumerate(lines, start=1):
        if line.strip():
            yield f"{file}, line {number}", line.strip()


def _number(arguments: Sequence[str], where: str) -> int:
    if len(arguments) != 1 or not arguments[0].isdigit() or len(arguments[0]) > len(str(_MAX_CUBES)):
        raise ModelFileError("not a count", where=where, got=" ".join(arguments)[:_SHOWN], allowed="a whole number")
    return int(arguments[0])


def _check_characters(line: str, allowed: str, where: str) -> None:
    wrong = set(line) - set(allowed)
    if wrong:
        place = min(line.index(character) for character in wrong)
        got = f"{line[place]!r} in column {place + 1}"
        raise ModelFileError("unknown value", where=where, got=got, allowed=", ".join(allowed))


def _check_count(number: int, most: int, what: str, where: str) -> None:
    if not 0 < number <= most:
        raise ModelFileError(f"wrong number of {what}", where=where, got=number, allowed=f"1 to {most}")
