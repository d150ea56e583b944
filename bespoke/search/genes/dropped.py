"""Genes of low bits that outputs lose."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from functools import partial
from operator import attrgetter

import numpy as np

from bespoke.approx import AffineBatch
from bespoke.model import IntArray
from bespoke.search.genes.affine_part import AffinePart, AffineSite
from bespoke.search.genes.gene import Gene, Move, Setting, Simplify, Step, Values
from bespoke.search.outputs import Parameter

TECHNIQUE = "activations"
_MOST = 20


def _apply(part: AffinePart, batch: AffineBatch, values: IntArray) -> AffineBatch:
    return replace(batch, dropped_bits=np.broadcast_to(values[:, :1], values.shape) if part.drops_alike else values)


def _move(site: AffineSite) -> None:
    dropped = site.genes["dropped"]
    if site.part.drops_alike:
        dropped[:] = max(0, int(dropped[0]) + site.sign())
    elif site.part.drops_each:
        row = site.row()
        dropped[row] = np.clip(dropped[row] + site.random.choice([-2, -1, 1, 2]), 0, _MOST)


def _fewer_bits(part: AffinePart, values: Values) -> Iterator[Step]:
    """One low bit less for an output, or for all scores."""
    dropped = values["dropped"]
    if part.drops_alike:
        yield Step(slice(None), int(dropped[0]) + 1)
    elif part.drops_each:
        for row in np.flatnonzero(dropped < part.bits_of_outputs(values)).tolist():
            yield Step(row, int(dropped[row]) + 1)


def _settings(part: AffinePart) -> Iterator[Setting]:
    before = part.stage.dropped_bits
    if part.drops_alike:
        bits = int(np.abs(part.weights).max(initial=0)).bit_length()
        yield _setting(f"score bits {part.number}", slice(None), before, bits)
    elif part.drops_each:
        for row, bits in enumerate(part.output_bits.tolist()):
            yield _setting(f"low bits {part.number}.{row}", slice(row, row + 1), before[row : row + 1], bits)


def _setting(name: str, rows: slice, before: IntArray, bits: int) -> Setting:
    return Setting(Parameter(name, 0, max(0, bits - int(before.max()))), TECHNIQUE, partial(_drop, rows, before))


def _drop(rows: slice, before: IntArray, values: Values, gone: IntArray) -> None:
    values["dropped"][:, rows] = before + gone[:, None]


# Of each output; where scores must lose as many, the first one says how many.
DROPPED: Gene[AffinePart, AffineBatch] = Gene(
    name="dropped",
    shape=attrgetter("stage.dropped_bits.shape"),
    exact=attrgetter("stage.dropped_bits"),
    apply=_apply,
    moves=(Move(_move, TECHNIQUE, 1, 0.3),),
    simplify=Simplify(_fewer_bits, TECHNIQUE),
    settings=_settings,
)
