"""Common sub-sums of a constant matrix: which pairs of summands are worth adding once."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from heapq import heapify, heappop, heappush
from typing import NamedTuple

from bespoke.cells import GateCosts
from bespoke.numeric import Digit, csd

# Pairs are looked for among so many input words at a time: the time grows with the square of a row's summands.
WORDS_TOGETHER = 128


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


PairKey = tuple[int, int, int, int]
Matrix = Sequence[Sequence[int]]
Forms = Mapping[tuple[int, int], Sequence[Digit]]
Factors = Mapping[int, float]


class SharedSums(NamedTuple):
    """Rows of summands over the input words and over pairs; pair ``i`` is word ``n_inputs + i``.

    ``numbers`` stand for the sums of the pairs, whatever places these have.
    """

    pairs: tuple[Pair, ...]
    rows: tuple[tuple[Summand, ...], ...]
    numbers: tuple[int, ...] = ()


def pair_top(pair: Pair, first: int, second: int) -> int:
    """Largest value of a pair as an unsigned word, for words of at most ``first`` and ``second``.

    A subtracted word enters complemented, and the complement of a word can have all its bits set.
    """
    return first + ((second if pair.sign > 0 else (1 << second.bit_length()) - 1) << pair.shift)


def share(
    weights: Matrix, tops: Sequence[int], costs: GateCosts, forms: Forms | None = None, factors: Factors | None = None
) -> SharedSums:
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
    costs : GateCosts
    forms : mapping of (int, int) to sequence of Digit, optional
        Signed digits of the weight of a row and word, where they are not the canonical ones.
    factors : mapping of int to float, optional
        By numbers of pairs, what the gain of a pair is multiplied by, which moves its turn.
    """
    state = _Sharing(tops, costs.half_adder_share, factors or {})
    groups = max(1, -(-len(tops) // WORDS_TOGETHER))
    state.rows = [{} for _ in range(groups * len(weights))]
    for row, values in enumerate(weights):
        for word, weight in enumerate(values):
            part = groups * row + groups * word // len(tops)
            for position, sign in (forms or {}).get((row, word)) or csd(weight):
                state.add(part, Summand(word, position, sign))
    state.run()
    parts = [state.rows[start : start + groups] for start in range(0, len(state.rows), groups)]
    rows = tuple(tuple(s for part in row for s in part.values()) for row in parts)
    return SharedSums(tuple(state.pairs), rows, tuple(state.numbers[len(tops) :]))


class _Sharing:
    """Rows of summands by position, and for each pair the positions in rows where it stands.

    Pairs are kept as plain tuples, which are several times as fast to make as `Pair`; those whose words do not
    overlap are left out, since adding them takes no bit out of any column. ``half_adder`` is the cost of a half adder
    in full adders, which are the cost of one bit taken out of a column.
    """

    def __init__(self, tops: Sequence[int], half_adder: float, factors: Factors) -> None:
        self.tops = list(tops)
        self.half_adder = half_adder
        self.factors, self.numbers = factors, list(range(len(tops)))
        self.bits = [top.bit_length() for top in tops]
        self.pairs: list[Pair] = []
        self.rows: list[dict[int, Summand]] = []
        self.uses: dict[PairKey, set[tuple[int, int, int]]] = defaultdict(set)
        self.queue: list[tuple[float, PairKey]] = []

    def add(self, row: int, new: Summand) -> list[PairKey]:
        """Append a summand to a row; note and return the pairs it makes."""
        summands = self.rows[row]
        position = 1 + next(reversed(summands), -1)
        made = self._pairs_with(summands, new)
        for other, pair in made:
            self.uses[pair].add((row, other, position))
        summands[position] = new
        return [pair for _, pair in made]

    def remove(self, row: int, position: int) -> None:
        """Take a summand out of a row, with the pairs it made."""
        summands = self.rows[row]
        old = summands.pop(position)
        for other, pair in self._pairs_with(summands, old):
            self.uses[pair].discard((row, other, position) if other < position else (row, position, other))

    def _pairs_with(self, summands: dict[int, Summand], new: Summand) -> list[tuple[int, PairKey]]:
        """Pairs of a summand with others of its row, each with the other's position."""
        word, shift, sign = new
        bits = self.bits
        made: list[tuple[int, PairKey]] = []
        for other, (first, base, first_sign) in summands.items():
            if base < shift or (base == shift and first <= word):
                if shift - base < bits[first]:
                    made.append((other, (first, word, shift - base, first_sign * sign)))
            elif base - shift < bits[word]:
                made.append((other, (word, first, base - shift, first_sign * sign)))
        return made

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

    def disjoint(self, pair: PairKey) -> list[tuple[int, int, int]]:
        """Uses of a pair that do not overlap."""
        taken: set[tuple[int, int]] = set()
        chosen = []
        for row, a, b in sorted(self.uses[pair]):
            if (row, a) not in taken and (row, b) not in taken:
                taken |= {(row, a), (row, b)}
                chosen.append((row, a, b))
        return chosen

    def replace(self, pair: PairKey, uses: list[tuple[int, int, int]]) -> None:
        """Make the pair a word of its own and use it."""
        word = len(self.tops)
        self.tops.append(pair_top(Pair(*pair), self.tops[pair[0]], self.tops[pair[1]]))
        self.bits.append(self.tops[-1].bit_length())
        self.pairs.append(Pair(*pair))
        self.numbers.append(self.number(pair))
        touched: set[PairKey] = set()
        for row, a, b in uses:
            base = _base(self.rows[row][a], self.rows[row][b])
            self.remove(row, a)
            self.remove(row, b)
            touched.update(self.add(row, Summand(word, base.shift, base.sign)))
        for candidate in touched:
            self._offer(candidate)
        self._offer(pair)

    def _offer(self, pair: PairKey) -> None:
        """Queue a pair that may be worth it."""
        uses = len(self.uses[pair])
        gain = self.gain(pair, uses) if uses > 1 else 0.0
        if gain > 0:
            heappush(self.queue, (-gain, pair))

    def gain(self, pair: PairKey, uses: int) -> float:
        """Full adders saved by building a pair of overlapping words once for a number of uses."""
        first, second, shift, sign = pair
        highest = self.tops[second] if sign > 0 else (1 << self.bits[second]) - 1
        width = (self.tops[first] + (highest << shift)).bit_length()
        full = self.bits[first] + self.bits[second] - width
        half = (width - shift) - full - (1 if width > max(self.bits[first], self.bits[second] + shift) else 0)
        factor = self.factors.get(self.number(pair), 1.0) if self.factors else 1.0
        return ((uses - 1) * full - half * self.half_adder) * factor

    def number(self, pair: PairKey) -> int:
        """A number that stands for the sum of a pair, made from those of its words."""
        return hash((self.numbers[pair[0]], self.numbers[pair[1]], *pair[2:]))


def _base(a: Summand, b: Summand) -> Summand:
    return a if (a.shift, a.word) <= (b.shift, b.word) else b
