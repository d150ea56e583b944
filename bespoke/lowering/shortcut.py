"""Stages one after another with the decision behind them, and a tree in front of such stages."""

from __future__ import annotations

from collections.abc import Iterable

from bespoke.arith import Word
from bespoke.lowering.affine import Sums
from bespoke.lowering.decisions import DECISION_LOWERINGS
from bespoke.lowering.draft import Draft
from bespoke.lowering.inputs import Inputs
from bespoke.lowering.stages import PLAIN_LOWERINGS, StageLowering
from bespoke.lowering.trees import leaf_words
from bespoke.model import Affine, Decision, Shortcut, Stage
from bespoke.netlist import TRUE


def output_word(draft: Draft, stages: Iterable[tuple[int, Stage]], decision: Decision, words: Inputs) -> Word:
    """The output word of a decision behind numbered stages that read some words."""
    *inner, (last_number, last) = stages
    for number, stage in inner:
        words = STAGE_LOWERINGS[type(stage)](draft, stage, number, words).outputs(draft)
    sums = STAGE_LOWERINGS[type(last)](draft, last, last_number, words)
    return DECISION_LOWERINGS[type(decision)](draft, decision, sums)


def _shortcut(draft: Draft, stage: Shortcut, number: int, inputs: Inputs) -> Sums:
    """The bits of the other stages' class, held at 0 where the tree answers, or those of its answer."""
    answers, answer = leaf_words(draft, stage.tree, inputs, reads_ports=False)
    stages = enumerate(stage.stages, start=number + 1)
    other = output_word(draft, stages, stage.decision, inputs[: stage.read])
    (interval,) = stage.output_intervals([word.interval for word in inputs])
    builder, is_open = draft.builder, answers.bit(0) ^ 1
    bits = (builder.or_(builder.and_(other.bit(b), is_open), answer.bit(b)) for b in range(interval.width))
    words = (answers, answer, other, Word(tuple(bits), interval))
    draft.note("inner", number, words)
    nets = {bit >> 1: bit for word in words[:3] for bit in word.bits if bit > TRUE}
    draft.cut = tuple(nets.values())
    return Sums(Affine.adding(1), words[3:], number)


STAGE_LOWERINGS: dict[type[Stage], StageLowering] = {**PLAIN_LOWERINGS, Shortcut: _shortcut}
