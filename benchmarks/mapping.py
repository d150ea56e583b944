"""Operators mapped to the sums of models: what each family is worth, and what the joint search does beside them.

    python benchmarks/mapping.py [--models NAME,...] [--seeds 2]

Every sum of a model is realised by one of up to 16 operators of its own (`bespoke.search.MappingDesigns`): signed
digits of its weights limited and tuned, and with that low columns left out (``columns``), or also added by OR gates or
AMA5 cells (``cells``). NSGA-II maps them to the sums. ``joint`` is the joint search over coefficients, biases, inputs,
accumulation and activations with as many candidates. The hypervolume is that of the front of wrong training rows and
estimated cost, between no loss at no cost and the exact loss and 6 points at the exact cost. ``area`` is that of the
smallest circuit on the front within one point of the exact model on the training rows. ``inexact`` is the share of the
front that has such a cell. Ratios of hypervolumes leave out models of which one side has no front below the exact cost.
Only training rows are used. Rows are kept in ``out/mapping``: a run goes on where it ended.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from typing import Any

import numpy as np
from record import ROOT, Bar, Row, geometric_mean, record, table
from reference import MODELS, chosen, mapped_area_mm2
from search import COSTS, ORDER, Task, task_of

from bespoke.approx.unit_operators import LOW_COLUMNS
from bespoke.cells import load_library
from bespoke.lowering import lower
from bespoke.model import InexactSums
from bespoke.opt import optimise
from bespoke.search import AffineDesigns, DesignSpace, MappingDesigns, SearchOptions, explore
from bespoke.techmap import map_cheapest

KEPT = ROOT / "out" / "mapping"
LIBRARY = load_library("egfet")
NAMES = tuple(name for name in MODELS if not name.endswith("SVM_reg"))
OPTIONS = SearchOptions(population=60, islands=1, generations=10, epochs=10, patience=1000, smooth=0.0)
POINT = 0.01
SPACES: dict[str, Callable[[Task], DesignSpace]] = {
    "digits": lambda task: MappingDesigns(task.model, task.words, COSTS, cells=()),
    "columns": lambda task: MappingDesigns(task.model, task.words, COSTS, cells=("none",)),
    "cells": lambda task: MappingDesigns(task.model, task.words, COSTS, cells=LOW_COLUMNS),
    "joint": lambda task: AffineDesigns(task.model, task.words, COSTS, ORDER),
}


def kept(name: str, make: Callable[[], dict[str, Any]]) -> dict[str, Any]:
    """A row that was made before, or is made now."""
    path = KEPT / f"{name}.json"
    if not path.exists():
        row = make()
        KEPT.mkdir(parents=True, exist_ok=True)
        path.write_text(json.dumps(row), encoding="utf-8")
    found: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    print(name, found, flush=True)
    return found


def searched(name: str, kind: str, seed: int) -> dict[str, Any]:
    """Hypervolume of a search, area of the smallest circuit near the exact one, and share with inexact cells."""
    task = task_of(name)
    space = SPACES[kind](task)
    found = explore(space, task.words, task.targets, replace(OPTIONS, seed=seed))
    wrong = (space.predict(found.genomes, task.words) != task.targets).mean(axis=1)
    models = [space.decode(genome) for genome in found.genomes]
    near = np.flatnonzero(wrong <= wrong[0] + POINT)
    smallest = near[np.argsort(found.costs[near], kind="stable")[:3]]
    circuits = [map_cheapest([optimise(lower(models[index], COSTS).netlist)], LIBRARY) for index in smallest]
    return {
        "volume": found.state.volumes[-1],
        "area": min(mapped_area_mm2(circuit, LIBRARY) for circuit in circuits),
        "inexact": float(np.mean([any(isinstance(stage, InexactSums) for stage in model.stages) for model in models])),
    }


def main() -> None:
    """Print and record the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--models", help="parts of model names, separated by commas")
    parser.add_argument("--seeds", type=int, default=2)
    options = parser.parse_args()
    rows: dict[str, Row] = {}
    for name in chosen(options.models, NAMES):
        found = {
            kind: [kept(f"{name} {kind} {seed}", partial(searched, name, kind, seed)) for seed in range(options.seeds)]
            for kind in SPACES
        }
        rows[name] = {kind: float(np.mean([run["volume"] for run in runs])) for kind, runs in found.items()} | {
            f"area, {kind}": geometric_mean(run["area"] for run in runs) for kind, runs in found.items()
        }
        rows[name]["inexact"] = float(np.mean([run["inexact"] for run in found["cells"]]))
    print("\n" + table(rows, next(iter(rows.values()))))
    bars = []
    for kind, than in (("columns", "digits"), ("cells", "columns"), ("joint", "cells")):
        volume = geometric_mean(row[kind] / row[than] for row in rows.values() if row[than] and row[kind])
        area = geometric_mean(row[f"area, {kind}"] / row[f"area, {than}"] for row in rows.values())
        bars.append(Bar(f"hypervolume, {kind} over {than}, geometric mean", volume, 1.0, at_most=False))
        bars.append(Bar(f"area, {kind} over {than}, geometric mean", area, 1.0))
    record("mapping", rows, bars, seed=0, keep=options.models is None)


if __name__ == "__main__":
    main()
