"""Fewer bits of inputs, weights and activations."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from bespoke.approx.change import (
    Approximated,
    Change,
    SumModel,
    hidden_layer,
    per_item,
    replaced,
    sum_model,
)
from bespoke.errors import OptionError
from bespoke.model import LEAF, UNLIMITED, IntArray, IntegerModel, IntegerTree, Layer


@dataclass(frozen=True, slots=True)
class InputOptions:
    """Bits per feature, each at most what the model has: one number for all features or one per feature."""

    bits: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class WeightOptions:
    """Low bits that the weights lose: per layer, one number for all rows or one per row."""

    dropped_bits: tuple[tuple[int, ...], ...]


@dataclass(frozen=True, slots=True)
class ActivationOptions:
    """Low bits that outputs of a hidden layer lose, and bits at which they saturate: for all or one per output."""

    layer: int
    dropped_bits: tuple[int, ...] = (0,)
    saturation_bits: tuple[int, ...] = (UNLIMITED,)


def reduce_input_bits(model: IntegerModel, options: InputOptions) -> Approximated[IntegerModel]:
    """Let the converter deliver fewer bits of some features.

    The new word of a feature is its old one without the low bits (with rounding to the nearest, what the coarser
    converter delivers). Weights are shifted so that all sums keep their scale. A test ``x <= t`` of a tree becomes
    ``x' <= floor((t + 1) / 2**d + 1/2) - 1``, which is exact where ``t + 1`` is a multiple of ``2**d``.
    """
    old = np.array(model.coding.bits)
    bits = np.array(per_item(options.bits, len(old), "input bits"))
    if (bits > old).any():
        raise OptionError("more bits than the model reads", where="input bits", got=options.bits, allowed=str(old))
    dropped = np.where(old > bits, old - bits, 0)
    coding = replace(model.coding, bits=tuple(bits.tolist()))
    count = int(dropped.sum())
    change = Change("input bits", count, f"{count} input bits less, {int(bits.sum())} left")
    if isinstance(model, IntegerTree):
        return Approximated(replace(model, coding=coding, threshold=_coarser_thresholds(model, dropped)), change)
    first = _shifted_columns(model.layers[0], dropped)
    return Approximated(replace(model, coding=coding, layers=(first, *model.layers[1:])), change)


def reduced_words(words: IntArray, model: IntegerModel, reduced: IntegerModel) -> IntArray:
    """Input words of a model with fewer input bits from those of the first: low bits dropped."""
    return np.asarray(words >> np.subtract(model.coding.bits, reduced.coding.bits), dtype=np.int64)


def reduce_weight_bits(model: IntegerModel, options: WeightOptions) -> Approximated[SumModel]:
    """Round weights to multiples of a power of two, per layer or per row: ``2**d * floor(w / 2**d + 1/2)``."""
    current = sum_model(model, "weight bits")
    if len(options.dropped_bits) != len(current.layers):
        count = len(current.layers)
        raise OptionError("one entry per layer", where="weight bits", got=options.dropped_bits, allowed=str(count))
    layers = {}
    changed = 0
    for number, (layer, row_bits) in enumerate(zip(current.layers, options.dropped_bits, strict=True)):
        dropped = np.array(per_item(row_bits, len(layer.biases), "weight bits"), dtype=np.int64)[:, None]
        weights = (layer.weights + ((1 << dropped) >> 1) >> dropped) << dropped
        changed += int((weights != layer.weights).sum())
        layers[number] = replace(layer, weights=weights)
    return Approximated(replaced(current, layers), Change("weight bits", changed, f"{changed} weights with fewer bits"))


def cut_activations(model: IntegerModel, options: ActivationOptions) -> Approximated[SumModel]:
    """Drop low bits of a hidden layer's outputs and saturate a ReLU: ``min(max(s, 0) >> d, 2**b - 1)``.

    This is the approximate ReLU of printed MLPs (Armeniakos et al., "Co-Design of Approximate Multilayer Perceptron
    for Ultra-Resource Constrained Printed Circuits", IEEE TC 72, 2023, truncates likewise). The weights that read an
    output are shifted, so that the sums behind keep their scale. Bits dropped before add up; ``b`` counts the bits
    that are left.
    """
    current = sum_model(model, "activations")
    layer = hidden_layer(current, options.layer, "activations")
    count = len(layer.biases)
    dropped = np.array(per_item(options.dropped_bits, count, "dropped bits"))
    limits = np.array(per_item(options.saturation_bits, count, "saturation bits"))
    if layer.activation == "relu":
        left = np.where(layer.saturation_bits < UNLIMITED, np.maximum(layer.saturation_bits - dropped, 0), UNLIMITED)
        limits = np.minimum(limits, left)
    shorter = replace(layer, dropped_bits=layer.dropped_bits + dropped, saturation_bits=limits)
    reader = _shifted_columns(current.layers[options.layer + 1], dropped)
    changed = int(((dropped > 0) | (limits < layer.saturation_bits)).sum())
    text = f"{changed} outputs of layer {options.layer} cut, {int(dropped.sum())} low bits dropped"
    new = replaced(current, {options.layer: shorter, options.layer + 1: reader})
    return Approximated(new, Change("activations", changed, text))


def _shifted_columns(layer: Layer, dropped: IntArray) -> Layer:
    """The layer when its inputs lose low bits: weights up, masks down."""
    shifts = dropped[layer.sources] if len(layer.sources) else dropped[:0]
    return replace(layer, weights=layer.weights << shifts, masks=layer.masks >> shifts)


def _coarser_thresholds(tree: IntegerTree, dropped: IntArray) -> IntArray:
    inner = tree.feature != LEAF
    shifts = np.where(inner, dropped[tree.feature], 0)
    borders = tree.threshold + 1 + ((1 << shifts) >> 1) >> shifts
    return np.asarray(np.where(inner, borders - 1, 0), dtype=np.int64)
