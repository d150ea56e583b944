"""A circuit with modes: the first is the circuit as it is, others do without part of it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any, NamedTuple

import numpy as np

from bespoke.analysis import Modes
from bespoke.approx import NO_TREE, Idle, Mode, in_mode, shrinking_modes, with_modes, with_tree_modes
from bespoke.drawing import power_text
from bespoke.errors import UnsupportedModelError
from bespoke.estimate import idle_cells
from bespoke.flow.case import Assurance, Case
from bespoke.flow.circuit import Circuit
from bespoke.flow.compile import Stages
from bespoke.flow.design import Design
from bespoke.flow.idle_power import Powered, ranges_text
from bespoke.flow.options import SmallModes
from bespoke.flow.records import Confusion, score
from bespoke.flow.small_trees import LEAVES, Lesson, unseen_answers, whole_tree
from bespoke.flow.sources import Rows, Source
from bespoke.flow.yields import built
from bespoke.model import Affine, IntArray, IntegerModel, Masks

_POWER_ROWS = 200  # on which constants of inputs are compared; powers differ little between rows
# Standard errors by which masks are held for worse than they are on the rows that choose them, where none are asked
# for. Without any, a mode of cardio lost 1 point of the training rows and 5 of the test rows
# (`benchmarks/modes.py modes`).
_CAUTION = 2.0


class _Judge(NamedTuple):
    """Scores output words on the training rows; mode ``k``, from 1 on, must score at least ``limits[k - 1]``."""

    words: IntArray
    score: Callable[[IntArray], float]
    limits: tuple[float, ...]

    def scores(self, model: IntegerModel, modes: Sequence[Mode]) -> list[float]:
        """Of a model in each mode."""
        return [self.score(in_mode(model, mode).predict(self.words)) for mode in modes]

    def allows(self, model: IntegerModel, modes: Sequence[Mode]) -> bool:
        """Whether all modes score enough."""
        return all(found >= least for found, least in zip(self.scores(model, modes), self.limits, strict=True))


def check_modes(model: IntegerModel, small: SmallModes) -> None:
    """Refuse models that have no smaller modes of a kind.

    Raises
    ------
    UnsupportedModelError
    """
    if not model.has_only(Affine):
        names = ", ".join(dict.fromkeys(stage.name for stage in model.stages))
        raise UnsupportedModelError("no smaller modes", where="modes", got=names, allowed="weighted sums")
    if small == "trees" and not model.decision.is_classifier:
        allowed = "classes, or --small-modes masks"
        raise UnsupportedModelError(
            "trees answer with a class", where="modes", got=model.decision.name, allowed=allowed
        )


def with_mode_input(case: Case, design: Design) -> Design:
    """The design with an input for its modes, and what each of them gives; as it is if nothing can be masked.

    Raises
    ------
    UnsupportedModelError
        If its gates are edited, or not all of its stages are weighted sums.
    """
    check_modes(design.model, case.options.small_modes)
    if design.circuit.edits.edits:
        allowed = "a search or a recipe without pruning"
        raise UnsupportedModelError("modes of a circuit whose gates were edited", where="modes", allowed=allowed)
    model = _SMALL_MODES[case.options.small_modes](case, design)
    if model is None:
        lost = case.options.mode_loss
        return design.with_notes(f"no modes: all smaller ones lose more than {lost:g} on the training rows")
    parts = {name: Rows.of(model, rows.features, rows.targets) for name, rows in case.source.parts.items()}
    source = replace(case.source, model=model, train=parts["train"], test=parts.get("test"))
    made = built(source, case.library, case.options.compile, case.options.printed, Stages())
    found = _figures(made, design, source)
    analyses = {**design.analyses, **made.analyses, found.name: found}
    modal = replace(made, approximation=design.approximation, analyses=analyses)
    powers, plain = [mode.power_mw for mode in found.modes if mode.power_mw is not None], found.plain_power_mw
    if not powers or plain is None or min(powers) < plain:
        return modal
    words = f"{power_text(min(powers))} at least instead of {power_text(plain)} without"
    return modal.with_notes(f"on one supply no mode saves power: {words}")


def _with_trees(case: Case, design: Design) -> IntegerModel | None:
    """The model with the smallest trees that answer well enough on rows that they have not seen, as smaller modes.

    Where no tree does, a mode is the model itself.
    """
    outputs = design.measured.outputs["train"]
    lesson = Lesson(design.model, case.train.words, case.train.wanted, outputs).selected(case.known)
    judge = _judge(case, design, 0.0)
    answers = np.repeat(outputs[None], len(LEAVES), axis=0)
    answers[:, case.known] = [unseen_answers(lesson, leaves) for leaves in LEAVES]
    scores = [judge.score(each) for each in answers]
    sizes = [next((n for n, found in zip(LEAVES, scores, strict=True) if found >= most), 0) for most in judge.limits]
    trees = [whole_tree(lesson, leaves) if leaves else NO_TREE for leaves in sizes]
    return with_tree_modes(design.model, trees) if any(sizes) else None


def _with_masks(case: Case, design: Design) -> IntegerModel | None:
    """The model with masks in smaller modes."""
    judge = _judge(case, design, _CAUTION)
    modes = _chosen(case, design.circuit, judge)
    if modes[-1].holds_nothing:
        return None
    return with_modes(design.model, _with_constants(design.circuit, modes, judge))


_SMALL_MODES: Mapping[SmallModes, Callable[[Case, Design], IntegerModel | None]] = {
    "trees": _with_trees,
    "masks": _with_masks,
}


def _judge(case: Case, design: Design, usual_caution: float) -> _Judge:
    outputs, count, loss = design.measured.outputs["train"], case.options.modes - 1, case.options.mode_loss
    caution = usual_caution if case.options.caution is None else case.options.caution
    assurance = Assurance(case.train.wanted, outputs, case.metric, caution)
    limits = tuple(-loss * number / count for number in range(1, count + 1))
    return _Judge(case.train.words, assurance.gain, limits)


def _chosen(case: Case, circuit: Circuit, judge: _Judge) -> list[Mode]:
    """The smallest mode within each limit."""
    idle = Idle.of(circuit.lowered, circuit.certificate, circuit.boundary, case.costs)
    path = shrinking_modes(circuit.model, idle, judge.score, judge.words, judge.limits[-1])
    scores = judge.scores(circuit.model, path)
    return [path[max(n for n, found in enumerate(scores) if found >= least)] for least in judge.limits]


def _with_constants(circuit: Circuit, modes: list[Mode], judge: _Judge) -> list[Mode]:
    """Modes that hold masked bits of inputs at 1 where the circuit burns less so and enough rows stay right."""
    model, rows = circuit.model, judge.words[:: max(1, len(judge.words) // _POWER_ROWS)]
    if not circuit.states_static_power:
        return modes
    held = np.zeros_like(rows[0])

    def power(ones: IntArray) -> float:
        return circuit.static_power_uw(rows & modes[-1].kept[0] | ones)

    least = power(held)
    for word, gone in enumerate(modes[-1].gone_bits(model)[0]):
        ones = held.copy()
        ones[word] = gone
        if gone and (found := power(ones)) < least:
            tried = [mode.with_ones(word, model.ranges[0][word].width) for mode in modes]
            if judge.allows(model, tried):
                least, held, modes = found, ones, tried
    return modes


def _figures(made: Design, plain: Design, source: Source) -> Modes:
    found = modes_facts(made.model, Powered.of(made), source.parts["train"].words)
    scored = [mode | _scores(made, source, mode["mode"]) for mode in found["modes"]]
    plain_figures = {"plain_area_mm2": plain.estimate.area_mm2, "plain_power_mw": plain.estimate.power_mw}
    return Modes.from_json({**found, **plain_figures, "modes": scored})


def modes_facts(model: IntegerModel, powered: Powered, words: IntArray) -> dict[str, Any]:
    """Figures of modes without scores, as `bespoke.analysis.Modes` has them, from what is made and input words."""
    held, masks = np.zeros(model.mode_count, dtype=np.int64), []
    for before, (number, stage) in enumerate(model.numbered(Masks)):
        for word in range(stage.output_count):
            if not stage.passes(word):
                kept, ones = (part[1:, word].tolist() for part in (stage.kept, stage.held))
                masks.append({"stage": number - before, "word": word, "kept": kept, "held": ones})
                held[1:] += [(~bits & (1 << model.ranges[number][word].width) - 1).bit_count() for bits in kept]
    switched = _switched(powered, len(held))
    return {
        "port": model.coding.names[-1],
        "cells": len(powered.mapped.instances),
        "switched": ranges_text(switched),
        "area_mm2": powered.on(words[:1])[0].area_mm2,
        "masks": tuple(masks),
        "modes": [_mode_facts(powered, words, mode, bits, switched) for mode, bits in enumerate(held.tolist())],
    }


def _switched(powered: Powered, count: int) -> list[bool]:
    """Cells without use in all modes but the first: what a supply feeds that is on in that mode alone."""
    bits = powered.mapped.inputs[-1].bits
    idle = [
        idle_cells(powered.mapped, powered.library, {net: mode >> bit & 1 for bit, net in enumerate(bits)})
        for mode in range(1, count)
    ]
    return [all(flags) for flags in zip(*idle, strict=True)]


def _mode_facts(
    powered: Powered, words: IntArray, mode: int, held_bits: int, switched: Sequence[bool]
) -> dict[str, Any]:
    off = switched if mode else [False] * len(switched)
    figures, used = powered.on(words_in_mode(words, mode), off)
    power, period = figures.power_mw, figures.period_ms
    return {
        "mode": mode,
        "held_bits": held_bits,
        "static_power_mw": figures.static_power_mw,
        "power_mw": power,
        "energy_uj": None if power is None or period is None else power * period,
        "idle_cells": sum(off),
        "used_power_mw": used,
    }


def _scores(made: Design, source: Source, mode: int) -> dict[str, Any]:
    found: dict[str, Any] = {"train": None, "test": None}
    for name, rows in source.parts.items():
        outputs = made.circuit.outputs(words_in_mode(rows.words, mode))
        found[name] = score(made.accuracies.metric, made.model.decision.decode(outputs), rows.targets)
        if name == "test" and made.model.decision.is_classifier:
            found["counts"] = Confusion.of(made.model.decision, rows.wanted, outputs).counts
    return found


def words_in_mode(words: IntArray, number: int) -> IntArray:
    """Input words with another mode."""
    found = words.copy()
    found[:, -1] = number
    return found
