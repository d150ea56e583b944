"""The rule from the sums of the last stage to the output port, for each type of decision."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from bespoke.errors import HintError
from bespoke.model import Affine, Argmax, Decision, Index, IntegerModel, Label, Sign, Value, Votes
from bespoke.netlist import NetlistBuilder
from bespoke.numeric import Interval
from bespoke.proof.activations import prove_outputs
from bespoke.proof.block import Logic, logic_block
from bespoke.proof.boundary import Gap, argmax_gap, label_gap, sign_gap, vote_gap
from bespoke.proof.hints import key_text
from bespoke.proof.score_rows import ScoreRows
from bespoke.proof.stages import Words
from bespoke.proof.sums import SumClaim
from bespoke.proof.tournament import STEP, prove_argmax
from bespoke.proof.vectors import IntArray
from bespoke.proof.vote_borders import vote_border_words
from bespoke.proof.vote_table import table_logic, winner_table
from bespoke.proof.walk import Walk
from bespoke.proof.word import Word, extended, greater_than


@dataclass(frozen=True, slots=True)
class Scores:
    """The sums of the last affine, each plus the decision's offset, on the walk that led to them."""

    walk: Walk
    rows: ScoreRows
    claims: tuple[SumClaim, ...]

    def prove(self, row: int = 0) -> Word:
        """Word of one of them."""
        return self.walk.sums.prove(self.claims[row])

    def claim(self, words: Sequence[Word], logic: Logic, **flags: bool) -> None:
        """Claim that the output port is a function of proven words."""
        port = self.walk.output
        self.walk.ledger.claim(logic_block(STEP, port.name, port.bits, words, logic, is_output=True, **flags))


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

    claim: Callable[..., None]
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
    rows = ScoreRows(number, affine, words)
    proof.claim(decision, Scores(walk, rows, rows.claims(decision.score_offset)))


def _argmax(_decision: Argmax, scores: Scores) -> None:
    rows, certificate = scores.rows, scores.walk.hints.certificate
    dropped = int(rows.affine.dropped_bits[0])
    beaten = {label for label, proof in certificate.beaten.items() if not dropped and rows.never_wins(label, proof)}
    whole = all(part % (1 << dropped) == 0 for part in certificate.common)
    claims = rows.claims(0, certificate.common) if certificate.common and whole else scores.claims
    live = [label for label in range(len(claims)) if label not in beaten]
    prove = scores.walk.sums.prove
    words = {label: prove(claims[label]).shifted_right(dropped) for label in live} if len(live) > 1 else {}
    prove_argmax(words or {live[0]: Word.constant(0)}, certificate, scores.walk.output, scores.walk.ledger)


def _sign(decision: Sign, scores: Scores) -> None:
    bound = decision.score_offset - (1 if decision.inclusive else 0)
    score = scores.walk.sums.prove_sign(scores.claims[0], bound)
    scores.claim([score], lambda builder, words: [greater_than(builder, words[0], bound)])


def _votes(decision: Votes, scores: Scores) -> None:
    walk, bound = scores.walk, decision.score_offset
    number = walk.stage_count
    if ("votes", number, 0) not in walk.hints.certificate.sums:
        _tabulated_votes(decision, scores)
        return
    wins = []
    for pair, claim in enumerate(scores.claims):
        outcome = Interval(int(claim.interval.low > bound), int(claim.interval.high > bound))
        if outcome.low == outcome.high and ("pair", number, pair) not in walk.hints.certificate.words:
            wins.append(Word.constant(outcome.low))
        else:
            wins.append(Word.of([_prove_pair(decision, scores, pair)], outcome))
    counts = [walk.sums.prove(claim) for claim in _count_claims(decision, number, wins)]
    prove_argmax(dict(enumerate(counts)), walk.hints.certificate, walk.output, walk.ledger)


def _tabulated_votes(decision: Votes, scores: Scores) -> None:
    """The winner as a function of the pairs in the certificate, the others decided or without influence."""
    walk, bound = scores.walk, decision.score_offset
    pairs = range(len(scores.claims))
    present = [pair for pair in pairs if ("pair", walk.stage_count, pair) in walk.hints.certificate.words]
    literals = [_prove_pair(decision, scores, pair) for pair in present]
    ranges = [claim.interval for claim in scores.claims]
    free = [pair for pair in pairs if pair not in present and ranges[pair].low <= bound < ranges[pair].high]
    table = winner_table(decision, [interval.low > bound for interval in ranges], present, free)
    if table is None:
        raise HintError("the certificate does not say where a pair is that the winner depends on", where=STEP)
    width = (len(decision.classes) - 1).bit_length()
    state = Word.of(literals, Interval.unsigned(len(literals)))
    scores.claim([state], lambda builder, words: table_logic(builder, table, words[0].literals, width))


def _prove_pair(decision: Votes, scores: Scores, pair: int) -> int:
    """Literal of "the first class of the pair wins", claimed against its score."""
    walk, bound = scores.walk, decision.score_offset
    key = ("pair", walk.stage_count, pair)
    literals = walk.hints.word(key, STEP)
    score = walk.sums.prove_sign(scores.claims[pair], bound)

    def logic(builder: NetlistBuilder, words: Sequence[Word]) -> list[int]:
        return [greater_than(builder, words[0], bound)]

    walk.ledger.claim(logic_block(STEP, key_text(key), literals, [score], logic))
    return extended(literals, 1, signed=False)[0]


def _count_claims(decision: Votes, number: int, wins: list[Word]) -> list[SumClaim]:
    claims = []
    for label in range(len(decision.classes)):
        signs = [
            (1 if label == i else -1, win)
            for (i, j), win in zip(decision.pairs(), wins, strict=True)
            if label in (i, j)
        ]
        bias = sum(1 for sign, _ in signs if sign < 0)
        factors, words = tuple(sign for sign, _ in signs), tuple(win for _, win in signs)
        interval = Interval.of_sum(factors, [win.interval for win in words], bias)
        claims.append(SumClaim(("votes", number, label), factors, words, bias, interval))
    return claims


def _value(_decision: Value | Index, scores: Scores) -> None:
    """The offset of such a decision is 0, so the word is the score itself."""
    score, port = scores.prove(), scores.walk.output
    width = 1 + max(len(score.literals), port.width)
    scores.claim([score], lambda _, words: extended(words[0].literals, width, signed=score.signed), signed=port.signed)


def _label(decision: Label, scores: Scores) -> None:
    """The index is the number of label borders that the score reaches."""
    last = len(decision.classes) - 1
    middles = [(decision.first + i << decision.frac_bits) - decision.half for i in range(1, last + 1)]

    def logic(builder: NetlistBuilder, words: Sequence[Word]) -> list[int]:
        borders = [middle + decision.score_offset for middle in middles]
        reached = [1, *(greater_than(builder, words[0], border - 1) for border in borders), 0]
        exact = [builder.and_(reached[i], reached[i + 1] ^ 1) for i in range(last + 1)]
        bits = range(last.bit_length())
        return [builder.any_of([e for i, e in enumerate(exact) if i >> k & 1]) for k in bits]

    scores.claim([scores.prove()], logic)


DECISION_PROOFS: dict[type[Decision], DecisionProof] = {
    Argmax: DecisionProof(_argmax, argmax_gap, compares=True),
    Sign: DecisionProof(_sign, sign_gap),
    Votes: DecisionProof(_votes, vote_gap, vote_border_words),
    Value: DecisionProof(_value, sign_gap),
    Label: DecisionProof(_label, label_gap),
    Index: DecisionProof(_value),
}
