"""Whole systems from data: circuit and converters below limits, everything chosen on training rows.

    python benchmarks/converters_systems.py systems [--only NAME,...] [--splits 42,1] [--candidates N]
    python benchmarks/converters_systems.py harvester [--only NAME,...] [--splits 42,1] [--candidates N]

``systems`` asks `design_from_data` for the most accurate circuit within an area and a power that both count the
converters `esl24`, beside the totals of ESL 2024. ``harvester`` asks for what 0.1 mW can run with the converters
`date24`, beside the plain CART of scikit-learn (on the same words, criterion and size by cross-validation) whose system
draws no more. ``N`` candidates enter, whatever time that takes. Means over 70/30 splits; areas in cm2, powers in mW.
Test rows are read once for each choice.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np
from design import cart
from record import Bar, Row, record, table
from reference import SHARED, published

from bespoke.data import Dataset, load_dataset
from bespoke.flow import design_from_data

SPLITS = (42, 1, 2, 3, 4)
HARVESTER_MW = 0.1
HARVESTED = ("redwine", "cardio", "seeds", "mammographic", "balance")
# Largest area in cm2 and power in mW, and the least accuracy wanted in the mean.
LIMITS: Mapping[str, tuple[float, float, float]] = {
    "cardio": (0.10, 0.6, 0.871),
    "balance": (0.30, 2.0, 0.90),
    "seeds": (0.05, 0.5, 0.89),
}
Measure = Callable[[str, Dataset, int, int], dict[str, Any]]


def system(name: str, dataset: Dataset, split: int, candidates: int) -> dict[str, Any]:
    """The most accurate circuit within the limits of one data set."""
    area, power, _ = LIMITS[name]
    wanted = {"converters": "esl24", "max_area_cm2": area, "max_power_mw": power}
    return _designed(dataset, split, candidates, wanted)


def harvested(_: str, dataset: Dataset, split: int, candidates: int) -> dict[str, Any]:
    """The most accurate circuit for a harvester, and the CART that it can run."""
    wanted = {"converters": "date24", "max_power_mw": HARVESTER_MW}
    plain = cart(dataset, split, (HARVESTER_MW,))[str(HARVESTER_MW)]
    beside = {"CART test": plain["test"], "CART power": plain["power_mw"]}
    return _designed(dataset, split, candidates, wanted) | beside


def _designed(dataset: Dataset, split: int, candidates: int, wanted: Mapping[str, Any]) -> dict[str, Any]:
    answer = design_from_data(dataset, seed=split, inputs="unary", float_budget_s=0, candidates=candidates, **wanted)
    point = answer.chosen
    if point is None:
        return {
            "test": 0.0,
            "promised": 0.0,
            "area": np.inf,
            "power": np.inf,
            "levels": 0,
            "family": "none",
            "proof": "",
        }
    return {
        "test": point.design.accuracies.test,
        "promised": point.promised,
        "area": point.design.system.area_mm2 / 100,
        "power": point.design.system.power_mw,
        "levels": point.design.converters.level_count,
        "family": point.family,
        "proof": point.design.verify().formal.status,
    }


def means(name: str, splits: Sequence[int], candidates: int, measure: Measure) -> dict[str, Any]:
    """Means over the splits, the largest area and power, and the families."""
    dataset = load_dataset(SHARED / "data" / "uci" / f"{name}.csv", task="classification")
    runs = []
    for split in splits:
        runs.append(measure(name, dataset, split, candidates))
        print(f"{name}, split {split}: {runs[-1]}", flush=True)
    figures = [key for key, value in runs[0].items() if not isinstance(value, str)]
    row: dict[str, Any] = {key: float(np.mean([run[key] for run in runs])) for key in figures}
    row |= {"largest area": max(run["area"] for run in runs), "largest power": max(run["power"] for run in runs)}
    return row | {
        "families": ", ".join(sorted({run["family"] for run in runs})),
        "not proven": sum(run["proof"] != "proven" for run in runs),
    }


def systems(options: argparse.Namespace) -> None:
    """The table beside ESL 2024."""
    rows: dict[str, Row] = {}
    bars: list[Bar] = []
    for name in _names(options, tuple(LIMITS)):
        area, power, accuracy = LIMITS[name]
        known = {f"published {key}": value for key, value in published("systems")[name].items()}
        rows[name] = row = means(name, options.splits, options.candidates, system) | known
        bars += [
            Bar(f"{name}, largest area", row["largest area"], area),
            Bar(f"{name}, largest power", row["largest power"], power),
            Bar(f"{name}, test accuracy", row["test"], accuracy, at_most=False),
            Bar(f"{name}, circuits not proven", row["not proven"], 0),
        ]
    columns = ("test", "promised", "area", "power", "levels", "families", "published accuracy", "published area")
    print("\n" + table(rows, (*columns, "published power")))
    record("converters_systems", rows, bars, seed=_settings(options), keep=_is_whole(options))


def harvester(options: argparse.Namespace) -> None:
    """The table beside CART."""
    rows: dict[str, Row] = {}
    bars: list[Bar] = []
    for name in _names(options, HARVESTED):
        rows[name] = row = means(name, options.splits, options.candidates, harvested)
        bars += [
            Bar(f"{name}, largest power", row["largest power"], HARVESTER_MW),
            Bar(f"{name}, circuits not proven", row["not proven"], 0),
        ]
    gain = float(np.mean([row["test"] - row["CART test"] for row in rows.values()]))
    bars.append(Bar("test accuracy beyond CART", gain, 0.0, at_most=False))
    print("\n" + table(rows, ("test", "CART test", "promised", "power", "CART power", "area", "levels", "families")))
    record("converters_harvester", rows, bars, seed=_settings(options), keep=_is_whole(options))


def _names(options: argparse.Namespace, known: Sequence[str]) -> list[str]:
    return [name for name in known if options.only is None or name in options.only.split(",")]


def _settings(options: argparse.Namespace) -> dict[str, Any]:
    return {"seed": 0, "candidates": options.candidates}


def _is_whole(options: argparse.Namespace) -> bool:
    return options.only is None and tuple(options.splits) == SPLITS


def main() -> None:
    """Print and record the table that is asked for."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("part", choices=("systems", "harvester"))
    parser.add_argument("--only", help="names of data sets, separated by commas")
    parser.add_argument("--splits", type=lambda text: [int(each) for each in text.split(",")], default=list(SPLITS))
    parser.add_argument("--candidates", type=int, default=1000, help="candidates that enter")
    options = parser.parse_args()
    {"systems": systems, "harvester": harvester}[options.part](options)


if __name__ == "__main__":
    main()
