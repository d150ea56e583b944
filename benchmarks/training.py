"""Networks that are trained as circuits, beside what they are measured against.

    python benchmarks/training.py qat [--only NAME,...] [--resume]

``qat``: mean test accuracy over ten data sets and five splits of networks of 64 hidden units, beside MLPClassifier.
Inputs have 6 bits. Rates are chosen by a quarter of the training rows, which the judged networks did not see, those of
MLPClassifier, too; the test rows are read once. Rows that are done stand in ``build/training_<name>.json``, from where
``--resume`` goes on.
"""

from __future__ import annotations

import argparse
import json
import time
import warnings
from collections.abc import Callable, Iterable
from itertools import product
from pathlib import Path
from typing import Any

import numpy as np
from record import ROOT, Bar, record, table
from sklearn.neural_network import MLPClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import MinMaxScaler

from bespoke.cells import GateCosts, load_library
from bespoke.data import Split, load_dataset
from bespoke.training import Member, NetworkOptions, network_rows, train_networks

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
COSTS = GateCosts.of(load_library("egfet"))

Rows = dict[str, dict[str, Any]]


def split_of(name: str, seed: int, test_size: float = 0.3) -> tuple[Split, tuple[str, ...]]:
    """A split of a data set of the shared folder, and the names of its features."""
    dataset = load_dataset(str(SHARED / "data" / "uci" / f"{name}.csv"))
    return dataset.split(test_size, seed), dataset.feature_names


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


def each(name: str, cases: Iterable[tuple[str, Callable[[], dict[str, Any]]]], *, resume: bool) -> Rows:
    """Rows of all cases; those that are done are kept in a file."""
    path = Path(ROOT / "build" / f"training_{name}.json")
    done: Rows = json.loads(path.read_text(encoding="utf-8")) if resume and path.exists() else {}
    wanted: Rows = {}
    for label, run in cases:
        if label not in done:
            done[label] = run()
            path.parent.mkdir(exist_ok=True)
            path.write_text(json.dumps(done), encoding="utf-8")
            print(label, done[label], flush=True)
        wanted[label] = done[label]
    return wanted


def run_qat(names: tuple[str, ...], *, resume: bool) -> tuple[Rows, list[Bar]]:
    """Means of each data set, and the bars."""
    cases = [(f"{name} {seed}", lambda name=name, seed=seed: qat(name, seed)) for name in names for seed in SPLITS]
    found = each("qat", cases, resume=resume)
    rows = {}
    for name in names:
        own = [found[f"{name} {seed}"] for seed in SPLITS]
        rows[name] = {key: float(np.mean([one[key] for one in own])) for key in own[0]}
    return rows, qat_bars(rows)


RUNS: dict[str, tuple[Callable[..., tuple[Rows, list[Bar]]], tuple[str, ...]]] = {"qat": (run_qat, QAT_SETS)}


def main() -> None:
    """Print and record a table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("what", choices=RUNS)
    parser.add_argument("--only", help="names of data sets, separated by commas")
    parser.add_argument("--resume", action="store_true")
    options = parser.parse_args()
    warnings.filterwarnings("ignore", module="sklearn")
    run, names = RUNS[options.what]
    chosen = tuple(options.only.split(",")) if options.only else names
    rows, bars = run(chosen, resume=options.resume)
    print("\n" + table(rows, rows[chosen[0]]))
    record(f"training_{options.what}", rows, bars, seed=0, keep=options.only is None)


if __name__ == "__main__":
    main()
