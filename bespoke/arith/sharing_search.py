"""Search for cheaper plans of common sub-sums: other digits of the weights, and other pairs taken first."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import NamedTuple

import numpy as np

from bespoke.arith.sharing import Matrix, SharedSums, share
from bespoke.cells import GateCosts
from bespoke.numeric import Digit, digit_count, shortest_forms

_MOST_CHANGES = 3  # of a try
_ENOUGH = 0.985  # of the cost: less of a gain may be none once gates are mapped
_FACTORS = (0.0, 0.5, 0.8, 1.25, 2.0, 4.0)
_RECODINGS, _HEAT = 0.3, 6.0  # share of changes that are of digits; mean loss in the beginning, in NAND2 cells


class SharingEffort(NamedTuple):
    """For which costs common sub-sums are chosen, and how long a cheaper plan is looked for.

    ``work`` is in pairs of summands, about a million a second, and ``tries`` is the most plans that are built and
    compared; with 0 of either the greedy plan stays.
    """

    costs: GateCosts
    work: int = 0
    tries: int = 0


def search_sharing(
    weights: Matrix, tops: Sequence[int], effort: SharingEffort, cost: Callable[[SharedSums], float]
) -> SharedSums:
    """The plan of `share`, or one that costs clearly less.

    Simulated annealing (S. Kirkpatrick et al., "Optimization by simulated annealing", Science 220, 1983) over what the
    greedy choice of `share` starts from: a weight gets another of its shortest signed-digit forms, or the gain of a
    pair counts more or less.

    Parameters
    ----------
    weights, tops
        As in `share`.
    effort : SharingEffort
    cost : callable
        What a plan takes, in NAND2 cells.
    """
    plain = best = current = share(weights, tops, effort.costs)
    tries = min(effort.tries, effort.work // (1 + sum(sum(map(digit_count, row)) ** 2 for row in weights)))
    if not tries or not plain.pairs:
        return plain
    cells = [(row, word) for row, values in enumerate(weights) for word, weight in enumerate(values) if weight]
    choices = [shortest_forms(weights[row][word]) for row, word in cells]
    rng, forms, factors = np.random.default_rng(0), dict[tuple[int, int], Sequence[Digit]](), dict[int, float]()
    limit = lowest = height = cost(plain)
    for number in range(tries):
        other_forms, other_factors = dict(forms), dict(factors)
        for _ in range(rng.integers(1, _MOST_CHANGES + 1)):
            if rng.random() < _RECODINGS or not current.numbers:
                cell = rng.integers(len(cells))
                other_forms[cells[cell]] = choices[cell][rng.integers(len(choices[cell]))]
            else:
                pair = current.numbers[rng.integers(len(current.numbers))]
                other_factors[pair] = _FACTORS[rng.integers(len(_FACTORS))]
        trial = share(weights, tops, effort.costs, other_forms, other_factors)
        found, heat = cost(trial), _HEAT * (1.0 - number / tries)
        if found <= height or rng.random() < np.exp((height - found) / heat):
            current, height, forms, factors = trial, found, other_forms, other_factors
        best, lowest = (trial, found) if found < lowest else (best, lowest)
    return best if lowest < _ENOUGH * limit else plain
