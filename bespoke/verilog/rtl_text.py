"""Pieces of text that behavioural Verilog is made of."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace

from bespoke.numeric import Interval

ZERO = Interval(0, 0)


class Names:
    """Identifiers of one module, handed out once each.

    Parameters
    ----------
    taken : iterable of str
        Identifiers in use from the start.
    """

    def __init__(self, taken: Iterable[str]) -> None:
        self._used = set(taken)

    def fresh(self, name: str) -> str:
        """The name, with underscores appended until it is not in use."""
        while name in self._used:
            name += "_"
        self._used.add(name)
        return name


@dataclass(frozen=True, slots=True)
class Operand:
    """A word that a stage or the decision reads.

    Attributes
    ----------
    name : str
        Its identifier, or a literal.
    interval : Interval
        Its range.
    width : int
        Bits of the word, at least those of the range.
    signed : bool
        Whether it is declared so.
    note : str
        Its name in comments.
    scale : float
        What 1 stands for in weighted sums; there, a feature lies in [0, 1).
    low, span : float
        The word reaches ``x`` where the quantity in its own unit reaches ``low + span * scale * x``.
    """

    name: str
    interval: Interval
    width: int
    signed: bool
    note: str
    scale: float = 1.0
    low: float = 0.0
    span: float = 1.0

    @property
    def fixed(self) -> bool:
        """Whether the word is constant."""
        return self.interval.low == self.interval.high

    def declared(self, value: str) -> str:
        """The declaration of the word with its value."""
        return f"  wire{range_text(self.width, signed=self.signed)} {self.name} = {value};"

    def part(self, lowest: int, width: int) -> str:
        """``width`` bits from bit ``lowest`` on; above the word stand copies of its sign, or zeros."""
        if self.fixed:
            return unsigned_literal(self.interval.low >> lowest & (1 << width) - 1, width)
        if self.signed:
            lowest = min(lowest, self.width - 1)
        missing = min(width, lowest + width - self.width)
        if missing > 0:
            front = f"{{{missing}{{{self.part(self.width - 1, 1)}}}}}" if self.signed else unsigned_literal(0, missing)
            return f"{{{front}, {self.part(lowest, width - missing)}}}" if missing < width else front
        if width == self.width:
            return self.name
        return f"{self.name}[{lowest}]" if width == 1 else f"{self.name}[{lowest + width - 1}:{lowest}]"

    def literal(self, value: int) -> str:
        """A number of the word's range, as wide as the word."""
        return (signed_literal if self.signed else unsigned_literal)(value, self.width)

    def real(self, value: int) -> str:
        """Quantity at which the word reaches a number."""
        return f"{self.low + self.span * self.scale * value:.6g}"


def _nothing(_: int) -> str:
    return ""


@dataclass(frozen=True, slots=True)
class Scope:
    """Where the lines of a stage stand.

    Attributes
    ----------
    number : int
        Position of the stage in the model.
    names : Names
    note : callable
        What a number that the stage gives means to people, or nothing.
    """

    number: int
    names: Names
    note: Callable[[int], str] = _nothing

    def word(self, name: str, interval: Interval, scale: float = 1.0) -> Operand:
        """A new word for a range, to be declared unless it is fixed: the name of a fixed word is a literal."""
        word = Operand(name, interval, max(1, interval.width), interval.signed, name, scale)
        return replace(word, name=word.literal(interval.low) if word.fixed else self.names.fresh(name))

    def words(self, stem: str, intervals: Sequence[Interval]) -> list[Operand]:
        """New words named by the stage and their position."""
        return [self.word(f"{stem}{self.number}_{position}", interval) for position, interval in enumerate(intervals)]


def signed_width(interval: Interval) -> int:
    """Bits of a two's-complement word for the range, at least 1."""
    return Interval(min(interval.low, -1), interval.high).width


def unsigned_literal(value: int, width: int) -> str:
    """Sized decimal literal of a number >= 0."""
    return f"{width}'d{value}"


def signed_literal(value: int, width: int) -> str:
    """Sized signed decimal literal; ``width`` must hold the magnitude and a sign."""
    return f"-{width}'sd{-value}" if value < 0 else f"{width}'sd{value}"


def range_text(width: int, *, signed: bool = False) -> str:
    """Sign and range of a declaration with a space before each, such as `` signed [7:0]``."""
    return (" signed" if signed else "") + (f" [{width - 1}:0]" if width > 1 else "")


def joined(parts: Iterable[str]) -> str:
    """Parts of a word, the most significant first, as one expression."""
    first, *others = parts
    return f"{{{', '.join([first, *others])}}}" if others else first


def statement(rows: Sequence[tuple[str, str]]) -> list[str]:
    """`aligned` lines of one statement, which ends with the last."""
    code, comment = rows[-1]
    return aligned([*rows[:-1], (f"{code};", comment)])


def aligned(rows: Sequence[tuple[str, str]]) -> list[str]:
    """Lines of code with their comments in one column; a row without comment stays bare."""
    column = max((len(code) for code, comment in rows if comment), default=0)
    return [f"{code.ljust(column)}  // {comment}" if comment else code for code, comment in rows]
