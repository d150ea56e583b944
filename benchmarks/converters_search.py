"""The joint search with the whole cost of a system beside that for the digital part alone.

    python benchmarks/converters_search.py [--only NAME,...] [--converters NAME] [--epochs N] [--minutes M]

A tree of full depth and a logistic regression of each data set, on grids of 4 bits and with a wire per level, are
searched twice: once without converters, once with them, the power to be small. Everything that the first search puts on
its front is counted with the same converters then. At each of some losses of assured accuracy, judged on the training
rows as `approximate` judges them, the least system power of either front is compared; a ratio is the geometric mean
over the losses, other figures are those at a loss of 0.01. Powers in mW. With ``--minutes`` no model is begun later
than that, and the record has those that were.
"""

from __future__ import annotations

import argparse
import time
from typing import Any

from record import Bar, Row, geometric_mean, record, table
from reference import TREES, Reference, chosen, grid_linear, grid_tree

from bespoke.converters import ConverterModel, load_converters
from bespoke.flow import Design, FrontPoint, approximate
from bespoke.flow.sensors import sensor_side

LOSSES = (0.0, 0.01, 0.02, 0.05)
SHOWN = 0.01
BITS = 4
KINDS = {"tree": lambda name: grid_tree(name, BITS), "linear": lambda name: grid_linear(name, BITS)}
COLUMNS = (
    "ratio", "ratio at 0.01", "digital power", "whole power", "digital levels", "whole levels", "digital test",
    "whole test",
)  # fmt: skip
BY_SIZE = ("seeds", "balance", "mammographic", "cardio", "redwine", "pendigits")
LIMIT = 0.7


def measure(reference: Reference, converters: str, epochs: int) -> dict[str, Any]:
    """Both searches of one model, and what they come to at the same losses."""
    digital, whole = (_front(reference, given, converters, epochs) for given in ("none", converters))
    pairs = {loss: (_cheapest(digital, -loss), _cheapest(whole, -loss)) for loss in LOSSES}
    plain, ours = pairs[SHOWN]
    return {
        "ratio": geometric_mean(new[1] / old[1] for old, new in pairs.values()),
        **{f"ratio at {loss:g}": new[1] / old[1] for loss, (old, new) in pairs.items()},
        "digital power": plain[1],
        "whole power": ours[1],
        "digital levels": _levels(plain[2]),
        "whole levels": _levels(ours[2]),
        "digital test": plain[2].accuracies.test,
        "whole test": ours[2].accuracies.test,
    }


Point = tuple[float, float, Design]


def _front(reference: Reference, given: str, counted: str, epochs: int) -> list[Point]:
    """Assured gain, system power and design of all finalists."""
    settings = {**reference.settings, "inputs": "unary", "converters": given, "minimise": "power"}
    settings |= {"epochs": epochs, "finalists": 16, "worst_loss": 0.1}
    front = approximate(reference.estimator, dataset=reference.dataset, **settings)
    model = load_converters(counted)
    points = [FrontPoint(front.exact, 0.0, 0.0), *front.points]
    return [(point.gain, _system_mw(point.design, model), point.design) for point in points]


def _system_mw(design: Design, converters: ConverterModel) -> float:
    return design.estimate.power_mw + sensor_side(design.circuit, converters).power_mw


def _cheapest(points: list[Point], gain: float) -> Point:
    return min((point for point in points if point[0] >= gain), key=lambda point: point[1])


def _levels(design: Design) -> int:
    return sensor_side(design.circuit, load_converters("esl24")).level_count


def main() -> None:
    """Print and record the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--only", help="parts of names such as cardio.tree, separated by commas")
    parser.add_argument("--converters", default="date24", help="a name of 'bespoke tech list'")
    parser.add_argument("--epochs", type=int, default=6)
    parser.add_argument("--minutes", type=float, default=1e6)
    options = parser.parse_args()
    names = tuple(f"{name}.{kind}" for name in sorted(TREES, key=BY_SIZE.index) for kind in KINDS)
    rows: dict[str, Row] = {}
    end = time.monotonic() + 60 * options.minutes
    for name in chosen(options.only, names):
        if time.monotonic() > end:
            break
        dataset, kind = name.split(".")
        row = measure(KINDS[kind](dataset), options.converters, options.epochs)
        rows[name] = row | {"epochs": options.epochs}
        print(f"{name}: {row}", flush=True)
    print("\n" + table(rows, COLUMNS))
    ratios = [float(row["ratio"]) for row in rows.values()]
    name = "converters_search" if options.converters == "date24" else f"converters_search_{options.converters}"
    record(
        name,
        rows,
        [Bar("system power, whole cost over digital", geometric_mean(ratios), LIMIT)],
        seed=0,
        keep=options.only is None,
    )


if __name__ == "__main__":
    main()
