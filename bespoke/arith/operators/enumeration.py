"""Error figures of an operator from each of its inputs."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from bespoke.arith.operators.convolution import convolved_figures
from bespoke.arith.operators.operator import IntArray, Operator
from bespoke.errors import OptionError
from bespoke.numeric import ErrorFigures, Relative, figures_of_distribution

MOST_ENUMERATED_BITS = 24  # 16.8 million inputs, which take seconds
_CHUNK = 1 << 20


def error_figures(operator: Operator) -> ErrorFigures:
    """Exact figures over all inputs: from each of them where they are few, by convolution for wider adders.

    Raises
    ------
    OptionError
        If there are too many inputs and no adder.
    """
    if sum(bits for _, bits in operator.inputs) <= MOST_ENUMERATED_BITS:
        return enumerated_figures(operator)
    slices = operator.slices()
    if slices is not None:
        return convolved_figures(slices)
    raise OptionError(
        "too many inputs for exact error figures",
        got=f"{sum(bits for _, bits in operator.inputs)} bits",
        allowed=f"{MOST_ENUMERATED_BITS} bits",
    )


def enumerated_figures(operator: Operator) -> ErrorFigures:
    """Figures from each input."""
    widths = [bits for _, bits in operator.inputs]
    size = 1 << sum(widths)
    errors: dict[int, int] = {}
    sums, worst = np.zeros((2, 1 << operator.output_bits)), 0.0
    for start in range(0, size, _CHUNK):
        words = _words(np.arange(start, min(start + _CHUNK, size), dtype=np.int64), widths)
        exact = operator.exact(words)
        error = operator.apply(words) - exact
        for value, times in zip(*(part.tolist() for part in np.unique(error, return_counts=True)), strict=True):
            errors[value] = errors.get(value, 0) + times
        np.add.at(sums[0], exact, np.abs(error))
        np.add.at(sums[1], exact, 1)
        worst = max(worst, float((np.abs(error) / np.maximum(exact, 1))[exact > 0].max(initial=0.0)))
    shares = sums[0] / np.maximum(np.arange(sums.shape[1]), 1)
    others = max(1.0, size - float(sums[1, 0]))
    relative = Relative(float(shares.sum()) / size, float(shares[1:].sum()) / others, worst)
    return replace(figures_of_distribution(errors, errors.values(), "exhaustive"), relative=relative)


def _words(numbers: IntArray, widths: list[int]) -> IntArray:
    """Input words of which the first has the lowest bits of the number of an input."""
    columns = []
    for bits in widths:
        columns.append(numbers & (1 << bits) - 1)
        numbers = numbers >> bits
    return np.stack(columns, axis=1)
