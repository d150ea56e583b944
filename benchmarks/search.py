"""What the joint search is worth: beside the same steps one after another, without each of them, and its speed.

    python benchmarks/search.py [--models NAME,...] [--seeds 3] [--epochs 10]
    python benchmarks/search.py --searchers [--models NAME,...] [--seeds 3] [--seconds 20]

The hypervolume is that of the front of training loss and estimated cost, between no loss at no cost and the worst
loss of interest at the exact cost. All searches of a row evaluate the same number of candidates. One after another,
each technique gets its share of the epochs. ``over steps`` hands one design on from step to step, as the published
flows do: the cheapest whose loss is within the step's part of what is allowed; the front is that of all steps together.
``over steps of fronts`` hands whole populations on, which only a search that keeps all steps in one genome can. Only
training rows are used.

``--searchers`` compares the searchers instead, each in one process: the hypervolume at the end of the last epoch within
the same number of distinct candidates, and within the same time. That of `autoapprox` is `benchmarks/autoapprox.py`.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import replace
from typing import NamedTuple

import numpy as np
from record import Bar, Row, geometric_mean, record, table
from reference import chosen, reference_model

from bespoke.cells import CellLibrary, GateCosts, load_library
from bespoke.frontend import QuantisationOptions, quantise_estimator
from bespoke.lowering import lower
from bespoke.model import IntArray, IntegerModel
from bespoke.opt import optimise
from bespoke.search import (
    AffineDesigns,
    FloatArray,
    SearcherName,
    SearchOptions,
    SearchState,
    explore,
)
from bespoke.search.searcher import non_dominated
from bespoke.sim import mapped_outputs
from bespoke.techmap import map_cheapest

NAMES = ("redwine.MLP_clf", "redwine.SVM_clf", "cardio.MLP_clf", "cardio.SVM_clf", "balance.MLP_clf", "redwine.MLP_reg")
ORDER = ("coefficients", "biases", "inputs", "accumulation", "activations")
COSTS = GateCosts.of(load_library("egfet"))
OPTIONS = SearchOptions(population=60, generations=10, patience=1000, agreement=0.7)
BUILT = 20
SMALL = ("redwine.SVM_clf", "balance.MLP_clf", "redwine.MLP_clf")
CANDIDATES = 200
EPOCH: dict[SearcherName, dict[str, int]] = {  # short ones, so that none gets more than the budget
    "nsga2": {"population": 20, "generations": 2},
    "bayes": {"generations": 10},
    "greedy": {"generations": 1},
}


class Task(NamedTuple):
    """A model with its training words and wanted output words."""

    model: IntegerModel
    words: IntArray
    targets: IntArray


def task_of(name: str) -> Task:
    """Training part of a reference model."""
    reference = reference_model(name)
    split = reference.dataset.split()
    options = QuantisationOptions(**reference.labelling)
    model = quantise_estimator(reference.estimator, split.train_features, split.train_targets, options).model
    targets = model.decision.encode(split.train_targets)
    return Task(model, model.coding.quantise(split.train_features), targets)


def volume(task: Task, options: SearchOptions, techniques: tuple[str, ...] | None = None) -> float:
    """Hypervolume of a joint search over some techniques."""
    space = AffineDesigns(task.model, task.words, COSTS, techniques)
    return explore(space, task.words, task.targets, options).state.volumes[-1]


def volume_of_fronts(task: Task, options: SearchOptions) -> float:
    """Hypervolume when each technique is searched alone, going on from the populations of the one before."""
    state: SearchState | None = None
    for technique, epochs in stages(options):
        space = AffineDesigns(task.model, task.words, COSTS, (technique,))
        start = state and replace(state, epoch=0, idle=0)
        state = explore(space, task.words, task.targets, replace(options, epochs=epochs), state=start).state
    assert state is not None
    return state.volumes[-1]


def volume_of_steps(task: Task, options: SearchOptions) -> float:
    """Hypervolume when each technique is searched alone, going on from one design of the one before."""
    random = np.random.default_rng(options.seed)
    state: SearchState | None = None
    points: list[FloatArray] = []
    for number, (technique, epochs) in enumerate(stages(options), start=1):
        space = AffineDesigns(task.model, task.words, COSTS, (technique,))
        if state is not None:
            kept = state.archive[0]
            state = replace(state, populations=tuple(around(space, kept, options, random) for _ in state.populations))
        found = explore(space, task.words, task.targets, replace(options, epochs=epochs), state=state)
        points.append(np.stack([found.losses, found.costs], axis=1))
        allowed = found.losses[0] + options.worst_loss * number / len(ORDER)
        cheapest = np.where(found.losses <= allowed, found.costs, np.inf).argmin()
        state = SearchState(0, 0, found.genomes[cheapest][None], found.state.populations)
    return volume_below(np.concatenate(points), options.worst_loss)


def stages(options: SearchOptions) -> Iterator[tuple[str, int]]:
    """The techniques with their shares of the epochs."""
    shares = np.diff(np.rint(np.linspace(0, options.epochs, len(ORDER) + 1)).astype(int))
    return ((technique, epochs) for technique, epochs in zip(ORDER, shares.tolist(), strict=True) if epochs)


def around(space: AffineDesigns, genome: IntArray, options: SearchOptions, random: np.random.Generator) -> IntArray:
    """A population of a genome and changes of it."""
    return np.array([genome, *(space.mutate(genome, random) for _ in range(options.population - 1))])


def volume_below(points: FloatArray, worst_loss: float) -> float:
    """Hypervolume of losses and costs (n, 2), the exact model first, as a search reckons it."""
    worst, exact_cost = points[0, 0] + worst_loss, points[0, 1]
    feasible = points[points[:, 0] <= worst]
    front = feasible[non_dominated(feasible)]
    losses = np.concatenate([[worst], front[:, 0]])
    return float(((losses[:-1] - losses[1:]) * (exact_cost - front[:, 1])).sum() / (worst * exact_cost))


def speed(task: Task, library: CellLibrary) -> Row:
    """Candidates per second of the search, and one by one through lowering, mapping and simulation."""
    space = AffineDesigns(task.model, task.words, COSTS)
    random = np.random.default_rng(0)
    genomes = space.seeds()
    while len(genomes) < 200:
        genomes = np.concatenate([genomes, [space.mutate(genomes[random.integers(len(genomes))], random)]])
    started = time.perf_counter()
    space.costs(genomes)
    for _ in space.outputs(genomes, task.words, task.targets):
        pass
    searched = (time.perf_counter() - started) / len(genomes)
    started = time.perf_counter()
    for genome in genomes[:: len(genomes) // BUILT]:
        mapped = map_cheapest([optimise(lower(space.decode(genome), COSTS).netlist)], library)
        mapped_outputs(mapped, library, task.words)
    built = (time.perf_counter() - started) / len(genomes[:: len(genomes) // BUILT])
    return {"searched/s": 1 / searched, "built/s": 1 / built, "speed ratio": built / searched}


class Counted(AffineDesigns):
    """A design space that knows which genomes were looked at."""

    def __init__(self, task: Task) -> None:
        super().__init__(task.model, task.words, COSTS)
        self.known: set[bytes] = set()

    def costs(self, genomes: IntArray) -> FloatArray:
        """Costs, as they are."""
        self.known.update(genome.tobytes() for genome in genomes)
        return super().costs(genomes)


class BudgetsSpentError(Exception):
    """Ends a search from within."""


def budgeted(task: Task, searcher: SearcherName, seed: int, seconds: float) -> tuple[float, float]:
    """Hypervolumes of one search within the number of candidates and within the time."""
    space = Counted(task)
    options = SearchOptions(searcher=searcher, seed=seed, islands=1, epochs=10**6, patience=10**6, **EPOCH[searcher])
    reached: list[tuple[int, float, float]] = []
    last: list[IntArray] = []
    started = time.perf_counter()

    def on_epoch(state: SearchState) -> None:
        passed = time.perf_counter() - started
        reached.append((len(space.known), passed, state.volumes[-1]))
        is_idle = len(reached) > 1 and np.array_equal(state.populations[0], last[0])
        last[:] = [state.populations[0]]
        if passed > seconds and (len(space.known) > CANDIDATES or is_idle):
            raise BudgetsSpentError

    with suppress(BudgetsSpentError):
        explore(space, task.words, task.targets, options, on_epoch=on_epoch)
    by_count = [volume for count, _, volume in reached if count <= CANDIDATES]
    by_time = [volume for _, passed, volume in reached if passed <= seconds]
    return max(by_count, default=0.0), max(by_time, default=0.0)


def compare_searchers(name: str, seeds: int, seconds: float) -> Row:
    """Mean hypervolumes of each searcher."""
    task = task_of(name)
    row: dict[str, object] = {}
    budgets = [f"{CANDIDATES} candidates", f"{seconds:g} s"]
    for searcher in EPOCH:
        volumes = np.mean([budgeted(task, searcher, seed, seconds) for seed in range(seeds)], axis=0)
        row |= {f"{searcher}, {budget}": float(volume) for budget, volume in zip(budgets, volumes, strict=True)}
    return row


def main_searchers(models: Iterable[str], seeds: int, seconds: float) -> None:
    """Print and record the table of searchers."""
    rows: dict[str, Row] = {}
    for name in models:
        rows[name] = compare_searchers(name, seeds, seconds)
        print(name, rows[name], flush=True)
    print("\n" + table(rows, next(iter(rows.values()))))
    few, short = f"{CANDIDATES} candidates", f"{seconds:g} s"
    pairs = (("bayes", "nsga2", few), ("nsga2", "bayes", short), ("nsga2", "greedy", short))
    bars = [
        Bar(
            f"{better} over {other} within {budget}, geometric mean",
            geometric_mean(row[f"{better}, {budget}"] / max(row[f"{other}, {budget}"], 1e-9) for row in rows.values()),
            1.0,
            at_most=False,
        )
        for better, other, budget in pairs
    ]
    record("searchers", rows, bars, seed=0)


def measure(name: str, seeds: int, epochs: int, library: CellLibrary) -> Row:
    """One row of the table."""
    task = task_of(name)
    others = {"over steps": volume_of_steps, "over steps of fronts": volume_of_fronts}
    chosen_options = [replace(OPTIONS, seed=seed, epochs=epochs) for seed in range(seeds)]
    joint = [volume(task, options) for options in chosen_options]
    row: dict[str, object] = {"joint": float(np.mean(joint))}
    for label, other in others.items():
        ratios = [ours / max(other(task, options), 1e-9) for ours, options in zip(joint, chosen_options, strict=True)]
        row[label] = geometric_mean(ratios)
    options = replace(OPTIONS, seed=0, epochs=epochs)
    for technique in ORDER:
        rest = tuple(other for other in ORDER if other != technique)
        row[f"no {technique}"] = volume(task, options, rest) / joint[0]
    return row | speed(task, library)


def main() -> None:
    """Print and record the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--only", "--models", dest="models", help="parts of model names, separated by commas")
    parser.add_argument("--searchers", action="store_true", help="compare the searchers")
    parser.add_argument("--seconds", type=float, default=20, help="time of each searcher")
    parser.add_argument("--seeds", type=int, default=3)
    parser.add_argument("--epochs", type=int, default=10)
    options = parser.parse_args()
    if options.searchers:
        main_searchers(chosen(options.models, NAMES) if options.models else SMALL, options.seeds, options.seconds)
        return
    library = load_library("egfet")
    rows: dict[str, Row] = {}
    for name in chosen(options.models, NAMES):
        rows[name] = measure(name, options.seeds, options.epochs, library)
        print(name, rows[name], flush=True)
    print("\n" + table(rows, next(iter(rows.values()))))
    bars = [
        Bar(
            f"hypervolume {other}, geometric mean",
            geometric_mean(row[other] for row in rows.values()),
            1.1,
            at_most=False,
        )
        for other in ("over steps", "over steps of fronts")
    ]
    bars.append(
        Bar(
            "candidates per second over building them, least",
            min(r["speed ratio"] for r in rows.values()),
            100,
            at_most=False,
        )
    )
    record("search", rows, bars, seed=0, keep=options.models is None)


if __name__ == "__main__":
    main()
