"""From data to circuits: accuracy below power limits, beside plain CART and the best float model.

``python benchmarks/design.py [--sets redwine,...] [--splits 42,1] [--budget 20] [--fresh]`` needs the data of
``../shared``. Each data set and split is one file in ``out/design``; what is there already is not made again. Whatever
chooses sees training rows only; the test rows are read once for each choice.
"""

from __future__ import annotations

import argparse
import json
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any

import numpy as np
from record import ROOT, Bar, record, table
from reference import SHARED
from sklearn.tree import DecisionTreeClassifier

from bespoke.data import Dataset, load_dataset
from bespoke.families.validation import folds
from bespoke.flow import CompileOptions, Constraint, compile_model, design_from_data
from bespoke.flow.from_data import Sources

SETS = ("seeds", "wine", "balance", "dermatology", "mammographic", "breast_cancer_wdbc", "vehicle", "redwine")
SETS = (*SETS, "cardio", "segment", "whitewine", "pendigits")
SPLITS = (42, 1, 2, 3, 4)
LIMITS_MW = (0.1, 3.0, 30.0)
COMPILE: Mapping[str, Any] = {"inputs": "unary", "converters": "date24", "power_share": 1.0}
WORK = ROOT / "out" / "design"
_LEAVES = (2, 3, 4, 5, 6, 8, 10, 13, 16, 20, 25, 32, 40, 50, 64, 80, 100, 150, 200)
_LEAST_ROWS = (1, 3, 8)


def main() -> None:
    """Run what is missing, print the table, write ``results/design.json``."""
    arguments = _arguments()
    rows: dict[str, dict[str, Any]] = {}
    for split in map(int, arguments.splits.split(",")):
        for name in arguments.sets.split(","):
            dataset = data_of(name)
            beside = _cached(f"{name}.{split}.beside", False, _beside, dataset, split)
            found = _cached(f"{name}.{split}", arguments.fresh, _designs, dataset, split, arguments.budget)
            rows[f"{name}.{split}"] = _row(found, beside)
            print(table({f"{name}.{split}": rows[f"{name}.{split}"]}, rows[f"{name}.{split}"]), flush=True)
    _summary(rows, keep=arguments.keep)


def data_of(name: str) -> Dataset:
    """A data set of ``../shared``, or one that comes with the package."""
    path = SHARED / "data" / "uci" / f"{name}.csv"
    return load_dataset(path if path.exists() else name, task="classification")


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sets", default=",".join(SETS))
    parser.add_argument("--splits", default=",".join(map(str, SPLITS)))
    parser.add_argument("--budget", type=float, default=20.0, help="seconds in which candidates enter")
    parser.add_argument("--fresh", action="store_true", help="design anew")
    parser.add_argument("--keep", action="store_true", help="write the results into the repository")
    return parser.parse_args()


def _cached(
    name: str,
    fresh: bool,  # noqa: FBT001  the arguments of what makes it follow
    make: Callable[..., Any],
    *arguments: Any,  # noqa: ANN401  those of a benchmark
) -> dict[str, Any]:
    path = WORK / f"{name}.json"
    if fresh or not path.exists():
        found = make(*arguments)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(json.dumps(found, indent=1), encoding="utf-8")
    return json.loads(path.read_text(encoding="utf-8"))


def _designs(dataset: Dataset, split: int, budget_s: float) -> dict[str, Any]:
    start, used = time.perf_counter(), time.process_time()
    answer = design_from_data(dataset, seed=split, max_power_mw=max(LIMITS_MW), budget_s=budget_s, float_budget_s=0)
    chosen = {}
    for limit in LIMITS_MW:
        point = answer.best(Constraint(max_power_mw=limit))
        if point is not None:
            facts = point.design.row()
            chosen[str(limit)] = {
                "family": point.family,
                "parameters": dict(point.parameters),
                "promised": point.promised,
                "low": point.interval[0],
                "high": point.interval[1],
                "test": facts["test"],
                "power_mw": facts["power_mw"],
                "area_mm2": facts["area_mm2"],
                "gates": facts["gates"],
            }
    rows = answer.rows()
    seconds = {"wall": time.perf_counter() - start, "process": time.process_time() - used}
    return {"chosen": chosen, "front": rows, "seconds": seconds, "log": answer.log}


def _beside(dataset: Dataset, split: int) -> dict[str, Any]:
    return {"cart": cart(dataset, split), "float": _float(dataset, split)}


def _float(dataset: Dataset, split: int) -> dict[str, Any]:
    """The best float model by cross-validation, and its test accuracy."""
    from bespoke.external import Processes
    from bespoke.families import float_accuracies, float_score
    from bespoke.search import Work

    parts = dataset.split(seed=split)
    _, targets = np.unique(parts.train_targets, return_inverse=True)
    found = float_accuracies(parts.train_features, targets, work=Work(Processes(2)))
    best = max(found, key=lambda name: found[name])
    train, test = (parts.train_features, parts.train_targets), (parts.test_features, parts.test_targets)
    return {"out_of_fold": found, "name": best, "test": float_score(best, train, test)}


def cart(dataset: Dataset, split: int, limits: Sequence[float] = LIMITS_MW) -> dict[str, Any]:
    """For each limit the CART of best out-of-fold accuracy whose circuit keeps it."""
    sources = Sources(dataset, CompileOptions(seed=split))
    words = sources.coding.quantise(dataset.features)
    parts = dataset.split(seed=split)
    bits = {f"x{number}": each for number, each in enumerate(sources.coding.bits)}
    train, targets = sources.coding.quantise(parts.train_features), parts.train_targets
    ranked = sorted(_carts(), key=lambda each: (-_out_of_fold(each, train, targets), each["max_leaf_nodes"]))
    found: dict[str, Any] = {}
    for settings in ranked:
        missing = [limit for limit in limits if str(limit) not in found]
        if not missing:
            break
        tree = DecisionTreeClassifier(random_state=0, **settings).fit(train, targets)
        if _least_mw(tree) > max(missing):
            continue
        design = compile_model(tree, words, dataset.targets, seed=split, input_bits=bits, model_inputs="raw", **COMPILE)
        for limit in missing:
            if design.size("power") <= limit:
                found[str(limit)] = {**design.row(), "settings": settings}
    return found


def _carts() -> Iterator[dict[str, Any]]:
    for criterion in ("gini", "entropy"):
        for leaves in _LEAVES:
            for least in _LEAST_ROWS:
                yield {"criterion": criterion, "max_leaf_nodes": leaves, "min_samples_leaf": least}


def _out_of_fold(settings: Mapping[str, Any], words: Any, targets: Any) -> float:  # noqa: ANN401  arrays
    indices = np.unique(targets, return_inverse=True)[1]
    right = 0
    for fold in folds(indices, 0, 0):
        tree = DecisionTreeClassifier(random_state=0, **settings).fit(words[fold.seen], targets[fold.seen])
        right += int((tree.predict(words[fold.held]) == targets[fold.held]).sum())
    return right / len(targets)


def _least_mw(tree: DecisionTreeClassifier) -> float:
    """What the levels of a tree draw at least: each of its distinct tests the least that a level does."""
    inner = tree.tree_.feature >= 0
    tests = {(f, np.floor(t)) for f, t in zip(tree.tree_.feature[inner], tree.tree_.threshold[inner], strict=True)}
    return 0.008235 * len(tests)


def _row(found: Mapping[str, Any], beside: Mapping[str, Any]) -> dict[str, Any]:
    row: dict[str, Any] = {}
    for limit in map(str, LIMITS_MW):
        ours, cart = found["chosen"].get(limit), beside["cart"].get(limit)
        row[f"{limit} mW"] = ours["test"] if ours else float("nan")
        row[f"{limit} mW CART"] = cart["test"] if cart else float("nan")
        row[f"{limit} mW promised"] = ours["promised"] if ours else float("nan")
        row[f"{limit} mW family"] = ours["family"] if ours else "none"
        row[f"{limit} mW held"] = int(bool(ours) and ours["low"] <= ours["test"] <= ours["high"])
    row["float"] = beside["float"]["test"]
    row["seconds"] = found["seconds"]["wall"]
    return row


def _summary(rows: Mapping[str, Mapping[str, Any]], *, keep: bool) -> None:
    sets = sorted({name.split(".")[0] for name in rows})
    by_set = {name: [row for key, row in rows.items() if key.split(".")[0] == name] for name in sets}
    means = {name: _means(group) for name, group in by_set.items()}
    means["mean"] = _means(list(means.values()))
    print("\n" + table(means, means["mean"]))
    mean = means["mean"]
    gains = {limit: 100 * (mean[f"{limit} mW"] - mean[f"{limit} mW CART"]) for limit in LIMITS_MW}
    worst = {limit: _worst(means, limit) for limit in LIMITS_MW}
    span = mean["float"] - mean["3.0 mW CART"]
    gap = [100 * (row[f"{limit} mW promised"] - row[f"{limit} mW"]) for row in rows.values() for limit in LIMITS_MW]
    held = [row[f"{limit} mW held"] for row in rows.values() for limit in LIMITS_MW]
    bars = [
        Bar("points over CART at 0.1 mW", gains[0.1], 1.0, at_most=False),
        Bar("points over CART at 3 mW", gains[3.0], 1.5, at_most=False),
        Bar("share of the way from CART at 3 mW to the best float model, at 30 mW",
            (mean["30.0 mW"] - mean["3.0 mW CART"]) / span if span else float("nan"), 0.5, at_most=False),
        *(Bar(f"worst data set against CART at {limit} mW, points", worst[limit], -1.0, at_most=False)
          for limit in LIMITS_MW),
        Bar("promised less test accuracy, points", float(np.mean(gap)), 0.5),
        Bar("share of promised intervals that hold", float(np.mean(held)), 0.9, at_most=False),
        Bar("longest run, s", max(row["seconds"] for row in rows.values()), 120.0),
    ]  # fmt: skip
    record("design", {**means, **rows}, bars, seed=0, keep=keep)


def _means(rows: Sequence[Mapping[str, Any]]) -> dict[str, float]:
    names = [name for name, value in rows[0].items() if not isinstance(value, str)]
    return {name: _mean(row[name] for row in rows) for name in names if not name.endswith("held")}


def _mean(values: Iterable[float]) -> float:
    return float(np.mean(list(values)))


def _worst(means: Mapping[str, Mapping[str, float]], limit: float) -> float:
    return min(100 * (row[f"{limit} mW"] - row[f"{limit} mW CART"]) for name, row in means.items() if name != "mean")


if __name__ == "__main__":
    main()
