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


# Pairs and their uses are whole numbers, in the order of their parts: millions of tuples would keep the garbage
# collector busy. A pair is its words, shift and sign, a use is a row and two positions in it.
_FIELD = 24  # bits of a word or a position
_SHIFT = 7
_POSITION = (1 << _FIELD) - 1
PairKey = int
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

    Pairs whose words do not overlap are left out, since adding them takes no bit out of any column. Uses of a pair stay
    noted when a summand leaves its row, until the pair has its turn: no position is taken twice. So gains in the queue
    are the actual ones or more. ``half_adder`` is the cost of a half adder in full adders, which are the cost of one
    bit taken out of a column.
    """

    def __init__(self, tops: Sequence[int], half_adder: float, factors: Factors) -> None:
        self.tops = list(tops)
        self.half_adder = half_adder
        self.factors, self.numbers = factors, list(range(len(tops)))
        self.bits = [top.bit_length() for top in tops]
        self.pairs: list[Pair] = []
        self.rows: list[dict[int, Summand]] = []
        self.positions = 0
        self.uses: dict[PairKey, list[int]] = defaultdict(list)
        self.queue: list[tuple[float, PairKey]] = []

    def add(self, row: int, new: Summand) -> list[PairKey]:
        """Append a summand to a row; note and return the pairs it makes."""
        summands = self.rows[row]
        position = self.positions
        self.positions += 1
        made = self._pairs_with(summands, new)
        uses, use = self.uses, row << 2 * _FIELD | position
        for other, pair in zip(summands, made, strict=True):
            if pair:
                uses[pair].append(use | other << _FIELD)
        summands[position] = new
        return made

    def _pairs_with(self, summands: dict[int, Summand], new: Summand) -> list[PairKey]:
        """Pairs of a summand with each other of its row; 0 where the words do not overlap."""
        word, shift, sign = new
        bits = self.bits
        made: list[PairKey] = []
        for first, base, first_sign in summands.values():
            if base < shift or (base == shift and first <= word):
                pair, apart, below = first << _FIELD | word, shift - base, bits[first]
            else:
                pair, apart, below = word << _FIELD | first, base - shift, bits[word]
            made.append((pair << _SHIFT | apart) << 1 | (first_sign == sign) if apart < below else 0)
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
        """Uses of a pair that do not overlap; those whose summands are gone are forgotten."""
        taken: set[int] = set()
        chosen = []
        rows = self.rows
        kept = []
        for use in sorted(self.uses[pair]):
            row, a, b = use >> 2 * _FIELD, use >> _FIELD & _POSITION, use & _POSITION
            if a in rows[row] and b in rows[row]:
                kept.append(use)
                if a not in taken and b not in taken:
                    taken |= {a, b}
                    chosen.append((row, a, b))
        self.uses[pair] = kept
        return chosen

    def replace(self, pair: PairKey, uses: list[tuple[int, int, int]]) -> None:
        """Make the pair a word of its own and use it."""
        word, words = len(self.tops), _pair(pair)
        self.tops.append(pair_top(words, self.tops[words.first], self.tops[words.second]))
        self.bits.append(self.tops[-1].bit_length())
        self.pairs.append(words)
        self.numbers.append(self.number(pair))
        touched: set[PairKey] = set()
        for row, a, b in uses:
            base = _base(self.rows[row][a], self.rows[row][b])
            del self.rows[row][a], self.rows[row][b]
            touched.update(self.add(row, Summand(word, base.shift, base.sign)))
        for candidate in touched - {0}:
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
        first, second, shift, sign = _pair(pair)
        highest = self.tops[second] if sign > 0 else (1 << self.bits[second]) - 1
        width = (self.tops[first] + (highest << shift)).bit_length()
        full = self.bits[first] + self.bits[second] - width
        half = (width - shift) - full - (1 if width > max(self.bits[first], self.bits[second] + shift) else 0)
        factor = self.factors.get(self.number(pair), 1.0) if self.factors else 1.0
        return ((uses - 1) * full - half * self.half_adder) * factor

    def number(self, pair: PairKey) -> int:
        """A number that stands for the sum of a pair, made from those of its words."""
        first, second, shift, sign = _pair(pair)
        return hash((self.numbers[first], self.numbers[second], shift, sign))


def _pair(key: PairKey) -> Pair:
    words = key >> _SHIFT + 1
    return Pair(words >> _FIELD, words & _POSITION, key >> 1 & (1 << _SHIFT) - 1, 1 if key & 1 else -1)


def _base(a: Summand, b: Summand) -> Summand:
    return a if (a.shift, a.word) <= (b.shift, b.word) else b
