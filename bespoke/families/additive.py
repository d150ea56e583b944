"""One sum of steps of single features, cut into intervals that stand for classes.

Sources: Hastie, Tibshirani, Buja, "Flexible Discriminant Analysis by Optimal Scoring", JASA 89, 1994 (classes as
numbers); Tibshirani, "Regression Shrinkage and Selection via the Lasso", JRSS B 58, 1996 (few steps).
"""

from __future__ import annotations

import warnings
from collections.abc import Iterator, Sequence

import numpy as np

from bespoke.families.family import Family, Parameters
from bespoke.families.intervals import ClassRange, best_intervals
from bespoke.families.learning import FloatArray, Learning
from bespoke.families.steps import stepped
from bespoke.model import Affine, Index, IntArray, IntegerModel, Lookup, Origin, Table

_PENALTIES = (0.15, 0.05, 0.015, 0.005)  # shares of the correlation above which no step is left
_LARGEST = (1, 2, 3, 5)
_LEAST_SHARES = (0.0, 0.04)
_RIDGE = 1.0
_ITERATIONS = 2000


class Additive(Family):
    """A whole number for each interval of each feature; the classes are intervals of their sum."""

    name = "additive"
    source = "Hastie, Tibshirani, Buja, Flexible Discriminant Analysis by Optimal Scoring, JASA 89, 1994"

    def candidates(self) -> Iterator[Parameters]:
        """Penalties of steps, the largest step, and what share of the rows each class must win."""
        for penalty in _PENALTIES:
            for largest in _LARGEST:
                for least_share in _LEAST_SHARES:
                    yield {"penalty": penalty, "largest": largest, "least_share": least_share}

    def fit(self, learning: Learning, parameters: Parameters, random: np.random.Generator) -> IntegerModel:
        """Train one sum."""
        del random
        tests = _tests(learning)
        steps = _steps(learning, tests, parameters["penalty"])
        size = float(np.abs(steps).max(initial=0.0)) or 1.0
        gaps = np.rint(steps / size * parameters["largest"]).astype(np.int64)
        kept = [(test, int(gap)) for test, gap in zip(tests, gaps, strict=True) if gap]
        sums = sum((gap * (learning.words[:, feature] >= level) for (feature, level), gap in kept), _none(learning))
        share = parameters["least_share"] * len(sums)
        ranges = best_intervals(sums, learning.targets, learning.class_count, share)
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
    return Table(tuple((0, bit) for bit in range(width)), labels)


def _none(learning: Learning) -> IntArray:
    return np.zeros(len(learning.words), dtype=np.int64)


def _tests(learning: Learning) -> list[tuple[int, int]]:
    """Features and levels that tell rows apart."""
    pairs = enumerate(learning.words.T)
    return [(feature, level) for feature, column in pairs for level in np.unique(column)[1:].tolist()]


def _steps(learning: Learning, tests: Sequence[tuple[int, int]], penalty: float) -> FloatArray:
    """How far the classes' numbers rise at each level; 0 for most."""
    from sklearn.linear_model import Lasso

    if not tests:
        return np.zeros(0)
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
