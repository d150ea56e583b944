"""Seeded random models of every kind through every executor: `make fuzz`.

    python benchmarks/fuzz.py [--ensembles] [--inputs unary] [--count N] [--icarus-every N] [--seed N]

By default a quarter of the models has binary inputs, a quarter unary ones, and the others either by feature. With
``--ensembles`` the models are ensembles of trees that scikit-learn, LightGBM and XGBoost train, and the libraries
are compared, too.
"""

from __future__ import annotations

import argparse
import sys
import warnings
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "tests" / "support"))

from ensemble_fuzzing import check_ensemble
from fuzzing import check_everything, check_icarus
from record import Bar, record, table

from bespoke.model import INPUT_CODES

COLUMNS = ("models", "through Icarus", "regressors", "with missing values", "most classes", "problems")
Rows = dict[str, dict[str, int]]
Check = Callable[[int, bool, str | None, Rows], list[str]]


def check_any(seed: int, icarus: bool, inputs: str | None, rows: Rows) -> list[str]:  # noqa: FBT001  one signature
    """Problems of a random model; it is counted in the only row."""
    problems = check_everything(np.random.default_rng(seed), inputs=inputs)
    if icarus:
        problems += check_icarus(np.random.default_rng(seed), inputs=inputs)
    _count(rows, "all", {"models": 1, "through Icarus": icarus, "problems": len(problems)})
    return problems


def check_trained(seed: int, icarus: bool, inputs: str | None, rows: Rows) -> list[str]:  # noqa: FBT001  one signature
    """Problems of a random ensemble; it is counted in the row of its kind, too."""
    found = check_ensemble(np.random.default_rng(seed), inputs=inputs)
    problems = list(found.problems)
    if icarus:
        problems += check_ensemble(np.random.default_rng(seed), icarus=True, inputs=inputs).problems
    figures = {"models": 1, "through Icarus": icarus, "regressors": found.classes == 1}
    figures |= {"with missing values": found.has_holes, "problems": len(problems)}
    for name in ("all", found.kind):
        _count(rows, name, figures)
        rows[name]["most classes"] = max(rows[name].get("most classes", 0), found.classes)
    return problems


def _count(rows: Rows, name: str, figures: dict[str, int]) -> None:
    row = rows.setdefault(name, dict.fromkeys(figures, 0))
    for key, figure in figures.items():
        row[key] += int(figure)


def _problems(check: Check, options: argparse.Namespace, rows: Rows) -> Iterator[str]:
    for seed in range(options.seed, options.seed + options.count):
        for problem in check(seed, seed % options.icarus_every == 0, options.inputs, rows):
            yield f"model {seed}: {problem}"
        if (seed + 1) % 100 == 0:
            print(f"{seed + 1} models, {rows['all']['problems']} problems", flush=True)


def main() -> None:
    """Check models by number, print what disagrees and record the counts."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--ensembles", action="store_true", help="trained ensembles of trees")
    parser.add_argument("--count", type=int, help="models (2000, or 600 ensembles)")
    parser.add_argument("--icarus-every", type=int, default=20, help="one model in so many also through Icarus Verilog")
    parser.add_argument("--seed", type=int, default=0, help="number of the first model")
    parser.add_argument("--inputs", choices=INPUT_CODES, help="code of all features of all models")
    options = parser.parse_args()
    name, check, count = ("fuzz_ensembles", check_trained, 600) if options.ensembles else ("fuzz", check_any, 2000)
    options.count = options.count or count
    rows: Rows = {}
    warnings.simplefilter("ignore")
    for problem in _problems(check, options, rows):
        print(problem, flush=True)
    print(table(rows, COLUMNS))
    problems = rows["all"]["problems"]
    name += f"_{options.inputs}" if options.inputs else ""
    record(name, rows, [Bar("problems", problems, 0)], seed=options.seed, keep=options.count >= count)
    sys.exit(1 if problems else 0)


if __name__ == "__main__":
    main()
