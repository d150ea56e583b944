"""Weighted sums of words: the product of a constant matrix and a vector."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from bespoke.arith.compressor import Columns, add_constant, add_word, reduce_columns
from bespoke.arith.sharing import Pair, SharedSums, share
from bespoke.arith.word import Word
from bespoke.netlist import Adder, NetlistBuilder, SumHint
from bespoke.numeric import Interval


class WeightedSum(NamedTuple):
    """A sum on nets and how it was built."""

    word: Word
    hint: SumHint


class _Part(NamedTuple):
    """An unsigned word ``bits`` that stands for ``bits + offset``, with the adders behind it."""

    bits: tuple[int, ...]
    offset: int
    adders: tuple[Adder, ...]


def sum_interval(weights: Sequence[int], words: Sequence[Word], bias: int) -> Interval:
    """Exact range of ``bias + sum(weight * word)`` for independent words."""
    return Interval.of_sum(weights, [word.interval for word in words], bias)


def weighted_sums(
    builder: NetlistBuilder, weights: Sequence[Sequence[int]], words: Sequence[Word], biases: Sequence[int]
) -> list[WeightedSum]:
    """Build ``biases + weights @ words``, each sum modulo the width of its exact range.

    Signed-digit partial products go through one compressor tree per row; sub-sums that several digits need are
    built once (`share`).
    """
    parts = [_unsigned(word) for word in words]
    plan = share(weights, [(1 << len(part.bits)) - 1 for part in parts])
    for pair in plan.pairs:
        parts.append(_build_pair(builder, pair, parts))
    return [
        _build_row(builder, plan, row, parts, bias, sum_interval(weights[row], words, bias))
        for row, bias in enumerate(biases)
    ]


def _unsigned(word: Word) -> _Part:
    """A signed word is its unsigned reading with the sign bit flipped, less half its span."""
    if not word.interval.signed:
        return _Part(word.bits, 0, ())
    return _Part((*word.bits[:-1], word.bits[-1] ^ 1), -(1 << len(word.bits) - 1), ())


def _build_pair(builder: NetlistBuilder, pair: Pair, parts: Sequence[_Part]) -> _Part:
    first, second = parts[pair.first], parts[pair.second]
    columns: Columns = {}
    add_word(columns, first.bits, 0, 1)
    missing = add_word(columns, second.bits, pair.shift, pair.sign)
    adders: list[Adder] = []
    bits = reduce_columns(builder, columns, adders)
    offset = first.offset + pair.sign * (second.offset << pair.shift) + missing
    return _Part(bits, offset, tuple(dict.fromkeys((*first.adders, *second.adders, *adders))))


def _build_row(
    builder: NetlistBuilder, plan: SharedSums, row: int, parts: Sequence[_Part], bias: int, interval: Interval
) -> WeightedSum:
    columns: Columns = {}
    constant = bias
    adders: list[Adder] = []
    for summand in plan.rows[row]:
        part = parts[summand.word]
        constant += add_word(columns, part.bits, summand.shift, summand.sign)
        constant += summand.sign * (part.offset << summand.shift)
        adders += part.adders
    add_constant(columns, constant, interval.width)
    result = reduce_columns(builder, columns, adders, interval.width)
    return WeightedSum(Word(result, interval), SumHint(result, tuple(dict.fromkeys(adders))))
