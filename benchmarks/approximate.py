"""Approximate circuits of the reference models beside the published ones, at most one point of accuracy lost.

    python benchmarks/approximate.py [--only NAME,...] [--trees] [--inner SPLITS] [--long] [--high S]
                                     [--set NAME=VALUE ...]

Everything is chosen on the training part; the test part is read once per model, for the report. ``--inner`` never
reads it: it trains models of the same kinds on 70 % of the training rows and judges on the other 30 %, which is how
the defaults of the search were chosen. ``--set`` changes an option of `bespoke.approximate`.

``--long`` searches for designs for longer: with twice the population for up to three times the epochs (`LONG`).

``--high`` searches the gates of each chosen circuit anew, with its function, for so many seconds with high effort, and
proves what it finds: ``high area``.

``retrained`` is the area of the circuits of TC 2023, whose weights are trained anew for cheap coefficients, and
``as accurate`` the smallest of our front that has at least their test accuracy (that of the chosen one where
none is published): fronts are read as they are published, here alone by their test accuracy.
"""

from __future__ import annotations

import argparse
import json
import math
import time
import warnings
from collections.abc import Iterator
from typing import Any

import numpy as np
from abc_mapping import cells_area_mm2
from record import Bar, Row, geometric_mean, record, table
from reference import MODELS, TREES, Reference, chosen, positive, published, reference_model, reference_tree
from sklearn.model_selection import train_test_split
from sklearn.neural_network import MLPClassifier, MLPRegressor
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import MinMaxScaler
from sklearn.svm import SVC, SVR
from sklearn.tree import DecisionTreeClassifier

from bespoke import approximate
from bespoke.cells import GateCosts
from bespoke.flow import CompileOptions, Design, ParetoFront
from bespoke.flow.gate_search import searched_gates
from bespoke.lowering import Lowered
from bespoke.netlist import Certificate
from bespoke.opt import equivalent_forms
from bespoke.proof import prove_mapped
from bespoke.techmap import map_cheapest

SHARE, HIGH_SHARE = 0.18, 0.065
LARGEST = 0.4
TREE_SHARE = 0.35
POINT = 0.01
LONG = {"population": 200, "epochs": 48, "patience": 8}
HIDDEN = {"cardio": 3, "redwine": 2, "whitewine": 4, "balance": 3}
RESTARTS = 3


def row_of(front: ParetoFront, seconds: float) -> dict[str, Any]:
    """What is measured on one model."""
    design, exact = front.best(max_loss=POINT), front.exact
    return {
        "test": design.accuracies.test,
        "test exact": exact.accuracies.test,
        "points": _points(design, exact),
        "area": design.estimate.area_mm2 / 100,
        "power": design.estimate.static_power_mw,
        "of exact": max(design.estimate.area_mm2, 1e-3) / exact.estimate.area_mm2,
        "gates": design.gate_count,
        "seconds": seconds,
    }


def _points(design: Design, exact: Design) -> float:
    assert design.accuracies.test is not None
    assert exact.accuracies.test is not None
    return 100 * (design.accuracies.test - exact.accuracies.test)


def searched_longer(design: Design, seconds: float) -> Row:
    """Area of a circuit with the function of a design, whose gates are searched for with high effort."""
    circuit = design.circuit
    netlist, library = circuit.reference.edited or circuit.lowered, circuit.library
    forms = equivalent_forms(netlist, library, "high")
    lowered = Lowered(netlist, Certificate(), circuit.boundary)
    options = CompileOptions(effort="high", effort_seconds=seconds)
    found = searched_gates(forms, lowered, circuit.model, GateCosts.of(library), options)
    mapped = map_cheapest(forms, library, gates=found)
    step = prove_mapped(netlist, mapped, library, model=circuit.model, boundary=circuit.boundary)
    area = cells_area_mm2((instance.cell for instance in mapped.instances), library)
    return {"high area": area / 100, "high proof": step.status}


def compare(reference: Reference, table_name: str, settings: dict[str, Any], seconds: float | None) -> dict[str, Any]:
    """Row of one reference model, with the published figures."""
    started = time.perf_counter()
    front = approximate(reference.estimator, dataset=reference.dataset, **{**reference.labelling, **settings})
    row = row_of(front, time.perf_counter() - started)
    row |= searched_longer(front.best(max_loss=POINT), seconds) if seconds else {}
    known = published(table_name).get(reference.name.removesuffix(".tree"))
    if known:
        unit = 100 if table_name == "approximate_trees" else 1
        row |= {"published": known["area"], "area ratio": unit * row["area"] / known["area"]}
        row |= {"power ratio": row["power"] / known["power"]}
        row |= {"high ratio": unit * row["high area"] / known["area"]} if seconds else {}
    return row | beside_retrained(reference.name, front)


def beside_retrained(name: str, front: ParetoFront) -> dict[str, float]:
    """Areas of a retrained MLP classifier and of the design of a front that is as accurate; empty for others."""
    dataset, kind = name.split(".")
    known = [entry for entry in published("best_known").get(dataset, []) if entry["source"] == "TC 2023"]
    known = [entry for entry in known if entry["kind"] == "MLP" and not entry.get("released")]
    if kind != "MLP_clf" or not known:
        return {}
    wanted = known[0].get("accuracy") or front.best(max_loss=POINT).accuracies.test
    designs = [design for design in (*front.designs, front.exact) if (design.accuracies.test or 0.0) >= wanted]
    smallest = {"as accurate": min(design.estimate.area_mm2 for design in designs) / 100} if designs else {}
    return {"retrained": known[0]["area"]} | smallest


def stand_ins(name: str, splits: int) -> Iterator[tuple[str, Reference, Any]]:
    """Models of the kind of a reference model, trained on 70 % of its training rows, with these rows' split."""
    dataset, kind = name.split(".")
    reference = reference_tree(dataset) if kind == "tree" else reference_model(name)
    split = reference.dataset.split()
    for seed in range(splits):
        parts = train_test_split(split.train_features, split.train_targets, test_size=0.3, random_state=seed)
        yield f"{name} {seed}", reference, (_trained(dataset, kind, parts[0], parts[2]), seed)


def _trained(dataset: str, kind: str, features: np.ndarray, targets: np.ndarray) -> Any:  # noqa: ANN401  an estimator
    hidden = (HIDDEN.get(dataset, 3),)
    makers = {
        "MLP_clf": lambda seed: MLPClassifier(hidden, max_iter=1500, learning_rate_init=0.01, random_state=seed),
        "MLP_reg": lambda seed: MLPRegressor(
            hidden_layer_sizes=hidden, max_iter=1500, learning_rate_init=0.01, random_state=seed
        ),
        "SVM_clf": lambda _: SVC(kernel="linear", C=10),
        "SVM_reg": lambda _: SVR(kernel="linear"),
        "tree": lambda seed: DecisionTreeClassifier(criterion="entropy", random_state=seed),
    }
    fitted = [
        make_pipeline(MinMaxScaler(), makers[kind](seed)).fit(features, targets)
        for seed in range(RESTARTS if "MLP" in kind else 1)
    ]
    return max(fitted, key=lambda model: model.score(features, targets))


def inner(name: str, splits: int, settings: dict[str, Any]) -> dict[str, Row]:
    """Rows of the stand-ins of one reference model."""
    rows: dict[str, Row] = {}
    for label, reference, (estimator, seed) in stand_ins(name, splits):
        split = reference.dataset.split()
        started = time.perf_counter()
        own = reference.labelling
        front = approximate(estimator, split.train_features, split.train_targets, seed=seed, **{**own, **settings})
        rows[label] = row_of(front, time.perf_counter() - started)
    return rows


def bars_of(rows: dict[str, Row], share: float, *, trees: bool) -> list[Bar]:
    """Limits of the rows."""
    names = [name for name in rows if trees or "area ratio" in rows[name]]
    key = "of exact" if trees else "area ratio"
    bars = [Bar(f"{key}, geometric mean", geometric_mean(rows[name][key] for name in names), share)]
    if not trees:
        bars.append(Bar("power ratio, geometric mean", geometric_mean(rows[n]["power ratio"] for n in names), share))
        bars.append(Bar("largest area ratio", max(rows[name]["area ratio"] for name in names), LARGEST))
    high = [row for row in rows.values() if "high ratio" in row]
    if high:
        share_high = geometric_mean(row["high ratio"] for row in high)
        bars.append(Bar("area ratio, geometric mean, high", share_high, HIGH_SHARE))
        proven = sum(row["high proof"] == "proven" for row in rows.values())
        bars.append(Bar("circuits with high proven", proven, len(rows), at_most=False))
    beside = [row for row in rows.values() if "retrained" in row]
    if beside:
        below = sum(row.get("as accurate", math.inf) < row["retrained"] for row in beside)
        bars.append(Bar("smaller than retrained and as accurate", below, len(beside), at_most=False))
    bars.append(Bar("points, mean", sum(rows[name]["points"] for name in names) / len(names), -1.0, at_most=False))
    within = sum(rows[name]["points"] >= -1 - 1e-9 for name in names)
    return [*bars, Bar("within one point of the exact circuit", within, len(names), at_most=False)]


def main() -> None:
    """Print and record the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--only", help="parts of names, separated by commas")
    parser.add_argument("--trees", action="store_true", help="trees instead of MLPs and SVMs")
    parser.add_argument("--inner", type=int, default=0, metavar="SPLITS", help="stand-ins instead of the test part")
    parser.add_argument("--long", action="store_true", help="search for designs for longer")
    parser.add_argument("--high", type=positive, metavar="S", help="search the gates of each chosen circuit anew")
    parser.add_argument("--set", action="append", default=[], metavar="NAME=VALUE")
    options = parser.parse_args()
    if options.inner and options.high:
        parser.error("--high is for the reference models, not for those of --inner")
    warnings.filterwarnings("ignore", module="sklearn")
    asked = {name: json.loads(value) for name, value in (item.split("=", 1) for item in options.set)}
    settings = {**(LONG if options.long else {}), **asked}
    names = tuple(f"{name}.tree" for name in TREES) if options.trees else MODELS
    rows: dict[str, Row] = {}
    for name in chosen(options.only, names):
        if options.inner:
            found = inner(name, options.inner, settings)
        else:
            reference = reference_tree(name.removesuffix(".tree")) if options.trees else reference_model(name)
            table_name = "approximate_trees" if options.trees else "approximate"
            found = {name: compare(reference, table_name, settings, options.high)}
        rows |= found
        print("\n".join(f"{label}: {row}" for label, row in found.items()), flush=True)
    print("\n" + table(rows, max(rows.values(), key=lambda row: len(list(row)))))
    bars = bars_of(
        rows, TREE_SHARE if options.trees or options.inner else SHARE, trees=bool(options.trees or options.inner)
    )
    kind = ("approximate_trees" if options.trees else "approximate") + ("_inner" if options.inner else "")
    kind += ("_long" if options.long else "") + ("_searched" if options.high else "")
    record(
        kind,
        rows,
        bars,
        seed={"seed": 0, **settings, **({"high": options.high} if options.high else {})},
        keep=options.only is None and not asked,
    )


if __name__ == "__main__":
    main()
