"""Gate-level pruning of exact circuits: area and accuracy at several losses of training accuracy.

    python benchmarks/pruning.py [--only NAME,...] [--hold-out] [--unlabelled N] [--agreement SHARE]

``full search`` is the search over tau and phi of DATE 2022. ``substitute`` replaces nets by other nets or constants,
paid by training accuracy alone; ``cautious`` is the same search, but repairs of training rows earn nothing and
agreement with the original on unlabelled vectors counts. The loss is what the search was allowed, in points of
training accuracy (for ``cautious`` of its own loss); nothing is chosen on the test rows. Areas are in cm2, after
exact optimisation and mapping to EGFET cells; ratios are to the exact circuit. Seconds are for all losses together.
With ``--hold-out`` the test rows are left alone: 30 % of the training rows take their place and are not trained on.
It shows what both do without a look at the test rows; such a run is not recorded.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from record import Bar, Row, geometric_mean, record, table
from reference import MODELS, chosen, mapped_area_mm2, reference_model

from bespoke.cells import CellLibrary, GateCosts, load_library
from bespoke.frontend import QuantisationOptions, quantise_estimator
from bespoke.lowering import Lowered, lower
from bespoke.model import IntArray, IntegerModel
from bespoke.netlist import Netlist
from bespoke.opt import optimise
from bespoke.prune import (
    Pruned,
    PruningTask,
    cautious_task,
    expect_words,
    full_search,
    score_words,
    substitute,
    words_between,
)
from bespoke.prune.caution import AGREEMENT, UNLABELLED
from bespoke.prune.judge import Term, accept_ranges
from bespoke.sim import simulate
from bespoke.techmap import map_cheapest

DEFAULT = ("redwine.MLP_clf", "cardio.MLP_clf", "balance.SVM_clf")
LOSSES = (0.0, 0.005, 0.01, 0.02)
SEED = 1
COLUMNS = ("gates", "edits", "area", "area ratio", "train", "test", "train change", "test change", "seconds")


@dataclass(frozen=True, slots=True, eq=False)
class Case:
    """A lowered model with input words and terms of its training and test rows."""

    costs: GateCosts
    lowered: Lowered
    netlist: Netlist
    words: IntArray
    term: Term
    test_words: IntArray
    test_term: Term

    def accuracies(self, netlist: Netlist) -> tuple[float, float]:
        """Share of right training and test rows."""
        parts = ((self.words, self.term), (self.test_words, self.test_term))
        outputs = [(simulate(netlist, words)[:, 0], term) for words, term in parts]
        train, test = (float(np.mean((term.low <= word) & (word <= term.high))) for word, term in outputs)
        return train, test


def main() -> None:
    """Print and record the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--only", help="parts of model names, separated by commas")
    parser.add_argument("--hold-out", action="store_true")
    parser.add_argument("--unlabelled", type=int, default=UNLABELLED)
    parser.add_argument("--agreement", type=float, default=AGREEMENT)
    options = parser.parse_args()
    caution = Caution(options.unlabelled, options.agreement)
    library, rows = load_library("egfet"), dict[str, Row]()
    for name in chosen(options.only, MODELS) if options.only else DEFAULT:
        case = prepare(name, GateCosts.of(library), hold_out=options.hold_out)
        for label, row in measure(name, case, caution, library):
            rows[label] = row
            print(label, row, flush=True)
    print("\n" + table(rows, COLUMNS))
    record(
        "pruning",
        rows,
        list(bars(rows)),
        seed=SEED,
        keep=not options.only and not options.hold_out and caution == Caution(),
    )


def bars(rows: dict[str, Row]) -> Iterator[Bar]:
    """Seconds, and area ratios at one point of loss."""
    yield Bar("seconds of substitution, largest", max(row.get("seconds", 0.0) for row in rows.values()), 60.0)
    for method in METHODS:
        ratios = [max(row["area ratio"], 1e-3) for name, row in rows.items() if name.endswith(f"{method} 1.0")]
        yield Bar(f"{method}, area ratio at 1 point", geometric_mean(ratios), 1.0)


class Caution(NamedTuple):
    """Vectors between training rows, and the loss if a circuit differs from the original on all of them."""

    unlabelled: int = UNLABELLED
    agreement: float = AGREEMENT


def measure(name: str, case: Case, caution: Caution, library: CellLibrary) -> Iterator[tuple[str, Row]]:
    """Rows of a model: exact, then each method at each loss."""
    exact = _row(case, Pruned(case.netlist, (), 0.0, 0.0), library)
    yield f"{name} exact", exact
    for method, run in METHODS.items():
        start = time.perf_counter()
        states = run(case, caution)
        seconds = time.perf_counter() - start
        for loss, state in zip(LOSSES, states, strict=True):
            row = _row(case, state, library)
            row["area ratio"] = row["area"] / exact["area"]
            row |= {f"{part} change": row[part] - exact[part] for part in ("train", "test")}
            yield f"{name} {method} {100 * loss:.1f}", row | {"seconds": seconds}


def prepare(name: str, costs: GateCosts, *, hold_out: bool = False) -> Case:
    """Lower one of `MODELS`; with held-out training rows in place of the test rows if wanted."""
    reference = reference_model(name)
    split = reference.dataset.split()
    options = QuantisationOptions(**reference.settings)
    model = quantise_estimator(reference.estimator, split.train_features, split.train_targets, options).model
    lowered, span = lower(model, costs), (int(split.train_targets.min()), int(split.train_targets.max()))
    parts = [(split.train_features, split.train_targets), (split.test_features, split.test_targets)]
    if hold_out:
        order = np.random.default_rng(SEED).permutation(len(split.train_targets))
        kept = round(0.7 * len(order))
        parts = [(split.train_features[rows], split.train_targets[rows]) for rows in (order[:kept], order[kept:])]
    (words, term), (test_words, test_term) = (
        (model.coding.quantise(features), _term(model, targets, span)) for features, targets in parts
    )
    return Case(costs, lowered, optimise(lowered.netlist), words, term, test_words, test_term)


def _term(model: IntegerModel, targets: IntArray, span: tuple[int, int]) -> Term:
    """Words of the right class; of a value those that round to the right label, clipped to the labels' span."""
    decision = model.decision
    if decision.is_classifier:
        return expect_words(decision.encode(targets))
    (first, last), limits = span, np.iinfo(np.int64)
    wanted, half = np.asarray(targets, dtype=np.int64), (1 << decision.frac_bits) >> 1
    low = np.where(wanted == first, limits.min, (wanted << decision.frac_bits) - half)
    high = np.where(wanted == last, limits.max, (wanted + 1 << decision.frac_bits) - half - 1)
    outside = (wanted < first) | (wanted > last)
    return accept_ranges(np.where(outside, 1, low), np.where(outside, 0, high))


def _full_search(case: Case, _: Caution) -> list[Pruned]:
    words = score_words(case.lowered.certificate, case.lowered.netlist)
    front = full_search(case.lowered.netlist, PruningTask(case.words, [case.term]), words, case.costs, LOSSES[-1])
    start = 1.0 - case.accuracies(case.netlist)[0]
    return [[state for state in front if state.loss <= start + loss + 1e-9][-1] for loss in LOSSES]


def _substitute(case: Case, _: Caution) -> tuple[Pruned, ...]:
    return substitute(case.netlist, PruningTask(case.words, [case.term]), case.costs, LOSSES)


def _cautious(case: Case, caution: Caution) -> tuple[Pruned, ...]:
    tops = np.array([(1 << port.width) - 1 for port in case.netlist.inputs])
    between = words_between(case.words, tops, caution.unlabelled, np.random.default_rng(SEED))
    task = cautious_task(case.netlist, case.words, case.term, between, caution.agreement)
    return substitute(case.netlist, task, case.costs, LOSSES)


METHODS: dict[str, Callable[[Case, Caution], list[Pruned] | tuple[Pruned, ...]]] = {
    "full search": _full_search,
    "substitute": _substitute,
    "cautious": _cautious,
}


def _row(case: Case, state: Pruned, library: CellLibrary) -> dict[str, float]:
    train, test = case.accuracies(state.netlist)
    area = mapped_area_mm2(map_cheapest([state.netlist], library), library) / 100
    return {
        "gates": state.netlist.gate_count,
        "edits": len(state.edits),
        "area": area,
        "train": train,
        "test": test,
    }


if __name__ == "__main__":
    main()
