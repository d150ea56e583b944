"""Ensembles of trees with default options: what their circuits lose, and the time to compile and prove large ones.

    python benchmarks/ensembles.py accuracy|times

* accuracy: forests and boosting on five data sets with default options. ``loss`` is what the integer model answers less
  often as the labels say than the float model, in points of test accuracy over three splits; ``other`` are test rows
  where both differ. ``loss, 8 bits`` is with inputs of 8 bits. The area is that of the circuit of the first split.
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
from bespoke.frontend import QuantisationOptions, quantise_estimator
from bespoke.proof import Verdict, prove_lowered, prove_mapped

SEED = 0
SPLITS = (42, 43, 44)
OWN = ("wine", "breast_cancer_wdbc", "digits")  # at hand without downloads
SHARED = ("cardio", "pendigits")
MOST_LOST = 0.5  # points
ROWS_LOST = 1.5  # one row is chance, two are not
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
        for kind, make in KINDS.items():
            row = rows[f"{name}, {kind}"] = losses(make, data)
            print(f"{name}, {kind}: {row['loss']:.2f}", flush=True)
    print("\n" + table(rows, next(iter(rows.values()))))
    beyond = [bool(row["loss"] > max(MOST_LOST, 100 * ROWS_LOST / row["test rows"])) for row in rows.values()]
    by_data = [np.mean([row["loss"] for key, row in rows.items() if key.startswith(name)]) for name in (*OWN, *SHARED)]
    bars = [
        Bar("largest mean loss of a data set in points", float(max(by_data)), MOST_LOST),
        Bar("losses of more than half a point and one row", int(sum(beyond)), 0),
        Bar("mean loss in points", float(np.mean([row["loss"] for row in rows.values()])), MOST_LOST / 5),
        Bar("mean loss in points, 8 bits", float(np.mean([row["loss, 8 bits"] for row in rows.values()])), MOST_LOST),
    ]
    record("ensembles", rows, bars, seed=SEED)


def losses(make: Callable[[], Any], data: Dataset) -> Row:
    """Accuracies of ensembles and of their integer models, and the area of one of them."""
    right, other, area = np.zeros(3), 0, 0.0
    count = trees = 0
    for seed in SPLITS:
        split = data.split(seed=seed)
        train, test, targets = (split.train_features, split.train_targets), split.test_features, split.test_targets
        estimator = make().fit(*train)
        wanted = estimator.predict(test)
        made = [quantise_estimator(estimator, *train, QuantisationOptions(input_bits=bits)).model for bits in (None, 8)]
        answers = [model.decision.decode(model.predict(model.coding.quantise(test))) for model in made]
        right += [int(np.sum(np.asarray(each) == targets)) for each in (wanted, *answers)]
        other, count = other + int(np.sum(answers[0] != wanted)), count + len(test)
        if not area:
            area = compile_model(estimator, dataset=data).estimate.area_mm2 / 100
            trees, bits = len(made[0].stages[-1].roots), max(made[0].coding.bits)
    points = 100 * right / count
    return {
        "trees": trees,
        "test rows": count,
        "float": points[0],
        "circuit": points[1],
        "loss": points[0] - points[1],
        "other": other,
        "bits": bits,
        "cm2": area,
        "loss, 8 bits": points[0] - points[2],
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
    first = prove_lowered(design.model, circuit.lowered, circuit.certificate)
    link = prove_mapped(circuit.lowered, circuit.mapped, circuit.library, model=design.model)
    verdict = Verdict((*first.steps, link))
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
