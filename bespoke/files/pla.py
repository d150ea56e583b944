"""The text of a PLA of Espresso: what its head states, and its rows.

Source: Brayton et al., Logic Minimization Algorithms for VLSI Synthesis, 1984; the manual page espresso(5).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from bespoke.errors import BespokeError

KINDS = ("f", "fd", "fr", "fdr")
_INPUTS = {"0": "0", "1": "1", "-": "-", "2": "-"}
_OUTPUTS = {"0": "0", "3": "0", "1": "1", "4": "1", "-": "-", "2": "-", "~": "~"}
_TABLES = (str.maketrans(_INPUTS), str.maketrans(_OUTPUTS))
_SIZES = {".i": "inputs", ".o": "outputs", ".p": "rows"}
_NAMES = {".ilb": ".i", ".ob": ".o"}
_LONGEST = 9  # digits of a number
_SHOWN = 20  # characters of a malformed line


class PlaRow(NamedTuple):
    """A row: where it stands, the signs ``0``, ``1``, ``-`` of its inputs, and also ``~`` of its outputs."""

    where: str
    inputs: str
    outputs: str


class Pla(NamedTuple):
    """A PLA; its type is empty where none is stated; inputs without names are called ``x0`` and so on."""

    kind: str
    names: tuple[str, ...]
    outputs: int
    output_names: tuple[str, ...]
    rows: tuple[PlaRow, ...]


class PlaLimits(NamedTuple):
    """The class of errors, and the most inputs, outputs and rows that are taken."""

    fault: type[BespokeError]
    inputs: int
    outputs: int
    rows: int

    def number(self, words: Sequence[str], where: str) -> int:
        """The number that a line states, which is checked before anything is made of that size."""
        name, *given = words
        if len(given) != 1 or not given[0].isdecimal() or len(given[0]) > _LONGEST:
            raise self.fault("not a count", where=where, got=_start(words), allowed=f"{name} N")
        what = _SIZES[name]
        most: int = getattr(self, what)
        if not 0 < int(given[0]) <= most:
            allowed = f"1 to {most}" if most > 1 else "1"
            raise self.fault(f"wrong number of {what}", where=where, got=int(given[0]), allowed=allowed)
        return int(given[0])

    def row(self, text: str, sizes: Mapping[str, int], where: str) -> PlaRow:
        """A row of such sizes."""
        if not {".i", ".o"} <= sizes.keys():
            raise self.fault("a row before the sizes", where=where, allowed=".i and .o first")
        count = sizes[".i"]
        if len(text) != count + sizes[".o"]:
            allowed = f"{count} of inputs and {sizes['.o']} of outputs"
            raise self.fault("wrong number of signs", where=where, got=len(text), allowed=allowed)
        for start, part, signs in ((1, text[:count], _INPUTS), (count + 1, text[count:], _OUTPUTS)):
            column = next((at for at, sign in enumerate(part, start) if sign not in signs), 0)
            if column:
                got = f"{text[column - 1]!r} in column {column}"
                raise self.fault("unknown sign", where=where, got=got, allowed=", ".join(signs))
        return PlaRow(where, text[:count].translate(_TABLES[0]), text[count:].translate(_TABLES[1]))


def parse_pla(text: str, where: str, limits: PlaLimits) -> Pla:
    """What a text states up to its ``.e``.

    Raises
    ------
    BespokeError
        Of the given class, if a line is none of a PLA, or states more than is taken.
    """
    head: dict[str, list[str]] = {}
    sizes: dict[str, int] = {}
    rows: list[PlaRow] = []
    for number, line in enumerate(text.splitlines(), start=1):
        words, place = line.split("#", 1)[0].split(), f"{where}, line {number}"
        if words and words[0] in (".e", ".end"):
            break
        if words and words[0] in _SIZES:
            sizes[words[0]] = limits.number(words, place)
        if words and words[0].startswith("."):
            _check_line(words, head, limits.fault, place)
            head[words[0]] = words[1:]
        elif words:
            rows.append(limits.row("".join(words).replace("|", ""), sizes, place))
    if not {".i", ".o"} <= sizes.keys():
        raise limits.fault("no sizes", where=where, allowed=".i N and .o N")
    if len(rows) > limits.rows or sizes.get(".p", len(rows)) != len(rows):
        allowed = f"{sizes['.p']}, as .p says" if ".p" in sizes else f"up to {limits.rows}"
        raise limits.fault("wrong number of rows", where=where, got=len(rows), allowed=allowed)
    names, output_names = (_names(name, head, sizes, limits, where) for name in _NAMES)
    names = names or tuple(f"x{number}" for number in range(sizes[".i"]))
    return Pla("".join(head.get(".type", ())), names, sizes[".o"], output_names, tuple(rows))


def _check_line(words: Sequence[str], head: Mapping[str, list[str]], fault: type[BespokeError], where: str) -> None:
    """Refuse a line of the head that is unknown or there already."""
    name, *given = words
    if name in head:
        raise fault("a line is there twice", where=where, got=name, allowed=f"one {name}")
    if name not in (*_SIZES, *_NAMES, ".type"):
        allowed = ".i, .o, .p, .type, .ilb, .ob, .e"
        raise fault("unknown line of a PLA", where=where, got=_start(words), allowed=allowed)
    if name == ".type" and (len(given) != 1 or given[0] not in KINDS):
        raise fault("unknown type", where=where, got=_start(given), allowed=", ".join(KINDS))


def _names(
    line: str, head: Mapping[str, list[str]], sizes: Mapping[str, int], limits: PlaLimits, where: str
) -> tuple[str, ...]:
    """Names of inputs or outputs."""
    size = _NAMES[line]
    found = head.get(line, [])
    if found and (len(found) != sizes[size] or len(set(found)) != len(found)):
        got, allowed = f"{len(set(found))} different ones", str(sizes[size])
        raise limits.fault(f"wrong names of {_SIZES[size]}", where=f"{where}, {line}", got=got, allowed=allowed)
    return tuple(found)


def _start(words: Sequence[str]) -> str:
    return " ".join(words)[:_SHOWN]
