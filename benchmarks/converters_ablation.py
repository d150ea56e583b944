"""What is lost without don't-cares of thermometer codes, without shared levels, and without moves of levels.

    python benchmarks/converters_ablation.py [--only NAME,...] [--epochs N] [--minutes M]

Trees of full depth on a grid of 4 bits with a wire per level. Without don't-cares the wires of a feature count as
inputs of their own, as if any code could come: area of the exact circuit in mm2. The joint search (converters `date24`,
power to be small) is made with all its moves, without those that give tests the level of another one, without those
that lower levels, and without both: system power in mW of the cheapest circuit that loses at most 0.01 of the assured
accuracy. Ratios are those over everything switched on. With ``--minutes`` no tree is begun later than that.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Collection
from dataclasses import replace
from typing import Any
from unittest.mock import patch

import numpy as np
from record import Bar, Row, geometric_mean, record, table
from reference import chosen, grid_tree

from bespoke.flow import approximate, compile_model
from bespoke.model import LEAF, Compare, IntegerModel, Trees
from bespoke.search import TreesDesigns
from bespoke.search.genes import BOUNDS, TREES_GENES

NAMES = ("seeds", "balance", "mammographic", "cardio")
BITS = 4
JOIN, LOWER = "_join_level", "_lower_level"
WITHOUT = {"no sharing": (JOIN,), "no moves": (LOWER,), "neither": (JOIN, LOWER)}


def on_free_wires(model: IntegerModel) -> IntegerModel:
    """The same tree on the outcomes of its tests, of which lowering knows nothing more."""
    tree = model.only_stage(Trees, "ablation")
    tests = list(tree.tests())
    compare = Compare(np.array([f for f, _ in tests]), np.array([bound + 1 for _, bound in tests]))
    number = {test: index for index, test in enumerate(tests)}
    pairs = zip(tree.feature.tolist(), tree.threshold.tolist(), strict=True)
    feature = np.array([LEAF if pair[0] == LEAF else number[pair] for pair in pairs])
    free = replace(tree, feature=feature, threshold=np.zeros_like(tree.threshold))
    return replace(model, stages=(compare, free))


def without(moves: Collection[str]) -> Any:  # noqa: ANN401  a context
    """The search without some moves of levels."""
    kept = tuple(move for move in BOUNDS.moves if move.apply.__name__ not in moves)
    genes = tuple(replace(gene, moves=kept) if gene is BOUNDS else gene for gene in TREES_GENES)
    return patch.object(TreesDesigns, "genes", genes)


def measure(name: str, epochs: int) -> dict[str, Any]:
    """Figures of one tree."""
    reference = grid_tree(name, BITS)
    settings = {**reference.settings, "inputs": "unary", "converters": "date24"}
    exact = compile_model(reference.estimator, dataset=reference.dataset, **settings)
    free = compile_model(on_free_wires(exact.model), dataset=reference.dataset, **settings)
    row: dict[str, Any] = {"epochs": epochs, "area": exact.estimate.area_mm2, "no don't-cares": free.estimate.area_mm2}
    for label, moves in {"search": (), **WITHOUT}.items():
        with without(moves):
            front = approximate(
                reference.estimator, dataset=reference.dataset, epochs=epochs, minimise="power", **settings
            )
        row[label] = front.chosen.system.power_mw
        print(f"{name}, {label}: {row[label]:.4f}", flush=True)
    row["no don't-cares ratio"] = row["no don't-cares"] / row["area"]
    return row | {f"{label} ratio": row[label] / row["search"] for label in WITHOUT}


def main() -> None:
    """Print and record the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--only", help="parts of names of data sets, separated by commas")
    parser.add_argument("--epochs", type=int, default=6)
    parser.add_argument("--minutes", type=float, default=1e6)
    options = parser.parse_args()
    rows: dict[str, Row] = {}
    end = time.monotonic() + 60 * options.minutes
    for name in chosen(options.only, NAMES):
        if time.monotonic() < end:
            rows[name] = measure(name, options.epochs)
    ratios = [f"{label} ratio" for label in ("no don't-cares", *WITHOUT)]
    print("\n" + table(rows, ("area", "no don't-cares", "search", *WITHOUT, *ratios)))
    bars = [Bar(label, geometric_mean(row[label] for row in rows.values()), 1.0, at_most=False) for label in ratios]
    record("converters_ablation", rows, bars, seed=0, keep=options.only is None)


if __name__ == "__main__":
    main()
