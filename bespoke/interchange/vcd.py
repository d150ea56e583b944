"""VCD of another simulator, in: the four-state value change dump, word by word.

Format: IEEE Std 1364-2005, clause 18, "Value change dump (VCD) files".
"""

from __future__ import annotations

import re
from array import array
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

from bespoke.errors import ActivityError

_CHUNK = 1 << 20
_LONGEST_TOKEN = 1 << 22
_MOST_COLUMNS = (1 << 32) - 1
_LATEST = 1 << 62  # times from there on do not fit the arithmetic of numpy
_NETS = {"wire", "reg", "logic", "bit", "port", "tri", "tri0", "tri1", "triand", "trior", "wand", "wor"}
_NETS |= {"supply0", "supply1"}
_RANGE = re.compile(r"(?P<name>.*?)\s*\[(?P<msb>-?\d+)(?::(?P<lsb>-?\d+))?\]")
_INITIAL = {"$dumpvars", "$dumpall", "$dumpon", "$dumpoff", "$end"}


class Variable(NamedTuple):
    """A bit of a variable: its identifier code, and its distance from the right of the value."""

    code: str
    right: int


class VcdFile:
    """A VCD that is read once, header first.

    Attributes
    ----------
    scopes : dict of str to dict of str to Variable
        Bits by name in each scope.

    Raises
    ------
    ActivityError
        If the file cannot be read, or is no VCD.
    """

    def __init__(self, path: Path) -> None:
        self._where = str(path)
        self._stream = self._read(path)
        self._widths: dict[str, int] = {}
        self.scopes: dict[str, dict[str, Variable]] = {}
        self._read_header()

    def waveform(self, bits: Sequence[Variable]) -> Waveform:
        """Values of some bits over time.

        Raises
        ------
        ActivityError
            If the file is malformed or ends too early, or a bit is unknown after all have been known.
        """
        wave = Waveform(bits, self._where)
        for word in self._stream:
            first = word[0]
            if first in "01xXzZ" and len(word) > 1:
                wave.change(word[1:], first)
            elif first == "#":
                wave.advance(self._time(word))
            elif first in "bB":
                wave.change(self._next("the value of a vector has no identifier"), word[1:])
            elif first in "rR":
                self._next("a real value has no identifier")
            elif word == "$comment":
                self._until_end(word)
            elif word not in _INITIAL:
                raise self._error("not a value change", word)
        return wave.finish()

    def _time(self, word: str) -> int:
        if not word[1:].isdigit() or len(word) > 20 or int(word[1:]) >= _LATEST:
            raise self._error("not a time", word)
        return int(word[1:])

    def _read_header(self) -> None:
        path: list[str] = []
        first = next(self._stream, None)
        if first is None or not first.startswith("$"):
            raise self._error("not a VCD file", repr((first or "nothing")[:30]), "$date, $timescale, $scope, ...")
        word: str | None = first
        while word != "$enddefinitions":
            if word is None:
                raise self._error("truncated: the header has no end", None, "$enddefinitions")
            if not word.startswith("$"):
                raise self._error("not a declaration", word)
            words = self._until_end(word)
            if word == "$scope":
                path.append(words[-1].removeprefix("\\") if words else "")
            elif word == "$upscope" and path:
                path.pop()
            elif word == "$var":
                self._declare(words, self.scopes.setdefault(".".join(path), {}))
            word = next(self._stream, None)
        self._until_end("$enddefinitions")

    def _declare(self, words: Sequence[str], scope: dict[str, Variable]) -> None:
        if len(words) < 4 or not words[1].isdigit() or not 0 < int(words[1][:7]) <= 1 << 16:
            raise self._error("not a declaration of a variable", " ".join(words)[:60])
        kind, width, code = words[0], int(words[1]), words[2]
        if self._widths.setdefault(code, width) != width:
            raise self._error("an identifier stands for variables of two widths", code)
        if kind in _NETS:
            for position, name in enumerate(_bit_names(" ".join(words[3:]), width), 1):
                scope.setdefault(name, Variable(code, width - position))

    def _until_end(self, keyword: str) -> list[str]:
        words: list[str] = []
        for word in self._stream:
            if word == "$end":
                return words
            words.append(word)
        raise self._error(f"truncated: {keyword} has no $end", None)

    def _next(self, message: str) -> str:
        word = next(self._stream, None)
        if word is None:
            raise self._error(f"truncated: {message}", None)
        return word

    def _error(self, what: str, got: str | None, allowed: str | None = None) -> ActivityError:
        shown = None if got is None else "".join(c if c.isprintable() else "?" for c in got[:60])
        return ActivityError(what, where=self._where, got=shown, allowed=allowed)

    def _read(self, path: Path) -> Iterator[str]:
        """Words of the file, piece by piece."""
        rest, begun = "", False
        try:
            with path.open(encoding="ascii", errors="strict") as file:
                while chunk := file.read(_CHUNK):
                    text = rest + chunk
                    words = text.split()
                    rest = "" if text[-1].isspace() or not words else words.pop()
                    if len(rest) > _LONGEST_TOKEN:
                        raise self._error("not a VCD file", "a word without end")
                    begun = begun or bool(words)
                    yield from words
        except UnicodeDecodeError:
            raise self._error("not a VCD file", "binary data", "text") from None
        except OSError as error:
            raise self._error("cannot be read", error.strerror or str(error)) from None
        if rest.startswith("$") or not begun:
            yield from [rest] * bool(rest)
        elif rest:
            raise self._error("truncated: the last line has no end", rest)


def _bit_names(reference: str, width: int) -> list[str]:
    """Names of the bits of a variable, most significant first."""
    match = _RANGE.fullmatch(reference)
    plain = reference.removeprefix("\\")
    if match is None:
        return [plain] if width == 1 else [f"{plain}[{index}]" for index in range(width - 1, -1, -1)]
    name, msb = match["name"].removeprefix("\\"), int(match["msb"])
    if match["lsb"] is None:
        return [f"{name}[{msb}]"]
    step = -1 if msb >= int(match["lsb"]) else 1
    return [f"{name}[{msb + step * place}]" for place in range(width)]


class Waveform:
    """Values of bits from the time on at which all are known.

    Attributes
    ----------
    times : list of int
        When columns begin: the start, and each time at which a bit changes.
    end : int
        Last time in the file.
    initial : list of int
        Value of each bit at the start.
    flips : list of array of int
        For each bit the columns at whose beginning it changes; twice the same is no change.
    """

    def __init__(self, bits: Sequence[Variable], where: str) -> None:
        self.times: list[int] = []
        self.end = 0
        self.initial: list[int] = []
        self.flips: list[array[int]] = [array("I") for _ in bits]
        self._where = where
        self._values = ["x"] * len(bits)
        self._unknown = len(bits)
        self._targets: dict[str, list[tuple[int, int]]] = {}
        for number, bit in enumerate(bits):
            self._targets.setdefault(bit.code, []).append((number, bit.right))

    def advance(self, time: int) -> None:
        """Go on to a later time."""
        if time < self.end:
            raise ActivityError("time goes back", where=self._where, got=f"#{time} after #{self.end}")
        if time > self.end:
            self._settle()
            self.end = time

    def change(self, code: str, value: str) -> None:
        """Take a value; one shorter than its variable goes on to the left with 0, or with its first x or z."""
        for number, right in self._targets.get(code, ()):
            beyond = value[0] if value[0] in "xXzZ" else "0"
            bit = value[len(value) - 1 - right] if right < len(value) else beyond
            before, self._values[number] = self._values[number], bit
            if not self.times:
                self._unknown += (before in "01") - (bit in "01")
            elif bit != before:
                self._flip(number, bit)

    def _flip(self, number: int, bit: str) -> None:
        if bit not in "01":
            where = f"{self._where}, #{self.end}"
            raise ActivityError("a net becomes unknown", where=where, got=bit, allowed="0 and 1")
        if self.times[-1] != self.end:
            self.times.append(self.end)
            if len(self.times) > _MOST_COLUMNS:
                raise ActivityError("too many times", where=self._where, allowed=f"{_MOST_COLUMNS:,}")
        self.flips[number].append(len(self.times) - 1)

    def _settle(self) -> None:
        """All changes of a time are known; the first time at which no bit is unknown is the start."""
        if not self.times and not self._unknown:
            self.times.append(self.end)
            self.initial = [int(value) for value in self._values]

    def finish(self) -> Waveform:
        """What was seen."""
        self._settle()
        if not self.times:
            what = "some nets are unknown to the end"
            raise ActivityError(what, where=self._where, got=f"{self._unknown} of {len(self._values)}")
        return self
