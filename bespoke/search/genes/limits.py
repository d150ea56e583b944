"""Genes of bits at which outputs saturate."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from functools import partial
from operator import attrgetter

import numpy as np

from bespoke.approx import AffineBatch
from bespoke.model import UNLIMITED, IntArray
from bespoke.search.genes.affine_part import AffinePart, AffineSite
from bespoke.search.genes.gene import Gene, Move, Setting, Simplify, Step, Values
from bespoke.search.outputs import Parameter

TECHNIQUE = "activations"
_MOST = 4  # bits less, for the parameter


def _exact(part: AffinePart) -> IntArray:
    return np.asarray(np.minimum(part.stage.saturation_bits + part.stage.dropped_bits, UNLIMITED), dtype=np.int64)


def _apply(_: AffinePart, batch: AffineBatch, values: IntArray) -> AffineBatch:
    left = np.where(values < UNLIMITED, np.maximum(values - batch.dropped_bits, 0), UNLIMITED)
    return replace(batch, saturation_bits=left)


def _move(site: AffineSite) -> None:
    """The output of a ReLU saturates at fewer bits or more, or not at all."""
    if not site.part.is_relu:
        return
    row, limits = site.row(), site.genes["limits"]
    if site.toss(0.3):
        limits[row] = UNLIMITED
    elif limits[row] == UNLIMITED:
        reach = int(np.abs(site.genes["weights"][row]).sum()) * 16
        limits[row] = max(1, reach.bit_length() - int(site.random.integers(1, 4)))
    else:
        limits[row] = np.clip(limits[row] + site.sign(), 1, UNLIMITED)


def _lower(part: AffinePart, values: Values) -> Iterator[Step]:
    """One high bit less for an output."""
    if part.is_relu:
        lower = part.bits_of_outputs(values) - 1
        for row in np.flatnonzero(lower >= values["dropped"]).tolist():
            yield Step(row, int(lower[row]))


def _settings(part: AffinePart) -> Iterator[Setting]:
    if part.is_relu:
        for row, (bits, before) in enumerate(zip(part.output_bits.tolist(), _exact(part).tolist(), strict=True)):
            top = min(before, bits)
            parameter = Parameter(f"high bits {part.number}.{row}", 0, max(0, min(_MOST, top - 1)))
            yield Setting(parameter, TECHNIQUE, partial(_saturate, row, top, before))


def _saturate(row: int, top: int, before: int, values: Values, gone: IntArray) -> None:
    values["limits"][:, row] = np.where(gone, np.maximum(top - gone, 1), before)


# Bits that are left of each output of a ReLU before the low ones are dropped; 62 for all.
LIMITS: Gene[AffinePart, AffineBatch] = Gene(
    name="limits",
    shape=attrgetter("stage.saturation_bits.shape"),
    exact=_exact,
    apply=_apply,
    moves=(Move(_move, TECHNIQUE, 0.5, 0.1),),
    simplify=Simplify(_lower, TECHNIQUE),
    settings=_settings,
)
