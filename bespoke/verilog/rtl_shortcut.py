"""Stages and the decision behind them, and a tree in front of such stages, as behavioural Verilog."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import partial

from bespoke.model import Affine, Decision, Shortcut, Stage
from bespoke.verilog.identifiers import comment_text
from bespoke.verilog.ports import Word
from bespoke.verilog.rtl_decision import DECISION_RTL
from bespoke.verilog.rtl_stages import PLAIN_RTL, StageRtl
from bespoke.verilog.rtl_sums import affine_lines
from bespoke.verilog.rtl_text import Names, Operand, Scope, range_text
from bespoke.verilog.rtl_trees import trees_lines


def stages_lines(
    stages: Iterable[tuple[int, Stage]], decision: Decision, words: Sequence[Operand], output: Word, names: Names
) -> list[str]:
    """Lines from words to an output: numbered stages, then the decision."""
    lines: list[str] = []
    rule, (*inner, last) = DECISION_RTL[type(decision)], stages
    for number, stage in (*inner, last):
        is_last = number == last[0]
        scope = Scope(number, names, partial(rule.note, decision)) if is_last else Scope(number, names)
        before, operands, affine = STAGE_RTL[type(stage)](stage, words, scope)
        sums, words = affine_lines(affine, operands, _score_labels(decision) if is_last else (), scope)
        lines += ["", *before, *sums]
    return [*lines, "", *rule.lines(decision, output, words, names)]


def _score_labels(decision: Decision) -> list[tuple[str, str]]:
    """Name and comment of each score, by the classes that it is about."""
    return [
        ("_".join(["score", *map(str, indices)]), " against ".join(comment_text(decision.classes[i]) for i in indices))
        for indices in decision.score_classes()
    ]


def _shortcut(stage: Shortcut, operands: Sequence[Operand], scope: Scope) -> tuple[list[str], list[Operand], Affine]:
    """The tree, a word for the class of the other stages, and the choice."""
    (interval,) = stage.output_intervals([operand.interval for operand in operands])
    lines, found, _ = trees_lines(stage.tree, operands, Scope(scope.number, scope.names))
    rest, width = scope.names.fresh(f"other{scope.number}"), max(1, interval.width)
    output = Word(rest, rest, interval.width)
    stages = enumerate(stage.stages, start=scope.number + 1)
    others = stages_lines(stages, stage.decision, operands[: stage.read], output, scope.names)
    word = scope.word(f"class{scope.number}", interval)
    choice = [] if word.fixed else [word.declared(f"{found[0].part(0, 1)} ? {found[1].part(0, width)} : {rest}")]
    head = f"  // Stage {scope.number}: a tree, which answers where its first bit is 1, in front of stages."
    return [head, *lines[1:], f"  wire{range_text(width)} {rest};", *others, "", *choice], [word], Affine.adding(1)


STAGE_RTL: dict[type[Stage], StageRtl] = {**PLAIN_RTL, Shortcut: _shortcut}
