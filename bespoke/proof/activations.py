"""Outputs of a stage: its weighted sums behind the activation."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from bespoke.model import Affine
from bespoke.netlist import FALSE, Key, NetlistBuilder
from bespoke.numeric import Interval
from bespoke.proof.block import Logic, logic_block
from bespoke.proof.hints import key_text
from bespoke.proof.sums import SumClaim, sum_claims
from bespoke.proof.walk import Walk
from bespoke.proof.word import Word, greater_than

STEP = "activations"


@dataclass(frozen=True, slots=True)
class _Unit:
    """One output: its sum, its range, and the bits at which it is cut."""

    claim: SumClaim
    interval: Interval
    dropped_bits: int
    saturation_bits: int

    @property
    def key(self) -> Key:
        """Where the certificate has its literals."""
        return ("unit", *self.claim.key[1:])


def prove_outputs(walk: Walk, number: int, affine: Affine, inputs: Sequence[Word]) -> tuple[Word, ...]:
    """Words of all outputs of ``affine``, which is what stage ``number`` does to some words."""
    units = zip(
        sum_claims(number, affine, inputs),
        affine.output_intervals([word.interval for word in inputs]),
        affine.dropped_bits.tolist(),
        affine.saturation_bits.tolist(),
        strict=True,
    )
    prove = _ACTIVATIONS[affine.activation]
    return tuple(prove(walk, _Unit(*fields)) for fields in units)


def _identity(walk: Walk, unit: _Unit) -> Word:
    return walk.sums.prove(unit.claim).shifted_right(unit.dropped_bits)


def _relu(walk: Walk, unit: _Unit) -> Word:
    always_off = unit.interval.high <= 0 and not walk.sums.has(unit.claim)
    total = Word.constant(0) if always_off else walk.sums.prove(unit.claim)
    dropped, limit = unit.dropped_bits, (1 << unit.saturation_bits) - 1

    def logic(builder: NetlistBuilder, words: Sequence[Word]) -> list[int]:
        (word,) = words
        positive = greater_than(builder, word, 0)
        over = greater_than(builder, word, (limit + 1 << dropped) - 1)
        kept = enumerate(word.literals[dropped:])
        bits = [builder.or_(bit, over) if limit >> position & 1 else FALSE for position, bit in kept]
        return [builder.and_(bit, positive) for bit in bits]

    return _claimed(walk, unit, total, logic)


def _step(walk: Walk, unit: _Unit) -> Word:
    total = walk.sums.prove_sign(unit.claim, -1)
    return _claimed(walk, unit, total, lambda builder, words: [greater_than(builder, words[0], -1)])


def _claimed(walk: Walk, unit: _Unit, total: Word, logic: Logic) -> Word:
    literals = walk.hints.word(unit.key, STEP)
    walk.ledger.claim(logic_block(STEP, key_text(unit.key), literals, [total], logic))
    return Word(literals, unit.interval, signed=False)


_ACTIVATIONS = {"identity": _identity, "relu": _relu, "step": _step}
