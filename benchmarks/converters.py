"""Converters in front of circuits: the published ones, and circuits with a wire per level beside those with words.

    python benchmarks/converters.py table1
    python benchmarks/converters.py trees [--only NAME,...] [--sabotages N]

``table1`` has the conventional converters of ESL 2024 beside our model of them. ``trees`` compiles six trees (entropy,
full depth, on grids of 4 and 8 bits) with binary and with unary inputs: areas of the classifier and of the system,
which has the converters ``esl24``, in mm2, powers in mW, and the least of some CPU times to compile in s. Every unary
circuit is proven, and damaged at random until so many changes of its function were refuted.
"""

from __future__ import annotations

import argparse
import os
from collections import Counter
from typing import Any

import numpy as np
from record import Bar, Row, geometric_mean, record, table
from reference import TREES, chosen, grid_tree, published
from sabotage import Subject, attack

from bespoke.cells import load_library
from bespoke.converters import conventional, load_converters
from bespoke.flow import Design, compile_model
from bespoke.flow.sensors import encoder_gate
from bespoke.lowering import Lowered

CONVERTERS = "esl24"
GRIDS = (4, 8)
ROUNDS = 3
SABOTAGES = 200
SEED = 0
TREE_COLUMNS = (
    "binary area", "unary area", "area ratio", "binary system area", "system area", "system area ratio",
    "binary system power", "system power", "system power ratio", "binary seconds", "seconds", "seconds ratio", "proof",
    "refuted", "equivalent", "missed",
)  # fmt: skip


def table1(_: argparse.Namespace) -> None:
    """The conventional converters of the paper, in cm2 and mW."""
    model, gate = load_converters(CONVERTERS), encoder_gate(load_library("egfet"))
    rows: dict[str, Row] = {}
    for name, known in published("conventional_converters").items():
        cost = conventional(model, known["bits"], known["inputs"], gate)
        ours = {"area": round(cost.area_mm2 / 100, 2), "power": float(f"{cost.power_mw:.3g}")}
        rows[name] = {**ours, **{f"published {figure}": known[figure] for figure in ours}}
    print(table(rows, ("area", "published area", "power", "published power")))
    wrong = sum(row[figure] != row[f"published {figure}"] for row in rows.values() for figure in ("area", "power"))
    record("converters_table1", rows, [Bar("figures of Table I that differ", wrong, 0)], seed=None)


def measure_tree(name: str, bits: int, sabotages: int) -> dict[str, Any]:
    """One tree with both kinds of inputs, the unary circuit proven and damaged."""
    binary, slow = _compiled(name, bits, "binary")
    unary, seconds = _compiled(name, bits, "unary")
    row: dict[str, Any] = {
        "binary area": binary.estimate.area_mm2,
        "unary area": unary.estimate.area_mm2,
        "area ratio": unary.estimate.area_mm2 / binary.estimate.area_mm2,
        "binary system area": binary.system.area_mm2,
        "system area": unary.system.area_mm2,
        "system area ratio": unary.system.area_mm2 / binary.system.area_mm2,
        "binary system power": binary.system.power_mw,
        "system power": unary.system.power_mw,
        "system power ratio": unary.system.power_mw / binary.system.power_mw,
        "binary seconds": slow,
        "seconds": seconds,
        "seconds ratio": seconds / slow,
        "proof": unary.verify().formal.status,
    }
    return row | _damaged(f"{name}, {bits} bits", unary, sabotages)


def _compiled(name: str, bits: int, inputs: str) -> tuple[Design, float]:
    """A tree as a circuit, and the least time that it took."""
    reference, seconds = grid_tree(name, bits), []
    for _ in range(ROUNDS):
        started = _cpu_seconds()
        settings = {**reference.settings, "inputs": inputs, "converters": CONVERTERS}
        design = compile_model(reference.estimator, dataset=reference.dataset, **settings)
        seconds.append(_cpu_seconds() - started)
    return design, min(seconds)


def _cpu_seconds() -> float:
    """CPU time of this process and of those that it waited for."""
    return sum(os.times()[:4])


def _damaged(name: str, design: Design, count: int) -> dict[str, int]:
    """What became of damage to a circuit, half of it in each netlist, until ``count`` changes had an effect."""
    circuit, rng = design.circuit, np.random.default_rng(SEED)
    lowered = Lowered(circuit.lowered, circuit.certificate, circuit.boundary)
    subject = Subject(name, circuit.model, lowered, circuit.mapped)
    found: Counter[str] = Counter(dict.fromkeys(("refuted", "equivalent", "missed"), 0))
    number = 0
    while found["refuted"] + found["missed"] < count:
        outcome, change = attack(subject, circuit.library, rng, on_mapped=number % 2 == 1)
        kind = outcome.partition(",")[0]
        found[kind if kind in found else "missed"] += 1
        number += 1
        if kind not in ("refuted", "equivalent"):
            print(f"{name}, {change}: {outcome}", flush=True)
    return dict(found)


def trees(options: argparse.Namespace) -> None:
    """All trees on both grids."""
    names = list(chosen(options.only, TREES))
    count = -(-options.sabotages // (len(names) * len(GRIDS)))
    rows: dict[str, Row] = {}
    for name in names:
        for bits in GRIDS:
            rows[f"{name}, {bits} bits"] = row = measure_tree(name, bits, count)
            print(f"{name}, {bits} bits: {row}", flush=True)
    print("\n" + table(rows, TREE_COLUMNS))
    means = {key: geometric_mean(row[f"{key} ratio"] for row in rows.values()) for key in _LIMITS}
    bars = [Bar(f"{key}, unary over binary", means[key], limit) for key, limit in _LIMITS.items()]
    bars += [
        Bar("circuits that are not proven", sum(row["proof"] != "proven" for row in rows.values()), 0),
        Bar("changes refuted", sum(row["refuted"] for row in rows.values()), SABOTAGES, at_most=False),
        Bar("changes missed", sum(row["missed"] for row in rows.values()), 0),
    ]
    record("converters_trees", rows, bars, seed=SEED, keep=options.only is None)


_LIMITS = {"area": 0.5, "system area": 0.1, "system power": 0.5, "seconds": 1.2}


def main() -> None:
    """Print and record the table that is asked for."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parts = parser.add_subparsers(required=True)
    parts.add_parser("table1").set_defaults(run=table1)
    of_trees = parts.add_parser("trees")
    of_trees.set_defaults(run=trees)
    of_trees.add_argument("--only", help="parts of names of data sets, separated by commas")
    of_trees.add_argument("--sabotages", type=int, default=SABOTAGES, help="changes of the function, in all")
    options = parser.parse_args()
    options.run(options)


if __name__ == "__main__":
    main()
