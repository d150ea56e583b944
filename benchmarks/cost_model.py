"""Rank correlation of the search's cost model with mapped area, on random candidates of published models and trees.

    python benchmarks/cost_model.py [--only NAME,...] [--candidates 50] [--technology egfet]

A candidate of a weighted-sum model gives each weight 0 to 3 signed digits, cuts activations, and truncates low
columns of the first sums at random; one of a tree is one of the seeds of the search after up to `MOST_MOVES` random
moves. Candidates are ranked by model, which is what a search needs, and all of a kind together.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from record import Bar, Row, record, table
from reference import MODELS, TREES, chosen, mapped_area_mm2, reference_model, reference_tree
from scipy.stats import spearmanr

from bespoke.approx import nearest_with_digits
from bespoke.cells import CellLibrary, GateCosts, load_library
from bespoke.frontend import QuantisationOptions, quantise_estimator
from bespoke.lowering import lower
from bespoke.model import UNLIMITED, IntArray
from bespoke.opt import optimise
from bespoke.search import DesignSpace, design_space
from bespoke.search.genes import below_column
from bespoke.techmap import map_cheapest

SEED = 1
MOST_MOVES = 25
Sizes = NDArray[np.float64]  # shape (2, n): estimated costs and mapped areas of candidates


def main() -> None:
    """Print and record the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--only", help="parts of model names, separated by commas")
    parser.add_argument("--candidates", type=int, default=50, help="of each model")
    parser.add_argument("--technology", default="egfet", help="others are not recorded")
    options = parser.parse_args()
    library = load_library(options.technology)
    rows: dict[str, Row] = {}
    kinds: dict[str, list[Sizes]] = {}
    for name in chosen(options.only, MODELS + tuple(f"{dataset}.tree" for dataset in TREES)):
        rows[name], sizes = measure(name, options.candidates, library)
        kinds.setdefault(name.split(".")[1], []).append(sizes)
        print(name, rows[name], flush=True)
    print("\n" + table(rows, next(iter(rows.values()))))
    bars = [Bar(f"rank correlation of {kind}", pooled(parts), 0.97, at_most=False) for kind, parts in kinds.items()]
    bars.append(
        Bar("worst model by itself", min(row["rank correlation"] for row in rows.values()), 0.97, at_most=False)
    )
    record("cost_model", rows, bars, seed=SEED, keep=options.only is None and options.technology == "egfet")


def pooled(parts: Sequence[Sizes]) -> float:
    """Rank correlation of the candidates of several models."""
    costs, areas = np.concatenate(parts, axis=1)
    return float(spearmanr(costs, areas)[0])


def measure(name: str, count: int, library: CellLibrary) -> tuple[Row, Sizes]:
    """Correlation, and seconds per candidate of the cost model and of the circuits; their sizes."""
    dataset, kind = name.split(".")
    reference = reference_tree(dataset) if kind == "tree" else reference_model(name)
    split = reference.dataset.split()
    model = quantise_estimator(
        reference.estimator, split.train_features, split.train_targets, QuantisationOptions(**reference.settings)
    ).model
    words, targets = model.coding.quantise(split.train_features), model.decision.encode(split.train_targets)
    designs = design_space(model, words, targets, GateCosts.of(library))
    genomes = (tree_genomes if kind == "tree" else affine_genomes)(designs, count, np.random.default_rng(SEED))
    areas, built = mapped_areas(designs, genomes, library)
    fresh = design_space(model, words, targets, GateCosts.of(library))
    start = time.perf_counter()
    costs = fresh.costs(genomes)
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


def tree_genomes(designs: DesignSpace, count: int, rng: np.random.Generator) -> IntArray:
    """The exact tree and random approximations of it."""
    seeds = designs.seeds()
    genomes = [seeds[0]]
    for _ in range(count):
        genome = seeds[rng.integers(1, len(seeds))]
        for _ in range(int(rng.integers(MOST_MOVES + 1))):
            genome = designs.mutate(genome, rng)
        genomes.append(genome)
    return np.array(genomes)


def affine_genomes(designs: DesignSpace, count: int, rng: np.random.Generator) -> IntArray:
    """The exact weighted sums and random approximations of them, with balanced biases."""
    genomes = np.repeat(designs.start[None], count + 1, axis=0)
    for genome in genomes[1:]:
        shares = rng.dirichlet(np.full(4, rng.choice([0.5, 2, 10])))
        for number, part in enumerate(designs.parts):
            genes = designs.genes_of(genome, number)
            genes["weights"][:] = nearest_with_digits(part.weights, rng.choice(4, part.weights.shape, p=shares))
            if part.is_hidden and rng.random() < 0.7:
                dropped = rng.integers(0, 6, part.units)
                limits = rng.choice([4, 6, 8, UNLIMITED], part.units)
                genes["dropped"][:], genes["limits"][:] = dropped, np.minimum(limits + dropped, UNLIMITED)
            if number == 0 and rng.random() < 0.4:
                genes["masked"][:] = below_column(genes["weights"], int(rng.integers(0, 6)), part.widths)
    return np.concatenate([genomes[:1], designs.settled(genomes[1:])])


def mapped_areas(designs: DesignSpace, genomes: IntArray, library: CellLibrary) -> tuple[NDArray[np.float64], float]:
    """Areas in mm2 of the default circuits, shape (n_genomes,), and the seconds that it took."""
    start = time.perf_counter()
    areas = []
    for genome in genomes:
        netlist = lower(designs.decode(genome), designs.gate_costs).netlist
        areas.append(mapped_area_mm2(map_cheapest([optimise(netlist)], library), library))
    return np.array(areas), time.perf_counter() - start


if __name__ == "__main__":
    main()
