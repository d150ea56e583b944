"""Modes and a cascade as a report states them, beside what follows from model, netlist, rows and library.

What the circuit without them takes and scores, and scores on training rows, are believed: they are in no other file.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

import numpy as np

from bespoke.analysis import Cascade, Modes
from bespoke.analysis.finding import Enlarged
from bespoke.flow.cascade import cascade_facts, is_easy
from bespoke.flow.idle_power import Powered
from bespoke.flow.modes import modes_facts
from bespoke.lowering import Lowered
from bespoke.model import IntArray, IntegerModel, Shortcut


class Evidence(NamedTuple):
    """What figures of analyses follow from.

    Attributes
    ----------
    model : IntegerModel
    powered : Powered
    words : ndarray of int64, shape (n_rows, n_features)
        On which the power is stated.
    tested : ndarray of int64, shape (n_rows, n_features), or None
        The test rows, if they are known.
    lowered : callable
        Gives the lowered netlist of the model.
    accuracy : mapping
        The scores that the report states.
    """

    model: IntegerModel
    powered: Powered
    words: IntArray
    tested: IntArray | None
    lowered: Callable[[], Lowered]
    accuracy: Mapping[str, Any]


def _modes(evidence: Evidence, stated: Mapping[str, Any]) -> Enlarged | None:
    model, scores = evidence.model, {part: evidence.accuracy[part] for part in ("train", "test")}
    if model.mode_count == 1:
        return None
    found = modes_facts(model, evidence.powered, evidence.words)
    scored = [scores, *({part: mode[part] for part in scores} for mode in stated["modes"][1:])]
    scored = [score | {"counts": mode.get("counts")} for score, mode in zip(scored, stated["modes"], strict=True)]
    modes = [score | mode for score, mode in zip(scored, found["modes"], strict=True)]
    return Modes.from_json({**stated, **found, "modes": modes})


def _cascade(evidence: Evidence, stated: Mapping[str, Any]) -> Enlarged | None:
    model, scores = evidence.model, {part: evidence.accuracy[part] for part in ("train", "test")}
    if model.coding.controls or not model.numbered(Shortcut):
        return None
    lowered = evidence.lowered()
    found = cascade_facts(model, evidence.powered, evidence.words, lowered.netlist, lowered.certificate)
    tested = evidence.tested
    easy = {} if tested is None else {"easy_test": float(np.mean(is_easy(model, tested)))}
    return Cascade.from_json({**stated, **found, **scores, **easy})


_RIGHT: Mapping[str, Callable[[Evidence, Mapping[str, Any]], Enlarged | None]] = {"modes": _modes, "cascade": _cascade}


def right_analyses(evidence: Evidence, stated: Mapping[str, Any]) -> dict[str, Enlarged | None]:
    """Findings of a report as they should be, by name, of those that follow; None for one that cannot be."""
    return {name: right(evidence, stated[name]) for name, right in _RIGHT.items() if name in stated}
