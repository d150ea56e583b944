"""Units that go away."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from bespoke.model import WHOLE, Affine, IntegerModel, Lookup, Table

Stages = tuple[Affine, ...]


def simplify_structure(model: IntegerModel) -> IntegerModel:
    """Remove hidden units that nothing reads or whose output cannot vary; the function stays the same."""
    stages = model.all_stages(Affine, "structure")
    for number in reversed(range(len(stages) - 1)):
        outputs = model.ranges[number + 1]
        reader = stages[number + 1]
        read = {int(s) for s in reader.sources[(reader.weights != 0).any(axis=0) & (reader.masks != 0)]}
        constants = {
            unit: interval.low
            for unit, interval in enumerate(outputs)
            if unit not in read or interval.low == interval.high
        }
        stages = _without_units(stages, number, constants) if constants else stages
    return replace(model, stages=stages)


def drop_unread_tables(model: IntegerModel) -> IntegerModel:
    """Remove tables in front of sums that no sum reads; if there are no others, a constant takes their place.

    The function stays the same.

    Raises
    ------
    UnsupportedModelError
        If tables are followed by other stages than sums, or see `bespoke.model.IntegerModel.after`.
    """
    tables, sums = model.after(Lookup)
    if not tables:
        return model
    first, *others = sums.all_stages(Affine, "structure")
    is_read = (first.weights != 0).any(axis=0) & (first.masks != 0)
    if is_read.any():
        kept, sources = np.unique(first.sources[is_read], return_inverse=True)
        fewer = replace(first, weights=first.weights[:, is_read], sources=sources, masks=first.masks[is_read])
        front = Lookup(tuple(tables[0].tables[number] for number in kept))
        return replace(model, stages=(front, fewer, *others))
    none = np.zeros((first.output_count, 1), dtype=np.int64)
    constant = replace(first, weights=none, sources=none[:1, 0], masks=none[:1, 0] + WHOLE)
    return replace(model, stages=(Lookup((Table((), none[0]),)), constant, *others))


def _without_units(stages: Stages, number: int, constants: dict[int, int]) -> Stages:
    """Units replaced by constants; of a stage that would be empty one unit stays, as a constant 0."""
    stage, reader = stages[number], stages[number + 1]
    fixed = np.array([constants.get(source, 0) for source in reader.sources.tolist()], dtype=np.int64)
    gone = np.isin(reader.sources, list(constants))
    biases = reader.biases + (reader.weights[:, gone] * (fixed & reader.masks)[gone]).sum(axis=1)
    kept = [unit for unit in range(len(stage.biases)) if unit not in constants]
    if kept:
        shorter = _rows(stage, kept)
        ranks = np.cumsum([unit in kept for unit in range(len(stage.biases))]) - 1
        columns = (reader.weights[:, ~gone], ranks[reader.sources[~gone]], reader.masks[~gone])
    else:
        first = _rows(stage, [0])
        shorter = replace(first, weights=np.zeros_like(first.weights), biases=np.zeros_like(first.biases))
        none = np.zeros((len(biases), 1), dtype=np.int64)
        columns = (none, none[:1, 0], none[:1, 0] + WHOLE)
    weights, sources, masks = columns
    behind = replace(reader, weights=weights, biases=biases, sources=sources, masks=masks)
    return (*stages[:number], shorter, behind, *stages[number + 2 :])


def _rows(stage: Affine, kept: Sequence[int]) -> Affine:
    return replace(
        stage,
        weights=stage.weights[kept],
        biases=stage.biases[kept],
        dropped_bits=stage.dropped_bits[kept],
        saturation_bits=stage.saturation_bits[kept],
    )
