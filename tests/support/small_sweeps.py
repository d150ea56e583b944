"""Sweeps of cells that take well under a second."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from bespoke.flow import ApproximateOptions
from bespoke.sweep import SweepOptions
from bespoke.training import TrainingOptions

QUICK = ("--population", "6", "--epochs", "1", "--generations", "1", "--finalists", "1")
QUICK += ("--no-prune", "--no-verify", "--max-depth", "2", "--jobs", "1")
TABLES = ("table.csv", "table.md", "table.tex", "statistics.csv", "statistics.md", "statistics.tex")


def small_sweep(**changes: Any) -> SweepOptions:
    base = ApproximateOptions(finalists=1, prune=False)
    fields = {
        "datasets": ("iris", "wine"),
        "models": ("tree",),
        "training": TrainingOptions(kind="tree", max_depth=2),
        "approximate": base.with_settings(population=6, epochs=1, generations=1),
        "verify": False,
    }
    return SweepOptions(**(fields | changes))


def tables(folder: Path) -> dict[str, bytes]:
    return {name: (folder / name).read_bytes() for name in TABLES if (folder / name).exists()}
