"""The moves of sums of steps, compiled: whole numbers that change one at a time, classes being intervals of a sum."""

from __future__ import annotations

import numpy as np

from bespoke.compiled import compiled, entry
from bespoke.families.learning import FloatArray
from bespoke.model import IntArray


@entry
def walked(
    reached: IntArray,
    targets: IntArray,
    classes: int,
    prices: FloatArray,
    gaps: IntArray,
    random: tuple[FloatArray, float, float],
) -> IntArray:
    """Steps with the fewest errors and the least price that a cooling walk meets, shape (n_tests,).

    Parameters
    ----------
    reached : ndarray of int64, shape (n_tests, n_rows)
        1 where a row reaches the level of a test; tests of one feature stand beside each other.
    targets : ndarray of int64, shape (n_rows,)
    classes : int
    prices : ndarray of float64, shape (n_tests + 1, largest + 1)
        Of a step of each size, in rows that are wrong; 0 of no step. The last row has at place 0 that of an interval.
    gaps : ndarray of int64, shape (n_tests,)
        Steps to start from, none larger than the largest.
    random : tuple
        Numbers in [0, 1), four for each move, shape (n_moves, 4), and the first and last temperature in rows.
    """
    numbers, first, last = random
    moves, tests, largest = len(numbers), len(gaps), prices.shape[1] - 1
    gaps = gaps.copy()
    sums = np.zeros(len(targets), dtype=np.int64)
    for test in range(tests):
        sums += gaps[test] * reached[test]
    current = _cost(sums, targets, classes, prices, gaps)
    best, best_gaps = current, gaps.copy()
    for move in range(moves):
        test = int(numbers[move, 0] * tests)
        other = test
        new, new_other = gaps[test], gaps[test]
        kind = numbers[move, 1]
        if kind < 0.25:  # a step moves to the next level
            other = min(max(test + (1 if numbers[move, 2] < 0.5 else -1), 0), tests - 1)
            new, new_other = gaps[other], gaps[test]
        elif kind < 0.4:
            new = 0
        else:
            new += 1 if numbers[move, 2] < 0.5 else -1
        new = min(max(new, -largest), largest)
        old, old_other = gaps[test], gaps[other]
        if new == old:
            continue
        _step(sums, reached[test], new - old)
        gaps[test] = new
        if other != test:
            _step(sums, reached[other], new_other - old_other)
            gaps[other] = new_other
        found = _cost(sums, targets, classes, prices, gaps)
        heat = first * (last / first) ** (move / moves)
        if found <= current or numbers[move, 3] < np.exp((current - found) / heat):
            current = found
            if found < best - 1e-9:
                best = found
                best_gaps[:] = gaps
            continue
        if other != test:
            _step(sums, reached[other], old_other - new_other)
            gaps[other] = old_other
        _step(sums, reached[test], old - new)
        gaps[test] = old
    return best_gaps


@compiled
def _step(sums: IntArray, reached: IntArray, gap: int) -> None:
    for row in range(len(sums)):
        sums[row] += gap * reached[row]


@compiled
def _cost(sums: IntArray, targets: IntArray, classes: int, prices: FloatArray, gaps: IntArray) -> float:
    """Rows that are wrong where the classes are the best intervals of the sums, and the prices of the steps.

    The intervals are those of `best_intervals`: each class at most once, in the order of their mean sums.
    """
    low = sums.min()
    span = sums.max() - low + 1
    below = np.zeros((classes, span + 1), dtype=np.int64)
    means, rows = np.zeros(classes), np.zeros(classes)
    for row in range(len(sums)):
        below[targets[row], sums[row] - low + 1] += 1
        means[targets[row]] += sums[row]
        rows[targets[row]] += 1
    for label in range(classes):
        means[label] = means[label] / rows[label] if rows[label] else np.inf
    best, toll = np.full(span + 1, -np.inf), prices[-1, 0]
    best[0] = 0.0
    for label in np.argsort(means):
        total, start = 0, -np.inf
        for value in range(span + 1):
            total += below[label, value]
            start = max(start, best[value] - total)
            best[value] = max(best[value], start + total - toll)
    price = 0.0
    for test in range(len(gaps)):
        price += prices[test, abs(gaps[test])]
    return float(len(sums) - best[span] + price)
