"""Side by side with alkaid: constant matrices, and whole MLPs and trees, through the same ABC scripts.

    python benchmarks/side_alkaid.py [--only PART,...] [--matrices N]

alkaid compiles constant matrices to adder graphs by distributed arithmetic; it is installed for this benchmark only
(``pip install alkaid``). Both sides are the same function, checked on random vectors:

* matrices: seeded random 8-bit weights, 4-bit unsigned inputs, the exact products as outputs;
* models: MLPs and trees that ``bespoke train`` makes by default, quantised by bespoke, so both compile the same
  integer model. alkaid's MLPs end in a tournament of its own comparisons; its trees are multiplexers or sums of leaves.
  Of both, and of two of its solvers, the smallest circuit counts. ``hybrid ratio`` is that to alkaid's scores behind
  bespoke's argmax, where that is smaller.

Its programs become gates with ripple-carry adders (its Verilog read by Yosys gave circuits one percent larger). Areas
in mm2 with the EGFET cells. alkaid's circuits go through each of `SCRIPTS`, and the smallest area counts; the first
of them is the best for sums and the only one for matrices. Our models are compiled with ``--effort high``; of our
matrices the sums are lowered, searched in windows and mapped in the same way. ``arithmetic ratio`` is that of our
lowered circuits through the same scripts instead, and ``searched ratio`` that of ours to alkaid's smallest circuit
when bespoke searches it in windows and maps it, too.
"""

from __future__ import annotations

import argparse
import math
import sys
from collections.abc import Callable, Iterable, Sequence
from functools import partial
from importlib.util import find_spec
from operator import itemgetter

import numpy as np
from abc_mapping import AREA_SCRIPT, abc_area_mm2, cells_area_mm2
from adder_graph_models import HYBRID, matrix_netlists, mlp_netlists, tree_netlists
from record import Bar, Row, geometric_mean, record, table
from reference import SUM_SETTINGS, chosen

from bespoke.arith import SharingEffort, Word, weighted_sums
from bespoke.cells import GateCosts, load_library
from bespoke.data import load_dataset
from bespoke.flow import compile_model
from bespoke.frontend import QuantisationOptions, quantise_estimator
from bespoke.lowering import lower
from bespoke.model import IntArray, IntegerModel, Trees
from bespoke.netlist import Netlist, NetlistBuilder
from bespoke.numeric import Interval
from bespoke.opt import WINDOWS, as_simple_gates, equivalent_forms, optimise, searched_in_windows
from bespoke.sim import mapped_outputs, simulate
from bespoke.techmap import map_cheapest
from bespoke.training import TrainingOptions, train_model

SHAPES = ((21, 3), (16, 10), (11, 15), (64, 16))  # inputs x outputs
INPUT_BITS = 4
LIBRARY = load_library("egfet")
VECTORS = 300
SHARING = (2_000_000, 400)  # of the search for common sub-sums, as with high effort
DATASETS = ("iris", "wine", "breast_cancer_wdbc")
COVER = "&get -n; &dch -f; &nf -R 100; &put"
SCRIPTS = (AREA_SCRIPT, f"strash; {COVER}", f"strash; ifraig; dc2; dc2; {COVER}")
COLUMNS = ("alkaid", "bespoke", "ratio", "arithmetic ratio", "searched ratio", "hybrid ratio", "alkaid adders")


def compare_matrix(inputs: int, outputs: int, seed: int) -> Row:
    """Areas of one random matrix."""
    rng = np.random.default_rng(seed)
    weights = rng.integers(-128, 128, (outputs, inputs))
    words = rng.integers(0, 1 << INPUT_BITS, (VECTORS, inputs))
    theirs, ours = list(matrix_netlists(weights, INPUT_BITS)), _our_matrix(weights)
    row = _compare(
        [netlist for netlist, _ in theirs],
        ours,
        _own_area(ours, words, words @ weights.T),
        words,
        words @ weights.T,
        SCRIPTS[:1],
    )
    return {**row, "alkaid adders": min(adders for _, adders in theirs)}


def compare_model(dataset: str, kind: str) -> Row:
    """Areas of a model trained with the defaults."""
    split = load_dataset(dataset).split()
    trained = train_model(split, TrainingOptions(kind=kind))
    options = QuantisationOptions(**SUM_SETTINGS)
    model: IntegerModel = quantise_estimator(
        trained.estimator, split.train_features, split.train_targets, options
    ).model
    words = model.coding.quantise(np.concatenate([split.train_features, split.test_features]))
    rng = np.random.default_rng(0)
    words = np.concatenate([words, rng.integers(0, 1 << np.array(model.coding.bits), (VECTORS, words.shape[1]))])
    costs = GateCosts.of(LIBRARY)
    theirs = tree_netlists(model) if model.has_only(Trees) else mlp_netlists(model)
    lowered, area = lower(model, costs, effort="high").netlist, compile_model(model, effort="high").estimate.area_mm2
    return _compare(list(theirs), lowered, area, words, model.predict(words)[:, None])


def _compare(
    theirs: Iterable[Netlist],
    lowered: Netlist,
    area: float,
    words: IntArray,
    expected: IntArray,
    scripts: Sequence[str] = SCRIPTS,
) -> dict[str, float]:
    pure: list[tuple[float, Netlist]] = []
    hybrid: list[tuple[float, Netlist]] = []
    for netlist in theirs:
        _check(netlist, words, expected)
        (hybrid if netlist.name == HYBRID else pure).append((_abc_area(netlist, scripts), netlist))
    _check(lowered, words, expected)
    best, smallest = min(pure, key=itemgetter(0))
    return {
        "alkaid": best,
        "bespoke": area,
        "ratio": area / best,
        "arithmetic ratio": _abc_area(optimise(lowered), scripts) / best,
        "searched ratio": area / _own_area(smallest, words, expected),
        "hybrid ratio": area / min(area for area, _ in pure + hybrid),
    }


def _abc_area(netlist: Netlist, scripts: Sequence[str]) -> float:
    """Smallest area after a script."""
    return min(abc_area_mm2(netlist, LIBRARY, script) for script in scripts)


def _own_area(netlist: Netlist, words: IntArray, expected: IntArray) -> float:
    """Area after bespoke's forms, search in windows and mapping, as with high effort."""
    costs, forms = GateCosts.of(LIBRARY), equivalent_forms(netlist, LIBRARY, "high")
    start = min(map(as_simple_gates, forms), key=lambda gates: gates.cost(costs.simple))
    found = searched_in_windows(start, costs, WINDOWS["high"])
    mapped = map_cheapest(forms, LIBRARY, gates=[found])
    if not np.array_equal(mapped_outputs(mapped, LIBRARY, words), expected):
        sys.exit(f"a circuit of {netlist.name} computes something else once it is mapped")
    return cells_area_mm2((instance.cell for instance in mapped.instances), LIBRARY)


def _check(netlist: Netlist, words: IntArray, expected: IntArray) -> None:
    if not np.array_equal(simulate(netlist, words), expected):
        sys.exit(f"a circuit of {netlist.name} computes something else")


def _our_matrix(weights: IntArray) -> Netlist:
    builder = NetlistBuilder("bespoke")
    ports = [builder.add_input(f"x{number}", INPUT_BITS) for number in range(weights.shape[1])]
    words = [Word(port.bits, Interval.unsigned(INPUT_BITS)) for port in ports]
    effort = SharingEffort(GateCosts.of(LIBRARY), *SHARING)
    for row, total in enumerate(weighted_sums(builder, weights.tolist(), words, [0] * len(weights), effort)):
        builder.add_output(f"y{row}", total.word.bits or (0,), signed=total.word.interval.signed)
    return builder.build()


def _bars(rows: dict[str, Row]) -> list[Bar]:
    matrices = [row["ratio"] for name, row in rows.items() if name.startswith("matrix")]
    models = [row["ratio"] for name, row in rows.items() if not name.startswith("matrix")]
    bars = [Bar(f"area ratio of matrices {n} x {m}", _mean_of(rows, f"matrix {n}x{m} "), 0.76) for n, m in SHAPES]
    bars += [Bar("area ratio of matrices, geometric mean", geometric_mean(matrices), 0.76)]
    bars += [Bar("area ratio of models, geometric mean", geometric_mean(models), 0.77)]
    bars += [Bar("largest area ratio", max(matrices + models), 1.0)]
    return [bar for bar in bars if not math.isnan(bar.value)]


def _mean_of(rows: dict[str, Row], prefix: str) -> float:
    return geometric_mean(row["ratio"] for name, row in rows.items() if name.startswith(prefix))


def main() -> None:
    """Print and record the comparison."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--only", help="parts of row names, separated by commas")
    parser.add_argument("--matrices", type=int, default=10, help="random matrices per shape")
    options = parser.parse_args()
    if find_spec("alkaid") is None:
        sys.exit("alkaid is not installed; it is a yardstick for this benchmark only: pip install alkaid")
    jobs: dict[str, Callable[[], Row]] = {
        f"{dataset} {kind}": partial(compare_model, dataset, kind) for dataset in DATASETS for kind in ("mlp", "tree")
    }
    for n, m in SHAPES:
        jobs |= {f"matrix {n}x{m} {s}": partial(compare_matrix, n, m, s) for s in range(options.matrices)}
    rows: dict[str, Row] = {}
    for name in chosen(options.only, tuple(jobs)):
        rows[name] = jobs[name]()
        print(f"{name}: {rows[name]['ratio']:.3f}", flush=True)
    print("\n" + table(rows, COLUMNS))
    record(
        "side_alkaid",
        rows,
        _bars(rows),
        seed=0,
        keep=options.only is None and options.matrices == 10,
    )


if __name__ == "__main__":
    main()
