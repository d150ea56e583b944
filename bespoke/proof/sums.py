"""Weighted sums: adder hints and the integer identity they add up to; activations."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from bespoke.model import IntegerMLP, IntegerSVM, Layer
from bespoke.netlist import TRUE, Certificate, NetlistBuilder, SumHint
from bespoke.numeric import Interval
from bespoke.proof.adders import AdderChecker
from bespoke.proof.block import Block
from bespoke.proof.circuit import Reader, nets_of
from bespoke.proof.ledger import HintError, Ledger
from bespoke.proof.parts import LinearForm, PartTable, form_of
from bespoke.proof.polynomial import Elimination, Polynomial, add_literal, add_word, adder_identity
from bespoke.proof.word import Word, greater_than, weighted_sum, within

STEP = "sums"
ACTIVATIONS = "activations"


@dataclass(frozen=True, slots=True)
class SumClaim:
    """``bias + sum(weights * words)`` is on the literals of the hint ``name``."""

    name: str
    weights: tuple[int, ...]
    words: tuple[Word, ...]
    bias: int

    @property
    def interval(self) -> Interval:
        """Exact range for independent words."""
        return Interval.of_sum(self.weights, [word.interval for word in self.words], self.bias)


class SumProver:
    """Proves weighted sums from the adders in the certificate.

    Parameters
    ----------
    ledger : Ledger
    certificate : Certificate
    """

    def __init__(self, ledger: Ledger, certificate: Certificate) -> None:
        self._ledger = ledger
        self._certificate = certificate
        self._checker = AdderChecker(ledger.circuit)

    def has(self, claim: SumClaim) -> bool:
        """Whether the certificate has a hint for the sum."""
        return claim.name in self._certificate.sums

    def prove(self, claim: SumClaim) -> Word:
        """Word of the sum; failures go to the ledger.

        Raises
        ------
        HintError
            If the certificate does not say where the sum is.
        """
        with self._ledger.timed(STEP):
            word, reason = self._prove(claim)
        if reason:
            self._fall_back(claim, word)
        return word

    def _prove(self, claim: SumClaim) -> tuple[Word, str]:
        hint = self._certificate.sums.get(claim.name)
        if hint is None or not all(self._ledger.circuit.has(literal) for literal in hint.result):
            raise HintError(STEP, claim.name)
        word = Word.of(hint.result, claim.interval)
        self._ledger.count(STEP, "sums")
        self._ledger.count(STEP, "adders", len(hint.adders))
        if not word.reads_whole_range:
            return word, "width"
        if not all(self._checker.holds(adder) for adder in hint.adders):
            return word, "adder"
        difference = _difference(claim, word) if not hint.terms else self._term_difference(claim, word, hint)
        if difference is None:
            return word, "part"
        rest = Elimination(difference, map(adder_identity, hint.adders), 1 << len(hint.result)).run()
        return word, "identity" if rest else ""

    def _term_difference(self, claim: SumClaim, word: Word, hint: SumHint) -> Polynomial | None:
        """Claimed result minus the hint's terms and a constant, if these are the specified sum."""
        table = PartTable(self._checker, claim.words)
        total = table.total(hint.terms) if table.add_parts(hint.parts) else None
        specified = LinearForm({}, claim.bias)
        for weight, term in zip(claim.weights, claim.words, strict=True):
            specified = specified.plus(form_of(term), weight)
        if total is None or total.weights != specified.weights:
            return None
        polynomial: Polynomial = {}
        add_word(polynomial, word.literals, 1, signed=word.signed)
        add_literal(polynomial, TRUE, total.constant - specified.constant)
        for literals, shift, sign in hint.terms:
            add_word(polynomial, literals, -sign << shift, signed=False)
        return polynomial

    def _fall_back(self, claim: SumClaim, word: Word) -> None:
        """Without the certificate: compare with a plain adder chain over free input words."""

        def spec(builder: NetlistBuilder, reader: Reader) -> tuple[int, list[int]]:
            words = [term.renamed(reader.word(term.literals)) for term in claim.words]
            width = max(len(word.literals), claim.interval.width)
            return TRUE, weighted_sum(builder, claim.weights, words, claim.bias, width)

        cut = nets_of(*(term.literals for term in claim.words))
        self._ledger.claim(Block(STEP, claim.name, word.literals, spec, (cut,), signed=word.signed, is_sum=True))


def _difference(claim: SumClaim, word: Word) -> Polynomial:
    """Claimed result minus specified sum."""
    polynomial: Polynomial = {}
    add_word(polynomial, word.literals, 1, signed=word.signed)
    add_literal(polynomial, TRUE, -claim.bias)
    for weight, term in zip(claim.weights, claim.words, strict=True):
        add_word(polynomial, term.literals, -weight, signed=term.signed)
    return polynomial


def row_claim(name: str, weights: Sequence[int], inputs: Sequence[Word], bias: int) -> SumClaim:
    """Claim of one sum, zero weights left out."""
    terms = [(weight, word) for weight, word in zip(weights, inputs, strict=True) if weight]
    return SumClaim(name, tuple(weight for weight, _ in terms), tuple(word for _, word in terms), bias)


def layer_claims(name: str, layer: Layer, inputs: Sequence[Word]) -> list[SumClaim]:
    """Claims of all sums of a layer, named ``name`` and their number."""
    rows = zip(layer.weights.tolist(), layer.biases.tolist(), strict=True)
    return [row_claim(f"{name}{row}", weights, inputs, bias) for row, (weights, bias) in enumerate(rows)]


def prove_hidden_layers(
    model: IntegerMLP | IntegerSVM,
    inputs: tuple[Word, ...],
    prover: SumProver,
    certificate: Certificate,
    ledger: Ledger,
) -> tuple[Word, ...]:
    """Words that enter the last layer."""
    words = inputs
    for number, layer in enumerate(model.layers[:-1]):
        claims = layer_claims(f"layer{number}.sum", layer, words)
        if layer.activation == "identity":
            words = tuple(prover.prove(claim) for claim in claims)
            continue
        names = [f"layer{number}.relu{row}" for row in range(len(claims))]
        words = tuple(
            _prove_relu(claim, prover, hinted_word(certificate, name, ledger), ledger)
            for claim, name in zip(claims, names, strict=True)
        )
    return words


def hinted_word(certificate: Certificate, name: str, ledger: Ledger) -> tuple[str, tuple[int, ...]]:
    """Name and literals of a word in the certificate.

    Raises
    ------
    HintError
        If the certificate does not say where it is.
    """
    literals = certificate.words.get(name)
    if literals is None or not all(ledger.circuit.has(literal) for literal in literals):
        raise HintError(ACTIVATIONS, name)
    return name, literals


def _prove_relu(claim: SumClaim, prover: SumProver, hint: tuple[str, tuple[int, ...]], ledger: Ledger) -> Word:
    name, literals = hint
    always_off = claim.interval.high <= 0 and not prover.has(claim)
    total = Word.constant(0) if always_off else prover.prove(claim)

    def spec(builder: NetlistBuilder, reader: Reader) -> tuple[int, list[int]]:
        word = total.renamed(reader.word(total.literals))
        positive = greater_than(builder, word, 0)
        return within(builder, word), [builder.and_(bit, positive) for bit in word.literals]

    ledger.claim(Block(ACTIVATIONS, name, literals, spec, (nets_of(total.literals),)))
    return Word(literals, claim.interval.clipped_below(0), signed=False)
