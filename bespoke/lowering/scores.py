"""What of the last layer an argmax needs."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from bespoke.arith import SharingEffort, Word, argmax, gate_cost, weighted_sums
from bespoke.cells import GateCosts
from bespoke.lowering.common_part import choose_common_part
from bespoke.lowering.dominance import beaten_by
from bespoke.netlist import NetlistBuilder
from bespoke.numeric import Interval

Rows = Sequence[Sequence[int]]


class ScorePlan(NamedTuple):
    """Classes that need no score, with the proof, and what is subtracted from the others (see `Certificate`)."""

    beaten: dict[int, tuple[int, ...]]
    common: tuple[int, ...]


def plan_scores(weights: Rows, biases: Sequence[int], ranges: Sequence[Interval], costs: GateCosts) -> ScorePlan:
    """Choose the scores to build and their common part."""
    proofs = {label: beaten_by(weights, biases, ranges, label) for label in range(len(biases))}
    beaten = {label: proof for label, proof in proofs.items() if proof is not None}
    live = [label for label in range(len(biases)) if label not in beaten]
    rows, constants = [weights[label] for label in live], [biases[label] for label in live]

    def cost(common: tuple[int, ...]) -> float:
        less = [[w - c for w, c in zip(row, common, strict=False)] for row in rows]
        return _argmax_cost(less, [bias - common[-1] for bias in constants], ranges, costs)

    return ScorePlan(beaten, choose_common_part(rows, constants, cost))


def _argmax_cost(weights: Rows, biases: Sequence[int], ranges: Sequence[Interval], costs: GateCosts) -> float:
    builder = NetlistBuilder("scores")
    ports = [builder.add_input(f"x{i}", interval.width) for i, interval in enumerate(ranges)]
    words = [Word(port.bits, interval) for port, interval in zip(ports, ranges, strict=True)]
    sums = weighted_sums(builder, weights, words, biases, SharingEffort(costs))
    index, _ = argmax(builder, [total.word for total in sums])
    builder.add_output("index", index.bits)
    return gate_cost(builder.build(), costs)
