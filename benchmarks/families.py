"""Out-of-fold accuracy and area of each family of models below limits on the power of circuit and converters.

    python benchmarks/families.py [--sets vehicle,redwine,cardio] [--families tree,annealed,...] [--candidates N]

Needs the data of ``../shared``. Of so many candidates of each family, evenly from all, the most accurate below each
limit by one repetition of cross-validation inside the training rows becomes a circuit; its accuracy is that of two
other repetitions, which chose nothing. Limits are on the estimated power; power and area are those of circuit and
converters.
"""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from dataclasses import replace

import numpy as np
from record import Row, record, table
from reference import SHARED

from bespoke.data import load_dataset
from bespoke.families import FAMILIES, Candidate, Family, Learning
from bespoke.families.size import estimated_mw
from bespoke.families.validation import folds, right_rows
from bespoke.flow import DesignOptions
from bespoke.flow.compile import Stages
from bespoke.flow.from_data import Sources, system_prices
from bespoke.flow.supply import read_library
from bespoke.flow.yields import built

LIMITS_MW = (0.1, 0.3, 1.0, 3.0, 10.0)
CHOOSING, JUDGING = (0,), (1, 2)


def main() -> None:
    """Read the command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--sets", default="vehicle,redwine,cardio")
    parser.add_argument("--families", default=",".join(FAMILIES))
    parser.add_argument("--candidates", type=int, default=100, help="of each family, evenly from all")
    arguments = parser.parse_args()
    rows: dict[str, Row] = {}
    for name in arguments.sets.split(","):
        for family in arguments.families.split(","):
            found = measured(name, FAMILIES[family](), arguments.candidates)
            rows |= found
            if found:
                print(table(found, next(iter(found.values()))), flush=True)
    record("families", rows, [], seed=0)


def measured(name: str, family: Family, count: int) -> dict[str, Row]:
    """A row for each limit that the family can keep on a data set."""
    path = SHARED / "data" / "uci" / f"{name}.csv"
    dataset = load_dataset(path if path.exists() else name, task="classification")
    options = DesignOptions()
    library = read_library(options.compile)
    sources = Sources(dataset, options.compile)
    learning = sources.learning(system_prices(sources.coding, library, options.compile))
    tried = candidates(family, learning, count) if family.suits(learning) else []
    rows: dict[str, Row] = {}
    for limit in LIMITS_MW:
        below = [each for each in tried if each.power_mw <= limit]
        if below:
            best = max(below, key=lambda each: (each.accuracy, -each.power_mw))
            design = built(sources.source(best), library, options.compile, options.printed, Stages())
            facts = {"accuracy": judged(best, learning, JUDGING).accuracy, "chosen by": best.accuracy}
            figures = {"area mm2": design.size("area"), "power mW": design.size("power")}
            rows[f"{name} {limit:g} mW {family.name}"] = {**facts, **figures}
    return rows


def candidates(family: Family, learning: Learning, count: int) -> list[Candidate]:
    """So many candidates, with what they have right by one repetition."""
    every = list(family.candidates())
    found = []
    for parameters in every[:: max(1, len(every) // count)]:
        model = family.fit(learning, parameters, np.random.default_rng(0))
        power_mw = estimated_mw(model, learning.prices)
        if power_mw <= max(LIMITS_MW):
            found.append(judged(Candidate(family, parameters, model, power_mw), learning, CHOOSING))
    return found


def judged(candidate: Candidate, learning: Learning, repeats: Sequence[int]) -> Candidate:
    """The candidate with what it has right by these repetitions alone."""
    parts = [fold for repeat in repeats for fold in folds(learning.targets, 0, repeat)]
    return replace(candidate, right=right_rows(candidate.family, learning, candidate.parameters, parts))


if __name__ == "__main__":
    main()
