"""Networks that are trained as circuits, beside what they are measured against.

    python benchmarks/training.py WHAT [--only NAME,...] [--splits SEED,...] [--keep] [--resume]

WHAT is one of these:

``qat``: mean test accuracy over ten data sets and five splits of networks of 64 hidden units, beside MLPClassifier.
Inputs have 6 bits. Rates are chosen by a quarter of the training rows, which the judged networks did not see, those of
MLPClassifier, too; the test rows are read once.

``axtrain``: networks of two hidden layers whose products lose low columns, in three modes, trained plainly, actively,
passively, and both ways, on 80 % of the rows: test accuracies in percent, without a mode (0) and in each (1 to 3),
means over the splits. Of a data set, all networks take as many steps. Ionosphere is to be fetched before.

``circuits``: MLPs that were trained for the cost of their gates beside weights of MLPClassifier with four hidden units
(eight candidates in three folds): test accuracies and areas in cm2, means over the splits. `approximate` may lose a
point with the given weights and nothing with the trained ones, whose loss was the training's to choose. Of the networks
whose estimated size is at most a share of the given circuit's, both before `approximate`, the most accurate by
cross-validation is taken. The search is shorter than that of a sweep, on both sides
alike. Everything is chosen on training rows.

``published``: beside the smallest retrained circuits of the literature, at their accuracy. Networks of powers of two or
two digits with inputs of 3 bits, or the levels of such, are trained for the cost of their gates; the smallest whose
accuracy on the training rows is a point above what is wanted, or the most accurate one, is approximated as far as half
a point above that allows. Where rows are few, networks of at most a multiple of the area that was wanted are judged by
cross-validation instead, and `approximate` may lose nothing on the training rows. Networks of levels make circuits with
a wire for each. *first* are figures of the first split, on which units, weights and costs were settled.

Rows that are done stand in ``build/training_<name>.json``, from where ``--resume`` goes on. Results of fewer data sets
or splits are recorded with ``--keep`` alone.
"""

from __future__ import annotations

import argparse
import time
import warnings
from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial
from itertools import product
from typing import Any, NamedTuple

import numpy as np
from record import ROOT, Bar, geometric_mean, record, resumed, table
from sklearn.neural_network import MLPClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import MinMaxScaler

from bespoke.approx import drop_columns
from bespoke.cells import GateCosts, load_library
from bespoke.data import Dataset, Split, load_dataset
from bespoke.flow import ApproximateOptions, approximate
from bespoke.sweep import SweepOptions
from bespoke.sweep.duration import within_budget
from bespoke.sweep.options import DEFAULT_APPROXIMATE
from bespoke.training import Member, NetworkOptions, TrainingOptions, network_rows, train_model, train_networks
from bespoke.training.aware import FrontPoint, smallest_near_best, train_aware

SHARED = ROOT.parent / "shared"
QAT_SETS = (
    "seeds", "balance", "mammographic", "vehicle", "redwine", "cardio", "segment", "whitewine", "satimage", "pendigits",
)  # fmt: skip
SPLITS = (42, 43, 44, 45, 46)
HIDDEN = (64,)
INPUT_BITS = 6
RATES = (0.01, 0.03)
SEEDS = (0, 1)
EPOCHS = 300
KINDS: dict[str, dict[str, Any]] = {
    "4 bits": {"weights": "uniform"},
    "2 bits": {"weights": "odd", "weight_bits": 2},
    "ternary": {"weights": "ternary"},
    "ternary, step": {"weights": "ternary", "activation": "step"},
}
MOST_POINTS = {"4 bits": 0.5, "2 bits": 1.5, "ternary": 2.5, "ternary, step": 4.0}
LIBRARY = load_library("egfet")
COSTS, NAND_MM2 = GateCosts.of(LIBRARY), LIBRARY.cells["NAND2X1"].area_mm2
BATCH, STEPS, RATE = 64, 10_000, 0.03  # of networks of few units
CIRCUIT_SETS = ("balance", "seeds", "redwine", "cardio", "whitewine", "pendigits")
CIRCUIT_UNITS = 8  # of which the cost leaves out what it can
CIRCUIT_NETWORKS = tuple(
    NetworkOptions(weights="two_digits", cost_weight=cost, activation_bits=bits)
    for cost, bits in product((0.003, 0.01, 0.03, 0.1, 0.3), (4, 6))
)
CIRCUIT_TEACHERS = {"redwine": "forest", "whitewine": "forest"}  # found by cross-validation
CIRCUIT_SHARE = 0.6  # of the area of the given circuit, before both are approximated
CIRCUIT_SEARCH = replace(DEFAULT_APPROXIMATE, finalists=2, prune_budget=3_000)
CIRCUIT_BUDGET_S = 10.0  # rough seconds of the search, see `bespoke.sweep.SweepOptions`


class Wanted(NamedTuple):
    """What is published, the accuracy and the area in cm2 that were wanted, and which networks are trained for it.

    ``share``: the multiple of that area by estimate, before few rows are approximated; 0 where rows are many.
    """

    accuracy: float
    area: float
    units: int
    costs: tuple[float, ...]
    weights: tuple[tuple[str, int], ...] = (("pow2", 3), ("pow2", 4))  # with their bits
    restarts: int = 5
    share: float = 0.0
    inputs: str = "binary"


PUBLISHED = {
    "balance": Wanted(0.937, 0.2, 2, (0.1, 0.2, 0.3), (("two_digits", 3), ("two_digits", 4)), 20, 5.0, "unary"),
    "seeds": Wanted(59 / 63, 0.7, 4, (0.1, 0.3, 0.5), (("pow2", 4), ("two_digits", 4)), 10, 1.5),  # published as .937
    "cardio": Wanted(0.873, 0.3, 3, (0.1, 0.2, 0.3, 0.4)),
    "whitewine": Wanted(0.53, 0.5, 3, (0.06, 0.1, 0.2), (("pow2", 3), ("two_digits", 4)), inputs="unary"),
    "pendigits": Wanted(0.901, 6.0, 8, (0.0, 0.03, 0.06)),
}
PUBLISHED_BITS = 3  # of inputs
PUBLISHED_MARGIN = 0.01  # share of the training rows, half of which `approximate` may lose
PUBLISHED_SEARCH = {"epochs": 6, "islands": 1, "jobs": 1, "caution": 1.0}


class Setting(NamedTuple):
    """Hidden units, low columns of all products that are lost in each mode, and epochs of all trainings."""

    layers: tuple[int, ...]
    modes: tuple[int, ...]
    epochs: int


# Modes and epochs were settled on these sets; all trainings of one have the same.
AXTRAIN_SETS = {
    "breast_cancer_wdbc": Setting((64, 64), (3, 4, 6), 300),
    "segment": Setting((64, 64), (3, 4, 5), 450),
    "ionosphere": Setting((50, 50), (3, 4, 5), 600),
    "satimage": Setting((64, 64), (2, 3, 5), 120),
}
TRAININGS = {"plain": "none", "active": "active", "passive": "passive", "both": "both"}

Rows = dict[str, dict[str, Any]]
Parts = dict[str, Callable[[str, int], dict[str, Any]]]  # what is measured of a data set and a split, piece by piece


def split_of(name: str, seed: int, test_size: float = 0.3) -> tuple[Split, tuple[str, ...]]:
    """A split of a data set, and the names of its features."""
    dataset = load_dataset(data_path(name))
    return dataset.split(test_size, seed), dataset.feature_names


def data_path(name: str) -> str:
    """File of a data set of the shared folder, or name of one of the catalogue."""
    path = SHARED / "data" / "uci" / f"{name}.csv"
    return str(path) if path.exists() else name


def qat(name: str, seed: int) -> dict[str, Any]:
    """Test accuracies of one split."""
    split, names = split_of(name, seed)
    rows = network_rows(split, INPUT_BITS, names)
    seen = np.random.default_rng(seed).permutation(len(rows.labels)) % 4 != 0
    words, started = rows.coding.quantise(split.test_features), time.perf_counter()
    found: dict[str, Any] = {"float": _float_accuracy(split, seen)}
    cases = list(product(KINDS, RATES, (seen, None), SEEDS))
    members = [
        Member(NetworkOptions(hidden_layer_sizes=HIDDEN, rate=rate, epochs=EPOCHS, seed=start, **KINDS[kind]), part)
        for kind, rate, part, start in cases
    ]
    networks = train_networks(rows, members, COSTS)
    for kind in KINDS:
        own = [one for one, case in zip(networks, cases, strict=True) if case[0] == kind]
        right = {id(one): one.outputs == rows.labels for one in own}
        held = {
            rate: np.mean([right[id(one)][~seen].mean() for one in own if _is(one.member, rate, judged=True)])
            for rate in RATES
        }
        rate = max(RATES, key=lambda rate: held[rate])
        best = max((one for one in own if _is(one.member, rate, judged=False)), key=lambda one: right[id(one)].mean())
        predicted = best.model.decision.decode(best.model.predict(words))
        found[kind] = float((predicted == split.test_targets).mean())
    return {**found, "seconds": time.perf_counter() - started}


def _is(member: Member, rate: float, *, judged: bool) -> bool:
    return member.options.rate == rate and (member.seen is not None) == judged


def _float_accuracy(split: Split, seen: np.ndarray) -> float:
    """Test accuracy of MLPClassifier at the better of two rates."""

    def fitted(rate: float, rows: np.ndarray, start: int) -> Any:  # noqa: ANN401  scikit-learn's
        model = MLPClassifier(HIDDEN, learning_rate_init=rate, max_iter=EPOCHS, random_state=start)
        return make_pipeline(MinMaxScaler(), model).fit(split.train_features[rows], split.train_targets[rows])

    def held(rate: float) -> float:
        parts = [fitted(rate, seen, start) for start in SEEDS]
        return float(np.mean([part.score(split.train_features[~seen], split.train_targets[~seen]) for part in parts]))

    rate = max((0.001, 0.01), key=held)
    everything = np.ones(len(seen), dtype=bool)
    models = [fitted(rate, everything, start) for start in SEEDS]
    best = max(models, key=lambda model: model.score(split.train_features, split.train_targets))
    return float(best.score(split.test_features, split.test_targets))


def qat_bars(rows: Rows) -> list[Bar]:
    """Points below float, mean over data sets and splits."""
    return [
        Bar(
            f"{kind}: points below float, mean",
            100 * float(np.mean([r["float"] - r[kind] for r in rows.values()])),
            most,
        )
        for kind, most in MOST_POINTS.items()
    ]


def axtrain(label: str, name: str, seed: int) -> dict[str, Any]:
    """Test accuracies of one split in percent, exactly and in each mode."""
    started = time.perf_counter()
    split, names = split_of(name, seed, 0.2)
    rows = network_rows(split, INPUT_BITS, names)
    words = rows.coding.quantise(split.test_features)
    labels = np.searchsorted(rows.classes, split.test_targets)
    setting = AXTRAIN_SETS[name]
    options = NetworkOptions(
        hidden_layer_sizes=setting.layers,
        epochs=setting.epochs,
        resilience=TRAININGS[label],
        strength=setting.modes[-1],
        seed=seed,
    )
    (network,) = train_networks(rows, [Member(options)], COSTS)
    models = [drop_columns(network.model, lost) for lost in (0, *setting.modes)]
    row = {f"{label} {mode}": 100 * float((each.predict(words) == labels).mean()) for mode, each in enumerate(models)}
    return row | {f"{label} seconds": time.perf_counter() - started}


def axtrain_bars(rows: Rows) -> list[Bar]:
    """Points below plain training without a mode."""
    bars = []
    for name, row in rows.items():
        plain, first, second, strongest = (
            row["plain 0"] - row[key] for key in ("plain 3", "both 1", "both 2", "both 3")
        )
        bars += [
            Bar(f"{name}: points, plain, strongest mode", plain, 10.0, at_most=False),
            Bar(f"{name}: points, both, weaker modes", max(first, second), 1.5),
            Bar(f"{name}: points, both, strongest mode", strongest, 5.0),
        ]
    return bars


def stepped(network: NetworkOptions, rows: int) -> NetworkOptions:
    """A network that is trained in so many steps, however many rows there are."""
    return replace(network, batch_size=BATCH, epochs=-(-STEPS * BATCH // rows), rate=RATE)


def approximated(model: Any, dataset: Dataset, options: ApproximateOptions) -> dict[str, float]:  # noqa: ANN401  scikit-learn's
    """Accuracies and areas in cm2 of what `approximate` makes of a model, and the area of its exact circuit."""
    front = approximate(model, dataset=dataset, options=options)
    chosen = front.chosen or front.exact
    found: dict[str, float] = {"train": chosen.accuracies.train}
    for key, each in (("", chosen), ("exact ", front.exact)):
        found |= {f"{key}test": each.accuracies.test, f"{key}area": each.estimate.area_mm2 / 100}
    return found


def fitting(points: Sequence[FrontPoint], area: float) -> list[FrontPoint]:
    """Networks of an estimated area in cm2 at most, or the smallest one."""
    found = [point for point in points if point.gates * NAND_MM2 <= 100 * area]
    return found or [min(points, key=lambda point: point.gates)]


def circuits(name: str, seed: int) -> dict[str, Any]:
    """Test accuracy and area of both circuits on one split."""
    started, path = time.perf_counter(), data_path(name)
    dataset = load_dataset(path)
    split, names = dataset.split(0.3, seed), dataset.feature_names
    effort: dict[str, Any] = {"approximate": CIRCUIT_SEARCH, "budget_s": CIRCUIT_BUDGET_S}
    sweep = SweepOptions(datasets=(path,), models=("mlp",), seeds=(seed,), hidden=(4,), **effort)
    (cell,) = sweep.cells()
    training, search = sweep.training_of(cell), within_budget(dataset, sweep, cell)
    given = train_model(split, training, names)
    first = approximated(given.estimator, dataset, search)
    found = {"validation": given.validation_score, **first, "seconds": time.perf_counter() - started}
    row, started = {f"given {key}": value for key, value in found.items()}, time.perf_counter()
    teacher = CIRCUIT_TEACHERS.get(name)
    rows = len(split.train_targets) * (2 if teacher else 1)  # as many as are near them
    networks = tuple(stepped(network, rows) for network in CIRCUIT_NETWORKS)
    told = {"networks": networks, "teacher": teacher, "restarts": 3, "hidden_layer_sizes": (CIRCUIT_UNITS,)}
    points = train_aware(split, replace(training, **told), COSTS, names).points
    point = smallest_near_best(fitting(points, CIRCUIT_SHARE * first["exact area"]), 0.0)
    lossless = search.with_settings(max_loss=0.0)
    found = {"validation": point.validation_score, **approximated(point.network.model, dataset, lossless)}
    found["seconds"] = time.perf_counter() - started
    return row | {f"trained {key}": value for key, value in found.items()}


def published(name: str, seed: int) -> dict[str, Any]:
    """Test accuracy and area of a circuit on one split."""
    started, wanted, dataset = time.perf_counter(), PUBLISHED[name], load_dataset(data_path(name))
    split = dataset.split(0.3, seed)
    kinds = [
        NetworkOptions(weights=kind, weight_bits=bits, cost_weight=cost, inputs=wanted.inputs)
        for (kind, bits), cost in product(wanted.weights, wanted.costs)
    ]
    networks = tuple(stepped(kind, len(split.train_targets)) for kind in kinds)
    grid: dict[str, Any] = {"networks": networks, "restarts": wanted.restarts, "input_bits": PUBLISHED_BITS}
    options = TrainingOptions("mlp", hidden_layer_sizes=(wanted.units,), seed=seed, folds=3, **grid)
    points = train_aware(split, options, COSTS, dataset.feature_names).points
    if wanted.share:
        points = tuple(fitting(points, wanted.share * wanted.area))
    scores = {id(point): point.validation_score if wanted.share else point.train_score for point in points}
    good = [point for point in points if scores[id(point)] >= wanted.accuracy + PUBLISHED_MARGIN]
    point = min(good, key=lambda point: point.gates) if good else max(points, key=lambda point: scores[id(point)])
    least = wanted.accuracy + PUBLISHED_MARGIN / 2
    limits = {"max_loss": 0.0} if wanted.share else {"min_accuracy": least}
    own: dict[str, Any] = {"seed": seed, "search_seed": seed, "inputs": wanted.inputs, **limits, **PUBLISHED_SEARCH}
    found = approximated(point.network.model, dataset, DEFAULT_APPROXIMATE.with_settings(**own))
    first = {f"first {key}": found[key] for key in ("test", "area")} if seed == SPLITS[0] else {}
    return {**found, **first, "seconds": time.perf_counter() - started}


def published_bars(rows: Rows) -> list[Bar]:
    """Accuracy and area on the first split."""
    bars = []
    for name, row in rows.items():
        wanted = PUBLISHED[name]
        bars.append(Bar(f"{name}: test accuracy, first split", row["first test"], wanted.accuracy, at_most=False))
        bars.append(Bar(f"{name}: area, first split", row["first area"], wanted.area))
    return bars


def circuit_bars(rows: Rows) -> list[Bar]:
    """Area at no less accuracy."""
    area = geometric_mean(row["trained area"] / row["given area"] for row in rows.values())
    points = 100 * float(np.mean([row["trained test"] - row["given test"] for row in rows.values()]))
    return [
        Bar("area, trained for cost over given, geometric mean", area, 0.5),
        Bar("points of trained over given, mean", points, 0.0, at_most=False),
    ]


def means(what: str, parts: Parts, names: Sequence[str], splits: Sequence[int], *, resume: bool) -> Rows:
    """Means over the splits of each data set."""
    wanted = list(product(splits, names, parts))
    cases = [(f"{name} {seed} {part}", partial(parts[part], name, seed)) for seed, name, part in wanted]
    found = resumed(f"training_{what}", cases, resume=resume)
    own = {
        name: [{k: v for part in parts for k, v in found[f"{name} {seed} {part}"].items()} for seed in splits]
        for name in names
    }
    return {
        name: {"splits": len(splits)}
        | {key: float(np.mean([row[key] for row in rows if key in row])) for key in rows[0]}
        for name, rows in own.items()
    }


RUNS: dict[str, tuple[Parts, Callable[[Rows], list[Bar]], tuple[str, ...]]] = {
    "qat": ({"all": qat}, qat_bars, QAT_SETS),
    "axtrain": ({label: partial(axtrain, label) for label in TRAININGS}, axtrain_bars, tuple(AXTRAIN_SETS)),
    "circuits": ({"all": circuits}, circuit_bars, CIRCUIT_SETS),
    "published": ({"all": published}, published_bars, tuple(PUBLISHED)),
}


def main() -> None:
    """Print and record a table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("what", choices=RUNS)
    parser.add_argument("--only", help="names of data sets, separated by commas")
    parser.add_argument("--splits", default=",".join(map(str, SPLITS)), help="seeds, separated by commas")
    parser.add_argument("--keep", action="store_true", help="record results of fewer data sets or splits, too")
    parser.add_argument("--resume", action="store_true")
    options = parser.parse_args()
    warnings.filterwarnings("ignore", module="sklearn")
    parts, bars_of, names = RUNS[options.what]
    chosen = tuple(options.only.split(",")) if options.only else names
    splits = [int(seed) for seed in options.splits.split(",")]
    rows = means(options.what, parts, chosen, splits, resume=options.resume)
    print("\n" + table(rows, rows[chosen[0]]))
    whole = (*chosen, *splits) == (*names, *SPLITS)
    record(f"training_{options.what}", rows, bars_of(rows), seed=0, keep=options.keep or whole)


if __name__ == "__main__":
    main()
