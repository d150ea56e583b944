"""Trees grown for converters beside the best trees of their size that there are.

    python benchmarks/converters_optimum.py [--only NAME,...]

All trees of up to four leaves on words of 4 bits are gone through, on the training rows: the optimum is the least share
of rows that are wrong, plus a toll for each mW of the converters `date24` of the levels that are read, each level paid
once. Beside it the best by the same measure of the trees of up to four leaves that are grown without prices
(``plain``), with prices (``grown``, as `train --aware converters` does), and annealed. ``levels`` are those of the
optimum.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterable, Iterator
from itertools import product
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from record import Bar, Row, record, table
from reference import SHARED, chosen

from bespoke.cells import load_library
from bespoke.data import load_dataset
from bespoke.families import Annealed, Learning, Tree
from bespoke.flow.from_data import Sources, system_prices
from bespoke.flow.options import CompileOptions
from bespoke.model import IntegerModel, Trees

TOLLS = (0.1, 0.3, 1.0)  # shares of the rows for a mW
LEAVES = 4
NAMES = ("seeds", "balance", "mammographic", "cardio")
DEPTHS = (2, 3)
LIMIT = 0.01
Floats = NDArray[np.float64]


class Found(NamedTuple):
    """What a tree costs, and the levels that it reads."""

    cost: float
    levels: int


class Optimum:
    """The best tree of up to four leaves, by going through all of them."""

    def __init__(self, learning: Learning, toll: float) -> None:
        prices = toll * len(learning.targets) * learning.prices.level_mw
        tests: dict[bytes, tuple[float, NDArray[np.bool_]]] = {}
        for feature, level in product(range(prices.shape[0]), range(1, prices.shape[1])):
            flags = learning.words[:, feature] >= level
            price = float(prices[feature, level])
            known = tests.get(flags.tobytes())
            # Of tests that tell the rows apart alike the cheapest is as good as any.
            if flags.any() and not flags.all() and (known is None or price < known[0]):
                tests[flags.tobytes()] = (price, flags)
        self._prices = np.array([price for price, _ in tests.values()])
        self._flags = np.array([flags for _, flags in tests.values()], dtype=np.float32)
        self._classes = np.eye(learning.class_count, dtype=np.float32)[learning.targets]
        self._rows = len(learning.targets)

    def find(self) -> Found:
        """Cost as a share of the rows, and the number of levels."""
        everything = np.ones((1, self._rows), dtype=np.float32)
        found = [Found(float(self._wrong(everything)[0]), 0)]
        stumps = self._stumps(everything)[0]
        found.append(Found(float(stumps.min()), 1))
        found += [each for root in range(len(self._flags)) for each in self._rooted(root)]
        best = min(found)
        return Found(best.cost / self._rows, best.levels)

    def _rooted(self, root: int) -> Iterator[Found]:
        price, above = float(self._prices[root]), self._flags[root]
        sides = np.stack([1 - above, above])
        left, right = self._stumps(sides)
        leaves = self._wrong(sides)
        yield Found(price + float(left.min() + right.min()), 3)
        yield Found(price + float((left + right - self._prices).min()), 2)
        for side, own in enumerate((left, right)):
            other = price + float(leaves[1 - side])
            yield Found(other + float(own.min()), 2)
            for second in (self._flags * sides[side], (1 - self._flags) * sides[side]):
                rest = self._wrong(sides[side] - second) + self._prices
                yield Found(other + float((rest + self._stumps(second).min(axis=1)).min()), 3)

    def _wrong(self, sets: NDArray[np.float32]) -> Floats:
        """Rows of each set that are not of its leading class, shape (n,)."""
        counts = sets @ self._classes
        return np.asarray(counts.sum(axis=1) - counts.max(axis=1), dtype=np.float64)

    def _stumps(self, sets: NDArray[np.float32]) -> Floats:
        """What each test of each set costs, with the rows that stay wrong, shape (n, n_tests)."""
        above = [(sets * own) @ self._flags.T for own in self._classes.T]
        whole = sets @ self._classes
        below = [total[:, None] - part for total, part in zip(whole.T, above, strict=True)]
        right = np.maximum.reduce(above) + np.maximum.reduce(below)
        return np.asarray(whole.sum(axis=1)[:, None] - right + self._prices, dtype=np.float64)


def best(models: Iterable[IntegerModel], learning: Learning, toll: float) -> float:
    """Least cost of models with few leaves."""
    return min(_cost(model, learning, toll) for model in models)


def _cost(model: IntegerModel, learning: Learning, toll: float) -> float:
    tests = set(model.only_stage(Trees, "benchmark").tests())
    power = sum(float(learning.prices.level_mw[feature, bound + 1]) for feature, bound in tests)
    wrong = float((model.predict(learning.words) != learning.targets).mean())
    return wrong + toll * power if len(tests) < LEAVES and _leaves(model) <= LEAVES else np.inf


def _leaves(model: IntegerModel) -> int:
    return int((model.only_stage(Trees, "benchmark").feature < 0).sum())


def measure(name: str) -> Iterator[tuple[str, Row]]:
    """Figures for each toll."""
    dataset = load_dataset(SHARED / "data" / "uci" / f"{name}.csv", task="classification")
    options = CompileOptions(inputs="unary", converters="date24")
    rows = Sources(dataset, options)
    learning = rows.learning(system_prices(rows.coding, load_library("egfet"), options))
    random = np.random.default_rng(0)
    grown = [(p["toll"], Tree().fit(learning, p, random)) for p in Tree().candidates() if p["leaves"] <= LEAVES]
    whole = [Annealed().fit(learning, p, random) for p in Annealed().candidates() if p["depth"] in DEPTHS]
    for toll in TOLLS:
        optimum = Optimum(learning, toll).find()
        figures = {
            "plain": best((model for price, model in grown if price == 0), learning, toll),
            "grown": best((model for _, model in grown), learning, toll),
            "annealed": best(whole, learning, toll),
        }
        beyond = {f"{kind} beyond": cost - optimum.cost for kind, cost in figures.items()}
        yield f"{name}, {toll:g} a mW", {"optimum": optimum.cost, "levels": optimum.levels, **figures, **beyond}


def main() -> None:
    """Print and record the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--only", help="parts of names of data sets, separated by commas")
    options = parser.parse_args()
    rows = {label: row for name in chosen(options.only, NAMES) for label, row in measure(name)}
    print(table(rows, ("optimum", "levels", "plain", "grown", "annealed")))
    mean = {kind: float(np.mean([row[f"{kind} beyond"] for row in rows.values()])) for kind in ("grown", "annealed")}
    below = sum(row[f"{kind} beyond"] < -1e-9 for row in rows.values() for kind in ("plain", "grown", "annealed"))
    bars = [Bar(f"{kind}, cost beyond the optimum", value, LIMIT) for kind, value in mean.items()]
    record("converters_optimum", rows, [*bars, Bar("trees below the optimum", below, 0)], seed=0, keep=not options.only)


if __name__ == "__main__":
    main()
