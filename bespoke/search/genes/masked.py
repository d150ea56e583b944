"""Genes of masked input bits."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from functools import partial

import numpy as np

from bespoke.approx import AffineBatch
from bespoke.model import WHOLE, IntArray
from bespoke.search.genes.affine_part import AffinePart, AffineSite, lowest_set_bits
from bespoke.search.genes.gene import Gene, Move, Setting, Simplify, Step, Values
from bespoke.search.outputs import Parameter

PRODUCTS, INPUTS = "accumulation", "inputs"
_FURTHEST = 6  # bit columns left out at once
_MOST_COLUMNS = 8


def below_column(weights: IntArray, column: IntArray | int, widths: IntArray) -> IntArray:
    """Low input bits of products that stand below a bit column of their sum, (..., n_inputs)."""
    return np.asarray(np.clip(column - lowest_set_bits(weights), 0, widths), dtype=np.int64)


def _shape(part: AffinePart) -> tuple[int, ...]:
    return part.weights.shape if part.number == 0 else (part.units, 0)


def _exact(part: AffinePart) -> IntArray:
    return np.zeros(_shape(part), dtype=np.int64)


def _apply(_: AffinePart, batch: AffineBatch, values: IntArray) -> AffineBatch:
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


def _fewer_input_bits(part: AffinePart, values: Values) -> Iterator[Step]:
    """One bit of an input less for a product."""
    masked = values["masked"]
    if masked.size:
        for row, column in np.argwhere((values["weights"] != 0) & (masked < part.widths)).tolist():
            yield Step((row, column), int(masked[row, column]) + 1)


def _settings(part: AffinePart) -> Iterator[Setting]:
    """Per sum the bit columns that are left out, and low bits that all inputs lose."""
    if part.number:
        return
    for row in range(part.units):
        parameter = Parameter(f"columns {row}", 0, _MOST_COLUMNS)
        yield Setting(parameter, PRODUCTS, partial(_leave_out_columns, part, row))
    parameter = Parameter("input bits", 0, int(part.widths.max(initial=0)))
    yield Setting(parameter, INPUTS, partial(_leave_out_bits, part))


def _leave_out_columns(part: AffinePart, row: int, values: Values, columns: IntArray) -> None:
    masked = values["masked"][:, row]
    masked[:] = np.maximum(masked, below_column(values["weights"][:, row], columns[:, None], part.widths))


def _leave_out_bits(part: AffinePart, values: Values, bits: IntArray) -> None:
    masked = values["masked"]
    masked[:] = np.maximum(masked, np.minimum(bits[:, None, None], part.widths))


# Low bits of the features that each product of the first stage does not see.
MASKED: Gene[AffinePart, AffineBatch] = Gene(
    name="masked",
    shape=_shape,
    exact=_exact,
    apply=_apply,
    moves=(
        Move(_mask_product, PRODUCTS, 2, 0),
        Move(_mask_columns, PRODUCTS, 1, 0),
        Move(_mask_input, INPUTS, 0.5, 0),
    ),
    simplify=Simplify(_fewer_input_bits, PRODUCTS),
    settings=_settings,
)
