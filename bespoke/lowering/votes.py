"""One-vs-one decisions: which pairs of classes matter, and the logic from their outcomes to the class."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from bespoke.arith import Word, argmax, cheapest, count_votes, from_table
from bespoke.lowering.draft import Draft
from bespoke.model import Votes
from bespoke.netlist import FALSE, TRUE, NetlistBuilder
from bespoke.numeric import Interval

# Most undecided pairs for which the function from outcomes to class is tabulated.
TABULATED_PAIRS = 16
# Most pairs for which a decision diagram is tried beside counting.
DIAGRAM_PAIRS = 10


def deciding_pairs(decision: Votes, ranges: Sequence[Interval]) -> tuple[int, ...]:
    """Pairs whose outcome can change the class, given the exact range of each pair's sum.

    A pair whose range has one sign is decided; of the others, those are left out on which the winner does not
    depend whatever the rest says. With more than 16 undecided pairs all of them are returned.
    """
    undecided = [pair for pair, interval in enumerate(ranges) if interval.low < 0 <= interval.high]
    if len(undecided) > TABULATED_PAIRS:
        return tuple(undecided)
    winners = winner_table(decision, ranges, undecided)
    cube = winners.reshape((2,) * len(undecided))
    axes = range(len(undecided) - 1, -1, -1)
    return tuple(
        pair for pair, axis in zip(undecided, axes, strict=True) if np.any(cube.take(0, axis) != cube.take(1, axis))
    )


def winner_table(decision: Votes, ranges: Sequence[Interval], pairs: Sequence[int]) -> NDArray[np.int64]:
    """Class index per joint outcome of ``pairs``, the first pair least significant, shape (2**len(pairs),).

    Pairs that are not listed are taken as decided by their range, or as lost where it leaves them open.
    """
    states = np.arange(1 << len(pairs))
    scores = np.zeros((len(states), len(ranges)), dtype=np.int64)
    scores[:] = [1 if interval.low >= 0 else 0 for interval in ranges]
    for bit, pair in enumerate(pairs):
        scores[:, pair] = states >> bit & 1
    return decision.decide(scores)


def all_outcomes(ranges: Sequence[Interval], outcomes: dict[int, int]) -> list[int]:
    """Literals of all pairs' outcomes: those given, else what the range decides."""
    return [outcomes.get(pair, TRUE if r.low >= 0 else FALSE) for pair, r in enumerate(ranges)]


def winner(draft: Draft, decision: Votes, ranges: Sequence[Interval], outcomes: dict[int, int]) -> Word:
    """Word of the winning class from the literals of the deciding pairs' outcomes."""
    interval = Interval(0, len(decision.classes) - 1)
    pairs = tuple(outcomes)

    def by_counting(builder: NetlistBuilder, literals: tuple[int, ...]) -> tuple[int, ...]:
        wins = all_outcomes(ranges, dict(zip(pairs, literals, strict=True)))
        counts = count_votes(builder, decision.pairs(), wins, len(decision.classes), draft.costs)
        return argmax(builder, [count.word for count in counts])[0].bits

    def by_diagram(builder: NetlistBuilder, literals: tuple[int, ...]) -> tuple[int, ...]:
        return from_table(builder, winner_table(decision, ranges, pairs), literals, interval.width)

    forms = [by_counting, by_diagram] if len(pairs) <= DIAGRAM_PAIRS else [by_counting]
    return Word(cheapest(draft.builder, tuple(outcomes.values()), forms, draft.costs), interval)
