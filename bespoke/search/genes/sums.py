"""Genes of sums: their biases, the low bits that their outputs lose, and the bits at which these saturate."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from functools import partial
from operator import attrgetter

import numpy as np

from bespoke.approx import AffineBatch
from bespoke.model import UNLIMITED, IntArray
from bespoke.search.genes.affine_part import AffinePart, AffineSite
from bespoke.search.genes.gene import Gene, Move, Setting, Values

_MOST_DROPPED = 20
_MOST_SATURATED = 4  # bits less, for the parameter


def _apply_biases(_: AffinePart, batch: AffineBatch, values: IntArray) -> AffineBatch:
    return replace(batch, biases=values)


def _add_power(site: AffineSite) -> None:
    row = site.row()
    reach = max(2, int(np.abs(site.genes["weights"][row]).sum()) * 4)
    site.genes["biases"][row] += site.sign() * (1 << int(site.random.integers(reach.bit_length())))


def _round(site: AffineSite) -> None:
    row = site.row()
    power = 1 << int(site.random.integers(1, 8))
    site.genes["biases"][row] = (site.genes["biases"][row] + power // 2) // power * power


def _keep_mean(site: AffineSite) -> None:
    """A bias with which its sum keeps its mean over the training rows, whatever digits and bits its products lost."""
    row, genes, part = site.row(), site.genes, site.part
    gone = float((part.weights[row] - genes["weights"][row]) @ part.means)
    if genes["masked"].size:
        unseen = part.low_means[np.arange(len(part.low_means)), genes["masked"][row]]
        gone += float(genes["weights"][row] @ unseen)
    genes["biases"][row] = int(part.stage.biases[row]) + int(np.floor(gone + 0.5))


BIASES: Gene[AffinePart, AffineBatch] = Gene(
    name="biases",
    exact=attrgetter("stage.biases"),
    apply=_apply_biases,
    moves=(
        Move(_add_power, 2, technique="biases"),
        Move(_round, 0.5, technique="biases"),
        Move(_keep_mean, 1, technique="biases"),
    ),
)


def _apply_dropped(part: AffinePart, batch: AffineBatch, values: IntArray) -> AffineBatch:
    return replace(batch, dropped_bits=np.broadcast_to(values[:, :1], values.shape) if part.drops_alike else values)


def _drop_more_or_less(site: AffineSite) -> None:
    dropped = site.genes["dropped"]
    if site.part.drops_alike:
        dropped[:] = max(0, int(dropped[0]) + site.sign())
    elif site.part.drops_each:
        row = site.row()
        dropped[row] = np.clip(dropped[row] + site.random.choice([-2, -1, 1, 2]), 0, _MOST_DROPPED)


def _drop_more(part: AffinePart, values: Values) -> Iterator[IntArray]:
    """One low bit less for an output, or for all scores."""
    dropped = values["dropped"]
    if part.drops_alike:
        yield dropped + (np.arange(part.units) == 0)
    elif part.drops_each:
        yield dropped + (dropped < part.bits_of_outputs(values))


def _low_bits(part: AffinePart) -> Iterator[Setting]:
    if part.drops_alike:
        bits = int(np.abs(part.weights).max(initial=0)).bit_length() - int(part.stage.dropped_bits[0])
        yield Setting(f"score bits {part.number}", bits, partial(_drop, slice(None)))
    elif part.drops_each:
        for row, bits in enumerate((part.output_bits - part.stage.dropped_bits).tolist()):
            yield Setting(f"low bits {part.number}.{row}", bits, partial(_drop, slice(row, row + 1)))


def _drop(rows: slice, values: Values, gone: IntArray) -> None:
    values["dropped"][:, rows] += gone[:, None]


# Of each output; where scores must lose as many, the first one says how many.
DROPPED: Gene[AffinePart, AffineBatch] = Gene(
    name="dropped",
    exact=attrgetter("stage.dropped_bits"),
    apply=_apply_dropped,
    moves=(Move(_drop_more_or_less, 1, 0.3, "activations"),),
    simpler=_drop_more,
    settings=_low_bits,
)


def _exact_limits(part: AffinePart) -> IntArray:
    return np.asarray(np.minimum(part.stage.saturation_bits + part.stage.dropped_bits, UNLIMITED), dtype=np.int64)


def _apply_limits(_: AffinePart, batch: AffineBatch, values: IntArray) -> AffineBatch:
    left = np.where(values < UNLIMITED, np.maximum(values - batch.dropped_bits, 0), UNLIMITED)
    return replace(batch, saturation_bits=left)


def _move_limit(site: AffineSite) -> None:
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


def _lower_limits(part: AffinePart, values: Values) -> Iterator[IntArray]:
    """One high bit less for an output."""
    if part.is_relu:
        lower = part.bits_of_outputs(values) - 1
        yield np.where(lower >= values["dropped"], lower, values["limits"])


def _high_bits(part: AffinePart) -> Iterator[Setting]:
    if part.is_relu:
        for row, top in enumerate(np.minimum(_exact_limits(part), part.output_bits).tolist()):
            yield Setting(f"high bits {part.number}.{row}", min(_MOST_SATURATED, top - 1), partial(_saturate, row, top))


def _saturate(row: int, top: int, values: Values, gone: IntArray) -> None:
    limits = values["limits"][:, row]
    limits[:] = np.where(gone, top - gone, limits)


# Bits that are left of each output of a ReLU before the low ones are dropped; 62 for all.
LIMITS: Gene[AffinePart, AffineBatch] = Gene(
    name="limits",
    exact=_exact_limits,
    apply=_apply_limits,
    moves=(Move(_move_limit, 0.5, 0.1, "activations"),),
    simpler=_lower_limits,
    settings=_high_bits,
)
