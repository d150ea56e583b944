"""The linear function that is subtracted from all scores before an argmax."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from bespoke.numeric import digit_count

Row = Sequence[int]
# Constants tried per column in the final descent, best digit counts first.
_CANDIDATES = 3


def choose_common_part(
    weights: Sequence[Row], biases: Sequence[int], cost: Callable[[tuple[int, ...]], float], *, descend: bool
) -> tuple[int, ...]:
    """Weights and bias (last) to subtract from every row for the cheapest circuit.

    An argmax does not see a linear function that is common to all scores. Started from the constant per column
    that leaves the fewest signed digits, and from each row (which makes that row zero).

    Parameters
    ----------
    weights : sequence of sequence of int
        One row per score.
    biases : sequence of int
    cost : callable
        Cost of the circuit for a common part.
    descend : bool
        Whether to improve the best start column by column.
    """
    columns = [_by_digits(column) for column in zip(*weights, strict=True)]
    sparse = tuple(values[0] for values in columns)
    starts = [(0,) * (len(columns) + 1), *((*sparse, bias) for bias in biases)]
    starts += [(*row, bias) for row, bias in zip(weights, biases, strict=True)]
    best_cost, best = min((cost(start), start) for start in dict.fromkeys(starts))
    if not descend:
        return best
    options = [
        tuple(dict.fromkeys((*values[:_CANDIDATES], *column)))
        for values, column in zip(columns, zip(*weights, strict=True), strict=True)
    ]
    options.append(tuple(dict.fromkeys(biases)))
    for place, values in enumerate(options):
        for value in values:
            trial = (*best[:place], value, *best[place + 1 :])
            trial_cost = cost(trial)
            if trial_cost < best_cost:
                best_cost, best = trial_cost, trial
    return best


def _by_digits(column: Row) -> list[int]:
    """Constants in order of the digits that they leave in a column."""
    span = range(min(*column, 0), max(*column, 0) + 1)
    return sorted(span, key=lambda c: (sum(digit_count(w - c) for w in column), abs(c), c))
