"""How long a search from data takes beside what sweeps expect, how one goes on after a kill, and on two Dask workers.

    python benchmarks/design_runs.py times [--sets seeds,vehicle,...] [--budget SECONDS]
    python benchmarks/design_runs.py kill [--sets seeds] [--candidates N]
    python benchmarks/design_runs.py workers [--sets cardio] [--candidates N]

``times`` runs the search of a sweep's cell with its budget on one core and compares the processor time of each stage
with what `bespoke.sweep.duration` says. ``kill`` runs ``bespoke design`` once in peace, and once killed with SIGKILL
three times and resumed after each, and says what processor time that costs. ``workers`` runs it on a local Dask
cluster of one worker process of one thread, and of two. The files have to be the same, to the byte. All need the data
of ``../shared``.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping, Sequence
from itertools import pairwise
from pathlib import Path
from typing import Any

from record import Bar, Row, record, table
from reference import SHARED

from bespoke.data import load_dataset
from bespoke.flow import design_from_data
from bespoke.sweep import Cell, SweepOptions
from bespoke.sweep.duration import design_seconds, design_within_budget

UCI = SHARED / "data" / "uci"
KILLS, KILLED_AFTER = 3, 0.25  # of the time in peace, each
STAGES = ("candidates", "circuits", "validation", "float models")
LEAST_RATIO = 1.7
MOST_TIMES = 4.0  # expected and measured times differ by no more: seconds are told from hours
# Run times, which differ; the mark of the folder has a digest of them.
TIMED, MARK = ("report.json", "answer.json"), ".bespoke.json"


def times(sets: Sequence[str], budget_s: float) -> None:
    """Processor seconds by stage beside the expected ones."""
    rows: dict[str, Row] = {}
    for name in sets:
        path = UCI / f"{name}.csv"
        data = load_dataset(path if path.exists() else name, task="classification")
        cell = Cell(name, "design")
        options = design_within_budget(
            data, SweepOptions(datasets=(name,), models=("design",), budget_s=budget_s), cell
        )
        ends: list[tuple[str, float]] = []

        def on_stage(stage: str, ends: list[tuple[str, float]] = ends) -> None:
            if stage in (*STAGES, "answer"):
                ends.append((stage, processor_s()))

        answer = design_from_data(data, options, on_stage)
        ends.append(("", processor_s()))
        spent = {stage: after - before for (stage, before), (_, after) in pairwise(ends)}
        expected, total = design_seconds(data, options), ends[-1][1] - ends[0][1]
        sizes = {"rows": len(data.targets), "features": len(data.feature_names), "classes": len(data.classes)}
        counts = {"tried": options.candidates, "built": answer.log["circuits"]}
        rows[name] = {
            **sizes,
            **counts,
            **spent,
            "seconds": total,
            "expected seconds": expected,
            "ratio": total / expected,
        }
        print(table({name: rows[name]}, rows[name]), flush=True)
    print(table(rows, rows[sets[0]]))
    worst = max(max(ratio, 1 / ratio) for ratio in (float(row["ratio"]) for row in rows.values()))
    record("design_times", rows, [Bar("times that the expected time is off", worst, MOST_TIMES)], seed=None, timed=True)


def processor_s() -> float:
    """Seconds that this process and its children that ended have used."""
    return time.process_time() + children_s()


def children_s() -> float:
    """Processor seconds of the children that ended."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def kill(sets: Sequence[str], candidates: int) -> None:
    """Searches in peace, and killed three times."""
    rows: dict[str, Row] = {}
    differing = 0
    for name in sets:
        with tempfile.TemporaryDirectory() as place:
            whole, killed = Path(place) / "whole", Path(place) / "killed"
            call = ("--candidates", str(candidates), "--float-budget", "0", "--jobs", "1")
            before = children_s()
            passed = run_for(name, whole, call, None)
            in_peace = children_s() - before
            spent = []
            for moment in (*[KILLED_AFTER * passed] * KILLS, None):
                before = children_s()
                run_for(name, killed, (*call, "--resume"), moment)
                spent.append(children_s() - before)
            differing += files(whole) != files(killed)
        lost = sum(spent) - in_peace
        rows[name] = {
            "seconds in peace": in_peace,
            "seconds with kills": sum(spent),
            "seconds lost by a kill": lost / KILLS,
            "seconds of the last part": spent[-1],
        }
        print(table({name: rows[name]}, rows[name]), flush=True)
    bars = [Bar("answers that differ after kills", float(differing), 0.0)]
    record("design_kill", rows, bars, seed=None, timed=True)


def run_for(name: str, folder: Path, options: Sequence[str], seconds: float | None) -> float:
    """Run the command to its end, or kill it and all its processes after some seconds; the time that passed."""
    call = [sys.executable, "-m", "bespoke", "design", name, *options, "-o", str(folder)]
    environment = {"BESPOKE_DATASETS": str(UCI)} | os.environ
    start = time.perf_counter()
    program = subprocess.Popen(call, start_new_session=True, stdout=subprocess.DEVNULL, env=environment)
    try:
        program.wait(seconds)
    except subprocess.TimeoutExpired:
        os.killpg(program.pid, signal.SIGKILL)
        program.wait()
    assert program.returncode in (0, -signal.SIGKILL), f"exit code {program.returncode}"
    return time.perf_counter() - start


def files(folder: Path) -> dict[str, bytes]:
    """All files of an answer, but for run times."""
    found = {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}
    for path in [path for path in found if path.endswith(TIMED)]:
        found[path] = json.dumps(json.loads(found[path]) | {"seconds": None}).encode()
    return {path: content for path, content in found.items() if not path.endswith(MARK)}


def workers(sets: Sequence[str], candidates: int) -> None:
    """One worker beside two."""
    rows: dict[str, Row] = {}
    differing = 0
    for name in sets:
        with tempfile.TemporaryDirectory() as place:
            folders = {count: Path(place) / str(count) for count in (1, 2)}
            spent = {count: on_workers(count, name, candidates, folder) for count, folder in folders.items()}
            differing += files(folders[1]) != files(folders[2])
        rows[name] = {"seconds of one": spent[1], "seconds of two": spent[2], "ratio": spent[1] / spent[2]}
        print(table({name: rows[name]}, rows[name]), flush=True)
    worst = min(float(row["ratio"]) for row in rows.values())
    bars = [
        Bar("throughput of two workers against one", worst, LEAST_RATIO, at_most=False),
        Bar("answers that differ", float(differing), 0.0),
    ]
    record("design_workers", rows, bars, seed=None, timed=True)


def on_workers(count: int, name: str, candidates: int, folder: Path) -> float:
    """Seconds of a search on so many workers, which have loaded what it loads."""
    from distributed import LocalCluster

    settings: Mapping[str, Any] = {"threads_per_worker": 1, "processes": True, "dashboard_address": ":0"}
    with LocalCluster(n_workers=count, **settings) as cluster:
        options = ("--scheduler", cluster.scheduler_address, "--float-budget", "0", "--candidates")
        run_for("iris", folder.with_name(f"warm {count}"), (*options, "8"), None)
        return run_for(name, folder, (*options, str(candidates)), None)


def main() -> None:
    """Read the command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("part", choices=("times", "kill", "workers"))
    parser.add_argument("--sets", default="", help="names, with commas")
    parser.add_argument("--budget", type=float, default=45.0, help="of the sweep, s")
    parser.add_argument("--candidates", type=int, help="60 to be killed; 400 for workers, as in some minute of search")
    options = parser.parse_args()
    if options.part == "times":
        times((options.sets or "iris,seeds,vehicle,redwine,cardio").split(","), options.budget)
    elif options.part == "kill":
        kill((options.sets or "seeds").split(","), options.candidates or 60)
    else:
        workers((options.sets or "cardio").split(","), options.candidates or 400)


if __name__ == "__main__":
    main()
