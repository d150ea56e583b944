"""Weighted sums: adder hints and the integer identity they add up to; activations."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from bespoke.model import IntegerMLP, IntegerSVM, Layer
from bespoke.model.layer import WHOLE
from bespoke.netlist import FALSE, TRUE, Certificate, NetlistBuilder, SumHint
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
    """``bias + sum(weights * words)``, which lies in ``interval``, is on the literals of the hint ``name``."""

    name: str
    weights: tuple[int, ...]
    words: tuple[Word, ...]
    bias: int
    interval: Interval


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
        hint = self._certificate.sums[claim.name]
        adders = [adder for part in hint.parts for adder in part.adders] + [*hint.adders]
        false = tuple(adder for adder in adders if not self._checker.holds(adder))
        options = {"signed": word.signed, "is_sum": True}
        self._ledger.claim(Block(STEP, claim.name, word.literals, spec, (cut,), adders=false, **options))


def _difference(claim: SumClaim, word: Word) -> Polynomial:
    """Claimed result minus specified sum."""
    polynomial: Polynomial = {}
    add_word(polynomial, word.literals, 1, signed=word.signed)
    add_literal(polynomial, TRUE, -claim.bias)
    for weight, term in zip(claim.weights, claim.words, strict=True):
        add_word(polynomial, term.literals, -weight, signed=term.signed)
    return polynomial


def layer_claims(name: str, layer: Layer, inputs: Sequence[Word], offset: int = 0) -> tuple[SumClaim, ...]:
    """Claims of all sums of a layer plus ``offset``, named ``name`` and their number; zero weights are left out."""
    columns = layer_columns(layer, inputs)
    claims = []
    for row, interval in enumerate(layer.sum_intervals([word.interval for word in inputs])):
        weights = layer.weights[row].tolist()
        terms = [(weight << shift, word) for weight, (word, shift) in zip(weights, columns, strict=True) if weight]
        factors, words = tuple(factor for factor, _ in terms), tuple(word for _, word in terms)
        bias = int(layer.biases[row]) + offset
        claims.append(SumClaim(f"{name}{row}", factors, words, bias, interval.shifted(offset)))
    return tuple(claims)


def layer_columns(layer: Layer, inputs: Sequence[Word]) -> list[tuple[Word, int]]:
    """Columns of a layer as words and the number of zeros below each: a masked column is some bits of its input."""
    columns = []
    for source, mask in zip(layer.sources.tolist(), layer.masks.tolist(), strict=True):
        word, shift = inputs[source], 0
        if mask != WHOLE:
            shift = (mask & -mask).bit_length() - 1 if mask else len(word.literals)
            interval = word.interval.masked(mask)
            kept = [bit if mask >> i & 1 else FALSE for i, bit in enumerate(word.literals)][shift : interval.width]
            word = Word(tuple(kept), interval.halved(shift), signed=False)
        columns.append((word, shift))
    return columns


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
        dropped = layer.dropped_bits.tolist()
        if layer.activation == "identity":
            words = tuple(prover.prove(claim).halved(bits) for claim, bits in zip(claims, dropped, strict=True))
            continue
        units = [
            _Unit(claim, *hinted_word(certificate, f"layer{number}.relu{row}", ledger), bits, limit)
            for row, (claim, bits, limit) in enumerate(
                zip(claims, dropped, layer.saturation_bits.tolist(), strict=True)
            )
        ]
        words = tuple(_prove_relu(unit, prover, ledger) for unit in units)
    return words


@dataclass(frozen=True, slots=True)
class _Unit:
    """A ReLU on a sum, with the literals claimed to be its output and the bits at which it is cut off."""

    claim: SumClaim
    name: str
    literals: tuple[int, ...]
    dropped_bits: int
    saturation_bits: int

    @property
    def limit(self) -> int:
        """Largest output."""
        return (1 << self.saturation_bits) - 1

    @property
    def interval(self) -> Interval:
        """Range of the output."""
        return self.claim.interval.clipped_below(0).halved(self.dropped_bits).clipped_above(self.limit)


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


def _prove_relu(unit: _Unit, prover: SumProver, ledger: Ledger) -> Word:
    claim, dropped = unit.claim, unit.dropped_bits
    always_off = unit.interval.high <= 0 and not prover.has(claim)
    total = Word.constant(0) if always_off else prover.prove(claim)

    def spec(builder: NetlistBuilder, reader: Reader) -> tuple[int, list[int]]:
        word = total.renamed(reader.word(total.literals))
        positive = greater_than(builder, word, 0)
        over = greater_than(builder, word, (unit.limit + 1 << dropped) - 1)
        kept = list(enumerate(word.literals[dropped:]))
        bits = [builder.or_(bit, over) if unit.limit >> place & 1 else FALSE for place, bit in kept]
        return within(builder, word), [builder.and_(bit, positive) for bit in bits]

    ledger.claim(Block(ACTIVATIONS, unit.name, unit.literals, spec, (nets_of(total.literals),)))
    return Word(unit.literals, unit.interval, signed=False)
