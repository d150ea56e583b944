"""A circuit behind a small classifier that decides easy rows, chosen on the training rows."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bespoke.analysis import Cascade
from bespoke.approx import Idle, Mode, with_shortcut
from bespoke.drawing import power_text
from bespoke.errors import UnsupportedModelError
from bespoke.estimate import idle_cells
from bespoke.flow.case import Case
from bespoke.flow.compile import Stages
from bespoke.flow.design import Design
from bespoke.flow.idle_power import Powered, ranges_text
from bespoke.flow.small_trees import Lesson, sure_trees, tree_cost
from bespoke.flow.sources import Source
from bespoke.flow.yields import built
from bespoke.model import Affine, IntArray, IntegerModel, Shortcut, Trees
from bespoke.netlist import Certificate, Netlist
from bespoke.proof import carriers
from bespoke.verilog import net_names, netlist_ports


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
    tree = _tree(case, design)
    if tree is None:
        return design.with_notes("no cascade: no small tree saves more than it takes on the training rows")
    source = replace(case.source, model=with_shortcut(model, tree))
    made = built(source, case.library, case.options.compile, case.options.printed, Stages())
    found = _figures(made, design, source)
    analyses = {**design.analyses, **made.analyses, found.name: found}
    cascade = replace(made, approximation=design.approximation, analyses=analyses)
    power, plain = found.power_mw, found.plain_power_mw
    if power is None or plain is None or power < plain:
        return cascade
    saved = f"on one supply the cascade saves no power: {power_text(power)} instead of {power_text(plain)} without"
    return cascade.with_notes(saved)


def _tree(case: Case, design: Design) -> Trees | None:
    """The tree with which least is in use on average; None if none makes it less than the large classifier alone."""
    circuit, rows = design.circuit, case.train
    idle = Idle.of(circuit.lowered, circuit.certificate, circuit.boundary, case.costs)
    large = idle.used_cost(design.model, Mode.whole(design.model))
    lesson = Lesson(design.model, rows.words, rows.wanted, design.measured.outputs["train"]).selected(case.known)
    used = [
        (tree_cost(tree, design.model, case.costs) + (1.0 - easy) * large, tree)
        for tree, easy in sure_trees(lesson, case.options.cascade_loss)
    ]
    least, best = min(used, key=lambda each: each[0])
    return best if least < large else None


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
        With a shortcut.
    powered : Powered
    words : ndarray of int64, shape (n_rows, n_features)
        On which the power is stated.
    netlist : Netlist
        Lowered from the model, with its
    certificate : Certificate
    """
    easy = is_easy(model, words)
    classes = model.decision.decode(np.unique(model.predict(words[easy])))
    # Nets that are proven to carry whether the tree answers, or the complement.
    bits = certificate.words.get(("inner", 0, 0), ())
    fixed = carriers(netlist, bits[0], powered.mapped, powered.library) if bits else {}
    idle = idle_cells(powered.mapped, powered.library, fixed)
    names = net_names(powered.mapped, netlist_ports(powered.mapped))
    switch = [f"{'' if value else '~'}{names[net]}" for net, value in fixed.items()]
    parts = [(words[~easy], ()), (words[easy], idle)]
    used = [(powered.on(rows, off)[1], len(rows) / len(words)) for rows, off in parts if len(rows)]
    whole = powered.on(words)[0]
    return {
        "easy_classes": tuple(map(str, classes)),
        "easy_train": float(np.mean(easy)),
        "area_mm2": whole.area_mm2,
        "power_mw": whole.power_mw,
        "used_power_mw": None if whole.power_mw is None else sum(power * share for power, share in used if power),
        "idle_cells": sum(idle),
        "cells": len(idle),
        "switched": ranges_text(idle),
        "switch": switch[0] if switch else "",
    }


def is_easy(model: IntegerModel, words: IntArray) -> NDArray[np.bool_]:
    """Rows that the tree of a shortcut answers."""
    return model.only_stage(Shortcut, "cascade").answered(words) > 0
