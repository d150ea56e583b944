"""Genes of weights."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from functools import partial
from operator import attrgetter

import numpy as np

from bespoke.approx import AffineBatch, nearest_with_digits
from bespoke.model import IntArray
from bespoke.numeric import csd
from bespoke.search.genes.affine_part import AffinePart, AffineSite
from bespoke.search.genes.gene import Gene, Move, Setting, Simplify, Step, Values
from bespoke.search.outputs import FloatArray, Parameter

TECHNIQUE = "coefficients"


def _apply(_: AffinePart, batch: AffineBatch, values: IntArray) -> AffineBatch:
    return replace(batch, weights=values << batch.shifts[:, None, :])


def _change_digit(site: AffineSite) -> None:
    """Take a power of two from a weight or add one."""
    row, column = site.product()
    highest = int(np.abs(site.part.weights).max(initial=1)).bit_length()
    step = site.sign() * (1 << int(site.random.integers(highest)))
    site.set_weight(row, column, int(site.genes["weights"][row, column]) + step)


def _shorten(site: AffineSite) -> None:
    """Fewer digits for a weight, which may end at zero."""
    row, column = site.product()
    digits = np.array(site.random.choice([0, 1, 1, 2]))
    site.set_weight(row, column, int(nearest_with_digits(site.genes["weights"][row, column], digits)))


def _double_or_halve(site: AffineSite) -> None:
    row, column = site.product()
    weight = int(site.genes["weights"][row, column])
    site.set_weight(row, column, weight * 2 if site.toss() else weight // 2)


def _restore(site: AffineSite) -> None:
    """A weight as in the exact model, with some digits, for all bits of its input."""
    row, column = site.product()
    digits = np.array(site.random.integers(1, 4))
    site.set_weight(row, column, int(nearest_with_digits(site.part.weights[row, column], digits)))
    site.genes["masked"][row, column : column + 1] = 0


def _clear_row(site: AffineSite) -> None:
    """A sum becomes a constant."""
    row = site.row()
    for column in range(site.genes["weights"].shape[1]):
        site.set_weight(row, column, 0)


def _fewer_digits(_: AffinePart, values: Values) -> Iterator[Step]:
    """One signed digit less for a weight, or the nearest weight with one digit less."""
    weights = values["weights"]
    for row, column in np.argwhere(weights != 0).tolist():
        weight = int(weights[row, column])
        digits = csd(weight)
        simpler = {weight - digit.sign * (1 << digit.position) for digit in digits}
        simpler.add(int(nearest_with_digits(np.array(weight), len(digits) - 1)))
        yield from (Step((row, column), value) for value in sorted(simpler))


def _settings(part: AffinePart) -> Iterator[Setting]:
    """Per sum the digits that are left out, by rising significance.

    That is ``2**position`` times the standard deviation of the input, so that what is left is the sum's best
    approximation by so many digits, were the inputs independent.
    """
    for row, weights in enumerate(part.weights):
        steps = _with_fewer_digits(weights, part.spreads)
        parameter = Parameter(f"digits {part.number}.{row}", 0, len(steps) - 1)
        yield Setting(parameter, TECHNIQUE, partial(_set_row, row, steps))


def _set_row(row: int, steps: IntArray, values: Values, gone: IntArray) -> None:
    values["weights"][:, row] = steps[gone]


def _with_fewer_digits(weights: IntArray, spreads: FloatArray) -> IntArray:
    """Weights of a sum without their 0, 1, ... least significant digits, shape (n_digits + 1, n_inputs)."""
    digits = [(digit, column) for column, weight in enumerate(weights.tolist()) for digit in csd(weight)]
    digits.sort(key=lambda item: (float(spreads[item[1]]) * 2.0 ** item[0].position, item[1]))
    steps = np.repeat(weights[None], len(digits) + 1, axis=0)
    for count, (digit, column) in enumerate(digits, start=1):
        steps[count:, column] -= digit.sign * (1 << digit.position)
    return steps


# In the scale of the exact model, for inputs that have lost no bits.
WEIGHTS: Gene[AffinePart, AffineBatch] = Gene(
    name="weights",
    shape=attrgetter("weights.shape"),
    exact=attrgetter("weights"),
    apply=_apply,
    moves=(
        Move(_change_digit, TECHNIQUE, 3),
        Move(_shorten, TECHNIQUE, 4, 3),
        Move(_double_or_halve, TECHNIQUE, 1),
        Move(_restore, TECHNIQUE, 1),
        Move(_clear_row, TECHNIQUE, 0.1),
    ),
    simplify=Simplify(_fewer_digits, TECHNIQUE),
    settings=_settings,
)
