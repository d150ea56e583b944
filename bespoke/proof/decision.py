"""The rule from the sums of the last stage to the output port, for each type of decision."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any, NamedTuple

import numpy as np

from bespoke.errors import HintError
from bespoke.model import Affine, Argmax, Decision, Index, IntegerModel, Label, Sign, Value, Votes
from bespoke.netlist import TRUE, NetlistBuilder
from bespoke.numeric import Interval
from bespoke.proof.activations import prove_outputs
from bespoke.proof.borders import Gap, argmax_gap, border_words, label_gap, sign_gap, vote_border_words, vote_gap
from bespoke.proof.stages import Words
from bespoke.proof.sums import SumClaim, prove_above, prove_sum, sum_claims
from bespoke.proof.tournament import never_wins, prove_argmax
from bespoke.proof.vectors import IntArray
from bespoke.proof.walk import DECISION, Walk
from bespoke.proof.word import Word, choice, extended, greater_than, looked_up

MAX_PAIRS = 18
# Weights and common parts below this differ by an int64.
_LARGEST = 1 << 62


@dataclass(frozen=True, slots=True)
class Scores:
    """The last affine, as stage ``number`` over proven words, each sum plus ``offset``, on the walk that led there."""

    walk: Walk
    number: int
    affine: Affine
    words: Words
    offset: int

    def claims(self, common: Sequence[int] = ()) -> tuple[SumClaim, ...]:
        """Claims of all scores, less a linear function of the columns (bias last) if ``common`` is one."""
        affine, offset = self.affine, self.offset
        largest = max(map(abs, (*common, *affine.weights.ravel().tolist())), default=0)
        if len(common) == affine.weights.shape[1] + 1 and largest < _LARGEST:
            affine = replace(affine, weights=affine.weights - np.array(common[:-1], dtype=np.int64))
            offset -= common[-1]
        return sum_claims(("sum", self.number), affine, self.words, offset)


class DecisionProof(NamedTuple):
    """How a type of decision is proven, and where its circuits are likeliest to be wrong.

    Attributes
    ----------
    claim : callable
        From the decision and its `Scores`: claims the output port.
    gap : callable, optional
        Distance of scores from where the output changes; None if there is no such border.
    search : callable, optional
        From a model and its decision to further input words at borders, shape (n_vectors, n_features); may take long.
    compares : bool
        Whether scores are only compared with each other, so that all may lack as many low bits.
    """

    claim: Callable[[Any, Scores], None]
    gap: Gap | None = None
    search: Callable[[IntegerModel, Any], IntArray] | None = None
    compares: bool = False


def prove_decision(walk: Walk, decision: Decision, affine: Affine, words: Words) -> None:
    """Claim the output port against an affine over proven words, which is what the last stage is."""
    proof = DECISION_PROOFS[type(decision)]
    number = walk.stage_count - 1
    dropped = set(affine.dropped_bits.tolist())
    if affine.activation != "identity" or (dropped != {0} and not (proof.compares and len(dropped) == 1)):
        words, number = prove_outputs(walk, number, affine, words), number + 1
        affine = Affine.adding(affine.output_count)
    proof.claim(decision, Scores(walk, number, affine, words, decision.score_offset))


def near_borders(model: IntegerModel) -> Iterator[IntArray]:
    """Input words, shape (n_vectors, n_features), at borders of the model's decision, those that take longest last."""
    proof = DECISION_PROOFS[type(model.decision)]
    yield border_words(model, proof.gap)
    if proof.search is not None:
        yield proof.search(model, model.decision)


def _argmax(_decision: Argmax, scores: Scores) -> None:
    walk, dropped = scores.walk, int(scores.affine.dropped_bits[0])
    common, beaten = walk.certificate.common, walk.certificate.beaten
    claims = scores.claims(common if all(part % (1 << dropped) == 0 for part in common) else ())
    live = list(range(len(claims)))
    if not dropped:
        ranges = [word.interval for word in scores.words]
        live = [i for i in live if i not in beaten or not never_wins(scores.affine, ranges, i, beaten[i])]
    words = [prove_sum(walk, claims[i]).shifted_right(dropped) for i in live] if len(live) > 1 else [Word.constant(0)]
    prove_argmax(walk, live, words)


def _sign(decision: Sign, scores: Scores) -> None:
    score, logic = prove_above(scores.walk, scores.claims()[0], scores.offset - (1 if decision.inclusive else 0))
    scores.walk.claim_output([score], logic)


def _votes(decision: Votes, scores: Scores) -> None:
    """The winner by counted votes, or as a function of the pairs' outcomes where the certificate counts none."""
    walk, bound, number = scores.walk, scores.offset, scores.walk.stage_count
    is_counted = ("votes", number, 0) in walk.certificate.sums
    wins = []
    for pair, claim in enumerate(scores.claims()):
        outcome = Interval(int(claim.interval.low > bound), int(claim.interval.high > bound))
        key = ("pair", number, pair)
        wins.append(Word.of(outcome.low * (TRUE,), outcome))
        if key in walk.certificate.words or (is_counted and outcome.low < outcome.high):
            score, logic = prove_above(walk, claim, bound)
            literals = walk.hint(key).result
            walk.claim(key, literals, [score], logic)
            wins[pair] = Word.of(extended(literals, 1, signed=False)[:1], outcome)
    if not is_counted:
        _claim_tabulated(decision, walk, wins)
        return
    pairs, classes = np.array(decision.pairs()), np.arange(len(decision.classes))[:, None]
    weights = (pairs[:, 0] == classes).astype(np.int64) - (pairs[:, 1] == classes)
    counted = Affine(weights, (weights < 0).sum(axis=1), "identity", 0)
    counts = [prove_sum(walk, claim) for claim in sum_claims(("votes", number), counted, wins)]
    prove_argmax(walk, range(len(counts)), counts)


def _claim_tabulated(decision: Votes, walk: Walk, wins: Sequence[Word]) -> None:
    """The winner by the decision's own rule over all outcomes; pairs without a literal must have no influence."""
    undecided = [pair for pair, win in enumerate(wins) if win.interval.low < win.interval.high]
    known = [pair for pair in undecided if wins[pair].literals]
    varied = [*known, *(pair for pair in undecided if pair not in known)]
    silent = HintError("the certificate does not say where a pair is that the winner depends on", where=DECISION)
    if len(varied) > MAX_PAIRS:
        raise silent
    outcomes = np.tile([win.interval.low for win in wins], (1 << len(varied), 1))
    outcomes[:, varied] = np.arange(len(outcomes))[:, None] >> np.arange(len(varied)) & 1
    table = decision.decide(outcomes).reshape(-1, 1 << len(known))
    if (table != table[0]).any():
        raise silent
    winners, width = table[0].tolist(), (len(decision.classes) - 1).bit_length()
    state = Word.of([wins[pair].literals[0] for pair in known], Interval.unsigned(len(known)))
    walk.claim_output([state], lambda builder, words: looked_up(builder, winners, words[0].literals, width))


def _value(_decision: Value | Index, scores: Scores) -> None:
    """The offset of such a decision is 0, so the word is the score itself."""
    score, port = prove_sum(scores.walk, scores.claims()[0]), scores.walk.output
    width = 1 + max(len(score.literals), port.width)

    def logic(_builder: NetlistBuilder, words: Sequence[Word]) -> list[int]:
        return extended(words[0].literals, width, signed=score.signed)

    scores.walk.claim_output([score], logic, signed=port.signed)


def _label(decision: Label, scores: Scores) -> None:
    """The index is the number of label borders that the score reaches."""

    def logic(builder: NetlistBuilder, words: Sequence[Word]) -> Sequence[int]:
        index = Word.constant(0)
        for label in range(1, len(decision.classes)):
            border = (decision.first + label << decision.frac_bits) - decision.half + scores.offset
            index = choice(builder, greater_than(builder, words[0], border - 1), Word.constant(label), index)
        return index.literals

    scores.walk.claim_output([prove_sum(scores.walk, scores.claims()[0])], logic)


DECISION_PROOFS: dict[type[Decision], DecisionProof] = {
    Argmax: DecisionProof(_argmax, argmax_gap, compares=True),
    Sign: DecisionProof(_sign, sign_gap),
    Votes: DecisionProof(_votes, vote_gap, vote_border_words),
    Value: DecisionProof(_value, sign_gap),
    Label: DecisionProof(_label, label_gap),
    Index: DecisionProof(_value),
}
