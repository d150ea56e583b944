"""Genes of products: their weights, and the input bits that they do not see."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from functools import partial
from operator import attrgetter

import numpy as np

from bespoke.approx import AffineBatch, nearest_with_digits
from bespoke.approx.coefficients import signed_digits
from bespoke.model import WHOLE, IntArray
from bespoke.numeric import csd
from bespoke.search.genes.affine_part import AffinePart, AffineSite
from bespoke.search.genes.gene import LEVELS, FloatArray, Gene, Move, Setting, Values

_FURTHEST = 6  # bit columns left out at once
_MOST_COLUMNS = 8


def below_column(weights: IntArray, column: IntArray | int, widths: IntArray) -> IntArray:
    """Low input bits of products that stand below a bit column of their sum, (..., n_inputs)."""
    lowest_set_bits = np.log2(np.maximum(weights & -weights, 1)).astype(np.int64)
    return np.asarray(np.clip(column - lowest_set_bits, 0, widths), dtype=np.int64)


def _apply_weights(_: AffinePart, batch: AffineBatch, values: IntArray) -> AffineBatch:
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
    digits = int(site.random.choice([0, 1, 1, 2]))
    site.set_weight(row, column, int(nearest_with_digits(site.genes["weights"][row, column], digits)))


def _double_or_halve(site: AffineSite) -> None:
    row, column = site.product()
    weight = int(site.genes["weights"][row, column])
    site.set_weight(row, column, weight * 2 if site.toss() else weight // 2)


def _restore(site: AffineSite) -> None:
    """A weight as in the exact model, with some digits, for all bits of its input."""
    row, column = site.product()
    digits = int(site.random.integers(1, 4))
    site.set_weight(row, column, int(nearest_with_digits(site.part.weights[row, column], digits)))
    site.genes["masked"][row, column : column + 1] = 0


def _clear_row(site: AffineSite) -> None:
    """A sum becomes a constant."""
    row = site.row()
    for column in range(site.genes["weights"].shape[1]):
        site.set_weight(row, column, 0)


def _fewer_digits(_: AffinePart, values: Values) -> Iterator[IntArray]:
    """One signed digit less for a weight, or the nearest weight with one digit less."""
    weights = values["weights"]
    digits = signed_digits(weights)
    for position, digit in enumerate(digits):
        yield weights - (digit << position)
    yield nearest_with_digits(weights, np.maximum(sum(map(np.abs, digits)) - 1, 0))


def _digits_left_out(part: AffinePart) -> Iterator[Setting]:
    """Per sum the digits that are left out, by rising significance.

    That is ``2**position`` times the standard deviation of the input, so that what is left is the sum's best
    approximation by so many digits, were the inputs independent.
    """
    for row, weights in enumerate(part.weights):
        steps = _with_fewer_digits(weights, part.spreads)
        yield Setting(f"digits {part.number}.{row}", len(steps) - 1, partial(_set_row, row, steps))


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
    exact=attrgetter("weights"),
    apply=_apply_weights,
    moves=(
        Move(_change_digit, 3, technique="coefficients"),
        Move(_shorten, 4, 3, technique="coefficients"),
        Move(_double_or_halve, 1, technique="coefficients"),
        Move(_restore, 1, technique="coefficients"),
        Move(_clear_row, 0.1, technique="coefficients"),
    ),
    simpler=_fewer_digits,
    settings=_digits_left_out,
)


def _all_bits(part: AffinePart) -> IntArray:
    return np.zeros((part.units, part.weights.shape[1] if part.number == 0 else 0), dtype=np.int64)


def _apply_masks(_: AffinePart, batch: AffineBatch, values: IntArray) -> AffineBatch:
    return replace(batch, masks=WHOLE << values) if values.size else batch


def _mask_product(site: AffineSite) -> None:
    """A product sees one input bit less or more."""
    row, column = site.product()
    step = 1 if site.toss(0.6) else -1
    masked = site.genes["masked"]
    masked[row, column] = np.clip(masked[row, column] + step, 0, site.part.widths[column])


def _mask_columns(site: AffineSite) -> None:
    """A sum leaves out the summand bits below some bit column."""
    row = site.row()
    column = int(site.random.integers(_FURTHEST))
    site.genes["masked"][row] = below_column(site.genes["weights"][row], column, site.part.widths)


def _mask_input(site: AffineSite) -> None:
    """All products of an input see the same bits."""
    column = int(site.random.integers(len(site.part.widths)))
    site.genes["masked"][:, column] = site.random.integers(site.part.widths[column] + 1)


def _mask_lowest(site: AffineSite) -> None:
    """The lowest bit of an input that some product sees is seen by none."""
    column, genes = int(site.random.integers(len(site.part.widths))), site.genes
    own = genes["masked"][:, column]
    lowest = int(own[genes["weights"][:, column] != 0].min(initial=int(site.part.widths[column])))
    own[:] = np.clip(np.maximum(own, lowest + 1), 0, site.part.widths[column])


def _clear_input(site: AffineSite) -> None:
    """No sum reads an input."""
    column = int(site.random.integers(site.genes["weights"].shape[1]))
    for row in range(site.part.units):
        site.set_weight(row, column, 0)


def _fewer_input_bits(part: AffinePart, values: Values) -> Iterator[IntArray]:
    """One bit of an input less for a product."""
    masked = values["masked"]
    if masked.size:
        yield masked + ((values["weights"] != 0) & (masked < part.widths))


def _bits_left_out(part: AffinePart) -> Iterator[Setting]:
    """Per sum the bit columns that are left out, and low bits that all inputs lose."""
    if part.number == 0:
        for row in range(part.units):
            yield Setting(f"columns {row}", _MOST_COLUMNS, partial(_leave_out_columns, part, row))
        yield Setting("input bits", int(part.widths.max(initial=0)), partial(_leave_out_bits, part))


def _leave_out_columns(part: AffinePart, row: int, values: Values, columns: IntArray) -> None:
    masked = values["masked"][:, row]
    masked[:] = np.maximum(masked, below_column(values["weights"][:, row], columns[:, None], part.widths))


def _leave_out_bits(part: AffinePart, values: Values, bits: IntArray) -> None:
    masked = values["masked"]
    masked[:] = np.maximum(masked, np.minimum(bits[:, None, None], part.widths))


# Low bits of the features that each product of the first stage does not see.
MASKED: Gene[AffinePart, AffineBatch] = Gene(
    name="masked",
    exact=_all_bits,
    apply=_apply_masks,
    moves=(
        Move(_mask_product, 2, 0, "accumulation"),
        Move(_mask_columns, 1, 0, "accumulation"),
        Move(_mask_input, 0.5, 0, "inputs"),
        Move(_mask_lowest, 2, 0, LEVELS),
        Move(_clear_input, 1, 0, LEVELS),
    ),
    simpler=_fewer_input_bits,
    settings=_bits_left_out,
)
