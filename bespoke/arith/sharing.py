"""Common sub-sums of a constant matrix: which pairs of summands are worth adding once."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from heapq import heapify, heappop, heappush
from typing import NamedTuple

from bespoke.numeric import csd

# Cost of a half adder in full adders, which are the cost of one bit taken out of a column: four NAND2 against nine.
HALF_ADDER = 0.5


class Summand(NamedTuple):
    """``sign * 2**shift * word``, the word given by its number."""

    word: int
    shift: int
    sign: int


class Pair(NamedTuple):
    """The sub-sum ``first + sign * 2**shift * second`` of two words."""

    first: int
    second: int
    shift: int
    sign: int


class SharedSums(NamedTuple):
    """Rows of summands over the input words and over pairs; pair ``i`` is word ``n_inputs + i``."""

    pairs: tuple[Pair, ...]
    rows: tuple[tuple[Summand, ...], ...]


def pair_top(pair: Pair, first: int, second: int) -> int:
    """Largest value of a pair as an unsigned word, for words of at most ``first`` and ``second``.

    A subtracted word enters complemented, and the complement of a word can have all its bits set.
    """
    return first + ((second if pair.sign > 0 else (1 << second.bit_length()) - 1) << pair.shift)


def share(weights: Sequence[Sequence[int]], tops: Sequence[int]) -> SharedSums:
    """Rewrite the rows of a constant matrix over shared pairs.

    Greedy elimination of two-term common sub-expressions over signed digits (Hartley, "Subexpression sharing in
    filters using canonic signed digit multipliers", IEEE TCAS-II 43, 1996, taken from one constant to a matrix);
    the gain of a pair is the number of bits that it takes out of the columns.

    Parameters
    ----------
    weights : sequence of sequence of int
        Matrix, one row per sum.
    tops : sequence of int
        Largest value of each unsigned input word.
    """
    state = _Sharing(tops)
    for row, values in enumerate(weights):
        state.rows.append([])
        for word, weight in enumerate(values):
            for position, sign in csd(weight):
                state.add(row, Summand(word, position, sign))
    state.run()
    return SharedSums(tuple(state.pairs), tuple(tuple(s for s in row if s) for row in state.rows))


class _Sharing:
    def __init__(self, tops: Sequence[int]) -> None:
        self.tops = list(tops)
        self.pairs: list[Pair] = []
        self.rows: list[list[Summand | None]] = []
        self.uses: dict[Pair, set[tuple[int, int, int]]] = defaultdict(set)
        self.queue: list[tuple[float, Pair]] = []

    def add(self, row: int, new: Summand) -> None:
        """Append a summand to a row and note the pairs it makes."""
        summands = self.rows[row]
        place = len(summands)
        for other, summand in enumerate(summands):
            if summand is not None:
                self.uses[_pair_of(summand, new)].add((row, other, place))
        summands.append(new)

    def remove(self, row: int, place: int) -> None:
        """Take a summand out of a row, with the pairs it made."""
        summands = self.rows[row]
        old = summands[place]
        assert old is not None
        summands[place] = None
        for other, summand in enumerate(summands):
            if summand is not None:
                pair = _pair_of(summand, old)
                self.uses[pair].discard((row, min(other, place), max(other, place)))

    def run(self) -> None:
        """Replace the best pair until none is worth it."""
        self.queue = [(-self.gain(pair, len(uses)), pair) for pair, uses in self.uses.items() if len(uses) > 1]
        heapify(self.queue)
        while self.queue:
            gain, pair = heappop(self.queue)
            if gain >= 0:
                break
            chosen = self.disjoint(pair)
            actual = -self.gain(pair, len(chosen))
            if actual > gain + 1e-9:
                if actual < 0:
                    heappush(self.queue, (actual, pair))
                continue
            self.replace(pair, chosen)

    def disjoint(self, pair: Pair) -> list[tuple[int, int, int]]:
        """Uses of a pair that do not overlap."""
        taken: set[tuple[int, int]] = set()
        chosen = []
        for row, a, b in sorted(self.uses[pair]):
            if (row, a) not in taken and (row, b) not in taken:
                taken |= {(row, a), (row, b)}
                chosen.append((row, a, b))
        return chosen

    def replace(self, pair: Pair, uses: list[tuple[int, int, int]]) -> None:
        """Make the pair a word of its own and use it."""
        word = len(self.tops)
        self.tops.append(self.top(pair))
        self.pairs.append(pair)
        touched: set[Pair] = set()
        for row, a, b in uses:
            first, second = self.rows[row][a], self.rows[row][b]
            assert first is not None
            assert second is not None
            base = _base(first, second)
            self.remove(row, a)
            self.remove(row, b)
            new = Summand(word, base.shift, base.sign)
            self.add(row, new)
            touched |= {_pair_of(s, new) for s in self.rows[row][:-1] if s is not None}
        for candidate in touched:
            gain = self.gain(candidate, len(self.uses[candidate]))
            if gain > 0:
                heappush(self.queue, (-gain, candidate))
        if len(self.uses[pair]) > 1:
            heappush(self.queue, (-self.gain(pair, len(self.uses[pair])), pair))

    def top(self, pair: Pair) -> int:
        """Largest value of a pair."""
        return pair_top(pair, self.tops[pair.first], self.tops[pair.second])

    def gain(self, pair: Pair, uses: int) -> float:
        """Full adders saved by building a pair once for a number of uses."""
        first, second = self.tops[pair.first].bit_length(), self.tops[pair.second].bit_length()
        width = self.top(pair).bit_length()
        if pair.shift >= first:
            return -1.0
        full = first + second - width
        half = (width - pair.shift) - full - (1 if width > max(first, second + pair.shift) else 0)
        return (uses - 1) * full - half * HALF_ADDER


def _base(a: Summand, b: Summand) -> Summand:
    return a if (a.shift, a.word) <= (b.shift, b.word) else b


def _pair_of(a: Summand, b: Summand) -> Pair:
    if (a.shift, a.word) > (b.shift, b.word):
        a, b = b, a
    return Pair(a.word, b.word, b.shift - a.shift, a.sign * b.sign)
