"""How time and memory grow with the circuit, from about 1,000 to 200,000 gates.

    python benchmarks/growth.py [--top N] [--profile STAGE]

Synthetic MLPs with random 8-bit weights and 4-bit inputs; each size runs in a process of its own. Times are CPU times
in us and memory in bytes, per gate of the lowered netlist; the memory of a stage is the peak of its resident set above
what the process held before the first stage. Simulation takes 1,000 random vectors, with activity. ``--profile`` prints
where the time of one stage goes at the largest size.
"""

from __future__ import annotations

import argparse
import cProfile
import gc
import multiprocessing
import pstats
import re
import time
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path
from typing import Any

import numpy as np
from record import Bar, Row, record, table

from bespoke.cells import GateCosts, load_library
from bespoke.lowering import lower
from bespoke.model import Affine, Argmax, InputCoding, IntegerModel, Origin
from bespoke.opt import optimise
from bespoke.sim import simulate_mapped
from bespoke.techmap import map_cheapest

# Inputs, hidden units, classes.
SHAPES = ((6, 3, 3), (10, 4, 4), (24, 8, 4), (40, 16, 5), (64, 32, 6), (88, 56, 8))
WARM_UP = (4, 2, 2)
STAGES = ("lower", "optimise", "map", "simulate")
VECTORS = 1000
SEED = 0


def synthetic_mlp(inputs: int, hidden: int, classes: int) -> IntegerModel:
    """An MLP with random weights whose hidden units are positive about half of the time."""
    rng = np.random.default_rng(SEED)
    coding = InputCoding(tuple(f"x{i}" for i in range(inputs)), (4,) * inputs, (0.0,) * inputs, (1.0,) * inputs)
    first, last = rng.integers(-127, 128, (hidden, inputs)), rng.integers(-127, 128, (classes, hidden))
    biases = -first.sum(axis=1) * 15 // 2
    layers = Affine(first, biases, "relu", 0), Affine(last, np.zeros(classes, dtype=np.int64), "identity", 0)
    return IntegerModel(coding, layers, Argmax(tuple(range(classes))), Origin("mlp", "synthetic"))


def measure(shape: tuple[int, int, int], profiled: str | None = None) -> dict[str, Any]:
    """Times and peak bytes of each stage per gate, after a small circuit has loaded what there is to load."""
    _run_stages(WARM_UP)
    return _run_stages(shape, profiled)


def _run_stages(shape: tuple[int, int, int], profiled: str | None = None) -> dict[str, Any]:
    model = synthetic_mlp(*shape)
    library = load_library("egfet")
    words = np.random.default_rng(SEED).integers(0, 16, (VECTORS, shape[0]))
    results: dict[str, Any] = {}
    stages: dict[str, Callable[[], Any]] = {
        "lower": lambda: lower(model, GateCosts.of(library)),
        "optimise": lambda: optimise(results["lower"].netlist),
        "map": lambda: map_cheapest([results["optimise"]], library),
        "simulate": lambda: simulate_mapped(results["map"], library, words),
    }
    before = _resident("VmRSS")
    row: dict[str, Any] = {}
    for name, stage in stages.items():
        gc.collect()
        Path("/proc/self/clear_refs").write_text("5", encoding="ascii")  # resets the peak
        profile = cProfile.Profile() if name == profiled else None
        start = time.process_time()
        results[name] = profile.runcall(stage) if profile else stage()
        row[f"{name} s"] = time.process_time() - start
        row[f"{name} bytes"] = _resident("VmHWM") - before
        if profile:
            pstats.Stats(profile).sort_stats("tottime").print_stats(15)
    gates = results["lower"].netlist.gate_count
    row = {key: value * (1e6 if key.endswith(" s") else 1) / gates for key, value in row.items()}
    row = {re.sub(" s$", " us", key): value for key, value in row.items()}
    return {"gates": gates, "mapped": len(results["map"].instances), **row, "total us": _total(row)}


def _total(row: dict[str, Any]) -> float:
    return float(sum(row[f"{stage} us"] for stage in STAGES))


def _resident(field: str) -> int:
    status = Path("/proc/self/status").read_text(encoding="ascii")
    found = re.search(rf"{field}:\s*(\d+) kB", status)
    return 1024 * int(found.group(1)) if found else 0


def _bars(rows: dict[str, Row]) -> list[Bar]:
    first, last = next(iter(rows.values())), list(rows.values())[-1]
    bars = [
        Bar("gates at the top", last["gates"], 200_000, at_most=False),
        Bar("time per gate, top over bottom", last["total us"] / first["total us"], 2.0),
    ]
    peaks = [max(row[f"{stage} bytes"] for stage in STAGES) for row in rows.values()]
    middle = sorted(peaks)[len(peaks) // 2]
    return [*bars, Bar("memory per gate, top over median", peaks[-1] / middle, 1.25)]


def main() -> None:
    """Print and record the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--top", type=int, default=len(SHAPES), help="how many of the sizes, smallest first")
    parser.add_argument("--profile", choices=STAGES, help="stage to profile at the largest size")
    options = parser.parse_args()
    shapes = SHAPES[: options.top]
    if options.profile:
        measure(shapes[-1], options.profile)
        return
    rows: dict[str, Row] = {}
    for shape in shapes:
        with ProcessPoolExecutor(1, mp_context=multiprocessing.get_context("spawn")) as pool:
            row = pool.submit(measure, shape).result()
        rows["-".join(map(str, shape))] = row
        print(f"{shape}: {row['gates']} gates, {row['total us']:.0f} us per gate", flush=True)
    columns = ["gates", "mapped", *(f"{stage} us" for stage in (*STAGES, "total"))]
    print("\n" + table(rows, [*columns, *(f"{stage} bytes" for stage in STAGES)]))
    record("growth", rows, _bars(rows), seed=SEED, keep=options.top == len(SHAPES), timed=True)


if __name__ == "__main__":
    main()
