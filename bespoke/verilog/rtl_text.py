"""Pieces of text that behavioural Verilog is made of."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from bespoke.numeric import Interval


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


def signed_width(interval: Interval) -> int:
    """Bits of a two's-complement word for the range, at least 1."""
    return Interval(min(interval.low, -1), interval.high).width


def unsigned_literal(value: int, width: int) -> str:
    """Sized decimal literal of a number >= 0."""
    return f"{width}'d{value}"


def signed_literal(value: int, width: int) -> str:
    """Sized signed decimal literal; ``width`` must hold the magnitude and a sign."""
    return f"-{width}'sd{-value}" if value < 0 else f"{width}'sd{value}"


def zero_extended(word: str, width: int, target: int) -> str:
    """A word of ``width`` bits with zeros in front, up to ``target`` bits."""
    return f"{{{target - width}'d0, {word}}}" if target > width else word


def sign_extended(word: str, width: int, target: int) -> str:
    """A named word of ``width`` bits with copies of its sign in front, up to ``target`` bits."""
    sign = f"{word}[{width - 1}]" if width > 1 else word
    return f"{{{{{target - width}{{{sign}}}}}, {word}}}" if target > width else word


def wire(width: int, *, signed: bool = False) -> str:
    """Type of a wire declaration, such as ``wire signed [7:0]``."""
    span = f" [{width - 1}:0]" if width > 1 else ""
    return f"wire{' signed' if signed else ''}{span}"


def low_bits(word: str, width: int, total: int) -> str:
    """The low ``width`` bits of a named word of ``total`` bits."""
    if width == total:
        return word
    return f"{word}[{width - 1}:0]" if width > 1 else f"{word}[0]"


def aligned(rows: Sequence[tuple[str, str]]) -> list[str]:
    """Lines of code with their comments in one column; a row without comment stays bare."""
    column = max((len(code) for code, comment in rows if comment), default=0)
    return [f"{code.ljust(column)}  // {comment}" if comment else code for code, comment in rows]
