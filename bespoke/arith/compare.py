"""Comparisons of words with words and with constants."""

from __future__ import annotations

from bespoke.arith.word import Word
from bespoke.netlist import FALSE, TRUE, NetlistBuilder


def greater(builder: NetlistBuilder, a: Word, b: Word) -> int:
    """Literal of ``a > b``: the carry out of ``a + ~b`` over the joint width."""
    if a.interval.low > b.interval.high:
        return TRUE
    if a.interval.high <= b.interval.low:
        return FALSE
    joint = a.interval.union(b.interval)
    left, right = list(a.extended(joint.width)), list(b.extended(joint.width))
    if joint.signed:
        left[-1], right[-1] = left[-1] ^ 1, right[-1] ^ 1
    carry = FALSE
    for x, y in zip(left, right, strict=True):
        both = builder.and_(x, y ^ 1)
        carry = builder.or_(both, builder.and_(builder.or_(x, y ^ 1), carry))
    return carry


def at_least(builder: NetlistBuilder, bits: tuple[int, ...], bound: int) -> int:
    """Literal of ``x >= bound`` for an unsigned ``x``: one gate per bit above the bound's trailing zeros."""
    if bound <= 0:
        return TRUE
    if bound >> len(bits):
        return FALSE
    result = TRUE
    for position, literal in enumerate(bits):
        join = builder.and_ if bound >> position & 1 else builder.or_
        result = join(literal, result)
    return result


def nonnegative(word: Word) -> int:
    """Literal of ``word >= 0``."""
    return word.bits[-1] ^ 1 if word.interval.signed else TRUE
