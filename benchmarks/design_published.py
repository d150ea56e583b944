"""The best published circuits beside those that `bespoke design` finds on the same data, converters left out.

``python benchmarks/design_published.py [--sets redwine,...] [--splits 42,1] [--keep]`` reads the fronts that
``benchmarks/design.py`` left in ``out/design``, and needs the data of ``../shared``. Each published circuit stands
beside two of ours: the coolest one that promises its accuracy, chosen on training rows (of none the most promising),
and the coolest one whose test accuracy is as good, as published fronts are read. Areas in cm2 and power in mW are
those of the digital part at 1.0 V; *mean* columns are over the splits, the others of the first.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Iterator, Mapping
from functools import cache
from typing import Any

import numpy as np
from design import SETS, WORK, data_of
from record import Bar, Row, record, table
from reference import published

from bespoke.families import FAMILIES
from bespoke.families.validation import FOLDS
from bespoke.flow import DesignOptions, compile_model
from bespoke.flow.from_data import Sources, system_prices
from bespoke.flow.supply import read_library

COLUMNS = ("accuracy", "test", "mean test", "area", "our area", "power", "our power", "system mW", "family", "read as")


def main() -> None:
    """Print the table, write ``results/design_published.json``."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sets", default=",".join(SETS))
    parser.add_argument("--splits", default="42,1,2,3,4")
    parser.add_argument("--keep", action="store_true", help="write the results into the repository")
    arguments = parser.parse_args()
    splits = [int(split) for split in arguments.splits.split(",")]
    rows: dict[str, Row] = {}
    for name in arguments.sets.split(","):
        for known in published("best_known").get(name, []):
            if "accuracy" in known:
                rows |= _beside(name, known, splits)
    print(table(rows, COLUMNS))
    both = {way: [row for row in rows.values() if row["read as"] == way] for way in ("promised", "published")}
    bars = [Bar(f"published circuits not beaten, read as {way}", _missed(each), 0.0) for way, each in both.items()]
    record("design_published", rows, bars, seed=0, keep=arguments.keep)


def _missed(rows: list[Row]) -> float:
    return float(sum(not row["beaten"] for row in rows))


def _beside(name: str, known: Mapping[str, Any], splits: list[int]) -> Iterator[tuple[str, Row]]:
    """Two rows for a published circuit."""
    found: dict[str, list[dict[str, Any]]] = {"promised": [], "published": []}
    for split in splits:
        front = json.loads((WORK / f"{name}.{split}.json").read_text(encoding="utf-8"))["front"]
        for way, figure in (("promised", "promised"), ("published", "test")):
            enough = [row for row in front if row[figure] >= known["accuracy"]]
            best = enough[0] if enough else max(front, key=lambda row, by=figure: (row[by], -row["power_mw"]))
            found[way].append({**best, **_digital(name, split, best["family"], json.dumps(best["parameters"]))})
    for way, ours in found.items():
        first, area, power = ours[0], known["area"], known.get("power")
        is_small = first["area"] < area and (power is None or first["power"] < power)
        yield (
            f"{name} {known['source']} {known['accuracy']:g} {way}",
            {
                "accuracy": known["accuracy"],
                "test": first["test"],
                "mean test": float(np.mean([each["test"] for each in ours])),
                "area": area,
                "our area": first["area"],
                "mean area": float(np.mean([each["area"] for each in ours])),
                "power": power if power is not None else float("nan"),
                "our power": first["power"],
                "mean power": float(np.mean([each["power"] for each in ours])),
                "system mW": first["power_mw"],
                "family": first["family"],
                "read as": way,
                "beaten": bool(is_small and first["test"] >= known["accuracy"]),
            },
        )


@cache
def _digital(name: str, split: int, family: str, parameters: str) -> dict[str, float]:
    """Area in cm2 and power in mW of the circuit alone, which is made again."""
    options = DesignOptions().with_settings(seed=split)
    dataset = data_of(name)
    sources = Sources(dataset, options.compile)
    learning = sources.learning(system_prices(sources.coding, read_library(options.compile), options.compile))
    model = FAMILIES[family]().fit(learning, json.loads(parameters), np.random.default_rng([0, FOLDS]))
    estimate = compile_model(model, dataset=dataset, options=options.compile).estimate
    return {"area": estimate.area_mm2 / 100, "power": estimate.power_mw or 0.0}


if __name__ == "__main__":
    main()
