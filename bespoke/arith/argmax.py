"""Argmax as a tournament."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from bespoke.arith.compare import greater
from bespoke.arith.word import Word
from bespoke.netlist import Contest, NetlistBuilder
from bespoke.numeric import Interval


@dataclass(frozen=True, slots=True)
class Candidate:
    """A score still in the tournament: its number, its value and the score index behind it."""

    number: int
    value: Word
    index: Word


def argmax(
    builder: NetlistBuilder, scores: Sequence[Word], labels: Sequence[int] | None = None
) -> tuple[Word, tuple[Contest, ...]]:
    """Index of the largest score, ties to the lowest index, and the contests that decide it.

    ``labels`` are the ascending class indices of the scores, by default 0, 1, 2, ...
    """
    indices = range(len(scores)) if labels is None else labels
    pairs = enumerate(zip(scores, indices, strict=True))
    layer = [Candidate(number, score, Word.constant(index)) for number, (score, index) in pairs]
    contests: list[Contest] = []
    number = len(scores)
    while len(layer) > 1:
        winners = []
        for left, right in zip(layer[::2], layer[1::2], strict=False):
            winner, contest = _contest(builder, left, right, number, final=len(layer) == 2)
            number += 1
            winners.append(winner)
            contests.append(contest)
        layer = winners + layer[len(layer) // 2 * 2 :]
    return layer[0].index, tuple(contests)


def select(builder: NetlistBuilder, condition: int, if_true: Word, if_false: Word, interval: Interval) -> Word:
    """``condition ? if_true : if_false`` as a word of the given range."""
    width = interval.width
    bits = zip(if_true.extended(width), if_false.extended(width), strict=True)
    return Word(tuple(builder.mux(condition, a, b) for a, b in bits), interval)


def _contest(
    builder: NetlistBuilder, left: Candidate, right: Candidate, number: int, *, final: bool
) -> tuple[Candidate, Contest]:
    wins = greater(builder, right.value, left.value)
    indices = left.index.interval.union(right.index.interval)
    index = select(builder, wins, right.index, left.index, indices)
    if final:
        value = left.value
        value_bits: tuple[int, ...] = ()
    else:
        value = select(builder, wins, right.value, left.value, _maximum(left.value.interval, right.value.interval))
        value_bits = value.bits
    contest = Contest(left.number, right.number, wins, value_bits, index.bits)
    return Candidate(number, value, index), contest


def _maximum(a: Interval, b: Interval) -> Interval:
    return Interval(max(a.low, b.low), max(a.high, b.high))
