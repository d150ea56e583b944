"""The joint search with the whole cost of a system beside that for the digital part alone.

    python benchmarks/converters_search.py [--only NAME,...] [--converters NAME] [--epochs N] [--resume]

A tree of full depth and a logistic regression of each data set, on grids of 4 bits and with a wire per level, are
searched as by ``approximate --max-loss LOSS --minimise power``, once without and once with converters. Everything that
the first search puts on its front is counted with the same converters then. Of either front the point of the least
system power counts whose assured loss, judged on the training rows, is at most LOSS. A ratio is the geometric mean over
the losses, other figures are those at a loss of 0.01. Powers in mW. Rows that are done stand in
``build/converters_search.json``, from where ``--resume`` goes on.
"""

from __future__ import annotations

import argparse
from functools import partial
from typing import Any

from record import Bar, Row, geometric_mean, record, resumed, table
from reference import TREES, Reference, chosen, grid_linear, grid_tree

from bespoke.converters import ConverterCost, ConverterModel, load_converters
from bespoke.flow import Design, FrontPoint, approximate
from bespoke.flow.sensors import sensor_side

LOSSES = (0.01, 0.03)
SHOWN = 0.01
BITS = 4
KINDS = {"tree": lambda name: grid_tree(name, BITS), "linear": lambda name: grid_linear(name, BITS)}
COLUMNS = (
    "ratio", "ratio at 0.01", "digital power", "whole power", "digital levels", "whole levels", "digital test",
    "whole test",
)  # fmt: skip
BY_SIZE = ("seeds", "balance", "mammographic", "cardio", "redwine", "pendigits")
LIMIT = 0.7

Point = tuple[float, Design]


def measure(name: str, converters: str, epochs: int) -> Row:
    """Both searches of one model, and what they come to at the same losses."""
    dataset, kind = name.split(".")
    reference = KINDS[kind](dataset)
    pairs = {
        loss: tuple(_cheapest(reference, given, converters, epochs, loss) for given in ("none", converters))
        for loss in LOSSES
    }
    plain, ours = pairs[SHOWN]
    return {
        "ratio": geometric_mean(new[0] / old[0] for old, new in pairs.values()),
        **{f"ratio at {loss:g}": new[0] / old[0] for loss, (old, new) in pairs.items()},
        "digital power": plain[0],
        "whole power": ours[0],
        "digital levels": _levels(plain[1]),
        "whole levels": _levels(ours[1]),
        "digital test": plain[1].accuracies.test,
        "whole test": ours[1].accuracies.test,
    }


def _cheapest(reference: Reference, given: str, counted: str, epochs: int, loss: float) -> Point:
    """System power and design of the cheapest point that loses at most so much."""
    settings: dict[str, Any] = {**reference.settings, "inputs": "unary", "converters": given, "minimise": "power"}
    front = approximate(reference.estimator, dataset=reference.dataset, **settings, epochs=epochs, max_loss=loss)
    model = load_converters(counted)
    points = [FrontPoint(front.exact, 0.0, 0.0), *front.points]
    found = [(_system_mw(point.design, model), point.design) for point in points if point.gain >= -loss]
    return min(found, key=lambda point: point[0])


def _system_mw(design: Design, converters: ConverterModel) -> float:
    return design.estimate.power_mw + _side(design, converters).power_mw


def _levels(design: Design) -> int:
    return _side(design, load_converters("esl24")).level_count


def _side(design: Design, converters: ConverterModel) -> ConverterCost:
    circuit = design.circuit
    return sensor_side(circuit.mapped, circuit.boundary, circuit.model, circuit.library, converters)


def main() -> None:
    """Print and record the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--only", help="parts of names such as cardio.tree, separated by commas")
    parser.add_argument("--converters", default="date24", help="a name of 'bespoke tech list'")
    parser.add_argument("--epochs", type=int, default=3)
    parser.add_argument("--resume", action="store_true")
    options = parser.parse_args()
    names = tuple(f"{name}.{kind}" for name in sorted(TREES, key=BY_SIZE.index) for kind in KINDS)
    title = "converters_search" if options.converters == "date24" else f"converters_search_{options.converters}"
    settings = {"seed": 0, "epochs": options.epochs}
    measured = partial(measure, converters=options.converters, epochs=options.epochs)
    cases = [(name, partial(measured, name)) for name in chosen(options.only, names)]
    rows = resumed(title, cases, resume=options.resume, settings=settings)
    print("\n" + table(rows, COLUMNS))
    mean = geometric_mean(float(row["ratio"]) for row in rows.values())
    bar = Bar("system power, whole cost over digital", mean, LIMIT)
    record(title, rows, [bar], seed=settings, keep=options.only is None)


if __name__ == "__main__":
    main()
