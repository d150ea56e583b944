"""What circuits of default options lose against their float models, and their area beside that of fixed bits.

    python benchmarks/defaults.py [--only PART,...]

Ten data sets of ``../shared/data`` with a tree of depth 6, a linear SVM and an MLP of 8 hidden units each, trained as
`bespoke train` does. Losses are points of accuracy on the training rows, on which the bits are chosen, and on the test
rows. Fixed are 4 bits of the inputs of weighted sums, 8 of those of trees, and weights of 8 bits, rounded down.
"""

from __future__ import annotations

import argparse
import time
from typing import Any

from record import Bar, Row, geometric_mean, record, table
from reference import SUM_SETTINGS, TREE_SETTINGS, chosen, reference_data

from bespoke.flow import Design, compile_model
from bespoke.training import TrainingOptions, train_model

DATASETS = (
    "mammographic",
    "cardio",
    "redwine",
    "whitewine",
    "balance",
    "seeds",
    "pendigits",
    "vehicle",
    "segment",
    "dermatology",
)
KINDS = ("tree", "svm", "mlp")
HIDDEN = (8,)
LARGEST_LOSS = 1.0
MEAN_LOSS = 0.3


def row_of(name: str) -> Row:
    """Losses and areas of one model."""
    dataset, kind = name.split(".")
    data = reference_data(dataset)
    split = data.split()
    estimator = train_model(split, TrainingOptions(kind=kind, hidden_layer_sizes=HIDDEN)).estimator
    fixed = {**(TREE_SETTINGS if kind == "tree" else SUM_SETTINGS), "input_words": "auto", "thresholds": "auto"}
    started = time.perf_counter()
    design = compile_model(estimator, dataset=data)
    seconds = time.perf_counter() - started
    other = compile_model(estimator, dataset=data, **fixed)
    float_train = estimator.score(split.train_features, split.train_targets)
    return {
        "float": float_train,
        "input bits": max(design.model.coding.bits),
        "loss": 100 * (float_train - (design.accuracies.train or 0.0)),
        "fixed loss": 100 * (float_train - (other.accuracies.train or 0.0)),
        "test loss": _test_loss(design),
        "fixed test loss": _test_loss(other),
        "mm2": design.estimate.area_mm2,
        "fixed mm2": other.estimate.area_mm2,
        "quantise s": design.provenance.seconds["quantise"],
        "compile s": seconds,
    }


def _test_loss(design: Design) -> float:
    found = design.accuracies
    return 100 * ((found.float_model or 0.0) - (found.test or 0.0))


def bars_of(rows: dict[str, Row]) -> list[Bar]:
    """Limits of the losses."""

    def mean(key: str) -> float:
        return sum(row[key] for row in rows.values()) / len(rows)

    ratio = geometric_mean(row["mm2"] / row["fixed mm2"] for row in rows.values())
    return [
        Bar("largest loss of training accuracy, points", max(row["loss"] for row in rows.values()), LARGEST_LOSS),
        Bar("mean loss of training accuracy, points", mean("loss"), MEAN_LOSS),
        Bar("mean loss of test accuracy, points", mean("test loss"), mean("fixed test loss")),
        Bar("area against fixed bits, geometric mean", ratio, 1.5),
    ]


def main() -> None:
    """Print the table and store it."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--only", help="models whose name contains one of these parts")
    options = parser.parse_args()
    names = tuple(f"{dataset}.{kind}" for dataset in DATASETS for kind in KINDS)
    rows: dict[str, Any] = {name: row_of(name) for name in chosen(options.only, names)}
    print(table(rows, next(iter(rows.values()))))
    record("defaults", rows, bars_of(rows), seed=42, keep=options.only is None)


if __name__ == "__main__":
    main()
