"""The joint search with the whole cost of a system beside that for the digital part alone.

    python benchmarks/converters_search.py [--only NAME,...] [--epochs N]

A tree of full depth and a logistic regression of each data set, on grids of 4 bits and with a wire per level, are
searched twice: once without converters, once with those of ESL 2024 (`esl24`), the power to be small. Everything that
the first search puts on its front is counted with the same converters then. At each assured accuracy of that front the
least system power of either search with at least as much is compared, both judged on the training rows as `approximate`
judges them; a ratio is the geometric mean over the accuracies. Powers in mW.
"""

from __future__ import annotations

import argparse
from typing import Any

from record import Bar, Row, geometric_mean, record, table
from reference import TREES, Reference, chosen, grid_linear, grid_tree

from bespoke.converters import load_converters
from bespoke.flow import Design, approximate
from bespoke.flow.sensors import sensor_side

CONVERTERS = "esl24"
BITS = 4
KINDS = {"tree": lambda name: grid_tree(name, BITS), "linear": lambda name: grid_linear(name, BITS)}
COLUMNS = (
    "points", "ratio", "train", "digital power", "whole power", "digital levels", "whole levels", "digital test",
    "whole test",
)  # fmt: skip
LIMIT = 0.7


def measure(reference: Reference, epochs: int) -> dict[str, Any]:
    """Both searches of one model, and what they come to at the same accuracies."""
    digital, whole = (_front(reference, converters, epochs) for converters in ("none", CONVERTERS))
    pairs = [(_cheapest(digital, gain), _cheapest(whole, gain)) for gain, _, _ in digital]
    reached = [pair for pair in pairs if pair[0] is not None and pair[1] is not None]
    ratios = [ours[1] / plain[1] for plain, ours in reached]
    plain, ours = min(reached, key=lambda pair: abs(pair[0][0] + 0.01))
    return {
        "points": len(reached),
        "not reached": len(pairs) - len(reached),
        "ratio": geometric_mean(ratios),
        "gain": plain[0],
        "digital power": plain[1],
        "whole power": ours[1],
        "digital levels": _levels(plain[2]),
        "whole levels": _levels(ours[2]),
        "digital test": plain[2].accuracies.test,
        "whole test": ours[2].accuracies.test,
    }


Point = tuple[float, float, Design]


def _front(reference: Reference, converters: str, epochs: int) -> list[Point]:
    """Assured gain, system power and design of all finalists."""
    settings = {**reference.settings, "inputs": "unary", "converters": converters, "minimise": "power"}
    settings |= {"epochs": epochs, "finalists": 16, "worst_loss": 0.1}
    front = approximate(reference.estimator, dataset=reference.dataset, **settings)
    return [(point.gain, _system_mw(point.design), point.design) for point in front.points]


def _system_mw(design: Design) -> float:
    return design.estimate.power_mw + sensor_side(design.circuit, load_converters(CONVERTERS)).power_mw


def _cheapest(points: list[Point], gain: float) -> Point | None:
    return min((point for point in points if point[0] >= gain), key=lambda point: point[1], default=None)


def _levels(design: Design) -> int:
    return sum(len(each.levels) for each in sensor_side(design.circuit, load_converters(CONVERTERS)).features)


def main() -> None:
    """Print and record the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--only", help="parts of names such as cardio.tree, separated by commas")
    parser.add_argument("--epochs", type=int, default=8)
    options = parser.parse_args()
    names = tuple(f"{name}.{kind}" for name in TREES for kind in KINDS)
    rows: dict[str, Row] = {}
    for name in chosen(options.only, names):
        dataset, kind = name.split(".")
        rows[name] = row = measure(KINDS[kind](dataset), options.epochs)
        print(f"{name}: {row}", flush=True)
    print("\n" + table(rows, COLUMNS))
    ratios = [float(row["ratio"]) for row in rows.values()]
    record(
        "converters_search",
        rows,
        [Bar("system power, whole cost over digital", geometric_mean(ratios), LIMIT)],
        seed=0,
        keep=options.only is None,
    )


if __name__ == "__main__":
    main()
