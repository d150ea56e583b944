"""Comparisons of one unsigned word with many constants, sharing what they can."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from bespoke.arith.forms import FormGraph
from bespoke.netlist import FALSE, TRUE

_ALL_CUTS = 8


class Thermometer:
    """Adds the comparisons of one word to a graph of forms.

    Parameters
    ----------
    graph : FormGraph
    bits : sequence of int
        Literals of the word, least significant first.

    Notes
    -----
    With the word cut in two, ``x >= c`` is ``upper > a or (upper >= a and lower >= b)``, and also
    ``upper >= a and (upper > a or lower >= b)``, where ``c = a * 2**k + b``. All cuts of the word and of its parts
    become forms, so that comparisons can share any part of theirs.
    """

    def __init__(self, graph: FormGraph, bits: Sequence[int]) -> None:
        self._graph = graph
        self._bits = tuple(bits)
        self._made: dict[tuple[int, int, int, int, int], int] = {}

    def at_least(self, bound: int, low: int, high: int) -> int:
        """Literal that is ``x >= bound`` wherever ``low <= x <= high``."""
        if bound <= low:
            return TRUE
        if bound > high:
            return FALSE
        last = (low ^ high).bit_length()
        kept = (1 << last) - 1
        return self._slice(0, last, low & kept, bound & kept, high & kept)

    def _slice(self, first: int, last: int, low: int, bound: int, high: int) -> int:
        """Literal of ``slice >= bound``, where the slice are the bits ``first .. last - 1``; 0 < bound < 2**width."""
        zeros = (bound & -bound).bit_length() - 1
        first, low, bound, high = first + zeros, low >> zeros, bound >> zeros, high >> zeros
        if last - first == 1:
            return self._bits[first]
        key = (first, last, low, bound, high)
        literal = self._made.get(key)
        if literal is None:
            literal = self._made[key] = self._build(*key)
        return literal

    def _build(self, first: int, last: int, low: int, bound: int, high: int) -> int:
        graph, top = self._graph, (1 << (last - first)) - 1
        whole = self._slice(first, last, 0, bound, top) if (low, high) != (0, top) else None
        parts = [self._parts(first, middle, last, (low, bound, high)) for middle in _cuts(first, last)]
        sums = [(above, graph.and_(start, rest)) for above, start, rest in parts]
        products = [(start, graph.or_(above, rest)) for above, start, rest in parts]
        literal = graph.node()
        if whole is not None:
            graph.may_be(literal, whole)
        for a, b in sums:
            graph.may_be_or(literal, a, b)
        for a, b in products:
            graph.may_be_and(literal, a, b)
        return literal

    def _parts(self, first: int, middle: int, last: int, limits: tuple[int, int, int]) -> tuple[int, int, int]:
        """Literals of ``upper > a``, ``upper >= a`` and ``lower >= b``, constant where the limits decide them."""
        width = middle - first
        low, bound, high = limits
        a, b, top = bound >> width, bound & (1 << width) - 1, (1 << (last - middle)) - 1
        rest = self._slice(first, middle, 0, b, (1 << width) - 1)
        start = self._slice(middle, last, 0, a, top) if a > low >> width else TRUE
        above = self._slice(middle, last, 0, a + 1, top) if a < high >> width else FALSE
        return above, start, rest


def _cuts(first: int, last: int) -> Iterator[int]:
    """Where to cut a slice: everywhere, or at the ends and in the middle of a long one."""
    if last - first <= _ALL_CUTS:
        yield from range(first + 1, last)
    else:
        yield from (first + 1, (first + last) // 2, last - 1)
