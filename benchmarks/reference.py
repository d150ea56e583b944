"""What the benchmarks measure on: the trained models and data of ``../shared``, and trees of its data."""

from __future__ import annotations

import json
import sys
from argparse import ArgumentTypeError
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Any

import numpy as np

from bespoke.cells import CellLibrary
from bespoke.data import Dataset, load_dataset
from bespoke.frontend import read_model
from bespoke.netlist import MappedNetlist

SHARED = Path(__file__).resolve().parents[2] / "shared"
PUBLISHED = Path(__file__).with_name("published.json")
DATASETS = {"cardio": "Cardio", "redwine": "RedWine", "whitewine": "WhiteWine", "balance": "Balance_Scale"}
KINDS = ("MLP_clf", "MLP_reg", "SVM_clf", "SVM_reg")
MODELS = tuple(f"{dataset}.{kind}" for dataset in DATASETS for kind in KINDS)
TREES = ("balance", "cardio", "mammographic", "pendigits", "redwine", "seeds")
TREE_SEED = 0
# Published circuits read words of 4 bits, those of trees of 8, that divide the range of each feature, and have weights
# of 8 bits. Every comparison with them says so, whatever the defaults are.
_CODING = {"input_encoding": "floor", "input_words": "none", "thresholds": "grid"}
SUM_SETTINGS: Mapping[str, Any] = MappingProxyType({"input_bits": 4, "weight_bits": 8, **_CODING})
TREE_SETTINGS: Mapping[str, Any] = MappingProxyType({"input_bits": 8, "weight_bits": 8, **_CODING})


@dataclass(frozen=True, slots=True, eq=False)
class Reference:
    """A trained model, its data, and the options that make it comparable with the published circuit.

    The published regressors put out the sum itself, so theirs are compiled with a fixed-point output.
    """

    name: str
    estimator: Any
    dataset: Dataset
    settings: Mapping[str, Any]

    @property
    def labelling(self) -> dict[str, Any]:
        """The settings with labels instead of values: the published measure of approximate regressors."""
        return {name: "label" if name == "regressor_output" else value for name, value in self.settings.items()}


def published(table: str) -> dict[str, dict[str, Any]]:
    """A table of ``published.json`` by row name."""
    return json.loads(PUBLISHED.read_text(encoding="utf-8"))[table]


def reference_model(name: str) -> Reference:
    """One of `MODELS`, ``<dataset>.<kind>``."""
    dataset, kind = name.split(".")
    estimator = read_model(_shared("models", f"{DATASETS[dataset]}.{kind}.skops")).model
    settings = {**SUM_SETTINGS, **({"regressor_output": "value"} if kind.endswith("reg") else {})}
    return Reference(name, estimator, reference_data(dataset), settings)


def reference_tree(dataset: str) -> Reference:
    """A tree as in the published table: entropy, full depth, features scaled to [0, 1], 8-bit inputs, seed 0."""
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import MinMaxScaler
    from sklearn.tree import DecisionTreeClassifier

    data = reference_data(dataset)
    split = data.split()
    tree = DecisionTreeClassifier(criterion="entropy", random_state=TREE_SEED)
    pipeline = make_pipeline(MinMaxScaler(), tree).fit(split.train_features, split.train_targets)
    return Reference(f"{dataset}.tree", pipeline, data, TREE_SETTINGS)


def reference_network(dataset: str) -> Reference:
    """The MLP of a data set among `MODELS`, or where there is none, one of three units trained as those were."""
    if dataset in DATASETS:
        return reference_model(f"{dataset}.MLP_clf")
    return reference_network_of(dataset, 3)


def reference_network_of(dataset: str, units: int) -> Reference:
    """An MLP with one layer of so many units, trained as those among `MODELS` were."""
    from sklearn.neural_network import MLPClassifier

    return _on_range(f"{dataset}.MLP_clf", MLPClassifier((units,), max_iter=3000, random_state=0), dataset)


def shallow_tree(dataset: str) -> Reference:
    """A tree of depth 6 whose circuit reads words of 4 bits."""
    from sklearn.tree import DecisionTreeClassifier

    return _on_range(f"{dataset}.tree", DecisionTreeClassifier(max_depth=6, random_state=0), dataset)


def _on_range(name: str, estimator: Any, dataset: str) -> Reference:  # noqa: ANN401  scikit-learn's
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import MinMaxScaler

    data = reference_data(dataset)
    split = data.split()
    fitted = make_pipeline(MinMaxScaler(), estimator).fit(split.train_features, split.train_targets)
    return Reference(name, fitted, data, SUM_SETTINGS)


def grid_tree(dataset: str, bits: int) -> Reference:
    """A tree that was trained on the words of a grid: entropy, full depth, seed 0."""
    from sklearn.tree import DecisionTreeClassifier

    tree = DecisionTreeClassifier(criterion="entropy", random_state=TREE_SEED)
    return _on_grid(f"{dataset}.tree", tree, dataset, bits)


def grid_linear(dataset: str, bits: int) -> Reference:
    """A logistic regression that was trained on the words of a grid."""
    from sklearn.linear_model import LogisticRegression

    return _on_grid(f"{dataset}.linear", LogisticRegression(C=10.0, max_iter=10_000), dataset, bits)


def _on_grid(name: str, estimator: Any, dataset: str, bits: int) -> Reference:  # noqa: ANN401  scikit-learn's
    from sklearn.pipeline import Pipeline
    from sklearn.preprocessing import MinMaxScaler

    data = reference_data(dataset)
    split = data.split()
    scaler = MinMaxScaler().fit(split.train_features)
    top = (1 << bits) - 1
    words = np.minimum(np.floor(scaler.transform(split.train_features) * (1 << bits)), top)
    estimator.fit(np.ldexp(words, -bits), split.train_targets)
    pipeline = Pipeline([("scaler", scaler), ("model", estimator)])
    return Reference(name, pipeline, data, {**TREE_SETTINGS, "input_bits": bits})


def chosen(names: str | None, known: tuple[str, ...]) -> Iterator[str]:
    """The known names that contain one of the comma-separated parts; all without."""
    parts = names.split(",") if names else [""]
    return (name for name in known if any(part in name for part in parts))


def positive(text: str) -> float:
    """A number above 0 of the command line."""
    if not (number := float(text)) > 0:
        raise ArgumentTypeError(f"{text} is not above 0")
    return number


def mapped_area_mm2(mapped: MappedNetlist, library: CellLibrary) -> float:
    """Area of all cells."""
    return sum(library[instance.cell].area_mm2 for instance in mapped.instances)


def reference_data(name: str) -> Dataset:
    """A data set of ``../shared/data`` with class labels."""
    return load_dataset(_shared("data", "uci", f"{name}.csv"), task="classification")


def _shared(*parts: str) -> Path:
    path = SHARED.joinpath(*parts)
    if not path.exists():
        sys.exit(f"{path} is missing; this benchmark needs the reference models and data there")
    return path
