"""Learning Boolean functions: the 45 functions of the IWLS 2020 contest that ``../shared/learn`` has.

``python benchmarks/learning.py [--only ex00,...] [--budget 50] [--families a,b] [--resume] [--keep]``. Functions that
are done stand in ``build/learning.json``, from where ``--resume`` goes on with the same settings. Candidates enter for
the budget, and circuits are built for at most as long again. Choices are made by validation rows alone: with at most
5,000 gates the smallest circuit that is within a standard error of the most accurate one, with at most 800 and 100
gates the most accurate one. The test rows are read once for each choice, which is proven. Means are of all functions,
and of those for which the family that recognises bits of arithmetic was not chosen.

``--steps`` compares steps of the family of votes instead: accuracy on validation rows of models of the training rows,
of three sizes, mean over functions that are no arithmetic.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any
from unittest.mock import patch

import numpy as np
from record import Bar, Row, record, resumed, table
from reference import SHARED, chosen

from bespoke.data import load_dataset
from bespoke.families import Learning
from bespoke.families.arithmetic import Arithmetic
from bespoke.families.votes import Votes
from bespoke.flow import Answer, AnswerPoint, Constraint, DesignOptions, design_from_data
from bespoke.flow.from_data import Sources, system_prices
from bespoke.flow.supply import read_library

DATA = SHARED / "learn" / "iwls2020"
MOST, MIDDLE, FEW = 5000, 800, 100
MNIST = ("ex80", "ex82", "ex84", "ex86", "ex88")
# Gates times vectors for Icarus Verilog: it is a second opinion beside the proof, and slow with large circuits.
ICARUS_WORK = 2_000_000


STEPS = (0.3, 0.45, 0.6, 0.8, 1.0)
STEPPED = (
    "ex06",
    "ex30",
    "ex50",
    "ex52",
    "ex54",
    "ex56",
    "ex60",
    "ex66",
    "ex70",
    "ex72",
    "ex76",
    "ex80",
    "ex84",
    "ex88",
)
VOTES = (
    {"trees": 9, "leaves": 16, "fringe": 1},
    {"trees": 25, "leaves": 16, "fringe": 1},
    {"trees": 25, "leaves": 32, "fringe": 0},
)


def main() -> None:
    """Run what is missing, print the table, write ``results/learning.json``."""
    arguments = _arguments()
    if arguments.steps:
        _compare_steps(keep=arguments.keep)
        return
    settings = {"budget": arguments.budget, "families": arguments.families, "jobs": arguments.jobs}
    names = chosen(arguments.only, tuple(sorted(path.stem for path in DATA.glob("*.npz"))))
    cases = [(name, partial(_run, name, arguments)) for name in names]
    rows = resumed("learning", cases, resume=arguments.resume, settings=settings)
    print("\n" + table(rows, next(iter(rows.values()))))
    _summary(rows, settings, keep=arguments.keep)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--only", help="parts of names of functions, with commas")
    parser.add_argument("--budget", type=float, default=50.0, help="seconds in which candidates enter")
    parser.add_argument("--families", type=lambda text: tuple(text.split(",")), default=None)
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--resume", action="store_true", help="go on with the functions of an earlier call")
    parser.add_argument("--steps", action="store_true", help="compare steps of the family of votes")
    parser.add_argument("--keep", action="store_true", help="write the results into the repository")
    return parser.parse_args()


def _compare_steps(*, keep: bool) -> None:
    options = DesignOptions().with_settings(converters="none")
    library = read_library(options.compile)
    rows: dict[str, dict[str, float]] = {}
    for name in STEPPED:
        sources = Sources(load_dataset(DATA / f"{name}.npz"), options.compile)
        learning = sources.learning(system_prices(sources.coding, library, options.compile))
        rows[name] = {str(step): _validated(learning, step) for step in STEPS}
        print(table({name: rows[name]}, rows[name]), flush=True)
    rows["mean"] = {str(step): _mean(list(rows.values()), str(step)) for step in STEPS}
    print("\n" + table(rows, rows["mean"]))
    record("learning_steps", rows, [], seed=0, keep=keep)


def _validated(learning: Learning, step: float) -> float:
    """Mean accuracy of `VOTES` with a step on the validation rows."""
    assert learning.validating is not None
    training, held = learning.part(~learning.validating), learning.part(learning.validating)
    found = []
    with patch("bespoke.families.votes._STEP", step):
        for parameters in VOTES:
            model = Votes().fit(training, parameters, np.random.default_rng(0))
            found.append(float(np.mean(model.predict(held.words) == held.targets)))
    return float(np.mean(found))


def _run(name: str, arguments: argparse.Namespace) -> dict[str, Any]:
    start = time.perf_counter()
    families = {} if arguments.families is None else {"families": arguments.families}
    answer = design_from_data(
        load_dataset(DATA / f"{name}.npz"),
        converters="none",
        max_gates=MOST,
        budget_s=arguments.budget,
        float_budget_s=0,
        finalists=100,
        jobs=arguments.jobs,
        **families,
    )
    row: dict[str, Any] = {"inputs": answer.points[0].design.model.coding.feature_count}
    for limit in (MOST, MIDDLE, FEW):
        point = _near_best(answer) if limit == MOST else answer.best(Constraint(max_gates=limit))
        if point is None:
            raise SystemExit(f"{name}: no circuit of at most {limit} gates")
        checked = point.design.verify(thorough=False, icarus_work=ICARUS_WORK)
        row |= {
            f"{limit} test": point.design.accuracies.test,
            f"{limit} validated": point.validated,
            f"{limit} nodes": point.design.circuit.and_nodes,
            f"{limit} family": point.family,
            f"{limit} proof": checked.formal.status if checked.agrees else "executors disagree",
        }
    return {**row, "candidates": answer.log["candidates"], "seconds": time.perf_counter() - start}


def _near_best(answer: Answer) -> AnswerPoint | None:
    """The circuit of fewest gates whose validated accuracy is within a standard error of the best one."""
    kept = [point for point in answer.points if point.design.circuit.and_nodes <= MOST]
    if not kept:
        return None
    best = max(point.validated for point in kept)
    rows = len(answer.points[0].design.measured.outputs["test"])  # as many as there are for validation
    least = best - float(np.sqrt(best * (1 - best) / rows))
    good = [point for point in kept if point.validated >= least]
    return min(good, key=lambda point: (point.design.circuit.and_nodes, -point.validated))


def _summary(rows: Mapping[str, Row], settings: Row, *, keep: bool) -> None:
    groups = {
        "mean": list(rows.values()),
        "mean without arithmetic": [row for row in rows.values() if row[f"{MOST} family"] != Arithmetic.name],
        "MNIST": [row for name, row in rows.items() if name in MNIST],
    }
    names = [f"{limit} {what}" for limit in (MOST, MIDDLE, FEW) for what in ("test", "nodes")]
    means = {group: {name: _mean(found, name) for name in names} for group, found in groups.items() if found}
    proven = [row[f"{limit} proof"] == "proven" for row in rows.values() for limit in (MOST, MIDDLE, FEW)]
    print("\n" + table(means, names))
    mean, mnist = means["mean"], means.get("MNIST", {})
    bars = [
        Bar(f"mean test accuracy of {len(rows)} functions", mean[f"{MOST} test"], 0.832, at_most=False),
        Bar("mean gates", mean[f"{MOST} nodes"], 950),
        Bar(f"mean test accuracy with at most {FEW} gates", mean[f"{FEW} test"], 0.715, at_most=False),
        Bar("share of the circuits that is proven", float(np.mean(proven)), 1.0, at_most=False),
        Bar("most seconds of a function", max(row["seconds"] for row in rows.values()), 180),
    ]
    if mnist:
        name = f"mean test accuracy of MNIST groups with at most {MIDDLE} gates"
        bars.append(Bar(name, mnist[f"{MIDDLE} test"], 0.953, at_most=False))
    record("learning", {**rows, **means}, bars, seed={"seed": 0, **settings}, keep=keep)


def _mean(rows: Sequence[Mapping[str, Any]], name: str) -> float:
    return float(np.mean([row[name] for row in rows]))


if __name__ == "__main__":
    main()
