"""The last layer and the rule from scores to the output port."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from bespoke.model import Decision, IntegerMLP, IntegerSVM
from bespoke.netlist import Certificate, NetlistBuilder, Port
from bespoke.numeric import Interval
from bespoke.proof.block import Block
from bespoke.proof.circuit import Reader, nets_of
from bespoke.proof.ledger import Ledger
from bespoke.proof.sums import SumClaim, SumProver, hinted_word, layer_claim, prove_hidden_layers
from bespoke.proof.tournament import STEP, prove_argmax
from bespoke.proof.word import Word, extended, greater_than, within


@dataclass(frozen=True, slots=True)
class _Context:
    """What the rules need: the last layer's claims, and where results go."""

    decision: Decision
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
    layer, offset = model.layers[last], model.decision.score_offset
    rows = range(len(layer.biases))
    claims = tuple(layer_claim(f"layer{last}.sum{row}", layer, row, words, offset) for row in rows)
    _RULES[model.decision.kind](_Context(model.decision, claims, certificate, output, prover, ledger))


def _argmax(context: _Context) -> None:
    scores = [context.score(row) for row in range(len(context.claims))]
    prove_argmax(scores, context.certificate, context.output, context.ledger)


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
    bound = context.decision.score_offset
    wins = []
    for pair in range(len(context.claims)):
        name, literals = hinted_word(context.certificate, f"votes.pair{pair}", context.ledger)
        score = context.signed_score(pair, bound)
        _claim_above(name, literals, score, bound, context.ledger)
        wins.append(Word(literals, Interval(int(score.interval.low > bound), int(score.interval.high > bound)), False))
    counts = [context.prover.prove(claim) for claim in _count_claims(context.decision, wins)]
    prove_argmax(counts, context.certificate, context.output, context.ledger)


def _count_claims(decision: Decision, wins: list[Word]) -> list[SumClaim]:
    claims = []
    for label in range(len(decision.classes)):
        signs = [
            (1 if label == i else -1, win)
            for (i, j), win in zip(decision.pairs(), wins, strict=True)
            if label in (i, j)
        ]
        bias = sum(1 for sign, _ in signs if sign < 0)
        claims.append(SumClaim(f"votes.count{label}", tuple(s for s, _ in signs), tuple(w for _, w in signs), bias))
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
