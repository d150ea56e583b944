"""A circuit behind a small classifier that decides easy rows, chosen on the training rows."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bespoke.analysis import Cascade
from bespoke.approx import Detector, Idle, Lesson, Mode, find_detector, with_detector
from bespoke.drawing import power_text
from bespoke.errors import UnsupportedModelError
from bespoke.estimate import idle_cells
from bespoke.flow.case import Case
from bespoke.flow.circuit import Circuit
from bespoke.flow.compile import Stages
from bespoke.flow.design import Design
from bespoke.flow.idle_power import Powered
from bespoke.flow.sources import Source
from bespoke.flow.yields import built
from bespoke.model import Affine, IntArray, IntegerModel
from bespoke.netlist import Certificate, Netlist
from bespoke.proof import carriers

_CONSTANTS = 40  # rows of the easy class whose words are tried as constants


def check_cascade(model: IntegerModel) -> None:
    """Refuse models whose rows no detector can decide.

    Raises
    ------
    UnsupportedModelError
    """
    if not model.has_only(Affine) or not model.decision.is_classifier:
        names = ", ".join(dict.fromkeys(stage.name for stage in model.stages))
        got = f"{names}, then {model.decision.name}"
        raise UnsupportedModelError("no cascade", where="cascade", got=got, allowed="weighted sums that give a class")


def with_cascade(case: Case, design: Design) -> Design:
    """The design behind a detector, and what that saves; as it is if none is smaller than what it spares.

    Raises
    ------
    UnsupportedModelError
        If its gates are edited, or it is no classifier of weighted sums.
    """
    circuit, model = design.circuit, design.model
    check_cascade(model)
    if circuit.edits.edits:
        allowed = "a search or a recipe without pruning"
        raise UnsupportedModelError("a cascade before edited gates", where="cascade", allowed=allowed)
    detector = _detector(case, design)
    constants = None if detector is None else _constants(case, circuit, detector)
    if detector is None or constants is None:
        return design.with_notes("no cascade: no small classifier saves more than it takes on the training rows")
    source = replace(case.source, model=with_detector(model, detector, constants))
    made = built(source, case.library, case.options.compile, case.options.printed, Stages())
    found = _figures(made, design, source)
    analyses = {**design.analyses, **made.analyses, found.name: found}
    cascade = replace(made, approximation=design.approximation, analyses=analyses)
    power, plain = found.power_mw, found.plain_power_mw
    if power is None or plain is None or power < plain:
        return cascade
    return cascade.with_notes(f"the cascade saves no power: {power_text(power)} instead of {power_text(plain)} without")


def _detector(case: Case, design: Design) -> Detector | None:
    rows, circuit, given = case.train, design.circuit, design.measured.outputs["train"]
    # Weights are found on every other row; the rows between have a say in the bias, too.
    halves = [slice(first, None, 2) for first in (0, 1)]
    first, second = (Lesson(rows.words[half], rows.wanted[half], given[half]) for half in halves)
    idle = Idle.of(circuit.lowered, circuit.certificate, circuit.boundary, case.costs)
    cost = idle.used_cost(design.model, Mode.whole(design.model))
    return find_detector((first, second), design.model, cost, case.costs, case.options.cascade_loss)


def _constants(case: Case, circuit: Circuit, detector: Detector) -> IntArray | None:
    """Words of a training row that the circuit puts into the easy class, such that it burns least."""
    words: IntArray = np.unique(case.train.words[circuit.outputs(case.train.words) == detector.label], axis=0)
    tried = words[:: max(1, len(words) // _CONSTANTS)]
    if not len(tried):
        return None
    best = np.argmin([circuit.static_power_uw(row[None]) for row in tried]) if circuit.states_static_power else 0
    found: IntArray = tried[int(best)]
    return found


def _figures(made: Design, plain: Design, source: Source) -> Cascade:
    circuit, test = made.circuit, source.parts.get("test")
    words = source.parts["train"].words
    found = cascade_facts(made.model, Powered.of(made), words, circuit.lowered, circuit.certificate)
    return Cascade(
        **found,
        easy_test=float(np.mean(is_easy(made.model, test.words))) if test is not None and len(test.words) else None,
        train=made.accuracies.train,
        test=made.accuracies.test,
        plain_train=plain.accuracies.train,
        plain_test=plain.accuracies.test,
        plain_area_mm2=plain.estimate.area_mm2,
        plain_power_mw=plain.estimate.power_mw,
    )


def cascade_facts(
    model: IntegerModel, powered: Powered, words: IntArray, netlist: Netlist, certificate: Certificate
) -> dict[str, Any]:
    """Figures of a cascade without scores, as `bespoke.analysis.Cascade` has them, from what is made and input words.

    Parameters
    ----------
    model : IntegerModel
        With a detector.
    powered : Powered
    words : ndarray of int64, shape (n_rows, n_features)
        On which the power is stated.
    netlist : Netlist
        Lowered from the model, with its
    certificate : Certificate
    """
    easy = is_easy(model, words)
    # Nets that are proven to carry the bit of the detector or its complement.
    bits = certificate.words.get(("unit", 0, model.coding.feature_count), ())
    fixed = carriers(netlist, bits[0], powered.mapped, powered.library) if bits else {}
    idle = idle_cells(powered.mapped, powered.library, fixed)
    parts = [(words[~easy], ()), (words[easy], idle)]
    used = [(powered.on(rows, off)[1], len(rows) / len(words)) for rows, off in parts if len(rows)]
    whole = powered.on(words)[0]
    return {
        "easy_class": str(model.decision.classes[int(model.predict(words[easy][:1])[0])]) if easy.any() else "",
        "easy_train": float(np.mean(easy)),
        "area_mm2": whole.area_mm2,
        "power_mw": whole.power_mw,
        "used_power_mw": None if whole.power_mw is None else sum(power * share for power, share in used if power),
        "idle_cells": sum(idle),
        "cells": len(idle),
    }


def is_easy(model: IntegerModel, words: IntArray) -> NDArray[np.bool_]:
    """Rows that the detector of a model calls easy: its bit is the last output of the first stage."""
    return np.asarray(model.stages[0].apply(words)[:, -1] > 0)
