"""One sum of steps of single features, cut into intervals that stand for classes.

Sources of where the steps start: Hastie, Tibshirani, Buja, "Flexible Discriminant Analysis by Optimal Scoring", JASA
89, 1994 (classes as numbers); Tibshirani, "Regression Shrinkage and Selection via the Lasso", JRSS B 58, 1996.
"""

from __future__ import annotations

import warnings
from collections.abc import Iterator, Sequence

import numpy as np

from bespoke.families.family import Family, Parameters
from bespoke.families.intervals import ClassRange, best_intervals
from bespoke.families.learning import FloatArray, Learning
from bespoke.families.size import ADDER_CELLS
from bespoke.families.step_walk import walked
from bespoke.families.steps import Step, stepped
from bespoke.model import Affine, Index, IntArray, IntegerModel, Lookup, Origin, Table
from bespoke.numeric import csd

_LARGEST = (1, 2, 3, 5)
_TOLLS = (0.01, 0.03, 0.1, 0.2, 0.4)
_PENALTIES = (0.0, 0.05)  # shares of the correlation above which no step is there to start with; 0: none at all
_MOVES, _MOVES_PER_TEST = 20_000, 50
_MOST_ROWS = 4000  # by which steps are changed: each change looks at all of them
_HOT, _COLD = 0.01, 0.0003  # shares of the rows that a worse move may cost with a probability of 1 / e
_INTERVAL = 6.0  # NAND2 cells of the comparison of a sum with one number, about
_RIDGE = 1.0
_ITERATIONS = 2000


class Additive(Family):
    """A whole number for each interval of each feature; the classes are intervals of their sum."""

    name = "additive"
    source = (
        "Ustun, Rudin, Supersparse Linear Integer Models, Machine Learning 102, 2016 (small numbers, errors as such); "
        "Kirkpatrick, Gelatt, Vecchi, Optimization by Simulated Annealing, Science 220, 1983"
    )

    def candidates(self) -> Iterator[Parameters]:
        """The largest step, what share of the rows each mW must win, and with which steps the search starts."""
        for toll in _TOLLS[::-1]:
            for largest in _LARGEST:
                for penalty in _PENALTIES:
                    yield {"largest": largest, "toll": toll, "penalty": penalty}

    def fit(self, learning: Learning, parameters: Parameters, random: np.random.Generator) -> IntegerModel:
        """Anneal one sum."""
        toll = parameters["toll"] * len(learning.targets)  # rows for each mW
        kept = _annealed(learning, parameters, random)
        sums = sum((gap * (learning.words[:, feature] >= level) for (feature, level), gap in kept), _none(learning))
        interval = toll * _INTERVAL * learning.prices.gate_mw
        ranges = best_intervals(sums, learning.targets, learning.class_count, interval)
        tables, weights, offset = stepped(learning.coding, kept) if kept else _nothing()
        stage = Lookup(tables)
        low = sum(
            min(weight * each.low, weight * each.high)
            for weight, each in zip(weights.tolist(), stage.output_intervals(learning.coding.intervals()), strict=True)
        )
        whole = Affine(weights[None], np.array([-low]), "identity", 0)
        (span,) = whole.output_intervals(stage.output_intervals(learning.coding.intervals()))
        stages = (stage, whole, Lookup((_classes(ranges, span.width, low + offset),)))
        return IntegerModel(learning.coding, stages, Index(learning.classes), Origin(self.name, ""))


def _nothing() -> tuple[tuple[Table, ...], IntArray, int]:
    """A sum of no steps."""
    return (Table(((0, 0),), np.zeros(2, dtype=np.int64)),), np.ones(1, dtype=np.int64), 0


def _classes(ranges: Sequence[ClassRange], width: int, low: int) -> Table:
    """Class by what the sum has beyond ``low``, in a word of so many bits."""
    numbers = np.arange(1 << width) + low
    labels = np.full(len(numbers), ranges[0].label, dtype=np.int64)
    for label, start in ranges[1:]:
        labels[numbers >= start] = label
    return Table.of_word(0, labels)


def _none(learning: Learning) -> IntArray:
    return np.zeros(len(learning.words), dtype=np.int64)


def _tests(learning: Learning) -> list[tuple[int, int]]:
    """Features and levels that tell rows apart."""
    pairs = enumerate(learning.words.T)
    return [(feature, level) for feature, column in pairs for level in np.unique(column)[1:].tolist()]


def _annealed(learning: Learning, parameters: Parameters, random: np.random.Generator) -> list[Step]:
    """The steps that are left."""
    few = learning.part(np.sort(random.permutation(len(learning.targets))[:_MOST_ROWS]))
    tests, rows = _tests(few), len(few.targets)
    if not tests:
        return []
    reached = np.stack([few.words[:, feature] >= level for feature, level in tests]).astype(np.int64)
    prices = parameters["toll"] * rows * _powers_mw(few, tests, parameters["largest"])
    start = _rounded(few, tests, parameters)
    moves = max(_MOVES, _MOVES_PER_TEST * len(tests))
    heat = (random.random((moves, 4)), _HOT * rows, _COLD * rows)
    gaps = walked(reached, few.targets, few.class_count, prices, start, heat).tolist()
    return [(test, gap) for test, gap in zip(tests, gaps, strict=True) if gap]


def _rounded(learning: Learning, tests: Sequence[tuple[int, int]], parameters: Parameters) -> IntArray:
    """Whole steps, shape (n_tests,), in proportion to those of a linear model."""
    if not parameters["penalty"]:
        return np.zeros(len(tests), dtype=np.int64)
    steps = _steps(learning, tests, parameters["penalty"])
    size = float(np.abs(steps).max()) or 1.0
    found: IntArray = np.rint(steps / size * parameters["largest"]).astype(np.int64)
    return found


def _powers_mw(learning: Learning, tests: Sequence[tuple[int, int]], largest: int) -> FloatArray:
    """Power in mW of a step of each size at each test; in the last row, at place 0, that of an interval."""
    digits = np.array([len(csd(size)) for size in range(largest + 1)])
    powers = np.tile(learning.prices.gate_mw * ADDER_CELLS * digits, (len(tests) + 1, 1))
    for number, test in enumerate(tests):
        powers[number, 1:] += learning.prices.level_mw[test]
    powers[-1, 0] = learning.prices.gate_mw * _INTERVAL
    return powers


def _steps(learning: Learning, tests: Sequence[tuple[int, int]], penalty: float) -> FloatArray:
    """How far the classes' numbers rise at each level; 0 for most."""
    from sklearn.linear_model import Lasso

    columns = np.stack([learning.words[:, feature] >= level for feature, level in tests], axis=1).astype(np.float64)
    columns -= columns.mean(axis=0)
    numbers = _numbers(columns, learning.targets, learning.class_count)[learning.targets]
    numbers -= numbers.mean()
    most = float(np.abs(columns.T @ numbers).max()) / len(numbers)
    if not most > 0:
        return np.zeros(len(tests))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # steps are rounded anyway: how near the solver came does not matter
        return np.asarray(Lasso(alpha=penalty * most, max_iter=_ITERATIONS).fit(columns, numbers).coef_)


def _numbers(columns: FloatArray, targets: IntArray, class_count: int) -> FloatArray:
    """Numbers of the classes, shape (n_classes,), that the columns foretell best."""
    wanted = np.eye(class_count)[targets]
    inner = columns.T @ columns + _RIDGE * np.eye(columns.shape[1])
    explained = wanted.T @ columns @ np.linalg.solve(inner, columns.T @ wanted)
    scale = 1 / np.sqrt(np.maximum(wanted.sum(axis=0), 1.0))
    _, vectors = np.linalg.eigh(scale[:, None] * (explained + explained.T) / 2 * scale)
    leading = vectors[:, -1] * scale
    return np.asarray(leading if leading[np.abs(leading).argmax()] > 0 else -leading)
