"""Weighted sums: adder hints and the integer identity that they add up to."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from bespoke.model import WHOLE, Affine
from bespoke.netlist import FALSE, Key, NetlistBuilder, SumHint, TermHint
from bespoke.numeric import Interval
from bespoke.proof.block import Block, Logic
from bespoke.proof.parts import ONE, PartTable, as_unsigned, identity_holds, plus
from bespoke.proof.walk import Walk, key_text
from bespoke.proof.word import Word, greater_than, weighted_sum


@dataclass(frozen=True, slots=True)
class SumClaim:
    """``bias + sum(weights * words)``, which lies in ``interval``, is on the literals of the hint ``key``."""

    key: Key
    weights: tuple[int, ...]
    words: tuple[Word, ...]
    bias: int
    interval: Interval


def prove_sum(walk: Walk, claim: SumClaim, instead: Word | None = None) -> Word:
    """Word of the sum; failures go to the ledger.

    Where the certificate has no hint, ``instead`` is taken. A sum that is one of its words needs no hint either.

    Raises
    ------
    HintError
        If the certificate does not say where the sum is.
    """
    if claim.key not in walk.certificate.sums:
        if instead is not None:
            return instead
        if (claim.weights, claim.bias) == ((1,), 0):
            return claim.words[0]
    hint = walk.hint(claim.key)
    word = Word.of(hint.result, claim.interval)
    with walk.ledger.timed("sums") as entry:
        entry.counts.update({"sums": 1, "adders": len(hint.adders)})
        is_proven = word.reads_whole_range and _adds_up(walk, claim, word, hint)
    if not is_proven:
        _fall_back(walk, claim, word, hint)
    return word


def prove_above(walk: Walk, claim: SumClaim, bound: int) -> tuple[Word, Logic]:
    """Word of the sum, and logic that tells from it whether the sum is above ``bound``.

    The word is a stand-in constant if the certificate has no hint and the exact range alone gives the answer.
    """
    interval, constant = claim.interval, None
    if interval.low > bound or interval.high <= bound:
        constant = Word.constant(bound + (interval.low > bound))
    return prove_sum(walk, claim, constant), lambda builder, words: [greater_than(builder, words[0], bound)]


def _adds_up(walk: Walk, claim: SumClaim, word: Word, hint: SumHint) -> bool:
    """Whether the adders give the word from the hint's terms, and these are the specified sum up to a constant."""
    table = PartTable(walk.adders, claim.words)
    own, constant = [], claim.bias
    for weight, term in zip(claim.weights, claim.words, strict=True):
        literals, offset = as_unsigned(term)
        own.append(TermHint(literals, 0, weight))
        constant += weight * offset
    terms = hint.terms or own
    total, wanted = table.total(terms) if table.add_parts(hint.parts) else None, table.total(own)
    if total is None or wanted is None:
        return False
    rest = plus(wanted, total, -1)
    constant += rest.pop(ONE, 0)
    return not rest and identity_holds(walk.adders, word, terms, constant, hint.adders)


def _fall_back(walk: Walk, claim: SumClaim, word: Word, hint: SumHint) -> None:
    """Without the certificate: compare with a plain adder chain over free input words."""

    def logic(builder: NetlistBuilder, words: Sequence[Word]) -> list[int]:
        width = max(len(word.literals), claim.interval.width)
        return weighted_sum(builder, claim.weights, words, claim.bias, width)

    adders = [adder for part in hint.parts for adder in part.adders] + [*hint.adders]
    false = tuple(adder for adder in adders if not walk.adders.holds(adder))
    known = false if all(map(walk.adders.fits, false)) else ()
    block = Block("sums", key_text(claim.key), word.literals, claim.words, logic, signed=word.signed, is_sum=True)
    walk.ledger.claim(replace(block, adders=known))


def sum_claims(key: tuple[str, int], affine: Affine, inputs: Sequence[Word], offset: int = 0) -> tuple[SumClaim, ...]:
    """Claims of all sums of an affine plus ``offset``; zero weights are left out. ``key`` lacks the row."""
    columns = _columns(affine, inputs)
    claims = []
    for row, interval in enumerate(affine.sum_intervals([word.interval for word in inputs])):
        weights = affine.weights[row].tolist()
        terms = [(weight << shift, word) for weight, (word, shift) in zip(weights, columns, strict=True) if weight]
        factors, words = tuple(factor for factor, _ in terms), tuple(word for _, word in terms)
        bias = int(affine.biases[row]) + offset
        claims.append(SumClaim((*key, row), factors, words, bias, interval.plus(offset)))
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
