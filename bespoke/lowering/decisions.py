"""Decisions behind the last stage's sums."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from bespoke.arith import Word, argmax, clip_index, count_votes
from bespoke.lowering.affine import Sums
from bespoke.lowering.draft import Draft
from bespoke.lowering.scores import ScorePlan, plan_scores
from bespoke.lowering.votes import TABULATED_PAIRS, all_outcomes, deciding_pairs, winner
from bespoke.model import Argmax, Decision, Index, Label, Sign, Value, Votes
from bespoke.numeric import Interval

# From the sums of the last stage to the output word.
DecisionLowering = Callable[[Draft, Any, Sums], Word]


def _argmax(draft: Draft, decision: Argmax, last: Sums) -> Word:
    # Low bits that all scores lose are left out of the contests; of others, the scores are words of their own.
    dropped = last.dropped() or 0
    scores = last if dropped else last.plain(draft, decision.score_offset)
    weights, biases = scores.affine.weights.tolist(), scores.affine.biases.tolist()
    # What is common to all scores no longer cancels once their low bits are gone.
    plan = ScorePlan({}, ()) if dropped else plan_scores(weights, biases, scores.columns, draft.costs)
    live = [label for label in range(len(decision.classes)) if label not in plan.beaten]
    words = scores.less(plan.common).build(draft, live) if len(live) > 1 else [Word.constant(0)]
    index, contests = argmax(draft.builder, [word.shifted_right(dropped) for word in words], live)
    draft.certificate = replace(draft.certificate, contests=contests, beaten=plan.beaten, common=plan.common)
    return index


def _sign(draft: Draft, decision: Sign, last: Sums) -> Word:
    scores = last.plain(draft, decision.score_offset)
    return Word(tuple(scores.build_signs(draft, [0])), Interval(0, 1))


def _votes(draft: Draft, decision: Votes, last: Sums) -> Word:
    scores, number = last.plain(draft, decision.score_offset), last.number + 1
    pairs = deciding_pairs(decision, scores.ranges)
    wins = dict(zip(pairs, scores.build_signs(draft, pairs), strict=True))
    draft.certificate.words.update({("pair", number, pair): (win,) for pair, win in wins.items()})
    if len(pairs) <= TABULATED_PAIRS:
        return winner(draft, decision, scores.ranges, wins)
    outcomes = all_outcomes(scores.ranges, wins)
    counts = count_votes(draft.builder, decision.pairs(), outcomes, len(decision.classes), draft.costs)
    draft.certificate.sums.update({("votes", number, label): count.hint for label, count in enumerate(counts)})
    index, contests = argmax(draft.builder, [count.word for count in counts])
    draft.certificate = replace(draft.certificate, contests=contests)
    return index


def _score(draft: Draft, decision: Decision, last: Sums) -> Word:
    return last.plain(draft, decision.score_offset).build_all(draft)[0]


def _label(draft: Draft, decision: Label, last: Sums) -> Word:
    total = _score(draft, decision, last).shifted_right(decision.frac_bits)
    return clip_index(draft.builder, total, len(decision.classes))


DECISION_LOWERINGS: dict[type[Decision], DecisionLowering] = {
    Argmax: _argmax,
    Sign: _sign,
    Votes: _votes,
    Value: _score,
    Label: _label,
    Index: _score,
}
