"""Weighted sums as their partial products."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import NamedTuple

import numpy as np

from bespoke.model.affine import WHOLE, Affine
from bespoke.numeric import Interval, csd


class Summand(NamedTuple):
    """``sign * 2**shift * (x & mask)`` in sum ``row``, for input ``source`` of a stage."""

    row: int
    source: int
    shift: int
    sign: int
    mask: int


def summands(stage: Affine) -> tuple[Summand, ...]:
    """Summands of a stage's sums: one per signed digit of each weight, by sum, column and rising shift."""
    return tuple(
        Summand(row, source, digit.position, digit.sign, mask)
        for row, weights in enumerate(stage.weights.tolist())
        for weight, source, mask in zip(weights, stage.sources.tolist(), stage.masks.tolist(), strict=True)
        for digit in csd(weight)
    )


def affine_of_summands(stage: Affine, terms: Sequence[Summand], inputs: Sequence[Interval]) -> Affine:
    """The stage with the given summands instead of its own; masks that clear nothing are seen as whole."""
    columns: dict[tuple[int, int], int] = {(source, WHOLE): source for source in range(len(inputs))}
    entries = []
    for row, source, shift, sign, mask in terms:
        full = (1 << inputs[source].width) - 1
        kept = mask if mask == WHOLE else mask & full
        if kept:
            key = (source, WHOLE if kept == full else kept)
            entries.append((row, columns.setdefault(key, len(columns)), sign << shift))
    weights = np.zeros((len(stage.biases), len(columns)), dtype=np.int64)
    for row, column, weight in entries:
        weights[row, column] += weight
    keys = np.array(list(columns), dtype=np.int64).reshape(-1, 2)
    return replace(stage, weights=weights, sources=keys[:, 0], masks=keys[:, 1])
