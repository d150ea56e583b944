"""Connections and units that go away."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from bespoke.approx.change import (
    Approximated,
    Change,
    SumModel,
    column_means,
    hidden_layer,
    layer_inputs,
    replaced,
    sum_model,
)
from bespoke.errors import OptionError
from bespoke.model import IntArray, IntegerModel, Layer
from bespoke.model.layer import WHOLE


@dataclass(frozen=True, slots=True)
class ConnectionOptions:
    """Weights to remove, as (layer, sum, column)."""

    connections: tuple[tuple[int, int, int], ...]


@dataclass(frozen=True, slots=True)
class UnitOptions:
    """Hidden units to replace by constants, as (layer, unit, constant)."""

    units: tuple[tuple[int, int, int], ...]


def remove_connections(model: IntegerModel, options: ConnectionOptions, words: IntArray) -> Approximated[SumModel]:
    """Set weights to zero and move the mean of what they added to the bias.

    ``b' = b + round(sum(w_i * mean(x_i)))`` over the removed weights and the training words (magnitude and
    connection pruning: Han et al., "Learning both Weights and Connections for Efficient Neural Networks",
    NeurIPS 2015).
    """
    current = sum_model(model, "connections")
    inputs = layer_inputs(current, words)
    layers = {}
    for number, layer in enumerate(current.layers):
        gone = np.zeros(layer.weights.shape, dtype=bool)
        places = [(row, column) for where, row, column in options.connections if where == number]
        _check_places(places, layer.weights.shape)
        gone[tuple(np.array(places, dtype=np.int64).reshape(-1, 2).T)] = True
        lost = np.where(gone, layer.weights, 0) @ column_means(layer, inputs[number])
        biases = layer.biases + np.floor(lost + 0.5).astype(np.int64)
        layers[number] = replace(layer, weights=np.where(gone, 0, layer.weights), biases=biases)
    count = len(options.connections)
    return Approximated(replaced(current, layers), Change("connections", count, f"{count} weights removed"))


def connection_influence(model: IntegerModel, words: IntArray) -> list[tuple[float, tuple[int, int, int]]]:
    """How much each non-zero weight moves its sum, least first: ``|w| * std(x)`` over the sum's own deviation.

    Returns
    -------
    list of (float, (layer, sum, column))
        The places are what `ConnectionOptions` takes.
    """
    current = sum_model(model, "connections")
    found = []
    for number, (layer, inputs) in enumerate(zip(current.layers, layer_inputs(current, words), strict=True)):
        parts = np.abs(layer.weights) * (inputs[:, layer.sources] & layer.masks).std(axis=0)
        scale = np.maximum(layer.sums(inputs).std(axis=0), 1e-12)[:, None]
        for row, column in np.argwhere(layer.weights != 0).tolist():
            found.append((float((parts / scale)[row, column]), (number, row, column)))
    return sorted(found)


def fix_units(model: IntegerModel, options: UnitOptions) -> Approximated[SumModel]:
    """Replace hidden units by constants, which go into the biases behind them; the units disappear."""
    current = sum_model(model, "units")
    for number in sorted({where for where, _, _ in options.units}):
        layer = hidden_layer(current, number, "units")
        constants = {unit: value for where, unit, value in options.units if where == number}
        _check_places([(unit, 0) for unit in constants], (len(layer.biases), 1))
        current = _without_units(current, number, constants)
    count = len(options.units)
    return Approximated(current, Change("units", count, f"{count} hidden units replaced by constants"))


def steady_units(model: IntegerModel, words: IntArray, share: float = 0.99) -> UnitOptions:
    """Hidden units that give one and the same value in at least ``share`` of the training rows, with that value.

    A ReLU that is nearly always off is one with the constant 0.
    """
    current = sum_model(model, "units")
    found = []
    for number, outputs in enumerate(layer_inputs(current, words)[1:]):
        for unit, column in enumerate(outputs.T):
            values, counts = np.unique(column, return_counts=True)
            if counts.max() >= share * len(column):
                found.append((number, unit, int(values[counts.argmax()])))
    return UnitOptions(tuple(found))


def simplify_structure(model: IntegerModel) -> Approximated[SumModel]:
    """Remove hidden units that nothing reads or whose output cannot vary; the function stays the same."""
    current = sum_model(model, "structure")
    removed = 0
    for number in reversed(range(len(current.layers) - 1)):
        outputs = current.layers[number].output_intervals(current.layer_inputs()[number])
        reader = current.layers[number + 1]
        read = {int(s) for s in reader.sources[(reader.weights != 0).any(axis=0) & (reader.masks != 0)]}
        constants = {
            unit: interval.low
            for unit, interval in enumerate(outputs)
            if unit not in read or interval.low == interval.high
        }
        removed += min(len(constants), len(outputs) - 1)
        current = _without_units(current, number, constants) if constants else current
    return Approximated(current, Change("structure", removed, f"{removed} hidden units that do nothing removed"))


def _check_places(places: Sequence[tuple[int, int]], shape: tuple[int, ...]) -> None:
    for row, column in places:
        if not (0 <= row < shape[0] and 0 <= column < shape[1]):
            raise OptionError("no such weight or unit", where="structure", got=(row, column), allowed=str(shape))


def _without_units(model: SumModel, number: int, constants: dict[int, int]) -> SumModel:
    """Units replaced by constants; of a layer that would be empty one unit stays, as a constant 0."""
    layer, reader = model.layers[number], model.layers[number + 1]
    fixed = np.array([constants.get(source, 0) for source in reader.sources.tolist()], dtype=np.int64)
    gone = np.isin(reader.sources, list(constants))
    biases = reader.biases + (reader.weights[:, gone] * (fixed & reader.masks)[gone]).sum(axis=1)
    kept = [unit for unit in range(len(layer.biases)) if unit not in constants]
    if not kept:
        first = _rows(layer, [0])
        off = replace(first, weights=np.zeros_like(first.weights), biases=np.zeros_like(first.biases))
        one = np.zeros((len(biases), 1), dtype=np.int64)
        behind = replace(reader, weights=one, biases=biases, sources=one[:1, 0], masks=one[:1, 0] + WHOLE)
        return replaced(model, {number: off, number + 1: behind})
    ranks = np.cumsum([unit in kept for unit in range(len(layer.biases))]) - 1
    sources, masks = ranks[reader.sources[~gone]], reader.masks[~gone]
    behind = replace(reader, weights=reader.weights[:, ~gone], biases=biases, sources=sources, masks=masks)
    return replaced(model, {number: _rows(layer, kept), number + 1: behind})


def _rows(layer: Layer, kept: Sequence[int]) -> Layer:
    return replace(
        layer,
        weights=layer.weights[kept],
        biases=layer.biases[kept],
        dropped_bits=layer.dropped_bits[kept],
        saturation_bits=layer.saturation_bits[kept],
    )
