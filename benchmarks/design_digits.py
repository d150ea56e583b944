"""Digits of 8x8 pixels from data: the most accurate circuits below two sizes, digital part alone.

    python benchmarks/design_digits.py [--splits 42,1] [--budget SECONDS] [--families a,b]

``bespoke design`` on optdigits (5,620 rows, 64 features, 10 classes) without converters, for the smallest area in EGFET
at 1.0 V. Sizes are areas over that of a NAND2. Everything is chosen on training rows; test rows are read once for each
choice. A printed Tsetlin machine claims .93 and .985 on digits of this size. Means over 70/30 splits; the data are
those of ``../shared``.
"""

from __future__ import annotations

import argparse
import time

import numpy as np
from record import Bar, Row, record, table
from reference import SHARED

from bespoke.cells import load_library
from bespoke.data import Dataset, load_dataset
from bespoke.families import FAMILIES
from bespoke.flow import Constraint, design_from_data

SPLITS = (42, 1, 2, 3, 4)
# Largest size in NAND2 cells, and the least mean accuracy wanted.
LIMITS = ((1420, 0.93), (6800, 0.975))


def designed(dataset: Dataset, split: int, budget_s: float, families: tuple[str, ...]) -> Row:
    """Test accuracy and size of the choice below each limit."""
    cell = load_library("egfet", 1.0)["NAND2X1"].area_mm2
    largest = max(cells for cells, _ in LIMITS) * cell / 100
    start = time.perf_counter()
    answer = design_from_data(
        dataset,
        seed=split,
        converters="none",
        minimise="area",
        max_area_cm2=largest,
        budget_s=budget_s,
        families=families,
        float_budget_s=0,
    )
    row: Row = {"seconds": time.perf_counter() - start}
    for cells, _ in LIMITS:
        point = answer.best(Constraint(max_area_cm2=cells * cell / 100))
        facts = point.design.row() if point else {"test": 0.0, "area_mm2": np.inf}
        row |= {
            f"{cells}": facts["test"],
            f"{cells} promised": point.promised if point else 0.0,
            f"{cells} cells": facts["area_mm2"] / cell,
            f"{cells} family": point.family if point else "none",
        }
    return row


def main() -> None:
    """Print and record the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--splits", default=",".join(map(str, SPLITS)))
    parser.add_argument("--budget", type=float, default=60.0, help="seconds in which candidates enter")
    parser.add_argument("--families", default=",".join(FAMILIES))
    options = parser.parse_args()
    families = tuple(options.families.split(","))
    dataset = load_dataset(SHARED / "data" / "uci" / "optdigits.csv", task="classification")
    rows: dict[str, Row] = {}
    for split in options.splits.split(","):
        rows[split] = designed(dataset, int(split), options.budget, families)
        print(table({split: rows[split]}, rows[split]), flush=True)
    figures = [name for name, value in next(iter(rows.values())).items() if not isinstance(value, str)]
    rows["mean"] = {name: float(np.mean([row[name] for row in rows.values()])) for name in figures}
    print("\n" + table(rows, rows["mean"]))
    bars = [
        Bar(f"test accuracy, at most {cells} NAND2", rows["mean"][f"{cells}"], wanted, at_most=False)
        for cells, wanted in LIMITS
    ]
    whole = tuple(map(int, options.splits.split(","))) == SPLITS
    made_with = {"seed": 0, "budget_s": options.budget, "families": options.families}
    record("design_digits", rows, bars, seed=made_with, keep=whole)


if __name__ == "__main__":
    main()
