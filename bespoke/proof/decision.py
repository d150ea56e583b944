"""The last layer and the rule from scores to the output port."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from bespoke.model import Decision, IntegerMLP, IntegerSVM
from bespoke.netlist import TRUE, Certificate, NetlistBuilder, Port
from bespoke.numeric import Interval
from bespoke.proof.block import Block
from bespoke.proof.circuit import Reader, nets_of
from bespoke.proof.ledger import HintError, Ledger
from bespoke.proof.score_rows import ScoreRows
from bespoke.proof.sums import SumClaim, SumProver, hinted_word, prove_hidden_layers
from bespoke.proof.tournament import STEP, prove_argmax
from bespoke.proof.vote_table import table_logic, winner_table
from bespoke.proof.word import Word, extended, greater_than, within


@dataclass(frozen=True, slots=True)
class _Context:
    """What the rules need: the last layer, its input words, its claims, and where results go."""

    decision: Decision
    rows: ScoreRows
    claims: tuple[SumClaim, ...]
    certificate: Certificate
    output: Port
    prover: SumProver
    ledger: Ledger

    def score(self, row: int = 0) -> Word:
        """Word of score ``row`` plus the decision's offset."""
        return self.prover.prove(self.claims[row])

    def signed_score(self, row: int, bound: int) -> Word:
        """The same, or a stand-in constant if the exact range alone says whether it is above ``bound``."""
        claim = self.claims[row]
        if not self.prover.has(claim):
            if claim.interval.low > bound:
                return Word.constant(bound + 1)
            if claim.interval.high <= bound:
                return Word.constant(bound)
        return self.score(row)


def prove_weighted_sums(
    model: IntegerMLP | IntegerSVM,
    inputs: tuple[Word, ...],
    certificate: Certificate,
    output: Port,
    ledger: Ledger,
) -> None:
    """Walk an MLP or a linear model from its input words to the output port."""
    prover = SumProver(ledger, certificate)
    words = prove_hidden_layers(model, inputs, prover, certificate, ledger)
    last = len(model.layers) - 1
    rows = ScoreRows(f"layer{last}.sum", model.layers[last], words)
    claims = rows.claims(model.decision.score_offset)
    _RULES[model.decision.kind](_Context(model.decision, rows, claims, certificate, output, prover, ledger))


def _argmax(context: _Context) -> None:
    certificate, rows = context.certificate, context.rows
    dropped = int(rows.layer.dropped_bits[0])
    beaten = {label for label, proof in certificate.beaten.items() if not dropped and rows.never_wins(label, proof)}
    whole = all(part % (1 << dropped) == 0 for part in certificate.common)
    claims = rows.claims(0, certificate.common) if certificate.common and whole else context.claims
    live = [label for label in range(len(claims)) if label not in beaten]
    scores = {label: context.prover.prove(claims[label]).halved(dropped) for label in live} if len(live) > 1 else {}
    prove_argmax(scores or {live[0]: Word.constant(0)}, certificate, context.output, context.ledger)


def _sign(context: _Context, *, inclusive: bool = False) -> None:
    bound = context.decision.score_offset - (1 if inclusive else 0)
    score = context.signed_score(0, bound)
    _claim_above(context.output.name, context.output.bits, score, bound, context.ledger, is_output=True)


def _sign_inclusive(context: _Context) -> None:
    _sign(context, inclusive=True)


def _claim_above(
    name: str, claimed: tuple[int, ...], score: Word, bound: int, ledger: Ledger, *, is_output: bool = False
) -> None:
    def spec(builder: NetlistBuilder, reader: Reader) -> tuple[int, list[int]]:
        word = score.renamed(reader.word(score.literals))
        return within(builder, word), [greater_than(builder, word, bound)]

    ledger.claim(Block(STEP, name, claimed, spec, (nets_of(score.literals),), is_output=is_output))


def _votes(context: _Context) -> None:
    if "votes.count0" not in context.certificate.sums:
        _tabulated_votes(context)
        return
    bound = context.decision.score_offset
    wins = []
    for pair, claim in enumerate(context.claims):
        outcome = Interval(int(claim.interval.low > bound), int(claim.interval.high > bound))
        if f"votes.pair{pair}" in context.certificate.words:
            wins.append(Word(_prove_pair(context, pair), outcome, signed=False))
        elif outcome.low == outcome.high:
            wins.append(Word.constant(outcome.low))
        else:
            raise HintError(STEP, f"votes.pair{pair}")
    counts = [context.prover.prove(claim) for claim in _count_claims(context.decision, wins)]
    prove_argmax(dict(enumerate(counts)), context.certificate, context.output, context.ledger)


def _tabulated_votes(context: _Context) -> None:
    """The winner as a function of the pairs in the certificate, the others decided or without influence."""
    bound, decision = context.decision.score_offset, context.decision
    present = [pair for pair in range(len(context.claims)) if f"votes.pair{pair}" in context.certificate.words]
    literals = [_prove_pair(context, pair)[0] for pair in present]
    free = [
        pair
        for pair, claim in enumerate(context.claims)
        if pair not in present and claim.interval.low <= bound < claim.interval.high
    ]
    table = winner_table(decision, [claim.interval.low > bound for claim in context.claims], present, free)
    if table is None:
        raise HintError(STEP, "a pair that the winner depends on")

    def spec(builder: NetlistBuilder, reader: Reader) -> tuple[int, list[int]]:
        return TRUE, table_logic(builder, table, reader.word(literals), (len(decision.classes) - 1).bit_length())

    output = context.output
    block = Block(STEP, output.name, output.bits, spec, (nets_of(tuple(literals)),), is_output=True)
    context.ledger.claim(block)


def _prove_pair(context: _Context, pair: int) -> tuple[int, ...]:
    """Literal of "the first class of the pair wins", claimed against its score."""
    bound = context.decision.score_offset
    name, literals = hinted_word(context.certificate, f"votes.pair{pair}", context.ledger)
    _claim_above(name, literals, context.signed_score(pair, bound), bound, context.ledger)
    return literals


def _count_claims(decision: Decision, wins: list[Word]) -> list[SumClaim]:
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
        claims.append(SumClaim(f"votes.count{label}", factors, words, bias, interval))
    return claims


def _value(context: _Context) -> None:
    score, port = context.score(), context.output
    width = 1 + max(len(score.literals), port.width)

    def spec(builder: NetlistBuilder, reader: Reader) -> tuple[int, list[int]]:
        word = score.renamed(reader.word(score.literals))
        bits = extended(word.literals, width, signed=word.signed)
        # The offset of a value decision is 0, so the word is the score itself.
        return within(builder, word), bits

    block = Block(STEP, port.name, port.bits, spec, (nets_of(score.literals),), signed=port.signed, is_output=True)
    context.ledger.claim(block)


def _label(context: _Context) -> None:
    """The index is the number of label borders that the score reaches."""
    decision, score, port = context.decision, context.score(), context.output
    half = (1 << decision.frac_bits) >> 1
    last = len(decision.classes) - 1
    borders = [((decision.first + i) << decision.frac_bits) - half + decision.score_offset for i in range(1, last + 1)]

    def spec(builder: NetlistBuilder, reader: Reader) -> tuple[int, list[int]]:
        word = score.renamed(reader.word(score.literals))
        reached = [1, *(greater_than(builder, word, border - 1) for border in borders), 0]
        exact = [builder.and_(reached[i], reached[i + 1] ^ 1) for i in range(last + 1)]
        bits = range(last.bit_length())
        return within(builder, word), [builder.any_of([e for i, e in enumerate(exact) if i >> k & 1]) for k in bits]

    context.ledger.claim(Block(STEP, port.name, port.bits, spec, (nets_of(score.literals),), is_output=True))


_RULES: dict[str, Callable[[_Context], None]] = {
    "argmax": _argmax,
    "sign": _sign,
    "sign_inclusive": _sign_inclusive,
    "votes": _votes,
    "value": _value,
    "label": _label,
}
