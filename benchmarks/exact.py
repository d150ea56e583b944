"""Exact circuits of the 16 reference models, beside the published ones.

    python benchmarks/exact.py [--only NAME,...] [--prove] [--high] [--seconds S] [--trees]
        [--technology NAME]

Every model is compiled with default options in a process of its own, so that its peak memory is its own; regressors
put out their sum, as the published ones do. Ratios are ours over published, power is static power at 1.0 V with
the training data as stimuli. ``high`` is the area with ``--effort high``, and ``--effort-seconds S`` if that is
given. Trees count area per comparator. In another technology than EGFET nothing is published: the areas stand alone, to
be compared between revisions.
"""

from __future__ import annotations

import argparse
import multiprocessing
import resource
import time
from concurrent.futures import ProcessPoolExecutor
from typing import Any

from record import Bar, Row, geometric_mean, record, table
from reference import MODELS, TREES, Reference, chosen, published, reference_model, reference_tree

MODEL_COLUMNS = (
    "gates", "area", "published area", "area ratio", "high area", "high ratio",
    "power", "published power", "power ratio", "delay", "seconds", "high seconds", "MB", "simulator", "Icarus", "proof",
)  # fmt: skip
HIGH: dict[str, Any] = {"effort": "high"}
PUBLISHED_TECHNOLOGY = "egfet"
TREE_COLUMNS = (
    "comparators", "published comparators", "area", "published area", "area ratio", "high area", "high ratio", "power",
    "delay", "seconds", "high seconds", "MB", "simulator", "Icarus", "proof",
)  # fmt: skip


def measure_model(name: str, effort: dict[str, Any], technology: str, *, prove: bool) -> dict[str, Any]:
    """Figures of one of `MODELS`: area in cm2, power in mW, delay in ms."""
    row = _measure(reference_model(name), effort, technology, prove=prove)
    row["area"] /= 100
    known = published("exact").get(name) if technology == PUBLISHED_TECHNOLOGY else None
    if known is None:
        return row
    row |= {"published area": known["area"], "published power": known["power"]}
    return row | {"area ratio": row["area"] / known["area"], "power ratio": row["power"] / known["power"]}


def measure_tree(name: str, effort: dict[str, Any], technology: str, *, prove: bool) -> dict[str, Any]:
    """Figures of one of `TREES`: area in mm2, its ratio per comparator."""
    reference = reference_tree(name)
    row = _measure(reference, effort, technology, prove=prove)
    if technology != PUBLISHED_TECHNOLOGY:
        return row
    known = published("exact_trees")[name]
    count = reference.estimator[-1].tree_.node_count // 2
    ratio = (row["area"] / count) / (known["area"] / known["comparators"])
    row |= {"comparators": count, "published comparators": known["comparators"]}
    return row | {"published area": known["area"], "area ratio": ratio}


def _measure(reference: Reference, effort: dict[str, Any], technology: str, *, prove: bool) -> dict[str, Any]:
    from bespoke.flow import compile_model

    start = time.perf_counter()
    settings = {**reference.settings, **effort, "technology": technology}
    design = compile_model(reference.estimator, dataset=reference.dataset, **settings)
    row: dict[str, Any] = {
        "gates": design.gate_count,
        "area": design.estimate.area_mm2,
        "power": design.estimate.static_power_mw,
        "delay": design.estimate.delay_ms,
        "seconds": time.perf_counter() - start,
        "MB": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024,
    }
    if prove:
        start = time.perf_counter()
        found = design.verify()
        row |= {"simulator": found.simulator.status, "Icarus": found.icarus.status, "proof": found.formal.status}
        row |= {"proof seconds": time.perf_counter() - start}
    return row


def model_bars(rows: dict[str, Row]) -> list[Bar]:
    """What the compiler has to reach."""
    compared = [row for row in rows.values() if "area ratio" in row]
    if not compared:
        return _proof_bars(rows)
    areas = [row["area ratio"] for row in compared]
    bars = [
        Bar("area ratio, geometric mean", geometric_mean(areas), 0.44),
        Bar("power ratio, geometric mean", geometric_mean(row["power ratio"] for row in compared), 0.40),
        Bar("largest area ratio", max(areas, default=0.0), 0.65),
        Bar("longest compilation, s", max(row["seconds"] for row in rows.values()), 4),
        Bar("largest peak memory, MB", max(row["MB"] for row in rows.values()), 1000),
    ]
    high = [row for row in rows.values() if "high area" in row]
    if high:
        saved = [row["area"] / row["high area"] for row in high]
        bars += [
            Bar(
                "area ratio, geometric mean, high",
                geometric_mean(r["high ratio"] for r in high if "high ratio" in r),
                0.43,
            ),
            Bar("area of fast over high, geometric mean", geometric_mean(saved), 1.15),
            Bar("longest compilation with high, s", max(row["high seconds"] for row in high), 20),
        ]
    return bars + _proof_bars(rows)


def tree_bars(rows: dict[str, Row]) -> list[Bar]:
    """The same for trees."""
    ratios = [row["area ratio"] for row in rows.values() if "area ratio" in row]
    if not ratios:
        return _proof_bars(rows)
    bars = [Bar("area per comparator, geometric mean of ratios", geometric_mean(ratios), 0.76)]
    high = [row for row in rows.values() if "high ratio" in row]
    if high:
        mean = geometric_mean(row["high ratio"] for row in high)
        bars.append(Bar("area per comparator, geometric mean of ratios, high", mean, 0.68))
        bars.append(Bar("longest compilation with high, s", max(row["high seconds"] for row in high), 20))
    return [*bars, *_proof_bars(rows)]


def _proof_bars(rows: dict[str, Row]) -> list[Bar]:
    tried = [row for row in rows.values() if "proof" in row]
    proofs = [row[key] for row in rows.values() for key in ("proof", "high proof") if key in row]
    agree = sum(row["simulator"] == row["Icarus"] == "agree" for row in tried)
    bars = [Bar("circuits proven", proofs.count("proven"), len(proofs), at_most=False)]
    bars.append(Bar("circuits on which simulator and Icarus agree with the model", agree, len(tried), at_most=False))
    return bars if tried else []


def _fresh(function: Any, *args: Any, **options: Any) -> dict[str, Any]:  # noqa: ANN401  handed on
    """Result of a call in a fresh process."""
    with ProcessPoolExecutor(1, mp_context=multiprocessing.get_context("spawn")) as pool:
        return pool.submit(function, *args, **options).result()


def main() -> None:
    """Print and record the table of models, or of trees."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--only", help="parts of names, separated by commas")
    parser.add_argument("--prove", action="store_true", help="run Icarus Verilog and the proof chain too")
    parser.add_argument("--high", action="store_true", help="measure --effort high too")
    parser.add_argument("--seconds", type=float, help="and search for so long with it: --effort-seconds")
    parser.add_argument("--technology", default=PUBLISHED_TECHNOLOGY, help="name of a technology")
    parser.add_argument("--trees", action="store_true", help="the trees instead of the 16 models")
    options = parser.parse_args()
    if options.seconds and not options.high:
        parser.error("--seconds is for --high")
    measure = measure_tree if options.trees else measure_model
    _fresh(measure_model, MODELS[-1], {}, PUBLISHED_TECHNOLOGY, prove=False)  # compiles what is compiled once
    rows: dict[str, Row] = {}
    for name in chosen(options.only, TREES if options.trees else MODELS):
        row = _fresh(measure, name, {}, options.technology, prove=options.prove)
        if options.high:
            effort = HIGH | {"effort_seconds": options.seconds}
            high = _fresh(measure, name, effort, options.technology, prove=options.prove)
            row |= {f"high {key}": high[key] for key in ("area", "power", "seconds", "proof") if key in high}
            row |= {"high ratio": high["area ratio"]} if "area ratio" in high else {}
        rows[name] = row
        print(f"{name}: {row['area']:.4g}, {row['seconds']:.1f} s", flush=True)
    print("\n" + table(rows, TREE_COLUMNS if options.trees else MODEL_COLUMNS))
    name = ("exact_trees" if options.trees else "exact") + ("_proven" if options.prove else "")
    name += "" if options.technology == PUBLISHED_TECHNOLOGY else f"_{options.technology}"
    name += "_limited" if options.seconds else ""
    bars = tree_bars(rows) if options.trees else model_bars(rows)
    record(name, rows, bars, seed=42, keep=options.only is None)


if __name__ == "__main__":
    main()
