"""The proof of stages one after another with the decision behind them, and of a tree in front of such stages."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace

from bespoke.model import Affine, Decision, Shortcut, Stage
from bespoke.netlist import NetlistBuilder, Port
from bespoke.numeric import Interval
from bespoke.proof.activations import prove_outputs
from bespoke.proof.decision import prove_decision
from bespoke.proof.stages import PLAIN_PROOFS, InnerWords, Words, claim_inner, claim_trees
from bespoke.proof.walk import Walk
from bespoke.proof.word import Word, extended, greater_than


def prove_stages(walk: Walk, stages: Iterable[tuple[int, Stage]], decision: Decision, words: Words) -> None:
    """Claim the output port of a walk: that of a decision behind numbered stages that read proven words."""
    for number, stage in stages:
        words, affine = STAGE_PROOFS[type(stage)](walk, stage, number, words)
        if number + 1 < walk.stage_count:
            words = prove_outputs(walk, number, affine, words)
    prove_decision(walk, decision, affine, words)


def _shortcut(walk: Walk, stage: Shortcut, number: int, inputs: Words) -> tuple[Words, Affine]:
    """The tree, then the other stages, whose class stands where the certificate says, then the choice of the two."""
    found, _ = claim_trees(walk, stage.tree, number, inputs)
    other = walk.hint(("inner", number, 2)).result
    inner = replace(walk, output=Port("other", other), stage_count=number + 1 + len(stage.stages))
    prove_stages(inner, enumerate(stage.stages, start=number + 1), stage.decision, inputs[: stage.read])
    (interval,) = stage.output_intervals([word.interval for word in inputs])
    reads = (*found, Word.of(other, Interval.unsigned(len(other))))

    def logic(builder: NetlistBuilder, words: Sequence[Word]) -> list[list[int]]:
        width = max(interval.width, *(len(word.literals) for word in words[1:]))
        answer, rest = (extended(word.literals, width, signed=False) for word in words[1:])
        answers = greater_than(builder, words[0], 0)
        return [[builder.mux(answers, one, two) for one, two in zip(answer, rest, strict=True)]]

    return claim_inner(walk, number, 3, InnerWords([interval], reads, logic)), Affine.adding(1)


STAGE_PROOFS: dict[type[Stage], Callable[..., tuple[Words, Affine]]] = {**PLAIN_PROOFS, Shortcut: _shortcut}
