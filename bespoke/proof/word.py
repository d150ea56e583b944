"""Numbers on nets whose meaning is proven, and the plain logic that specifications are built from."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from bespoke.netlist import FALSE, NetlistBuilder
from bespoke.numeric import Interval


@dataclass(frozen=True, slots=True)
class Word:
    """Literals, least significant first, that carry a number of a known range.

    They are read as two's complement if ``signed``, which needs not be the narrowest form.
    """

    literals: tuple[int, ...]
    interval: Interval
    signed: bool

    @staticmethod
    def of(literals: Sequence[int], interval: Interval) -> Word:
        """Word that is signed where its range has negative numbers."""
        return Word(tuple(literals), interval, interval.signed)

    @staticmethod
    def constant(value: int) -> Word:
        """Word of a constant."""
        return Word.of(constant_bits(value, Interval.constant(value).width), Interval.constant(value))

    @property
    def reads_whole_range(self) -> bool:
        """Whether the literals can carry every number of the range."""
        width = len(self.literals)
        if self.signed:
            half = 1 << width >> 1
            return width > 0 and -half <= self.interval.low and self.interval.high < half
        return self.interval.low >= 0 and self.interval.high < 1 << width

    def shifted_right(self, bits: int) -> Word:
        """The floor of the number over ``2**bits``: the word without its low bits, of which the sign stays."""
        kept = self.literals[min(bits, len(self.literals) - 1) :] if self.signed else self.literals[bits:]
        return Word(kept, self.interval.shifted_right(bits), self.signed)

    @property
    def is_restricted(self) -> bool:
        """Whether the literals can carry a number beyond the range."""
        return self.interval.high - self.interval.low + 1 < 1 << len(self.literals)

    def read(self, reader: Callable[[int], int]) -> Word:
        """The same number on copies of the literals."""
        return Word(tuple(map(reader, self.literals)), self.interval, self.signed)


def constant_bits(value: int, width: int) -> tuple[int, ...]:
    """Constant literals of ``value`` modulo ``2**width``."""
    return tuple(value >> bit & 1 for bit in range(width))


def extended(literals: Sequence[int], width: int, *, signed: bool) -> list[int]:
    """Literals in at least ``width`` bits, by zeros or by the sign."""
    top = literals[-1] if signed and literals else FALSE
    return [*literals, *[top] * (width - len(literals))]


def aligned(a: Word, b: Word) -> tuple[list[int], list[int]]:
    """Both words as two's complement of one width that holds either."""
    width = 1 + max(len(a.literals), len(b.literals))
    return extended(a.literals, width, signed=a.signed), extended(b.literals, width, signed=b.signed)


def less(builder: NetlistBuilder, a: Word, b: Word) -> int:
    """Literal of ``a < b``."""
    left, right = aligned(a, b)
    left[-1], right[-1] = left[-1] ^ 1, right[-1] ^ 1
    result = FALSE
    for x, y in zip(left, right, strict=True):
        result = builder.mux(builder.xor(x, y), y, result)
    return result


def greater_than(builder: NetlistBuilder, word: Word, bound: int) -> int:
    """Literal of ``word > bound``."""
    return less(builder, Word.constant(bound), word)


def within(builder: NetlistBuilder, word: Word) -> int:
    """Literal of "the number lies in the word's range"."""
    low = greater_than(builder, word, word.interval.low - 1)
    return builder.and_(low, greater_than(builder, word, word.interval.high) ^ 1)


def equals(builder: NetlistBuilder, literals: Sequence[int], value: int) -> int:
    """Literal of "the unsigned word is ``value``"."""
    if value >> len(literals):
        return FALSE
    return builder.all_of([bit if value >> i & 1 else bit ^ 1 for i, bit in enumerate(literals)])


def select(builder: NetlistBuilder, condition: int, if_true: Iterable[int], if_false: Iterable[int]) -> list[int]:
    """``condition ? if_true : if_false`` bit by bit."""
    return [builder.mux(condition, a, b) for a, b in zip(if_true, if_false, strict=True)]


def weighted_sum(
    builder: NetlistBuilder, weights: Sequence[int], words: Sequence[Word], bias: int, width: int
) -> list[int]:
    """``bias + sum(weight * word)`` modulo ``2**width`` by shifting and adding, most plainly."""
    total = list(constant_bits(bias, width))
    for weight, word in zip(weights, words, strict=True):
        bits = extended(word.literals, width, signed=word.signed)
        for position in range(width):
            if weight % (1 << width) >> position & 1:
                total = _sum(builder, total, ([FALSE] * position + bits)[:width])
    return total


def _sum(builder: NetlistBuilder, a: Sequence[int], b: Sequence[int]) -> list[int]:
    carry, result = FALSE, []
    for x, y in zip(a, b, strict=True):
        half = builder.xor(x, y)
        result.append(builder.xor(half, carry))
        carry = builder.mux(half, carry, x)
    return result
