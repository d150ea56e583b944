"""Rectification and clipping of words."""

from __future__ import annotations

from bespoke.arith.compare import at_least, nonnegative
from bespoke.arith.word import Word
from bespoke.netlist import NetlistBuilder
from bespoke.numeric import Interval


def relu(builder: NetlistBuilder, word: Word) -> Word:
    """``max(word, 0)``."""
    interval = word.interval.clipped_below(0)
    keep = nonnegative(word)
    return Word(tuple(builder.and_(bit, keep) for bit in word.bits[: interval.width]), interval)


def saturate(builder: NetlistBuilder, word: Word, bits: int) -> Word:
    """``min(word, 2**bits - 1)`` for an unsigned word."""
    interval = word.interval.clipped_above((1 << bits) - 1)
    over = builder.any_of(word.bits[bits:])
    return Word(tuple(builder.or_(bit, over) for bit in word.bits[: interval.width]), interval)


def clip_index(builder: NetlistBuilder, word: Word, count: int) -> Word:
    """``clip(word, 0, count - 1)``."""
    last = count - 1
    keep = nonnegative(word)
    magnitude = word.bits[:-1] if word.interval.signed else word.bits
    over = at_least(builder, magnitude, count)
    bits = []
    for position in range(last.bit_length()):
        bit = magnitude[position] if position < len(magnitude) else 0
        chosen = builder.or_(bit, over) if last >> position & 1 else builder.and_(bit, over ^ 1)
        bits.append(builder.and_(chosen, keep))
    return Word(tuple(bits), Interval(0, last))
