"""Functional yield of a design on rows of its data."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from bespoke.analysis import Judged, YieldOptions, yield_curve
from bespoke.cells import CellLibrary
from bespoke.faults import Rows as FaultRows
from bespoke.faults import subject
from bespoke.flow.compile import Pruner, Stages, build_design
from bespoke.flow.design import Design
from bespoke.flow.options import CompileOptions
from bespoke.flow.sources import Rows, Source
from bespoke.model import Boundary, Decision, IntegerModel

FloatArray = NDArray[np.float64]
# Power of its area with which the area of the fatal faults of a circuit falls: between 0, where what is left out never
# mattered, and 1, where it matters as much as the rest. Halfway; `benchmarks/yields.py area` prints measured ones. It
# bears on which candidates become circuits, whose yields are measured.
_FATAL_POWER = 0.5


def judged_rows(boundary: Boundary, decision: Decision, rows: Rows, part: str) -> Judged:
    """Labelled rows as circuits with faults are judged on them; ``part`` says what they are."""
    words = boundary.encode(rows.words)
    if decision.is_classifier:
        return Judged(FaultRows(words, rows.wanted.astype(np.float64)), part, "accuracy")
    wanted = np.ldexp(rows.targets.astype(np.float64), decision.frac_bits)
    return Judged(FaultRows(words, wanted, is_value=True), part, "r2")


def judged_modes(boundary: Boundary, model: IntegerModel, rows: Rows, part: str) -> tuple[Judged, ...]:
    """The same in each mode of a model, one where it has none."""
    words = [model.coding.in_mode(rows.words, mode) for mode in range(model.mode_count)]
    return tuple(judged_rows(boundary, model.decision, replace(rows, words=each), part) for each in words)


def with_yield(design: Design, train: Rows, options: YieldOptions) -> Design:
    """The design with its functional yield on the training rows."""
    circuit = design.circuit
    judged = judged_modes(circuit.boundary, design.model, train, "training rows")
    curve = yield_curve(subject(circuit.mapped, circuit.library), judged, options)
    return replace(design, analyses={**design.analyses, curve.name: curve})


def built(
    source: Source,
    library: CellLibrary,
    options: CompileOptions,
    printed: YieldOptions,
    stages: Stages,
    *,
    prune: Pruner | None = None,
) -> Design:
    """The circuit of an integer model as `build_design` makes it, with its functional yield if that is asked for."""
    design = build_design(source, library, options, stages, prune=prune)
    if printed.defects is None or source.train is None:
        return design
    train = source.train
    return stages.run("yield", lambda: with_yield(design, train, printed))


def expected_bad(exact: Design, shares: FloatArray) -> FloatArray:
    """Shares (n,) of bad circuits to expect among those with shares (n,) of the area of another one.

    Without a density of defects there are none.
    """
    return np.asarray(1.0 - exact.good_share**shares**_FATAL_POWER, dtype=np.float64)
