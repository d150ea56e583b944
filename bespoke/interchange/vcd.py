"""VCD of another simulator, in: the four-state value change dump, word by word.

Format: IEEE Std 1364-2005, clause 18, "Value change dump (VCD) files".
"""

from __future__ import annotations

import re
from array import array
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from bespoke.errors import ActivityError

_CHUNK = 1 << 20
_LONGEST_TOKEN = 1 << 22
_MOST_COLUMNS = (1 << 32) - 1
_LATEST = 1 << 62  # times from there on do not fit the arithmetic of numpy
_NETS = {"wire", "reg", "logic", "bit", "port", "tri", "tri0", "tri1", "triand", "trior", "wand", "wor"}
_NETS |= {"supply0", "supply1"}
_RANGE = re.compile(r"(?P<name>.*?)\s*\[(?P<msb>-?\d+)(?::(?P<lsb>-?\d+))?\]")
_INITIAL = {"$dumpvars", "$dumpall", "$dumpon", "$dumpoff", "$end"}


@dataclass(frozen=True, slots=True)
class Variable:
    """A bit of a variable: its identifier code, and its place in the value from the left."""

    code: str
    place: int


@dataclass(frozen=True, slots=True)
class VcdHeader:
    """Bits by name in each scope, and the width of each identifier code."""

    scopes: dict[str, dict[str, Variable]]
    widths: dict[str, int]


@dataclass(frozen=True, slots=True, eq=False)
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

    times: list[int]
    end: int
    initial: list[int]
    flips: list[array[int]]


class VcdFile:
    """A VCD that is read once, header first.

    Raises
    ------
    ActivityError
        If the file cannot be read, or is no VCD.
    """

    def __init__(self, path: Path) -> None:
        self._where = str(path)
        self._stream = self._read(path)
        self.header = self._header()

    def waveform(self, bits: Sequence[Variable]) -> Waveform:
        """Values of some bits over time.

        Raises
        ------
        ActivityError
            If the file is malformed or ends too early, or a bit is unknown after all have been known.
        """
        recorder = _Recorder(self._targets(bits), len(bits), self._where)
        for word in self._stream:
            first = word[0]
            if first in "01xXzZ" and len(word) > 1:
                recorder.change(word[1:], first)
            elif first == "#":
                recorder.advance(self._time(word))
            elif first in "bB":
                code = self._next("the value of a vector has no identifier")
                recorder.change(code, word[1:])
            elif first in "rR":
                self._next("a real value has no identifier")
            elif word == "$comment":
                self._until_end(word)
            elif word not in _INITIAL:
                raise self._error("not a value change", word)
        return recorder.finish()

    def _targets(self, bits: Sequence[Variable]) -> dict[str, list[tuple[int, int]]]:
        """For each identifier code the numbers of the bits in it, and their distance from the right."""
        targets: dict[str, list[tuple[int, int]]] = {}
        for number, bit in enumerate(bits):
            targets.setdefault(bit.code, []).append((number, self.header.widths[bit.code] - 1 - bit.place))
        return targets

    def _time(self, word: str) -> int:
        if not word[1:].isdigit() or len(word) > 20 or int(word[1:]) >= _LATEST:
            raise self._error("not a time", word)
        return int(word[1:])

    def _header(self) -> VcdHeader:
        scopes: dict[str, dict[str, Variable]] = {}
        widths: dict[str, int] = {}
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
                self._declare(words, scopes.setdefault(".".join(path), {}), widths)
            word = next(self._stream, None)
        self._until_end("$enddefinitions")
        return VcdHeader(scopes, widths)

    def _declare(self, words: Sequence[str], scope: dict[str, Variable], widths: dict[str, int]) -> None:
        if len(words) < 4 or not words[1].isdigit() or not 0 < int(words[1][:7]) <= 1 << 16:
            raise self._error("not a declaration of a variable", " ".join(words)[:60])
        kind, width, code = words[0], int(words[1]), words[2]
        if widths.setdefault(code, width) != width:
            raise self._error("an identifier stands for variables of two widths", code)
        if kind in _NETS:
            for place, name in enumerate(_bit_names(" ".join(words[3:]), width)):
                scope.setdefault(name, Variable(code, place))

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


class _Recorder:
    """Follows the values of bits."""

    def __init__(self, targets: Mapping[str, Sequence[tuple[int, int]]], count: int, where: str) -> None:
        self._targets = targets
        self._where = where
        self._values = ["x"] * count
        self._unknown = count
        self._time = 0
        self._opened = False
        self.times: list[int] = []
        self.initial: list[int] = []
        self.flips: list[array[int]] = [array("I") for _ in range(count)]

    def advance(self, time: int) -> None:
        """Go on to a later time."""
        if time < self._time:
            raise ActivityError("time goes back", where=self._where, got=f"#{time} after #{self._time}")
        if time > self._time:
            self._settle()
            self._time = time
            self._opened = False

    def change(self, code: str, value: str) -> None:
        """Take a value; one shorter than its variable goes on to the left with 0, or with its first x or z."""
        for number, right in self._targets.get(code, ()):
            beyond = value[0] if value[0] in "xXzZ" else "0"
            bit = value[len(value) - 1 - right] if right < len(value) else beyond
            if bit != self._values[number]:
                self._set(number, bit)

    def _set(self, number: int, bit: str) -> None:
        was_known, is_known = self._values[number] in "01", bit in "01"
        self._values[number] = bit
        if not self.times:
            self._unknown += was_known - is_known
            return
        if not is_known:
            raise ActivityError(
                "a net becomes unknown", where=f"{self._where}, #{self._time}", got=bit, allowed="0 and 1"
            )
        if not self._opened:
            self._opened = True
            self.times.append(self._time)
            if len(self.times) > _MOST_COLUMNS:
                raise ActivityError("too many times", where=self._where, allowed=f"{_MOST_COLUMNS:,}")
        self.flips[number].append(len(self.times) - 1)

    def _settle(self) -> None:
        """All changes of a time are known; the first time at which no bit is unknown is the start."""
        if not self.times and not self._unknown:
            self.times.append(self._time)
            self.initial = [int(value) for value in self._values]

    def finish(self) -> Waveform:
        """What was seen."""
        self._settle()
        if not self.times:
            what = "some nets are unknown to the end"
            raise ActivityError(what, where=self._where, got=f"{self._unknown} of {len(self._values)}")
        return Waveform(self.times, self._time, self.initial, self.flips)
