"""Weighted sums of words: the product of a constant matrix and a vector."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from bespoke.arith.choice import gate_cost
from bespoke.arith.compressor import Columns, add_constant, add_word, reduce_columns
from bespoke.arith.sharing import Pair, SharedSums, Summand, pair_top
from bespoke.arith.sharing_search import SharingEffort, search_sharing
from bespoke.arith.word import Word
from bespoke.netlist import Adder, NetlistBuilder, PartHint, SumHint, TermHint
from bespoke.numeric import Interval


class WeightedSum(NamedTuple):
    """A sum on nets and how it was built."""

    word: Word
    hint: SumHint


class _Part(NamedTuple):
    """An unsigned word ``bits`` of at most ``top`` that stands for ``bits + offset``, with the parts behind it."""

    bits: tuple[int, ...]
    top: int
    offset: int
    hints: tuple[PartHint, ...]


def weighted_sums(
    builder: NetlistBuilder,
    weights: Sequence[Sequence[int]],
    words: Sequence[Word],
    biases: Sequence[int],
    effort: SharingEffort,
    intervals: Sequence[Interval] | None = None,
) -> list[WeightedSum]:
    """Build ``biases + weights @ words``, each sum modulo the width of its exact range.

    ``intervals`` are the ranges of the sums, by default those for independent words.

    Signed-digit partial products go through one compressor tree per row; sub-sums that several digits need are
    built once (`share`).
    """
    terms = [word.interval for word in words]
    ranges = intervals or [Interval.of_sum(row, terms, bias) for row, bias in zip(weights, biases, strict=True)]

    def built(net: NetlistBuilder, plan: SharedSums, inputs: Sequence[Word]) -> list[WeightedSum]:
        parts = [_unsigned(word) for word in inputs]
        for pair in plan.pairs:
            parts.append(_build_pair(net, pair, parts))
        return [_build_row(net, plan.rows[row], parts, bias, ranges[row]) for row, bias in enumerate(biases)]

    def cost(plan: SharedSums) -> float:
        net = NetlistBuilder("sums")
        ports = [net.add_input(f"x{n}", len(word.bits)).bits if word.bits else () for n, word in enumerate(words)]
        sums = built(net, plan, [Word(bits, word.interval) for bits, word in zip(ports, words, strict=True)])
        net.add_output("y", [bit for total in sums for bit in total.word.bits])
        return gate_cost(net.build(), effort.costs)

    tops = [_unsigned(word).top for word in words]
    return built(builder, search_sharing(weights, tops, effort, cost), words)


def _unsigned(word: Word) -> _Part:
    """A signed word is its unsigned reading with the sign bit flipped, less half its span."""
    if not word.interval.signed:
        return _Part(word.bits, word.interval.high, 0, ())
    half = 1 << len(word.bits) - 1
    return _Part((*word.bits[:-1], word.bits[-1] ^ 1), 2 * half - 1, -half, ())


def _build_pair(builder: NetlistBuilder, pair: Pair, parts: Sequence[_Part]) -> _Part:
    first, second = parts[pair.first], parts[pair.second]
    columns: Columns = {}
    add_word(columns, first.bits, 0, 1)
    missing = add_word(columns, second.bits, pair.shift, pair.sign)
    adders: list[Adder] = []
    top = pair_top(pair, first.top, second.top)
    bits = reduce_columns(builder, columns, adders, top.bit_length())
    added = second.bits if pair.sign > 0 else tuple(bit ^ 1 for bit in second.bits)
    hint = PartHint(first.bits, added, pair.shift, bits, tuple(adders))
    offset = first.offset + pair.sign * (second.offset << pair.shift) + missing
    return _Part(bits, top, offset, tuple(dict.fromkeys((*first.hints, *second.hints, hint))))


def _build_row(
    builder: NetlistBuilder, row: Sequence[Summand], parts: Sequence[_Part], bias: int, interval: Interval
) -> WeightedSum:
    columns: Columns = {}
    constant = bias
    hints: list[PartHint] = []
    terms = []
    for summand in row:
        part = parts[summand.word]
        terms.append(TermHint(part.bits, summand.shift, summand.sign))
        constant += add_word(columns, part.bits, summand.shift, summand.sign)
        constant += summand.sign * (part.offset << summand.shift)
        hints += part.hints
    add_constant(columns, constant, interval.width)
    adders: list[Adder] = []
    result = reduce_columns(builder, columns, adders, interval.width)
    return WeightedSum(
        Word(result, interval), SumHint(result, tuple(adders), tuple(terms), tuple(dict.fromkeys(hints)))
    )
