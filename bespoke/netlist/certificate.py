"""Hints that lowering leaves for the proof checker: which nets realise which arithmetic."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Adder:
    """A full or half adder: ``sum(addends) = total + 2 * carry`` over the integers 0 and 1.

    ``addends`` are two or three literals, constants included.
    """

    addends: tuple[int, ...]
    total: int
    carry: int


@dataclass(frozen=True, slots=True)
class SumHint:
    """How one weighted sum was built.

    ``result`` are the literals of the two's-complement sum modulo ``2**len(result)``, least significant
    first; ``adders`` stand in the order in which they were built.
    """

    result: tuple[int, ...]
    adders: tuple[Adder, ...]


@dataclass(frozen=True, slots=True)
class Contest:
    """One match of an argmax tournament.

    Candidates 0 .. K-1 are the K scores; candidate ``K + m`` is the winner of contest ``m``. All score indices
    below ``left`` are lower than those below ``right``, so ``right`` wins only if it is strictly larger.

    Attributes
    ----------
    left, right : int
        Candidate numbers.
    right_wins : int
        Literal of "right's value > left's value".
    value : tuple of int
        Literals of the winner's value, empty for the final.
    index : tuple of int
        Literals of the winner's score index.
    """

    left: int
    right: int
    right_wins: int
    value: tuple[int, ...]
    index: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Certificate:
    """Nets of a lowered netlist by what they claim to compute.

    Attributes
    ----------
    sums : dict of str to SumHint
        ``"layer<l>.sum<j>"``: weighted sum ``j`` of layer ``l``, bias included, and in the last layer
        `Decision.score_offset` too; ``"votes.count<i>"``: votes for class ``i``. A sum whose sign alone matters
        and is known from its exact range is absent.
    words : dict of str to tuple of int
        Literals, least significant first, of ``"layer<l>.relu<j>"`` (a ReLU output, unsigned),
        ``"votes.pair<p>"`` (one literal: score ``p`` > 0), ``"node.<feature>.<threshold>"`` (one literal:
        ``x[feature] <= threshold``).
    contests : tuple of Contest
        The argmax tournament over scores or vote counts, in the order built.
    """

    sums: dict[str, SumHint]
    words: dict[str, tuple[int, ...]]
    contests: tuple[Contest, ...] = ()
