"""Many candidates of one shape as arrays."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from bespoke.approx.adders import Words
from bespoke.approx.change import SumModel
from bespoke.errors import OptionError
from bespoke.model import Activation, Decision, IntArray


@dataclass(frozen=True, slots=True, eq=False)
class LayerBatch:
    """One layer of n candidates; fields as in `Layer` with a leading axis.

    Attributes
    ----------
    weights : ndarray of int64, shape (n, n_outputs, n_columns)
    biases, dropped_bits, saturation_bits : ndarray of int64, shape (n, n_outputs)
    sources : ndarray of int64, shape (n, n_columns)
    masks : ndarray of int64, shape (n, 1, n_columns) or (n, n_outputs, n_columns)
    activation : {"relu", "identity"}
    """

    weights: IntArray
    biases: IntArray
    sources: IntArray
    masks: IntArray
    dropped_bits: IntArray
    saturation_bits: IntArray
    activation: Activation


@dataclass(frozen=True, slots=True, eq=False)
class ModelBatch:
    """Candidates with the same numbers of features, units and classes, and one decision.

    Attributes
    ----------
    input_bits : ndarray of int64, shape (n, n_features)
    layers : tuple of LayerBatch
    decision : Decision
    """

    input_bits: IntArray
    layers: tuple[LayerBatch, ...]
    decision: Decision

    def input_words(self) -> Words:
        """Ranges of the input words."""
        high = (1 << self.input_bits) - 1
        return Words(np.zeros_like(high), high)


def batch_of(models: Sequence[SumModel]) -> ModelBatch:
    """Models of one shape as arrays; where one has fewer columns, columns with zero weights are added.

    Raises
    ------
    OptionError
        If there is no model, or they differ in shape, activations or decision.
    """
    shapes = {
        (model.coding.feature_count, *((len(layer.biases), layer.activation) for layer in model.layers))
        for model in models
    }
    if len(shapes) != 1 or len({model.decision for model in models}) != 1:
        raise OptionError("candidates must have one shape and decision", where="batch", got=len(shapes), allowed="1")
    bits = np.array([model.coding.bits for model in models], dtype=np.int64)
    layers = tuple(_layer_batch(models, number) for number in range(len(models[0].layers)))
    return ModelBatch(bits, layers, models[0].decision)


def _layer_batch(models: Sequence[SumModel], number: int) -> LayerBatch:
    layers = [model.layers[number] for model in models]
    columns = max(layer.weights.shape[1] for layer in layers)
    weights = np.zeros((len(layers), len(layers[0].biases), columns), dtype=np.int64)
    sources = np.zeros((len(layers), columns), dtype=np.int64)
    masks = np.full((len(layers), 1, columns), -1, dtype=np.int64)
    for place, layer in enumerate(layers):
        count = layer.weights.shape[1]
        weights[place, :, :count], sources[place, :count] = layer.weights, layer.sources
        masks[place, 0, :count] = layer.masks
    return LayerBatch(
        weights,
        np.stack([layer.biases for layer in layers]),
        sources,
        masks,
        np.stack([layer.dropped_bits for layer in layers]),
        np.stack([layer.saturation_bits for layer in layers]),
        layers[0].activation,
    )
