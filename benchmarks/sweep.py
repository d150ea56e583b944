"""Sweeps on one and two Dask workers; the sweep of the data sets of the published tables, killed and resumed.

    python benchmarks/sweep.py [--cells N]
    python benchmarks/sweep.py --kill [--seed N] [SWEEP OPTIONS]

The first runs the same sweep on a local Dask cluster of one worker process and on one of two, each of one thread and
warmed up, and compares the tables byte for byte. The second runs ``bespoke sweep`` once in peace, and once killed with
SIGKILL, with all its processes, at three random moments and resumed after each; options after its own go to the
command, for instance ``--epochs 1``.
"""

from __future__ import annotations

import argparse
import os
import random
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from record import Bar, Row, record, table
from reference import SHARED

from bespoke.sweep import SweepOptions, plan_sweep, run_sweep
from bespoke.sweep.cell import run_cell
from bespoke.sweep.options import DEFAULT_APPROXIMATE

DATASETS = "redwine,whitewine,cardio,balance,seeds,mammographic,pendigits,wine,breast_cancer_wdbc,digits"
MODELS = "tree,svm,mlp"
TABLES = ("table.csv", "table.md", "table.tex", "statistics.csv", "statistics.md", "statistics.tex")
KILLS = 3
WITHIN = (0.2, 0.35)  # of the time in peace; the longest cells come first, so that earlier nothing would be lost
LEAST_CELLS = 6  # fewer are a trial
LEAST_RATIO = 1.7
MOST_MINUTES = 30.0
# Libraries that would take all cores for one cell.
ONE_THREAD = dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"), "1")


def similar_cells(count: int) -> SweepOptions:
    """A sweep of cells that take the same time: one data set and model, no end before the last epoch."""
    search = replace(DEFAULT_APPROXIMATE.search, epochs=6, patience=99)
    return SweepOptions(
        datasets=("breast_cancer_wdbc",),
        models=("mlp",),
        seeds=tuple(range(1, count + 1)),
        approximate=replace(DEFAULT_APPROXIMATE, search=search),
        budget_s=None,
    )


def warm_up() -> None:
    """Load in a worker what a cell loads."""
    quick = DEFAULT_APPROXIMATE.with_settings(epochs=1, generations=1, population=4, finalists=1, prune=False)
    options = SweepOptions(datasets=("iris",), models=("mlp",), approximate=quick)
    (planned,) = plan_sweep(options)
    assert planned.data is not None
    assert not run_cell(planned.cell, planned.key, planned.data, options).error


def on_workers(count: int, options: SweepOptions, folder: Path) -> float:
    """Seconds of a sweep on a local Dask cluster of so many workers."""
    from distributed import Client, LocalCluster

    settings = {"n_workers": count, "threads_per_worker": 1, "processes": True, "dashboard_address": ":0"}
    with LocalCluster(**settings, env=ONE_THREAD) as cluster, Client(cluster) as client:
        client.wait_for_workers(count)
        client.run(warm_up)
        start = time.perf_counter()
        result = run_sweep(options, folder, jobs=cluster.scheduler_address)
        seconds = time.perf_counter() - start
    assert not result.failed, [outcome.error for outcome in result.failed]
    return seconds


def compare_workers(count: int) -> None:
    """One worker beside two."""
    options = similar_cells(count)
    rows: dict[str, Row] = {}
    with tempfile.TemporaryDirectory() as place:
        folders = {workers: Path(place) / str(workers) for workers in (1, 2)}
        for workers, folder in folders.items():
            seconds = on_workers(workers, options, folder)
            rows[f"{workers} workers"] = {"cells": count, "seconds": seconds, "cells per minute": 60 * count / seconds}
        equal = tables(folders[1]) == tables(folders[2])
    print(table(rows, ("cells", "seconds", "cells per minute")))
    ratio = float(rows["1 workers"]["seconds"] / rows["2 workers"]["seconds"])
    bars = [
        Bar("throughput of two workers against one", ratio, LEAST_RATIO, at_most=False),
        Bar("tables that differ", float(not equal), 0.0),
    ]
    record("sweep", rows, bars, seed=None, keep=count >= LEAST_CELLS, timed=True)


def kill_and_resume(seed: int, more: Sequence[str]) -> None:
    """The sweep in peace, and killed three times."""
    moments = random.Random(seed)  # noqa: S311  no secret
    rows: dict[str, Row] = {}
    with tempfile.TemporaryDirectory() as place:
        whole, killed = Path(place) / "whole", Path(place) / "killed"
        rows["in peace"] = run_for(whole, more, None)
        in_peace = float(rows["in peace"]["seconds"])
        for number in range(1, KILLS + 1):
            rows[f"killed {number}"] = run_for(killed, more, moments.uniform(*WITHIN) * in_peace)
        rows["to the end"] = run_for(killed, more, None)
        assert len(tables(whole)) >= 3
        equal = tables(whole) == tables(killed)
    print(table(rows, ("seconds", "killed", "cells")))
    bars = [
        Bar("minutes of the sweep", in_peace / 60, MOST_MINUTES),
        Bar("tables that differ after kills", float(not equal), 0.0),
    ]
    record("sweep_kill", rows, bars, seed=seed, keep=not more, timed=True)


def run_for(folder: Path, more: Sequence[str], seconds: float | None) -> dict[str, Any]:
    """Run the command to its end, or kill it and all its processes after some seconds."""
    call = [sys.executable, "-m", "bespoke", "sweep", "--datasets", DATASETS, "--models", MODELS]
    call += ["--compare", "published", "--resume", *more, "-o", str(folder)]
    environment = {"BESPOKE_DATASETS": str(SHARED / "data" / "uci")} | os.environ
    start = time.perf_counter()
    program = subprocess.Popen(call, start_new_session=True, stdout=subprocess.DEVNULL, env=environment)
    try:
        program.wait(seconds)
    except subprocess.TimeoutExpired:
        os.killpg(program.pid, signal.SIGKILL)
        program.wait()
    passed = time.perf_counter() - start
    assert program.returncode in (0, -signal.SIGKILL), f"exit code {program.returncode}"
    cells = len(list((folder / "cells").glob("*.json")))
    print(f"{folder.name}: {cells} cells after {passed:.0f} s", flush=True)
    return {"seconds": passed, "killed": program.returncode != 0, "cells": cells}


def tables(folder: Path) -> dict[str, bytes]:
    """The tables of a sweep by name."""
    return {name: (folder / name).read_bytes() for name in TABLES if (folder / name).exists()}


def main() -> None:
    """Read the command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--cells", type=int, default=8, help="cells of the sweep on one and two workers")
    parser.add_argument("--kill", action="store_true", help="kill and resume the large sweep")
    parser.add_argument("--seed", type=int, default=0, help="of the moments")
    options, more = parser.parse_known_args()
    if options.kill:
        kill_and_resume(options.seed, more)
    else:
        compare_workers(options.cells)


if __name__ == "__main__":
    main()
