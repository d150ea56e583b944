"""The linear function that is subtracted from all scores before an argmax."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from bespoke.numeric import digit_count

Row = Sequence[int]
# Constants tried per column in the descent, best digit counts first.
_CANDIDATES = 3
_WIDEST_SPAN = 1024
# Cost of all circuits built in the descent, in NAND2 cells: about a second.
_BUDGET = 100_000.0


def choose_common_part(
    weights: Sequence[Row], biases: Sequence[int], cost: Callable[[tuple[int, ...]], float]
) -> tuple[int, ...]:
    """Weights and bias (last) to subtract from every row for the cheapest circuit.

    An argmax does not see a linear function that is common to all scores. Started from the constant per column
    that leaves the fewest signed digits, and from each row (which makes that row zero), the best start is improved
    column by column.

    Parameters
    ----------
    weights : sequence of sequence of int
        One row per score.
    biases : sequence of int
    cost : callable
        Cost of the circuit for a common part.
    """
    columns = [_by_digits(column) for column in zip(*weights, strict=True)]
    sparse = tuple(values[0] for values in columns)
    starts = [(0,) * (len(columns) + 1), *((*sparse, bias) for bias in biases)]
    starts += [(*row, bias) for row, bias in zip(weights, biases, strict=True)]
    best_cost, best = min((cost(start), start) for start in dict.fromkeys(starts))
    tries = int(_BUDGET // max(best_cost, 1.0))
    options = [
        tuple(dict.fromkeys((*values[:_CANDIDATES], *given)))
        for values, given in zip(columns, zip(*weights, strict=True), strict=True)
    ]
    options.append(tuple(dict.fromkeys(biases)))
    trials = [(column, value) for column, values in enumerate(options) for value in values]
    for column, value in trials[:tries]:
        trial = (*best[:column], value, *best[column + 1 :])
        trial_cost = cost(trial)
        if trial_cost < best_cost:
            best_cost, best = trial_cost, trial
    return best


def _by_digits(column: Row) -> list[int]:
    """Constants in order of the digits that they leave in a column; of a wide one only its values are tried."""
    low, high = min(*column, 0), max(*column, 0)
    span = range(low, high + 1) if high - low <= _WIDEST_SPAN else {0, *column}
    return sorted(span, key=lambda c: (sum(digit_count(w - c) for w in column), abs(c), c))
