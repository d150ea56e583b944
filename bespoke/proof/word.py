"""Numbers on nets whose meaning is proven, and the plain logic that specifications are built from."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from bespoke.netlist import FALSE, TRUE, NetlistBuilder, Port
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


def input_words(ports: Sequence[Port]) -> tuple[Word, ...]:
    """Words of free ports."""
    return tuple(Word(port.bits, Interval.unsigned(port.width), signed=False) for port in ports)


def constant_bits(value: int, width: int) -> tuple[int, ...]:
    """Constant literals of ``value`` modulo ``2**width``."""
    return tuple(value >> bit & 1 for bit in range(width))


def extended(literals: Sequence[int], width: int, *, signed: bool) -> list[int]:
    """Literals in at least ``width`` bits, by zeros or by the sign."""
    top = literals[-1] if signed and literals else FALSE
    return [*literals, *[top] * (width - len(literals))]


def _aligned(a: Word, b: Word) -> tuple[list[int], list[int]]:
    """Both words as two's complement of one width that holds either."""
    width = 1 + max(len(a.literals), len(b.literals))
    return extended(a.literals, width, signed=a.signed), extended(b.literals, width, signed=b.signed)


def less(builder: NetlistBuilder, a: Word, b: Word) -> int:
    """Literal of ``a < b``."""
    left, right = _aligned(a, b)
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


def choice(builder: NetlistBuilder, condition: int, if_true: Word, if_false: Word) -> Word:
    """The number of the one word or of the other."""
    interval = if_true.interval.union(if_false.interval)
    bits = [builder.mux(condition, a, b) for a, b in zip(*_aligned(if_true, if_false), strict=True)]
    return Word.of(bits[: interval.width], interval)


def looked_up(builder: NetlistBuilder, table: Sequence[int], address: Sequence[int], width: int) -> list[int]:
    """Literals of ``table[state]`` in ``width`` bits, where ``address[i]`` is bit ``i`` of the state."""
    bits = []
    for position in range(width):
        layer = [value >> position & 1 for value in table]
        for select in address:
            layer = [_multiplexer(builder, select, *pair) for pair in zip(layer[1::2], layer[::2], strict=True)]
        bits += layer
    return bits


def _multiplexer(builder: NetlistBuilder, select: int, if_true: int, if_false: int) -> int:
    """One gate where one side is a constant."""
    if if_false <= TRUE:
        select, if_true, if_false = select ^ 1, if_false, if_true
    if if_true <= TRUE:
        return builder.or_(select, if_false) if if_true == TRUE else builder.and_(select ^ 1, if_false)
    return builder.mux(select, if_true, if_false)


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
