"""The published flows as recipes, on the models behind the published circuits, beside the published figures.

    python benchmarks/recipes.py [--recipe alwann|autoapprox|date22|isqed22|tc23] [--only NAME,...]

The flow is as published, arithmetic generator and mapper are ours. Everything is chosen on the training rows, for a
loss of at most one point there; ``points`` is the change on the test rows. ``search area`` and ``search points`` are
those of the joint search, as `benchmarks/approximate.py` last recorded them. Areas in cm2, of trees in mm2; static
power in mW.
"""

from __future__ import annotations

import argparse
import json
import time
import warnings
from pathlib import Path
from typing import Any

from record import Bar, Row, geometric_mean, record, table
from reference import MODELS, TREES, Reference, chosen, published, reference_model, reference_tree

from bespoke import approximate

RESULTS = Path(__file__).with_name("results")
POINT = 0.01
TABLES = {
    "alwann": "approximate",
    "autoapprox": "approximate",
    "date22": "approximate",
    "isqed22": "approximate_trees",
    "tc23": "approximate",
}
COLUMNS = (
    "test exact", "test", "points", "area", "published", "area ratio", "power", "power ratio", "search area",
    "search points", "gates", "seconds",
)  # fmt: skip


def measure(reference: Reference, recipe: str) -> dict[str, Any]:
    """Row of one model."""
    started = time.perf_counter()
    own = reference.labelling
    front = approximate(reference.estimator, dataset=reference.dataset, recipe=recipe, max_loss=POINT, **own)
    design, exact = front.best(max_loss=POINT), front.exact
    unit = 1 if recipe == "isqed22" else 100
    assert design.accuracies.test is not None
    assert exact.accuracies.test is not None
    row = {
        "test exact": exact.accuracies.test,
        "test": design.accuracies.test,
        "points": 100 * (design.accuracies.test - exact.accuracies.test),
        "area": design.estimate.area_mm2 / unit,
        "power": design.estimate.static_power_mw,
        "gates": design.gate_count,
        "seconds": time.perf_counter() - started,
    }
    known = published(TABLES[recipe]).get(reference.name.removesuffix(".tree"))
    if known:
        row |= {"published": known["area"], "area ratio": row["area"] / known["area"]}
        row |= {"power ratio": row["power"] / known["power"]}
    return row | searched(reference.name, recipe, unit)


def searched(name: str, recipe: str, unit: int) -> dict[str, float]:
    """Area and points of the joint search, if they were recorded."""
    path = RESULTS / f"{TABLES[recipe]}.json"
    row = json.loads(path.read_text(encoding="utf-8"))["rows"].get(name) if path.exists() else None
    return {"search area": row["area"] * 100 / unit, "search points": row["points"]} if row else {}


def bars_of(rows: dict[str, Row]) -> list[Bar]:
    """The flow on our generator is no larger than as published, and the joint search smaller than the flow."""
    compared = [row for row in rows.values() if "area ratio" in row]
    searches = [row["search area"] / row["area"] for row in rows.values() if "search area" in row]
    bars = [Bar("area ratio, geometric mean", geometric_mean(row["area ratio"] for row in compared), 1.0)]
    bars += (
        [Bar("joint search over the recipe, geometric mean of areas", geometric_mean(searches), 1.0)]
        if searches
        else []
    )
    within = sum(row["points"] >= -1 - 1e-9 for row in rows.values())
    return [*bars, Bar("within one point of the exact circuit", within, len(rows), at_most=False)]


def main() -> None:
    """Print and record the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--recipe", choices=TABLES, default="date22")
    parser.add_argument("--only", help="parts of names, separated by commas")
    options = parser.parse_args()
    warnings.filterwarnings("ignore", module="sklearn")
    names = tuple(f"{name}.tree" for name in TREES) if options.recipe == "isqed22" else MODELS
    rows: dict[str, Row] = {}
    for name in chosen(options.only, names):
        reference = reference_tree(name.removesuffix(".tree")) if options.recipe == "isqed22" else reference_model(name)
        rows[name] = measure(reference, options.recipe)
        print(f"{name}: {rows[name]}", flush=True)
    print("\n" + table(rows, COLUMNS))
    name = "recipes" if options.recipe == "date22" else f"recipes_{options.recipe}"
    record(name, rows, bars_of(rows), seed=0, keep=options.only is None)


if __name__ == "__main__":
    main()
