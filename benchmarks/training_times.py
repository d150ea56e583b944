"""How long training takes: a population of candidates, and one network from its data to a proven circuit.

    python benchmarks/training_times.py

``population``: networks of cardio of powers of two, by their weights of the cost, each trained on all training rows and
without each of some folds, and judged by accuracy and size.

``one``: `bespoke train redwine --aware qat` and `bespoke compile` of what it wrote, as commands of their own.

Seconds by the clock are those of the machine as it is; *CPU* is what all cores together worked for it.
"""

from __future__ import annotations

import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from record import Bar, Row, record, table
from training import COSTS, data_path, split_of

from bespoke.training import NetworkOptions, TrainingOptions
from bespoke.training.aware import train_aware

WEIGHTS = (0.0, 0.02, 0.05, 0.1, 0.2)  # of the cost
RESTARTS, FOLDS = 7, 3
CANDIDATES = len(WEIGHTS) * (RESTARTS + FOLDS)
HIDDEN = (3,)
SEED = 42


def population() -> None:
    """Train and judge candidates."""
    split, names = split_of("cardio", SEED)
    networks = tuple(NetworkOptions(weights="pow2", cost_weight=weight) for weight in WEIGHTS)
    options = TrainingOptions(
        "mlp", networks=networks, hidden_layer_sizes=HIDDEN, restarts=RESTARTS, folds=FOLDS, seed=SEED
    )
    train_aware(split, options, COSTS, names)


def one() -> None:
    """Train a network and compile it."""
    with tempfile.TemporaryDirectory() as folder:
        model, data = str(Path(folder) / "model.json"), data_path("redwine")
        train = ["train", data, "--model", "mlp", "--hidden", "2", "--aware", "qat", "-o", model]
        for command in (train, ["compile", model, "--data", data, "-o", str(Path(folder) / "design")]):
            subprocess.run([sys.executable, "-m", "bespoke", *command], check=True, stdout=subprocess.DEVNULL)


def seconds(run: Callable[[], None]) -> Row:
    """By the clock, and of processors."""
    started, used = time.perf_counter(), _cpu()
    run()
    return {"seconds": time.perf_counter() - started, "CPU seconds": _cpu() - used}


def _cpu() -> float:
    usages = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(usage.ru_utime + usage.ru_stime for usage in usages)


def main() -> None:
    """Measure, print and record."""
    rows = {f"{CANDIDATES} candidates, cardio": seconds(population), "train and compile, redwine": seconds(one)}
    print(table(rows, ("seconds", "CPU seconds")))
    bars = [
        Bar(f"{name}, seconds", row["seconds"], most)
        for (name, row), most in zip(rows.items(), (60.0, 20.0), strict=True)
    ]
    record("training_times", rows, bars, seed=SEED, timed=True)


if __name__ == "__main__":
    main()
