"""Argmax: classes that never win, and the contests of the certificate or the whole of it at once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from bespoke.model import Affine
from bespoke.netlist import Contest, NetlistBuilder
from bespoke.numeric import Interval
from bespoke.proof.block import Block
from bespoke.proof.circuit import nets_of
from bespoke.proof.ledger import Ledger
from bespoke.proof.walk import DECISION, Walk
from bespoke.proof.word import Word, choice, less, within


def never_wins(affine: Affine, inputs: Sequence[Interval], label: int, multipliers: Sequence[int]) -> bool:
    """Whether ``sum(m_j * (s_j - s_label + (j < label))) >= 1`` for all inputs, with every m_j >= 0.

    Then some ``s_j - s_label + (j < label)`` is at least 1 at every input: class j is ahead of ``label``.
    """
    count = affine.output_count
    if len(multipliers) != count or min(multipliers) < 0 or not 0 <= label < count:
        return False
    # Whole numbers of any size.
    factors, weights, biases = (np.array(part, dtype=object) for part in (multipliers, affine.weights, affine.biases))
    ahead = biases - biases[label] + (np.arange(count) < label)
    totals = factors @ (weights - weights[label])
    return Interval.of_sum(totals, affine.column_intervals(inputs), int(factors @ ahead)).low >= 1


@dataclass(frozen=True, slots=True)
class _Candidate:
    """Winner of a part of the scores: its value, its class index, and the classes of the part."""

    value: Word
    index: Word
    scores: tuple[int, ...]


def prove_argmax(walk: Walk, classes: Sequence[int], scores: Sequence[Word]) -> None:
    """Claim that the output is the class of the largest score, the lowest one of equals.

    ``scores`` are those in the running, of ``classes`` in ascending order.
    """
    final = _final(walk, [_Candidate(score, Word.constant(i), (i,)) for i, score in zip(classes, scores, strict=True)])
    if final is not None:
        walk.claim_output([final.index], lambda _, words: words[0].literals)
        return

    def linear_search(builder: NetlistBuilder, words: Sequence[Word]) -> Sequence[int]:
        best, index = words[0], Word.constant(classes[0])
        for label, word in zip(classes[1:], words[1:], strict=True):
            wins = less(builder, best, word)
            best, index = choice(builder, wins, word, best), choice(builder, wins, Word.constant(label), index)
        return index.literals

    walk.claim_output(scores, linear_search)


def _final(walk: Walk, candidates: list[_Candidate]) -> _Candidate | None:
    """Winner over all candidates, or None if the contests do not lead to one."""
    count = len(candidates)
    for number, contest in enumerate(walk.certificate.contests):
        literals = (contest.right_wins, *contest.value, *contest.index)
        known = 0 <= contest.left < len(candidates) and 0 <= contest.right < len(candidates)
        if not known or not all(map(walk.ledger.circuit.has, literals)):
            return None
        left, right = candidates[contest.left], candidates[contest.right]
        if max(left.scores) >= min(right.scores):
            return None
        is_final = len(left.scores) + len(right.scores) == count
        candidates.append(_prove_contest(walk.ledger, f"contest {number}", contest, (left, right), is_final=is_final))
    return next((c for c in candidates if len(c.scores) == count), None)


def _prove_contest(
    ledger: Ledger, name: str, contest: Contest, parts: tuple[_Candidate, _Candidate], *, is_final: bool
) -> _Candidate:
    left, right = parts
    a, b = left.value.interval, right.value.interval
    value = Word.of(contest.value, Interval(max(a.low, b.low), max(a.high, b.high)))
    index = Word.of(contest.index, left.index.interval.union(right.index.interval))
    ledger.entries[DECISION].counts["contests"] += 1
    values, wins = (left.value, right.value), Word.of((contest.right_wins,), Interval(0, 1))
    ledger.claim(Block(DECISION, f"{name} comparison", wins.literals, values, lambda builder, ab: [less(builder, *ab)]))
    if contest.value or not is_final:
        _claim_winner(ledger, f"{name} value", value, (wins, *values))
    _claim_winner(ledger, f"{name} index", index, (wins, left.index, right.index))
    return _Candidate(value, index, left.scores + right.scores)


def _claim_winner(ledger: Ledger, name: str, claimed: Word, words: tuple[Word, Word, Word]) -> None:
    """Claim the second word where the first is 0, else the third one; that one lies in the range of the claim."""

    def winner(builder: NetlistBuilder, words: Sequence[Word]) -> Word:
        wins, left, right = words
        return choice(builder, wins.literals[0], right, left)

    def is_possible(builder: NetlistBuilder, words: Sequence[Word]) -> list[int]:
        return [within(builder, replace(winner(builder, words), interval=claimed.interval))]

    def literals(builder: NetlistBuilder, words: Sequence[Word]) -> Sequence[int]:
        return winner(builder, words).literals

    deeper = nets_of(words[1].literals, words[2].literals)
    block = Block(DECISION, name, claimed.literals, words, literals, is_possible, signed=claimed.signed, deeper=deeper)
    ledger.claim(block)
