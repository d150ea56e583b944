"""Weighted sums: adder hints and the integer identity that they add up to."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from bespoke.model import WHOLE, Affine
from bespoke.netlist import FALSE, TRUE, Key, NetlistBuilder, SumHint
from bespoke.numeric import Interval
from bespoke.proof.adders import AdderChecker
from bespoke.proof.block import Block
from bespoke.proof.circuit import Reader, nets_of
from bespoke.proof.hints import Hints, key_text
from bespoke.proof.ledger import Ledger
from bespoke.proof.parts import LinearForm, PartTable, form_of
from bespoke.proof.polynomial import Elimination, Polynomial, add_literal, add_word, adder_identity
from bespoke.proof.word import Word, weighted_sum

STEP = "sums"


@dataclass(frozen=True, slots=True)
class SumClaim:
    """``bias + sum(weights * words)``, which lies in ``interval``, is on the literals of the hint ``key``."""

    key: Key
    weights: tuple[int, ...]
    words: tuple[Word, ...]
    bias: int
    interval: Interval


class SumProver:
    """Proves weighted sums from the adders in the certificate.

    Parameters
    ----------
    ledger : Ledger
    hints : Hints
    """

    def __init__(self, ledger: Ledger, hints: Hints) -> None:
        self._ledger = ledger
        self._hints = hints
        self._checker = AdderChecker(ledger.circuit)

    def has(self, claim: SumClaim) -> bool:
        """Whether the certificate has a hint for the sum."""
        return claim.key in self._hints.certificate.sums

    def prove(self, claim: SumClaim) -> Word:
        """Word of the sum; failures go to the ledger. A sum that is one of its words needs no hint.

        Raises
        ------
        HintError
            If the certificate does not say where the sum is.
        """
        if not self.has(claim) and (claim.weights, claim.bias) == ((1,), 0):
            return claim.words[0]
        hint = self._hints.sum(claim.key, STEP)
        word = Word.of(hint.result, claim.interval)
        with self._ledger.timed(STEP):
            is_open = self._is_open(claim, word, hint)
        if is_open:
            self._fall_back(claim, word, hint)
        return word

    def prove_sign(self, claim: SumClaim, bound: int) -> Word:
        """The same, or a stand-in constant if the exact range alone says whether the sum is above ``bound``."""
        if not self.has(claim):
            if claim.interval.low > bound:
                return Word.constant(bound + 1)
            if claim.interval.high <= bound:
                return Word.constant(bound)
        return self.prove(claim)

    def _is_open(self, claim: SumClaim, word: Word, hint: SumHint) -> bool:
        """Whether the hint fails to show that the word is the sum."""
        self._ledger.count(STEP, "sums")
        self._ledger.count(STEP, "adders", len(hint.adders))
        if not word.reads_whole_range or not all(self._checker.holds(adder) for adder in hint.adders):
            return True
        difference = _difference(claim, word) if not hint.terms else self._term_difference(claim, word, hint)
        if difference is None:
            return True
        return bool(Elimination(difference, map(adder_identity, hint.adders), 1 << len(hint.result)).run())

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

    def _fall_back(self, claim: SumClaim, word: Word, hint: SumHint) -> None:
        """Without the certificate: compare with a plain adder chain over free input words."""

        def spec(builder: NetlistBuilder, reader: Reader) -> tuple[int, list[int]]:
            words = [term.read(reader) for term in claim.words]
            width = max(len(word.literals), claim.interval.width)
            return TRUE, weighted_sum(builder, claim.weights, words, claim.bias, width)

        cut = nets_of(*(term.literals for term in claim.words))
        adders = [adder for part in hint.parts for adder in part.adders] + [*hint.adders]
        false = tuple(adder for adder in adders if not self._checker.holds(adder))
        options = {"signed": word.signed, "is_sum": True}
        self._ledger.claim(Block(STEP, key_text(claim.key), word.literals, spec, (cut,), adders=false, **options))


def _difference(claim: SumClaim, word: Word) -> Polynomial:
    """Claimed result minus specified sum."""
    polynomial: Polynomial = {}
    add_word(polynomial, word.literals, 1, signed=word.signed)
    add_literal(polynomial, TRUE, -claim.bias)
    for weight, term in zip(claim.weights, claim.words, strict=True):
        add_word(polynomial, term.literals, -weight, signed=term.signed)
    return polynomial


def sum_claims(number: int, affine: Affine, inputs: Sequence[Word], offset: int = 0) -> tuple[SumClaim, ...]:
    """Claims of all sums of stage ``number`` plus ``offset``; zero weights are left out."""
    columns = _columns(affine, inputs)
    claims = []
    for row, interval in enumerate(affine.sum_intervals([word.interval for word in inputs])):
        weights = affine.weights[row].tolist()
        terms = [(weight << shift, word) for weight, (word, shift) in zip(weights, columns, strict=True) if weight]
        factors, words = tuple(factor for factor, _ in terms), tuple(word for _, word in terms)
        bias = int(affine.biases[row]) + offset
        claims.append(SumClaim(("sum", number, row), factors, words, bias, interval.plus(offset)))
    return tuple(claims)


def _columns(affine: Affine, inputs: Sequence[Word]) -> list[tuple[Word, int]]:
    """Columns as words and the number of zeros below each: a masked column is some bits of its input."""
    columns = []
    for source, mask in zip(affine.sources.tolist(), affine.masks.tolist(), strict=True):
        word, shift = inputs[source], 0
        if mask != WHOLE:
            shift = (mask & -mask).bit_length() - 1 if mask else len(word.literals)
            interval = word.interval.masked(mask)
            kept = [bit if mask >> i & 1 else FALSE for i, bit in enumerate(word.literals)][shift : interval.width]
            word = Word(tuple(kept), interval.shifted_right(shift), signed=False)
        columns.append((word, shift))
    return columns
