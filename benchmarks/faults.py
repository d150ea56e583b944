"""Simulation of faults at size, and test sets beside random vectors.

    python benchmarks/faults.py [--only speed,tests,yield,radius]

``speed``: all single stuck-at faults of the circuits of MLPs with random weights, over 500 rows, in seconds of
processor time in one thread (compiling is not counted); the time of one by one is that of 1,000 faults, scaled.
``tests``: vectors that show all faults, for trained models of ``../shared`` and trees of its data, beside the random
vectors that show as much. Where random ones do not in 16,384, that number counts.
``yield``: functional yield (accuracy on the test rows at most 2 points below that without a defect) against defects per
cm2 of an exact MLP, an approximate one (1 point of accuracy given up, 40 s of search), a tree of depth 6, and the same
with a wire per level; all of one data set, as their cells alone. A circuit *wins* at a density if the interval of no
other reaches into its own.
``radius``: seconds that 200 test rows of an exact MLP of 2,404 cells take to be certified against any change of up to a
level, on a clock, SAT among it; and how many of them are left open.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Callable, Iterator, Mapping

import numpy as np
from record import Bar, Row, geometric_mean, record, table
from reference import reference_model, reference_network, reference_tree, shallow_tree

from bespoke import analyse, approximate
from bespoke.cells import GateCosts, load_library
from bespoke.faults import (
    FunctionalYield,
    Rows,
    Subject,
    fault_set_effects,
    find_vectors,
    single_fault_effects,
    stuck_at_faults,
    subject,
)
from bespoke.flow import Design, compile_model
from bespoke.lowering import lower
from bespoke.model import Affine, Argmax, Boundary, InputCoding, IntegerModel, Origin
from bespoke.robustness import Device, radii
from bespoke.techmap import map_cheapest

SEED = 42
SHAPES = ((12, 5, 4), (52, 24, 5))  # inputs, hidden units and classes: over 5,000 and 100,000 cells
ROWS, ONE_BY_ONE = 500, 1000
MODELS = ("balance.MLP_clf", "redwine.MLP_clf", "redwine.SVM_clf", "cardio.SVM_clf")
TREES = ("balance", "cardio", "redwine", "seeds")
MOST_RANDOM = 16_384
YIELD_DATA = ("balance", "cardio", "seeds", "redwine")
YIELD_DENSITIES = (0.01, 0.03, 0.1, 0.3, 1.0)
SAMPLES, SEARCH_S = 1000, 40
RADIUS_MODELS = ("redwine.MLP_clf",)  # over 2,000 cells
RADIUS_ROWS, RADIUS_S = 200, 300


def synthetic(inputs: int, hidden: int, classes: int) -> Subject:
    """The circuit of an MLP of random 8-bit weights and 4-bit inputs."""
    rng, library = np.random.default_rng(SEED), load_library("egfet")
    names = tuple(f"x{number}" for number in range(inputs))
    coding = InputCoding(names, (4,) * inputs, (0.0,) * inputs, (1.0,) * inputs)
    first, last = rng.integers(-127, 128, (hidden, inputs)), rng.integers(-127, 128, (classes, hidden))
    biases = -first.sum(axis=1) * 15 // 2  # so that units are positive about half of the time
    layers = Affine(first, biases, "relu", 0), Affine(last, np.zeros(classes, dtype=np.int64), "identity", 0)
    model = IntegerModel(coding, layers, Argmax(tuple(range(classes))), Origin("mlp"))
    lowered = lower(model, GateCosts.of(library), Boundary.binary(coding))
    return subject(map_cheapest([lowered.netlist], library), library)


def timed(work: Callable[[], object]) -> float:
    """Processor time in s."""
    start = time.process_time()
    work()
    return time.process_time() - start


def speed_row(shape: tuple[int, int, int]) -> Row:
    """Time for all faults of the circuit of an MLP."""
    circuit = synthetic(*shape)
    rng = np.random.default_rng(SEED)
    rows = Rows(rng.integers(0, 16, (ROWS, shape[0])), rng.integers(0, shape[-1], ROWS).astype(float))
    listing = timed(lambda: stuck_at_faults(circuit))
    faults = stuck_at_faults(circuit)
    some = rng.choice(len(faults), ONE_BY_ONE)
    sets = [[(int(faults.sites[at]), int(faults.values[at]))] for at in some]
    seconds = listing + timed(lambda: single_fault_effects(circuit, faults, rows))
    single = timed(lambda: fault_set_effects(circuit, sets, rows)) * faults.class_count / ONE_BY_ONE
    cells = len(circuit.netlist.instances)
    found = {"cells": cells, "faults": len(faults), "classes": faults.class_count, "s": seconds, "one by one s": single}
    print(shape, found, flush=True)
    return found


def speed() -> None:
    """Measure the simulation at size."""
    speed_row((6, 3, 3))  # so that the code is compiled
    rows = {"-".join(map(str, shape)): speed_row(shape) for shape in SHAPES}
    print(table(rows, next(iter(rows.values()))))
    limits = zip(rows.values(), (10, 600), strict=True)
    bars = [Bar(f"all single faults of {row['cells']:,} cells, s", float(row["s"]), limit) for row, limit in limits]
    record("faults_speed", rows, bars, seed=SEED, timed=True)


def circuits() -> Iterator[tuple[str, Subject]]:
    """The circuits of `tests`."""
    for reference in (*map(reference_model, MODELS), *map(reference_tree, TREES)):
        design = compile_model(reference.estimator, dataset=reference.dataset, **reference.settings)
        yield reference.name, subject(design.circuit.mapped, design.circuit.library)


def tests() -> None:
    """Measure test sets."""
    rows: dict[str, Row] = {}
    for name, circuit in circuits():
        faults = stuck_at_faults(circuit)
        start = time.perf_counter()
        found = find_vectors(circuit, faults)
        reached = found.random_vectors if not found.random_left else MOST_RANDOM
        rows[name] = {
            "cells": len(circuit.netlist.instances),
            "classes": faults.class_count,
            "redundant": len(found.redundant),
            "undecided": len(found.undecided),
            "vectors": len(found.words),
            "random": reached,
            "random misses": found.random_left,
            "share of random": len(found.words) / reached,
            "s": time.perf_counter() - start,
        }
        print(name, rows[name], flush=True)
    print(table(rows, next(iter(rows.values()))))
    mean = geometric_mean(float(row["share of random"]) for row in rows.values())
    undecided = sum(int(row["undecided"]) for row in rows.values())
    bars = [Bar("vectors by random vectors, geometric mean", mean, 0.1), Bar("undecided faults", undecided, 0)]
    record("faults_tests", rows, bars, seed=SEED)


def kinds_of(dataset: str) -> Iterator[tuple[str, Design]]:
    """The circuits that are compared on a data set."""
    mlp = reference_network(dataset)
    yield "exact MLP", compile_model(mlp.estimator, dataset=mlp.dataset, **mlp.settings)
    search = {"max_loss": 0.01, "budget_s": SEARCH_S, "finalists": 4, "jobs": 1}
    front = approximate(mlp.estimator, dataset=mlp.dataset, **mlp.settings, **search)
    yield "approximate MLP", front.chosen or front.exact
    tree = shallow_tree(dataset)
    for name, code in (("tree", "binary"), ("unary tree", "unary")):
        yield name, compile_model(tree.estimator, dataset=tree.dataset, inputs=code, **tree.settings)


def yields() -> None:
    """Measure functional yields."""
    rows: dict[str, Row] = {}
    for dataset in YIELD_DATA:
        curves = {}
        for kind, design in kinds_of(dataset):
            data = reference_network(dataset).dataset
            found = analyse(design, dataset=data, functional_yield=True, samples=SAMPLES, seed=SEED)
            curve = found.analyses["functional_yield"]
            curves[kind] = curve.found
            rows[f"{dataset}, {kind}"] = {
                "area mm2": design.estimate.area_mm2,
                "accuracy": design.accuracies.test,
                "good with one": float(curve.found.shares[1]),
                "density for 80 %": curve.found.density_for(0.8),
                **{f"yield at {density:g}": curve.found.at(density)[0] for density in YIELD_DENSITIES},
            }
            print(f"{dataset}, {kind}", rows[f"{dataset}, {kind}"], flush=True)
        rows[f"{dataset}, best"] = {f"yield at {each:g}": best(curves, each) for each in YIELD_DENSITIES}
    print(table(rows, next(iter(rows.values()))))
    record("faults_yield", rows, [], seed=SEED)


def radius() -> None:
    """Measure certification at size."""
    rows: dict[str, Row] = {}
    for name in RADIUS_MODELS:
        known = reference_model(name)
        design = compile_model(known.estimator, dataset=known.dataset, **known.settings)
        circuit, coding = design.circuit, design.model.coding
        words = coding.quantise(known.dataset.split().test_features[:RADIUS_ROWS])
        device = Device(circuit.mapped, circuit.library, circuit.boundary, coding.bits)
        start, asked = time.perf_counter(), list[int]()
        found = radii(device, words, 1, on_row=asked.append)
        left = int(np.count_nonzero((found.broken == 0) & (found.certain == 0)))
        row = {"cells": design.gate_count, "rows": len(words), "asked of SAT": len(asked), "left open": left}
        rows[name] = {**row, "certain": float(np.mean(found.certain)), "seconds": time.perf_counter() - start}
        print(name, rows[name], flush=True)
    print(table(rows, next(iter(rows.values()))))
    bars = [Bar(f"{name}: {row['rows']} rows, s", float(row["seconds"]), RADIUS_S) for name, row in rows.items()]
    bars.append(Bar("rows left open", sum(int(row["left open"]) for row in rows.values()), 0))
    record("faults_radius", rows, bars, seed=SEED)


def best(curves: Mapping[str, FunctionalYield], density: float) -> str:
    """The circuits of the greatest yield at a density: those whose intervals reach into that of the best."""
    found = {kind: curve.at(density) for kind, curve in curves.items()}
    first = max(found.values())
    return " or ".join(kind for kind, (_, _, high) in found.items() if high >= first[1])


PARTS = {"speed": speed, "tests": tests, "yield": yields, "radius": radius}


def main() -> None:
    """Measure the parts asked for."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--only", default=",".join(PARTS), help="parts, with commas")
    for name in parser.parse_args().only.split(","):
        PARTS[name]()


if __name__ == "__main__":
    main()
