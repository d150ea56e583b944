"""Operations of whole numbers whose single bits are recognised in samples, and the circuits of these bits."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import NamedTuple

from bespoke.arith import carry_out, equal, less, product_bit, quotient_bit, remainder_bits, root_bit, sum_bit
from bespoke.netlist import NetlistBuilder

Word = tuple[int, ...]
Circuit = Callable[[NetlistBuilder, tuple[Word, ...], int, int], int]


class Operation(NamedTuple):
    """An operation on one or two words of the same width.

    Attributes
    ----------
    name : str
    words : int
        How many numbers it has.
    value : callable
        From the numbers and their width to the result.
    result_width : callable
        From the width of a word to that of the result.
    circuit : callable
        From a builder, words, a bit of the result, and how many of the most significant bits of each word matter, to a
        literal; from some number of bits on it is exact.
    gates : callable
        From the width of a word and how many of its bits matter to about as many gates as the circuit has.
    """

    name: str
    words: int
    value: Callable[..., int]
    result_width: Callable[[int], int]
    circuit: Circuit
    gates: Callable[[int, int], int]


def _sum(builder: NetlistBuilder, words: tuple[Word, ...], bit: int, kept: int) -> int:
    a, b = (word[max(0, bit + 1 - kept) : bit + 1] for word in words)
    return carry_out(builder, a, b) if bit == len(words[0]) else sum_bit(builder, a, b)


def _difference(builder: NetlistBuilder, words: tuple[Word, ...], bit: int, kept: int) -> int:
    a, b = (word[max(0, bit + 1 - kept) : bit + 1] for word in words)
    return builder.xor(builder.xor(a[-1], b[-1]), less(builder, a[:-1], b[:-1]))


def _less(builder: NetlistBuilder, words: tuple[Word, ...], _bit: int, kept: int) -> int:
    a, b = (word[-kept:] for word in words)
    return less(builder, a, b)


def _signed_less(builder: NetlistBuilder, words: tuple[Word, ...], bit: int, kept: int) -> int:
    turned = tuple((*word[:-1], word[-1] ^ 1) for word in words)
    return _less(builder, turned, bit, kept)


def _equal(builder: NetlistBuilder, words: tuple[Word, ...], _bit: int, kept: int) -> int:
    a, b = (word[-kept:] for word in words)
    return equal(builder, a, b)


def _product(builder: NetlistBuilder, words: tuple[Word, ...], bit: int, kept: int) -> int:
    a, b = words
    return product_bit(builder, a, b, bit, kept)


def _quotient(builder: NetlistBuilder, words: tuple[Word, ...], bit: int, kept: int) -> int:
    a, b = words
    dropped = max(0, len(b) - kept)
    return quotient_bit(builder, a[min(bit + dropped, len(a) - 1) :], b[dropped:])


def _remainder(builder: NetlistBuilder, words: tuple[Word, ...], bit: int, kept: int) -> int:
    a, b = words
    if bit:
        return remainder_bits(builder, a, b)[bit]
    return builder.xor(a[0], builder.and_(b[0], _quotient(builder, words, 0, kept)))


def _root(builder: NetlistBuilder, words: tuple[Word, ...], bit: int, _kept: int) -> int:
    return root_bit(builder, words[0][2 * bit :])


def _signed(number: int, width: int) -> int:
    return number - (number >> width - 1 << width)


def _chain_gates(width: int, kept: int) -> int:
    return 4 * min(width, kept)


def _product_gates(width: int, kept: int) -> int:
    return 6 * width * min(2 * width, kept)


def _division_gates(width: int, kept: int) -> int:
    return 4 * min(width, kept) ** 2


def _root_gates(width: int, _kept: int) -> int:
    return width * width


OPERATIONS = (
    Operation("sum", 2, lambda a, b, _: a + b, lambda width: width + 1, _sum, _chain_gates),
    Operation(
        "difference", 2, lambda a, b, width: (a - b) % (1 << width), lambda width: width, _difference, _chain_gates
    ),
    Operation("less", 2, lambda a, b, _: int(a < b), lambda _: 1, _less, _chain_gates),
    Operation(
        "signed less", 2, lambda a, b, w: int(_signed(a, w) < _signed(b, w)), lambda _: 1, _signed_less, _chain_gates
    ),
    Operation("equal", 2, lambda a, b, _: int(a == b), lambda _: 1, _equal, _chain_gates),
    Operation("product", 2, lambda a, b, _: a * b, lambda width: 2 * width, _product, _product_gates),
    Operation(
        "quotient", 2, lambda a, b, w: a // b if b else (1 << w) - 1, lambda width: width, _quotient, _division_gates
    ),
    Operation("remainder", 2, lambda a, b, _: a % b if b else a, lambda width: width, _remainder, _division_gates),
    Operation("square root", 1, lambda a, _: math.isqrt(a), lambda width: width // 2, _root, _root_gates),
)
