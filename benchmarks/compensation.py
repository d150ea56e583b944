"""What compensation is worth: accuracy lost to aggressive operators with and without it, at equal area.

    python benchmarks/compensation.py [--models NAME,...] [--splits 3]

Networks and logistic regressions are trained anew on each split of the data sets that scikit-learn brings and of those
of ``../shared/data``. Operators, each at several strengths: low bit columns of the first stage's products left out
(``truncated``), and weights of one or two signed digits (``digits``). Compensations, each of every operator:

    none        as the operator leaves it
    bias        each sum keeps its mean over the training rows (`bespoke.approx.correct_biases`)
    weights     the weights that are left make up for the error (`bespoke.approx.tune_weights`)
    variate     control variate: every weight of a sum takes the same constant, a power of two (its adders are paid for)
    scores      after ``bias``, each score takes the constant with which the fewest training rows are wrong

Every candidate is lowered and mapped (EGFET). At each share of the exact circuit's area the candidate with the best
training accuracy within it is taken; the figure is the loss of test accuracy against the exact model, in points, the
mean over splits and shares. So a compensation that makes the circuit larger pays for it.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any, NamedTuple

import numpy as np
from record import Bar, Row, record, table
from reference import chosen, mapped_area_mm2, reference_data
from sklearn.linear_model import LogisticRegression
from sklearn.neural_network import MLPClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import MinMaxScaler

from bespoke.approx import correct_biases, limit_digits, simplify_structure, tune_weights
from bespoke.cells import CellLibrary, GateCosts, load_library
from bespoke.data import Dataset, load_dataset
from bespoke.frontend import QuantisationOptions, quantise_estimator
from bespoke.lowering import lower
from bespoke.model import Affine, IntArray, IntegerModel, affine_of_summands, summands
from bespoke.opt import optimise
from bespoke.techmap import map_cheapest

SHARED_DATA = ("seeds", "balance", "vehicle", "redwine")
BROUGHT = ("iris", "wine", "breast_cancer_wdbc")
KINDS = ("linear", "mlp")
NAMES = tuple(f"{data}.{kind}" for data in (*SHARED_DATA, *BROUGHT) for kind in KINDS)
SHARES = (0.6, 0.45, 0.3)  # of the exact area
LEFT_OUT = (3, 5, 7)  # low bit columns
OPTIONS = QuantisationOptions(input_bits=4, weight_bits=8, input_encoding="floor", input_words="none")


class Task(NamedTuple):
    """A model and its rows as words and wanted words."""

    model: IntegerModel
    words: IntArray
    wanted: IntArray
    test_words: IntArray
    test_wanted: IntArray


def tasks(name: str, splits: int) -> Iterator[Task]:
    """One for each split."""
    data, kind = name.split(".")
    dataset = reference_data(data) if data in SHARED_DATA else load_dataset(data, task="classification")
    for seed in range(splits):
        yield task_of(dataset, kind, seed)


def task_of(dataset: Dataset, kind: str, seed: int) -> Task:
    """A model trained on the training rows of a split."""
    split = dataset.split(seed=seed)
    estimators: dict[str, Any] = {
        "linear": LogisticRegression(C=10.0, max_iter=2000),
        "mlp": MLPClassifier((5,), max_iter=3000, random_state=seed),
    }
    fitted = make_pipeline(MinMaxScaler(), estimators[kind]).fit(split.train_features, split.train_targets)
    model = quantise_estimator(fitted, split.train_features, split.train_targets, OPTIONS).model
    words = [model.coding.quantise(rows) for rows in (split.train_features, split.test_features)]
    wanted = [model.decision.encode(targets) for targets in (split.train_targets, split.test_targets)]
    return Task(model, words[0], wanted[0], words[1], wanted[1])


def truncated(model: IntegerModel, column: int) -> IntegerModel:
    """The first stage without the bits of its summands below a bit column."""
    stage = model.all_stages(Affine, "benchmark")[0]
    terms = []
    for term in summands(stage):
        full = (1 << model.ranges[0][term.source].width) - 1
        terms.append(term._replace(mask=full & -1 << max(0, column - term.shift)))
    first = affine_of_summands(stage, terms, model.ranges[0])
    return replace(model, stages=(first, *model.stages[1:]))


def operators(task: Task) -> Iterator[IntegerModel]:
    """The exact model, and approximate ones at rising strength."""
    yield task.model
    stages = len(task.model.stages)
    sparse = [task.model, *(limit_digits(task.model, (digits,) * stages) for digits in (2, 1))]
    yield from sparse[1:]
    yield from (truncated(model, column) for model in sparse for column in LEFT_OUT)


def control_variate(model: IntegerModel, task: Task) -> IntegerModel:
    """Add ``c * sum x`` to each sum of the first stage: the power of two with the least variance of the error."""
    stage, exact = (m.all_stages(Affine, "benchmark")[0] for m in (model, task.model))
    columns = (task.words[:, stage.sources] & stage.masks).astype(np.float64)
    goals = exact.sums(task.words)
    options = [0, *(sign << power for power in range(8) for sign in (1, -1))]
    weights = stage.weights.copy()
    for row in range(len(weights)):
        tried = [weights[row] + c * (weights[row] != 0) for c in options]
        weights[row] = min(tried, key=lambda w: float(np.var(goals[:, row] - columns @ w)))
    changed = replace(model, stages=(replace(stage, weights=weights), *model.stages[1:]))
    return correct_biases(changed, task.model, task.words)


def tuned_scores(model: IntegerModel, task: Task) -> IntegerModel:
    """Each score takes the constant with which the fewest training rows are wrong, powers of two at a time."""
    model = correct_biases(model, task.model, task.words)
    last = model.all_stages(Affine, "benchmark")[-1]
    scores, shift = model.scores(task.words), np.zeros(len(last.biases), dtype=np.int64)

    def wrong(tried: IntArray) -> int:
        return int((model.decision.decide(scores + tried) != task.wanted).sum())

    for power in reversed(range(int(np.abs(scores).max()).bit_length())):
        for step in (np.eye(len(shift), dtype=np.int64) << power).tolist():
            shift = min((shift, shift + step, shift - step), key=wrong)
    return replace(model, stages=(*model.stages[:-1], replace(last, biases=last.biases + shift)))


COMPENSATIONS: dict[str, Callable[[IntegerModel, Task], IntegerModel]] = {
    "none": lambda model, _: model,
    "bias": lambda model, task: correct_biases(model, task.model, task.words),
    "weights": lambda model, task: tune_weights(model, task.model, task.words),
    "variate": control_variate,
    "scores": tuned_scores,
}


def point(model: IntegerModel, task: Task, library: CellLibrary) -> tuple[float, float, float]:
    """Area, training accuracy, test accuracy."""
    mapped = map_cheapest([optimise(lower(simplify_structure(model), GateCosts.of(library)).netlist)], library)
    rows = ((task.words, task.wanted), (task.test_words, task.test_wanted))
    train, test = (float((model.predict(words) == wanted).mean()) for words, wanted in rows)
    return mapped_area_mm2(mapped, library), train, test


def losses(task: Task, library: CellLibrary) -> dict[str, list[float]]:
    """Points lost at each share of the exact area, by compensation."""
    models = list(operators(task))
    exact_area, _, exact_test = point(task.model, task, library)
    found = {}
    for name, compensate in COMPENSATIONS.items():
        points = [point(compensate(model, task), task, library) for model in models[1:]]
        within = [[p for p in points if p[0] <= share * exact_area] or [min(points)] for share in SHARES]
        best = [max(some, key=lambda p: (p[1], -p[0])) for some in within]
        found[name] = [100 * (exact_test - test) for _, _, test in best]
    return found


def measure(name: str, splits: int, library: CellLibrary) -> Row:
    """Mean loss by compensation, over splits and shares, and at the smallest share."""
    found = [losses(task, library) for task in tasks(name, splits)]
    row = {each: float(np.mean([losses[each] for losses in found])) for each in COMPENSATIONS}
    return row | {
        f"{each}, least area": float(np.mean([losses[each][-1] for losses in found])) for each in COMPENSATIONS
    }


def halved(rows: dict[str, Row], compensation: str) -> int:
    """Number of models that lose accuracy without compensation, and at most half as much with it."""
    return sum(row["none"] > 0 and row[compensation] <= row["none"] / 2 for row in rows.values())


def main() -> None:
    """Print and record the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--models", help="parts of model names, separated by commas")
    parser.add_argument("--splits", type=int, default=3)
    options = parser.parse_args()
    library = load_library("egfet")
    rows: dict[str, Row] = {}
    for name in chosen(options.models, NAMES):
        rows[name] = measure(name, options.splits, library)
        print(name, rows[name], flush=True)
        report(rows, options.splits, keep=options.models is None)


def report(rows: dict[str, Row], splits: int, *, keep: bool) -> None:
    """Print and record the rows so far and their mean."""
    mean = {key: float(np.mean([row[key] for row in rows.values()])) for key in next(iter(rows.values()))}
    print("\n" + table({**rows, "mean": mean}, mean))
    bars = [
        Bar(f"models that lose something and half of it at most with {name}", halved(rows, name), 4, at_most=False)
        for name in ("bias", "weights")
    ]
    bars.append(Bar("splits", splits, 1, at_most=False))
    record("compensation", {**rows, "mean": mean}, bars, seed=0, keep=keep)


if __name__ == "__main__":
    main()
