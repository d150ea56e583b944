"""Circuits with modes and cascades: what they save, lose and cost in area, on two supplies and on one.

    python benchmarks/modes.py modes|cascade [--only NAME,...] [--resume]

Two modes in one netlist for the exact MLPs of cardio and pendigits, in EGFET and CNT-TFT: a tree as the small mode, and
masks of words. Both are chosen on training rows; losses are those of the test rows. Powers are shares of that of the
circuit without modes: *one supply* is what the small mode takes as the circuit stands; *two supplies* is what its cells
in use take, with the others switched off. *Least state* is the least static power of the circuit without modes over
words at its inputs, found by changing one word after the other as long as it falls, as a share of that on the training
rows: no constants at its inputs do better than such a state.

``cascade``: the same circuits behind a tree that answers easy rows, without loss on training rows. Powers are means
over the training rows, as shares of that of the circuit alone.

Rows that are done stand in ``build/modes.json`` or ``build/modes_cascade.json``, from where ``--resume`` goes on.
"""

from __future__ import annotations

import argparse
from collections.abc import Mapping, Sequence
from functools import cache, partial
from typing import Any

import numpy as np
from record import Bar, Row, record, resumed, table
from reference import Reference, chosen, reference_model, reference_network_of

from bespoke.flow import ApproximateOptions, Design
from bespoke.flow.cascade import with_cascade
from bespoke.flow.case import Case
from bespoke.flow.compile import Stages
from bespoke.flow.modes import with_mode_input
from bespoke.flow.sources import read_source
from bespoke.flow.supply import read_library
from bespoke.flow.yields import built

TECHNOLOGIES = ("egfet", "cnt_tft")
MODELS: Mapping[str, Any] = {
    "cardio": lambda: reference_model("cardio.MLP_clf"),
    "pendigits": lambda: reference_network_of("pendigits", 5),
}
CASES = tuple(f"{name}, {technology}" for name in MODELS for technology in TECHNOLOGIES)
SMALL = ("trees", "masks")
MODE_CASES = tuple(f"{case}, {small}" for case in CASES for small in SMALL)
STARTS, STEPS = 2, 300  # of the search for the state of least power
SEED = 0
ICARUS_WORK = 1_000_000  # gates times vectors


@cache
def reference(name: str) -> Reference:
    """The model of a data set."""
    return MODELS[name]()


def case_of(name: str, technology: str, **more: Any) -> Case:  # noqa: ANN401  options
    """The exact circuit of a model, as `approximate` has it before it searches."""
    known = reference(name)
    options = ApproximateOptions().with_settings(**{**known.settings, "technology": technology, "modes": 2, **more})
    library = read_library(options.compile)
    source = read_source(known.estimator, known.dataset, options.compile)
    return Case(
        known.estimator, source, library, options, built(source, library, options.compile, options.printed, Stages())
    )


def least_state(design: Design) -> float:
    """Static power of the state that burns least, of those that a descent finds, over that on the training rows."""
    circuit, rng = design.circuit, np.random.default_rng(SEED)
    tops = (1 << np.array(design.model.coding.bits)) - 1
    best = np.inf
    for _ in range(STARTS):
        words = rng.integers(0, tops + 1)[None]
        least = circuit.static_power_uw(words)
        for _ in range(STEPS):
            tried = words.copy()
            feature = int(rng.integers(len(tops)))
            tried[0, feature] = rng.integers(0, tops[feature] + 1)
            found = circuit.static_power_uw(tried)
            if found < least:
                words, least = tried, found
        best = min(best, least)
    return best / circuit.static_power_uw(design.provenance.stimuli.words)


def modes_row(label: str) -> Row:
    """The exact circuit with two modes."""
    name, technology, small_modes = label.split(", ")
    case = case_of(name, technology, small_modes=small_modes)
    design = with_mode_input(case, case.exact)
    found = design.analyses["modes"]
    whole, small = found.modes
    verified = design.verify(thorough=False, icarus_work=ICARUS_WORK)
    return {
        "plain mm2": found.plain_area_mm2,
        "plain mW": found.plain_power_mw,
        "area overhead": found.area_overhead,
        "held bits": small.held_bits,
        "test": whole.test,
        "test, small": small.test,
        "loss, training": whole.train - small.train,
        "loss, test": whole.test - small.test,
        "power, one supply": small.power_mw / found.plain_power_mw,
        "power, two supplies": small.used_power_mw / found.plain_power_mw,
        "energy of the whole mode, uJ": whole.energy_uj,
        "energy of the small mode, uJ": small.energy_uj,
        "idle cells": small.idle_cells / found.cells,
        "least state": least_state(case.exact),
        "proof": verified.formal.status,
    }


def cascade_row(label: str) -> Row:
    """The exact circuit behind a tree."""
    name, technology = label.split(", ")
    case = case_of(name, technology, modes=1, cascade=True)
    design = with_cascade(case, case.exact)
    found = design.analyses["cascade"]
    return {
        "easy rows, training": found.easy_train,
        "easy rows, test": found.easy_test,
        "area overhead": found.area_overhead,
        "test, alone": found.plain_test,
        "test": found.test,
        "loss, test": found.plain_test - found.test,
        "power, one supply": found.power_mw / found.plain_power_mw,
        "power, two supplies": found.used_power_mw / found.plain_power_mw,
        "idle cells on easy rows": found.idle_cells / found.cells,
        "proof": design.verify(thorough=False, icarus_work=ICARUS_WORK).formal.status,
    }


# Result file, row, cases, end of the labels that bars are about, and the limits of what was asked for: what a bar is
# called, its column, and the most.
PARTS = {
    "modes": (
        "modes",
        modes_row,
        MODE_CASES,
        ", egfet, trees",
        (
            ("area overhead", "area overhead", 0.15),
            ("loss on test rows", "loss, test", 0.02),
            ("power of the small mode, one supply", "power, one supply", 0.5),
            ("power of the small mode, two supplies", "power, two supplies", 0.5),
        ),
    ),
    "cascade": (
        "modes_cascade",
        cascade_row,
        CASES,
        ", egfet",
        (
            ("loss on test rows", "loss, test", 0.0),
            ("power, one supply", "power, one supply", 0.6),
            ("power, two supplies", "power, two supplies", 0.6),
        ),
    ),
}


def bars(rows: Mapping[str, Row], end: str, limits: Sequence[tuple[str, str, float]]) -> list[Bar]:
    """The limits of what was asked for."""
    found = {name: rows[name + end] for name in MODELS if name + end in rows}
    return [Bar(f"{name}: {what}", row[column], most) for name, row in found.items() for what, column, most in limits]


def main() -> None:
    """Measure, print and record."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("what", choices=PARTS)
    parser.add_argument("--only", help="parts of names of cases, with commas")
    parser.add_argument("--resume", action="store_true", help="go on with the rows of an earlier call")
    given = parser.parse_args()
    name, row, labels, end, limits = PARTS[given.what]
    cases = [(label, partial(row, label)) for label in chosen(given.only, labels)]
    rows = resumed(name, cases, resume=given.resume)
    print(table(rows, next(iter(rows.values()))))
    record(name, rows, bars(rows, end, limits), seed=SEED, keep=not given.only)


if __name__ == "__main__":
    main()
