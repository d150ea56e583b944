"""Time to compile a network and a tree, of this revision beside another one in the same run.

    python benchmarks/compile_time.py [--beside CHECKOUT] [--rounds N]

Each round starts a process per revision, in turn, which compiles twice to warm up and then times five calls; the least
time counts, since collections of garbage and other work on the machine only add. Times in seconds.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
from pathlib import Path

from record import ROOT, Bar, Row, record, table

MODELS = {"cardio.MLP_clf": "reference_model", "cardio": "reference_tree"}
SLACK = 1.1  # of the least times of equal revisions, on two busy cores
TIMED = """
import json, sys, time
sys.path.insert(0, {benchmarks!r})
import reference
from bespoke.flow import compile_model
least = dict()
for name, maker in {models!r}.items():
    found = getattr(reference, maker)(name)
    times = []
    for _ in range(7):
        start = time.perf_counter()
        compile_model(found.estimator, dataset=found.dataset, **found.settings)
        times.append(time.perf_counter() - start)
    least[name] = min(times[2:])
print(json.dumps(least))
"""


def least_times(checkout: Path) -> dict[str, float]:
    """Seconds by model with the package of a checkout."""
    program = TIMED.format(benchmarks=str(ROOT / "benchmarks"), models=MODELS)
    call = [sys.executable, "-c", program]
    environment = {**os.environ, "PYTHONPATH": str(checkout)}
    return json.loads(subprocess.run(call, env=environment, check=True, capture_output=True, text=True).stdout)


def main() -> None:
    """Measure, print and record."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--beside", type=Path, help="checkout of another revision")
    parser.add_argument("--rounds", type=int, default=3)
    given = parser.parse_args()
    checkouts = {"seconds": ROOT} | ({"beside seconds": given.beside.resolve()} if given.beside else {})
    runs = [(column, least_times(folder)) for _ in range(given.rounds) for column, folder in checkouts.items()]
    rows: dict[str, Row] = {
        name: {column: min(times[name] for other, times in runs if other == column) for column in checkouts}
        for name in MODELS
    }
    print(table(rows, checkouts))
    bars = [
        Bar(f"{name}, ratio to the other", row["seconds"] / row["beside seconds"], SLACK)
        for name, row in rows.items()
        if given.beside
    ]
    record("compile_time", rows, bars, seed=None, timed=True)


if __name__ == "__main__":
    main()
