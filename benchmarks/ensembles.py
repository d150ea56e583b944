"""Ensembles of trees with default options: what their circuits lose, and the time to compile and prove large ones.

    python benchmarks/ensembles.py accuracy|times

* accuracy: forests and boosting on five data sets. ``loss`` is what the circuit answers less often as the labels say
  than the float model, in points of test accuracy, with inputs of 8 bits and bits of leaves by default; ``other`` are
  test rows where both differ. ``default loss`` is with bits of inputs by default, too.
* times: a forest of 30 trees of depth 6 on cardio; boosting of 150 trees of depth 3 on pendigits, 50 rounds on its
  first three classes and 15 on all ten. Seconds by the clock of the compilation and of the whole proof.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
from record import Bar, Row, record, table
from reference import reference_data
from sklearn.ensemble import (
    ExtraTreesClassifier,
    GradientBoostingClassifier,
    HistGradientBoostingClassifier,
    RandomForestClassifier,
)

from bespoke.data import Dataset, load_dataset
from bespoke.flow import Design, compile_model
from bespoke.proof import prove

SEED = 0
OWN = ("wine", "breast_cancer_wdbc", "digits")  # at hand without downloads
SHARED = ("cardio", "pendigits")
MOST_LOST = 0.5  # points
KINDS: dict[str, Callable[[], Any]] = {
    "forest": lambda: RandomForestClassifier(30, max_depth=6, random_state=SEED),
    "extra trees": lambda: ExtraTreesClassifier(30, max_depth=8, random_state=SEED),
    "boosting": lambda: GradientBoostingClassifier(n_estimators=30, max_depth=3, random_state=SEED),
    "histograms": lambda: HistGradientBoostingClassifier(max_iter=30, max_leaf_nodes=12, random_state=SEED),
}


def accuracy() -> None:
    """Measure, print and record what circuits lose."""
    rows: dict[str, Row] = {}
    for name in (*OWN, *SHARED):
        data = load_dataset(name) if name in OWN else reference_data(name)
        split = data.split()
        for kind, make in KINDS.items():
            estimator = make().fit(split.train_features, split.train_targets)
            row = rows[f"{name}, {kind}"] = losses(estimator, data)
            print(f"{name}, {kind}: {row['loss']:.2f}", flush=True)
    print("\n" + table(rows, next(iter(rows.values()))))
    lost = [row["loss"] for row in rows.values()]
    bars = [
        Bar("largest loss in points", max(lost), MOST_LOST),
        Bar("mean loss in points", float(np.mean(lost)), MOST_LOST / 5),
        Bar("mean default loss in points", float(np.mean([row["default loss"] for row in rows.values()])), MOST_LOST),
    ]
    record("ensembles", rows, bars, seed=SEED)


def losses(estimator: Any, data: Dataset) -> Row:  # noqa: ANN401  scikit-learn's
    """Accuracies of a fitted ensemble and of its circuit."""
    split = data.split()
    wide, usual = (compile_model(estimator, dataset=data, input_bits=bits) for bits in (8, None))
    wanted, *found = (model.predict(split.test_features) for model in (estimator, wide, usual))
    floating, *circuits = (100 * float(np.mean(answers == split.test_targets)) for answers in (wanted, *found))
    return {
        "trees": len(wide.model.stages[-1].roots),
        "test rows": len(wanted),
        "float": floating,
        "circuit": circuits[0],
        "loss": floating - circuits[0],
        "other": int(np.sum(found[0] != wanted)),
        "cm2": wide.estimate.area_mm2 / 100,
        "default loss": floating - circuits[1],
        "default bits": max(usual.model.coding.bits),
        "default cm2": usual.estimate.area_mm2 / 100,
    }


def times() -> None:
    """Measure, print and record how long large ensembles take."""
    cardio, pendigits = (reference_data(name) for name in SHARED)
    kept = np.isin(pendigits.targets, (0, 1, 2))
    three = replace(pendigits, features=pendigits.features[kept], targets=pendigits.targets[kept])
    rows = {
        "cardio, forest of 30": timed(KINDS["forest"](), cardio),
        "pendigits of 3 classes, boosting 50 x 3": timed(boosting(50), three),
        "pendigits, boosting 15 x 10": timed(boosting(15), pendigits),
    }
    print("\n" + table(rows, next(iter(rows.values()))))
    bars = [
        Bar(f"{name}, seconds in all", row["compile s"] + row["proof s"], 60 if name.startswith("cardio") else 120)
        for name, row in rows.items()
    ]
    bars.append(
        Bar("circuits proven", sum(row["proof"] == "proven" for row in rows.values()), len(rows), at_most=False)
    )
    record("ensembles_times", rows, bars, seed=SEED)


def boosting(rounds: int) -> GradientBoostingClassifier:
    """Boosted trees of depth 3."""
    return GradientBoostingClassifier(n_estimators=rounds, max_depth=3, random_state=SEED)


def timed(estimator: Any, data: Dataset) -> Row:  # noqa: ANN401  scikit-learn's
    """Seconds of an ensemble that is trained first."""
    split = data.split()
    estimator.fit(split.train_features, split.train_targets)
    start = time.perf_counter()
    design: Design = compile_model(estimator, dataset=data)
    compiled = time.perf_counter()
    circuit = design.circuit
    verdict = prove(design.model, circuit.lowered, circuit.certificate, circuit.mapped, circuit.library)
    done = time.perf_counter()
    return {
        "trees": len(design.model.stages[-1].roots),
        "gates": len(circuit.mapped.instances),
        "compile s": compiled - start,
        "proof s": done - compiled,
        "proof": verdict.status,
    }


def main() -> None:
    """Run one part."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("part", choices=PARTS)
    PARTS[parser.parse_args().part]()


PARTS: dict[str, Callable[[], None]] = {"accuracy": accuracy, "times": times}

if __name__ == "__main__":
    sys.exit(main())
