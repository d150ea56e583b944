"""Rank correlation of the search's cost model with mapped area, on random candidates of published models and trees.

    python benchmarks/cost_model.py [--only NAME,...] [--candidates 50]

A candidate of a weighted-sum model gives each weight 0 to 3 signed digits, cuts activations, and truncates low
columns at random; one of a tree is one of the seeds of the search after up to `MOST_MOVES` random moves. Candidates are
ranked by model, which is what a search needs, and all of a kind together.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray
from record import Bar, Row, record, table
from reference import MODELS, TREES, chosen, mapped_area_mm2, reference_model, reference_tree
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
from bespoke.model import IntArray, IntegerMLP, IntegerModel, IntegerSVM, IntegerTree
from bespoke.opt import optimise
from bespoke.search import TreeDesigns
from bespoke.techmap import map_netlist

SEED = 1
SHARING_ROUNDS = 2
MOST_MOVES = 25
Model = IntegerMLP | IntegerSVM
Sizes = NDArray[np.float64]  # shape (2, n): estimated costs and mapped areas of candidates


def main() -> None:
    """Print and record the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--only", help="parts of model names, separated by commas")
    parser.add_argument("--candidates", type=int, default=50, help="of each model")
    options = parser.parse_args()
    rows: dict[str, Row] = {}
    kinds: dict[str, list[Sizes]] = {}
    trees = tuple(f"{dataset}.tree" for dataset in TREES)
    for name in chosen(options.only, MODELS + trees):
        rows[name], sizes = (measure_tree if name in trees else measure)(name, options.candidates)
        kinds.setdefault(name.split(".")[1], []).append(sizes)
        print(name, rows[name], flush=True)
    print("\n" + table(rows, next(iter(rows.values()))))
    bars = [Bar(f"rank correlation of {kind}", pooled(parts), 0.97, at_most=False) for kind, parts in kinds.items()]
    bars.append(
        Bar("worst model by itself", min(row["rank correlation"] for row in rows.values()), 0.97, at_most=False)
    )
    record("cost_model", rows, bars, seed=SEED, keep=options.only is None)


def pooled(parts: Sequence[Sizes]) -> float:
    """Rank correlation of the candidates of several models."""
    costs, areas = np.concatenate(parts, axis=1)
    return float(spearmanr(costs, areas)[0])


def measure(name: str, count: int) -> tuple[Row, Sizes]:
    """Correlation, and seconds per candidate of the cost model and of the circuits; their sizes."""
    reference = reference_model(name)
    split = reference.dataset.split()
    quantised = quantise_estimator(
        reference.estimator, split.train_features, split.train_targets, QuantisationOptions(**reference.settings)
    )
    model = quantised.model
    assert not hasattr(model, "threshold")
    words = model.coding.quantise(split.train_features)
    rng = np.random.default_rng(SEED)
    candidates = [model, *(candidate(model, words, rng) for _ in range(count))]
    areas, built = mapped_areas(candidates)
    start = time.perf_counter()
    costs = estimate_cost(batch_of(candidates))
    estimated = time.perf_counter() - start
    with_sharing = estimate_cost(batch_of(candidates), sharing_rounds=SHARING_ROUNDS)
    real = areas > 0
    row = {
        "rank correlation": float(spearmanr(costs, areas)[0]),
        "with sharing": float(spearmanr(with_sharing, areas)[0]),
        "without constants": float(spearmanr(costs[real], areas[real])[0]),
        "constants": int((~real).sum()),
        "milliseconds each, built": 1e3 * built / (count + 1),
        "microseconds each, estimated": 1e6 * estimated / (count + 1),
    }
    return row, np.stack([costs, areas])


def measure_tree(name: str, count: int) -> tuple[Row, Sizes]:
    """The same figures for a tree, as far as there are any."""
    reference = reference_tree(name.removesuffix(".tree"))
    split = reference.dataset.split()
    model = quantise_estimator(
        reference.estimator, split.train_features, split.train_targets, QuantisationOptions(**reference.settings)
    ).model
    assert isinstance(model, IntegerTree)
    targets = np.searchsorted(model.decision.classes, split.train_targets)
    designs = TreeDesigns(model, model.coding.quantise(split.train_features), targets)
    rng = np.random.default_rng(SEED)
    seeds = designs.seeds()
    genomes = np.array([seeds[0], *(tree_genome(designs, seeds, rng) for _ in range(count))])
    areas, built = mapped_areas([designs.decode(genome) for genome in genomes])
    start = time.perf_counter()
    costs = TreeDesigns(model, model.coding.quantise(split.train_features), targets).costs(genomes)
    estimated = time.perf_counter() - start
    real = areas > 0
    row = {
        "rank correlation": float(spearmanr(costs, areas)[0]),
        "without constants": float(spearmanr(costs[real], areas[real])[0]),
        "constants": int((~real).sum()),
        "milliseconds each, built": 1e3 * built / (count + 1),
        "microseconds each, estimated": 1e6 * estimated / (count + 1),
    }
    return row, np.stack([costs, areas])


def tree_genome(designs: TreeDesigns, seeds: IntArray, rng: np.random.Generator) -> IntArray:
    """Genome of a random approximation of a tree."""
    genome = seeds[rng.integers(1, len(seeds))]
    for _ in range(int(rng.integers(MOST_MOVES + 1))):
        genome = designs.mutate(genome, rng)
    return genome


def mapped_areas(models: Sequence[IntegerModel]) -> tuple[NDArray[np.float64], float]:
    """Areas in mm2 of the default circuits, shape (n_models,), and the seconds that it took."""
    library = load_library("egfet")
    start = time.perf_counter()
    areas = np.array([mapped_area(model, library) for model in models])
    return areas, time.perf_counter() - start


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


def mapped_area(model: IntegerModel, library: CellLibrary) -> float:
    """Area in mm2 of the default circuit."""
    return mapped_area_mm2(map_netlist(optimise(lower(model).netlist), library), library)


if __name__ == "__main__":
    main()
