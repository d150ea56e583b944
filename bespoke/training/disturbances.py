"""What the sums of a network may suffer from that it can be trained to bear."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from typing import NamedTuple

import numpy as np

from bespoke.approx import drop_columns
from bespoke.model import Affine, IntArray, IntegerModel
from bespoke.options import Rule, between

_MOST_COLUMNS = 12


class Disturbance(NamedTuple):
    """A kind of disturbance.

    Attributes
    ----------
    apply : callable
        A disturbed model, of a model, the largest weights of the grids of its layers, a strength, and a generator of
        random numbers.
    allowed : Rule
        Strengths.
    draws : int
        Models of whose accuracies the mean is taken; 1 where nothing is random.
    """

    apply: Callable[[IntegerModel, Sequence[int], float, np.random.Generator], IntegerModel]
    allowed: Rule
    draws: int


def _without_columns(
    model: IntegerModel, _largest: Sequence[int], strength: float, _random: np.random.Generator
) -> IntegerModel:
    return drop_columns(model, int(strength))


def _with_flips(
    model: IntegerModel, largest: Sequence[int], strength: float, random: np.random.Generator
) -> IntegerModel:
    stages = model.all_stages(Affine, "flipped weights")
    changed = []
    for stage, top, shifts in zip(stages, largest, _shifts(model), strict=True):
        bits = top.bit_length() + 1
        chosen = random.random((bits, *stage.weights.shape)) < strength
        changed.append(replace(stage, weights=flipped(stage.weights >> shifts, bits, chosen) << shifts))
    return replace(model, stages=tuple(changed))


def flipped(weights: IntArray, bits: int, chosen: np.ndarray) -> IntArray:
    """Numbers of so many bits in two's complement, some of which are inverted: ``chosen``, shape (bits, ...)."""
    masks = (chosen << np.arange(bits).reshape(-1, *[1] * weights.ndim)).sum(axis=0)
    words = (weights ^ masks) & (1 << bits) - 1
    return np.asarray(words - ((words >> bits - 1) << bits), dtype=np.int64)


def _shifts(model: IntegerModel) -> Iterator[IntArray]:
    """Bits by which weights make up for bits that their inputs have not, of each stage."""
    bits = np.array(model.coding.bits, dtype=np.int64)
    yield bits.max(initial=0) - bits
    for stage in model.all_stages(Affine, "flipped weights")[:-1]:
        yield stage.dropped_bits


# Columns of partial products that are left out in all layers, and rates at which bits of weights are inverted.
DISTURBANCES: dict[str, Disturbance] = {
    "columns": Disturbance(
        _without_columns,
        Rule("out of range", f"whole numbers 0 to {_MOST_COLUMNS}", [*range(_MOST_COLUMNS + 1)].__contains__),
        1,
    ),
    "flips": Disturbance(_with_flips, between(0, 0.5), 20),
}
