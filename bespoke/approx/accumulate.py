"""Sums that leave out bits of their summands."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple

import numpy as np

from bespoke.approx.change import Approximated, Change, SumModel, column_means, layer_inputs, per_item, replaced
from bespoke.approx.change import sum_model as checked
from bespoke.errors import OptionError
from bespoke.model import IntArray, IntegerModel, Layer
from bespoke.model.layer import WHOLE
from bespoke.numeric import Interval, csd


class Summand(NamedTuple):
    """``sign * 2**shift * (x & mask)`` in sum ``row``, for input ``source`` of a layer."""

    row: int
    source: int
    shift: int
    sign: int
    mask: int


@dataclass(frozen=True, slots=True)
class ColumnOptions:
    """Bit columns left out: per layer, one number for all sums or one per sum."""

    columns: tuple[tuple[int, ...], ...]


@dataclass(frozen=True, slots=True)
class ProductOptions:
    """Products of a significance up to ``threshold`` keep their ``kept_bits`` highest columns; layers (None: all)."""

    threshold: float
    kept_bits: int = 2
    layers: tuple[int, ...] | None = None

    def __post_init__(self) -> None:
        if self.kept_bits < 0 or not self.threshold >= 0:
            got = (self.threshold, self.kept_bits)
            raise OptionError("must not be negative", where="products", got=got, allowed="0 or more")


@dataclass(frozen=True, slots=True)
class SummandOptions:
    """A mask per summand of a layer, in the order of `summands`; -1 keeps all bits."""

    layer: int
    masks: tuple[int, ...]


def truncate_columns(model: IntegerModel, options: ColumnOptions) -> Approximated[SumModel]:
    """Leave out all summand bits below a column: bit ``i`` of ``2**p * x`` where ``p + i`` is less than the column.

    The sum loses at most ``sum(2**p * (2**max(0, column - p) - 1))`` over its digits (truncated accumulation; e.g.
    Jou, Tsai and Tsui, "Low-error reduced-width Booth multipliers", IEEE TCAS-I 50, 2003). Inputs that may be
    negative keep all bits.
    """
    current = checked(model, "columns")
    if len(options.columns) != len(current.layers):
        count = str(len(current.layers))
        raise OptionError("one entry per layer", where="columns", got=options.columns, allowed=count)
    lowest = [
        per_item(columns, len(layer.biases), "columns")
        for layer, columns in zip(current.layers, options.columns, strict=True)
    ]

    def mask(number: int, summand: Summand, _: Interval) -> int:
        return _above(lowest[number][summand.row] - summand.shift)

    return _masked(current, mask, "columns", "in the lowest columns")


def truncate_products(model: IntegerModel, options: ProductOptions, words: IntArray) -> Approximated[SumModel]:
    """Leave out the low columns of products that matter little on average (AxSum).

    The significance of product ``i`` of a sum is ``|mean(w_i * x_i) / sum_j mean(w_j * x_j)|`` over the training
    words. One up to ``threshold`` keeps only the summand bits in the ``kept_bits`` highest columns that
    ``|w_i| * max(x_i)`` reaches (Armeniakos et al., "Co-Design of Approximate Multilayer Perceptron for
    Ultra-Resource Constrained Printed Circuits", IEEE TC 72, 2023).

    Parameters
    ----------
    model : IntegerMLP or IntegerSVM
    options : ProductOptions
    words : ndarray of int64, shape (n_samples, n_features)
        Training inputs.
    """
    current = checked(model, "products")
    chosen = range(len(current.layers)) if options.layers is None else options.layers
    inputs = layer_inputs(current, words)
    lowest = {
        number: _lowest_columns(current.layers[number], inputs[number], current.layer_inputs()[number], options)
        for number in chosen
        if 0 <= number < len(current.layers)
    }

    def mask(number: int, summand: Summand, _: Interval) -> int:
        if number not in lowest:
            return WHOLE
        return _above(int(lowest[number][summand.row, summand.source]) - summand.shift)

    return _masked(current, mask, "products", f"of products with a significance up to {options.threshold:g}")


def mask_summands(model: IntegerModel, options: SummandOptions) -> Approximated[SumModel]:
    """Keep only chosen bits of each summand of a layer.

    With weights that are powers of two this is the mask per summand bit of Afentaki et al., "Embedding Hardware
    Approximations in Discrete Genetic-based Training for Printed MLPs", DATE 2024.
    """
    current = checked(model, "summands")
    if not 0 <= options.layer < len(current.layers):
        raise OptionError("no such layer", where="summands", got=options.layer, allowed=str(len(current.layers)))
    count = len(summands(current.layers[options.layer]))
    if len(options.masks) != count:
        raise OptionError("one mask per summand", where="summands", got=len(options.masks), allowed=str(count))
    masks = iter(options.masks)

    def mask(number: int, _: Summand, __: Interval) -> int:
        return next(masks) if number == options.layer else WHOLE

    return _masked(current, mask, "summands", f"of layer {options.layer}")


def summands(layer: Layer) -> tuple[Summand, ...]:
    """Summands of a layer's sums: one per signed digit of each weight, by sum, column and rising shift."""
    return tuple(
        Summand(row, source, digit.position, digit.sign, mask)
        for row, weights in enumerate(layer.weights.tolist())
        for weight, source, mask in zip(weights, layer.sources.tolist(), layer.masks.tolist(), strict=True)
        for digit in csd(weight)
    )


def layer_of_summands(layer: Layer, terms: Sequence[Summand], inputs: Sequence[Interval]) -> Layer:
    """The layer with the given summands instead of its own; masks that clear nothing are seen as whole."""
    columns: dict[tuple[int, int], int] = {(source, WHOLE): source for source in range(len(inputs))}
    entries = []
    for row, source, shift, sign, mask in terms:
        kept = mask if mask == WHOLE else mask & (1 << inputs[source].width) - 1
        if kept:
            place = WHOLE if kept == (1 << inputs[source].width) - 1 else kept
            entries.append((row, columns.setdefault((source, place), len(columns)), sign << shift))
    weights = np.zeros((len(layer.biases), len(columns)), dtype=np.int64)
    for row, column, weight in entries:
        weights[row, column] += weight
    keys = np.array(list(columns), dtype=np.int64).reshape(-1, 2)
    return replace(layer, weights=weights, sources=keys[:, 0], masks=keys[:, 1])


def _above(column: int) -> int:
    """Mask of the bits from ``column`` on."""
    return -1 << max(0, column)


def _masked(
    model: SumModel, mask: Callable[[int, Summand, Interval], int], step: str, where: str
) -> Approximated[SumModel]:
    layers = {}
    gone = 0
    for number, (layer, inputs) in enumerate(zip(model.layers, model.layer_inputs(), strict=True)):
        terms = []
        for term in summands(layer):
            word = inputs[term.source]
            wanted = mask(number, term, word)
            kept = term.mask if word.signed or wanted == WHOLE else term.mask & wanted & (1 << word.width) - 1
            gone += _bit_count(term.mask, word) - _bit_count(kept, word)
            terms.append(term._replace(mask=kept))
        layers[number] = layer_of_summands(layer, terms, inputs)
    return Approximated(replaced(model, layers), Change(step, gone, f"{gone} summand bits left out {where}"))


def _bit_count(mask: int, word: Interval) -> int:
    return (mask & (1 << word.width) - 1).bit_count()


def _lowest_columns(layer: Layer, values: IntArray, inputs: Sequence[Interval], options: ProductOptions) -> IntArray:
    """Lowest column kept of each product, shape (n_sums, n_inputs)."""
    means = np.zeros((len(layer.biases), len(inputs)))
    tops = np.zeros((len(layer.biases), len(inputs)), dtype=np.int64)
    for column, (source, mean) in enumerate(zip(layer.sources.tolist(), column_means(layer, values), strict=True)):
        means[:, source] += layer.weights[:, column] * mean
        tops[:, source] += np.abs(layer.weights[:, column]) * inputs[source].high
    total = np.abs(means.sum(axis=1, keepdims=True))
    significance = np.divide(np.abs(means), total, out=np.full(means.shape, np.inf), where=total > 0)
    widths = np.frexp(tops.astype(np.float64))[1]
    return np.where(significance <= options.threshold, np.maximum(widths - options.kept_bits, 0), 0).astype(np.int64)
