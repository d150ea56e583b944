"""Outputs of a stage: its weighted sums behind the activation."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial

from bespoke.model import Affine
from bespoke.netlist import FALSE, NetlistBuilder
from bespoke.proof.block import Logic
from bespoke.proof.sums import SumClaim, prove_above, prove_sum, sum_claims
from bespoke.proof.walk import Walk
from bespoke.proof.word import Word, greater_than


def prove_outputs(walk: Walk, number: int, affine: Affine, inputs: Sequence[Word]) -> tuple[Word, ...]:
    """Words of all outputs of ``affine``, which is what stage ``number`` does to some words."""
    claims = sum_claims(("sum", number), affine, inputs)
    if affine.activation == "identity":
        pairs = zip(claims, affine.dropped_bits.tolist(), strict=True)
        return tuple(prove_sum(walk, claim).shifted_right(dropped) for claim, dropped in pairs)
    outputs = []
    for row, interval in enumerate(affine.output_intervals([word.interval for word in inputs])):
        total, logic = _ACTIVATIONS[affine.activation](walk, claims[row], affine, row)
        key = ("unit", number, row)
        outputs.append(Word(walk.hint(key).result, interval, signed=False))
        walk.claim(key, outputs[-1].literals, [total], logic)
    return tuple(outputs)


def _relu(walk: Walk, claim: SumClaim, affine: Affine, row: int) -> tuple[Word, Logic]:
    dropped, limit = int(affine.dropped_bits[row]), (1 << int(affine.saturation_bits[row])) - 1
    always_off = claim.interval.high >> dropped <= 0 or not limit
    logic = partial(_clipped, dropped, limit)
    return prove_sum(walk, claim, Word.constant(0) if always_off else None), logic


def _clipped(dropped: int, limit: int, builder: NetlistBuilder, words: Sequence[Word]) -> list[int]:
    """The number without some low bits, but at least 0 and at most ``limit``."""
    positive = greater_than(builder, words[0], 0)
    over = greater_than(builder, words[0], (limit + 1 << dropped) - 1)
    kept = enumerate(words[0].literals[dropped:])
    bits = [builder.or_(bit, over) if limit >> position & 1 else FALSE for position, bit in kept]
    return [builder.and_(bit, positive) for bit in bits]


def _step(walk: Walk, claim: SumClaim, _affine: Affine, _row: int) -> tuple[Word, Logic]:
    return prove_above(walk, claim, -1)


_ACTIVATIONS: dict[str, Callable[[Walk, SumClaim, Affine, int], tuple[Word, Logic]]] = {"relu": _relu, "step": _step}
