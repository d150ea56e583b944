"""One-vs-one voting."""

from __future__ import annotations

from collections.abc import Sequence

from bespoke.arith.compressor import Term, WeightedSum, weighted_sum
from bespoke.arith.word import Word
from bespoke.netlist import NetlistBuilder
from bespoke.numeric import Interval


def count_votes(
    builder: NetlistBuilder, pairs: Sequence[tuple[int, int]], wins: Sequence[int], classes: int
) -> list[WeightedSum]:
    """Votes per class; ``wins[p]`` is the literal of "the first class of pair p wins"."""
    ballots: list[list[int]] = [[] for _ in range(classes)]
    for (first, second), win in zip(pairs, wins, strict=True):
        ballots[first].append(win)
        ballots[second].append(win ^ 1)
    one = Interval(0, 1)
    return [weighted_sum(builder, [Term(1, Word((bit,), one)) for bit in ballot], 0) for ballot in ballots]
