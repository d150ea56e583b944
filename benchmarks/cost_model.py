"""Rank correlation of the search's cost model with mapped area, on random candidates of the published models.

    python benchmarks/cost_model.py [--only NAME,...] [--candidates 100]

A candidate gives each weight 0 to 3 signed digits, cuts activations, and truncates low columns at random.
"""

from __future__ import annotations

import argparse
import time
from dataclasses import replace

import numpy as np
from record import Bar, Row, record, table
from reference import MODELS, chosen, mapped_area_mm2, reference_model
from scipy.stats import spearmanr

from bespoke.approx import (
    ActivationOptions,
    ColumnOptions,
    batch_of,
    correct_biases,
    cut_activations,
    estimate_cost,
    nearest_with_digits,
    truncate_columns,
)
from bespoke.cells import CellLibrary, load_library
from bespoke.frontend import QuantisationOptions, quantise_estimator
from bespoke.lowering import lower
from bespoke.model import IntArray, IntegerMLP, IntegerSVM
from bespoke.opt import optimise
from bespoke.techmap import map_netlist

SEED = 1
SHARING_ROUNDS = 2
Model = IntegerMLP | IntegerSVM


def main() -> None:
    """Print and record the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--only", help="parts of model names, separated by commas")
    parser.add_argument("--candidates", type=int, default=100)
    options = parser.parse_args()
    rows: dict[str, Row] = {}
    for name in chosen(options.only, MODELS):
        rows[name] = measure(name, options.candidates)
        print(name, rows[name], flush=True)
    print("\n" + table(rows, next(iter(rows.values()))))
    bars = [Bar("worst rank correlation", min(row["rank correlation"] for row in rows.values()), 0.97, at_most=False)]
    record("cost_model", rows, bars, seed=SEED, keep=options.only is None)


def measure(name: str, count: int) -> Row:
    """Correlation, and seconds per candidate of the cost model and of the circuits."""
    reference = reference_model(name)
    split = reference.dataset.split()
    quantised = quantise_estimator(
        reference.estimator, split.train_features, split.train_targets, QuantisationOptions(**reference.settings)
    )
    model = quantised.model
    assert not hasattr(model, "threshold")
    words = model.coding.quantise(split.train_features)
    rng = np.random.default_rng(SEED)
    candidates = [candidate(model, words, rng) for _ in range(count)]
    library = load_library("egfet")
    start = time.perf_counter()
    areas = np.array([mapped_area(each, library) for each in candidates])
    built = time.perf_counter() - start
    start = time.perf_counter()
    costs = estimate_cost(batch_of(candidates))
    estimated = time.perf_counter() - start
    with_sharing = estimate_cost(batch_of(candidates), sharing_rounds=SHARING_ROUNDS)
    real = areas > 0
    return {
        "rank correlation": float(spearmanr(costs, areas)[0]),
        "with sharing": float(spearmanr(with_sharing, areas)[0]),
        "without constants": float(spearmanr(costs[real], areas[real])[0]),
        "constants": int((~real).sum()),
        "seconds each, built": built / count,
        "seconds each, estimated": estimated / count,
    }


def candidate(model: Model, words: IntArray, rng: np.random.Generator) -> Model:
    """A random approximation of a model."""
    shares = rng.dirichlet(np.full(4, rng.choice([0.5, 2, 10])))
    layers = [
        replace(layer, weights=nearest_with_digits(layer.weights, rng.choice(4, layer.weights.shape, p=shares)))
        for layer in model.layers
    ]
    new = replace(model, layers=tuple(layers))
    for number, layer in enumerate(layers[:-1]):
        if rng.random() < 0.7:
            size = len(layer.biases)
            dropped, limits = rng.integers(0, 6, size), rng.choice([4, 6, 8, 62], size)
            new = cut_activations(new, ActivationOptions(number, tuple(dropped.tolist()), tuple(limits.tolist()))).model
    if rng.random() < 0.4:
        new = truncate_columns(new, ColumnOptions(tuple((int(rng.integers(0, 6)),) for _ in layers))).model
    return correct_biases(new, model, words).model


def mapped_area(model: Model, library: CellLibrary) -> float:
    """Area in mm2 of the default circuit."""
    return mapped_area_mm2(map_netlist(optimise(lower(model).netlist), library), library)


if __name__ == "__main__":
    main()
