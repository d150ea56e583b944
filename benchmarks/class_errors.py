"""On what share of all inputs approximate classifiers answer otherwise than the exact ones, and how sure that is.

    python benchmarks/class_errors.py [--only NAME,...] [--resume]

Six trees of 8-bit inputs, and the linear models and MLPs of up to 44 input bits, each approximated by a short joint
search without pruning, so that the integer models, too, say what the circuit answers. ``rate`` is the share of
`bespoke.analyse(..., errors=True)`, ``width`` that of its interval, 0 where it is exact. ``check`` is the share that
the integer models give: on every input up to 24 bits, else on 10 million samples with a seed of their own. ``apart``
is how far both are apart, in standard errors of what was sampled; where nothing was, it is 0 or infinite.
"""

from __future__ import annotations

import argparse
import math
import time
from functools import partial

import numpy as np
from record import Bar, Row, record, resumed, table
from reference import TREES, Reference, chosen, reference_model, reference_network, reference_tree

from bespoke import approximate
from bespoke.analysis import Inputs, OutputErrors
from bespoke.flow import analyse
from bespoke.model import IntegerModel
from bespoke.sim import every_input

SUMS = ("balance.SVM_clf", "redwine.SVM_clf", "whitewine.SVM_clf", "balance.MLP_clf", "redwine.MLP_clf",
        "whitewine.MLP_clf", "seeds.MLP_clf")  # fmt: skip
NAMES = (*(f"{name}.tree" for name in TREES), *SUMS)
SEARCH = {"epochs": 2, "generations": 10, "population": 40, "finalists": 4, "prune": False, "max_loss": 0.01}
EXHAUSTIVE_BITS = 24
SAMPLES = 10_000_000
CHUNK = 1 << 18


def reference(name: str) -> Reference:
    """A tree, a model of the contest, or a network trained likewise."""
    dataset, kind = name.split(".")
    if kind == "tree":
        return reference_tree(dataset)
    return reference_network(dataset) if dataset == "seeds" else reference_model(name)


def checked(exact: IntegerModel, approximate_model: IntegerModel) -> tuple[float, float]:
    """Share of inputs with another answer by the integer models, and its standard error."""
    bits = exact.coding.bits
    if sum(bits) <= EXHAUSTIVE_BITS:
        words = every_input(bits)
        return float(np.mean(exact.predict(words) != approximate_model.predict(words))), 0.0
    inputs, rng, different = Inputs.uniform(bits), np.random.default_rng(2024), 0
    for start in range(0, SAMPLES, CHUNK):
        words = inputs.draw(min(CHUNK, SAMPLES - start), rng)
        different += int(np.count_nonzero(exact.predict(words) != approximate_model.predict(words)))
    rate = different / SAMPLES
    return rate, math.sqrt(max(rate * (1 - rate), 1 / SAMPLES) / SAMPLES)


def measured(name: str) -> Row:
    """One row of the table."""
    model = reference(name)
    front = approximate(model.estimator, dataset=model.dataset, **{**model.labelling, **SEARCH})
    points = [design for design in front.designs if design is not front.exact]
    design = front.chosen if front.chosen in points else points[-1]
    start = time.perf_counter()
    found = analyse(design, dataset=model.dataset, errors=True, exact=front.exact).analyses["errors"]
    seconds = time.perf_counter() - start
    assert isinstance(found, OutputErrors)
    rate, deviation = checked(front.exact.model, design.model)
    low, high = found.rate.interval
    both = math.hypot(deviation, (high - low) / (2 * 1.96))
    difference = abs(found.rate.value - rate)
    return {
        "bits": sum(design.model.coding.bits),
        "how": found.method,
        "rate": found.rate.value,
        "width": high - low,
        "near rows": found.near_rate.value if found.near_rate else None,
        "on rows": found.row_rate,
        "check": rate,
        "apart": difference / both if both else (0.0 if difference < 1e-9 else math.inf),
        "seconds": seconds,
    }


def main() -> None:
    """Print and record the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--only", help="parts of model names, separated by commas")
    parser.add_argument("--resume", action="store_true", help="go on where an earlier run ended")
    options = parser.parse_args()
    cases = [(name, partial(measured, name)) for name in chosen(options.only, NAMES)]
    rows = resumed("class_errors", cases, resume=options.resume, settings=SEARCH)
    print("\n" + table(rows, ["bits", "how", "rate", "width", "near rows", "on rows", "check", "apart", "seconds"]))
    bars = [
        Bar("width of an interval, largest", max(row["width"] for row in rows.values()), 0.01),
        Bar(
            "width for trees, largest",
            max((row["width"] for name, row in rows.items() if ".tree" in name), default=0),
            0,
        ),
        Bar("standard errors from the check, largest", max(row["apart"] for row in rows.values()), 4.0),
        Bar("seconds, largest", max(row["seconds"] for row in rows.values()), 60.0),
    ]
    record("class_errors", rows, bars, seed=0, keep=options.only is None)


if __name__ == "__main__":
    main()
