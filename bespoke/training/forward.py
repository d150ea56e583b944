"""Networks of whole numbers as functions with gradients; needs JAX.

The forward pass is that of the circuit: every word in it is a whole number below ``2**24`` or a quotient by a power of
two, so that single precision is exact. Gradients pass the roundings as if they were not there, within the range in
which they round (straight-through estimators: Bengio et al., arXiv 1308.3432).

While a network is trained, ``hardness`` grows from 0, where nothing is rounded, to 1, the circuit.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import NamedTuple

import jax
import jax.numpy as jnp

from bespoke.training.clipping import CLIPPINGS, Clipping
from bespoke.training.parameters import Array, Layer, Parameters, Settings, Weighted
from bespoke.training.rounding import MOST_DROPPED, blended, power
from bespoke.training.weight_ranges import RANGES, Ranged


class Hidden(NamedTuple):
    """What hidden units make of their sums.

    Attributes
    ----------
    words : callable
        Outputs of sums, the sum at which they saturate, settings, dropped bits, and hardness.
    bits : callable
        Bits of the outputs, of settings.
    """

    words: Callable[[Array, Array, Settings, Array, Array], Array]
    bits: Callable[[Settings], Array]


class Kind(NamedTuple):
    """What all networks of a population are."""

    hidden: Hidden
    ranged: Callable[[Array, Array], Ranged]
    clipping: Clipping


Change = Callable[[int, Array, Array], Array]


def _unchanged(_number: int, _words: Array, sums: Array) -> Array:
    return sums


def kind_of(activation: str, weight_range: str, clipping: str) -> Kind:
    """The kind of the names in `HIDDEN`, `RANGES` and `CLIPPINGS`."""
    return Kind(HIDDEN[activation], RANGES[weight_range], CLIPPINGS[clipping])


def hard_weights(soft: Array, levels: Array) -> Array:
    """The levels that are nearest to weights in steps."""
    borders = (levels[1:] + levels[:-1]) / 2
    above = soft[..., None] > borders
    return levels[0] + jnp.sum(above * jnp.diff(levels), axis=-1)


def scaled_scores(sums: Array, last: Weighted, gain: Array) -> Array:
    """Scores of the sums of the last layer, shape (n_rows, n_classes), in nats; the first of two classes has 0."""
    return of_all_classes(sums / last.unit * jnp.exp(gain))


def of_all_classes(sums: Array) -> Array:
    """Sums of the classes; a single one is that of the second of two, whose first has 0."""
    return sums if sums.shape[1] > 1 else jnp.pad(sums, ((0, 0), (1, 0)))


def fitting_drops(
    kind: Kind, parameters: Parameters, settings: Settings, rows: tuple[Array, Array], hardness: Array
) -> tuple[tuple[Array, ...], tuple[Array, ...]]:
    """Low bits to drop of each hidden layer, and logarithms of the largest outputs that follow from them.

    ``rows`` are words, shape (n_rows, n_features), and the weights of the rows, (n_rows,).
    """
    words, weights = rows
    found: list[Array] = []
    clips: list[Array] = []
    for number in range(len(settings.dropped)):
        later = settings._replace(dropped=(*found, *settings.dropped[number:]))
        fitted = parameters._replace(clips=(*clips, *parameters.clips[number:]))
        layers = weighted_layers(kind, fitted, later, hardness)
        sums = list(layer_sums(kind, layers, later, words, hardness))[number]
        bits = kind.clipping.drop(sums, weights, layers[number], settings)
        found.append(jnp.clip(jnp.round(bits), 0, MOST_DROPPED))
        clips.append(found[-1] + settings.activation_bits - jnp.log2(layers[number].unit))
    return tuple(found), tuple(clips)


def weighted_layers(kind: Kind, parameters: Parameters, settings: Settings, hardness: Array) -> tuple[Weighted, ...]:
    """Weights and biases of all layers, those of the circuit at hardness 1."""
    clips, span = (*parameters.clips, jnp.zeros(())), settings.input_range
    found: list[Weighted] = []
    for number, (layer, levels) in enumerate(zip(parameters.layers, settings.levels, strict=True)):
        soft, largest = soft_weights(kind, layer, settings, number)
        unit = levels[-1] * span / largest
        weights = blended(soft, hard_weights(soft, levels), hardness)
        biases = blended(layer.biases * unit, jnp.round(layer.biases * unit), hardness)
        found.append(Weighted(weights, biases, unit, clips[number], levels[-1]))
        if number < len(settings.dropped):
            span = kind.clipping.span(unit, settings.dropped[number], kind.hidden.bits(settings))
    return tuple(found)


def soft_weights(kind: Kind, layer: Layer, settings: Settings, number: int) -> Ranged:
    """Weights before they are rounded, in steps, and what the largest level stands for."""
    inside, largest = kind.ranged(layer.weights, settings.statistics[number])
    return Ranged(inside * settings.levels[number][-1], largest)


def layer_sums(
    kind: Kind,
    layers: Sequence[Weighted],
    settings: Settings,
    words: Array,
    hardness: Array,
    changed: Change = _unchanged,
) -> Iterator[Array]:
    """Sums of each layer, shape (n_rows, n_outputs), which may be changed, given the layer's number and its inputs."""
    for number, layer in enumerate(layers):
        sums = changed(number, words, words @ layer.weights.T + layer.biases)
        yield sums
        if number < len(settings.dropped):
            dropped, bits = settings.dropped[number], kind.hidden.bits(settings)
            ceiling = kind.clipping.ceiling(layer, dropped, bits)
            words = kind.hidden.words(sums, ceiling, settings, dropped, hardness)


def estimated_cost(kind: Kind, parameters: Parameters, settings: Settings) -> Array:
    """Bits that the adders of the sums reduce, with the digits of a weight between two levels in between.

    The gradient is that of the logarithm of the weight, which draws all weights towards 0: the digits of a power of two
    do not fall on the way there.
    """
    bits, total = settings.input_bits, jnp.zeros(())
    for number, (layer, levels, digits) in enumerate(
        zip(parameters.layers, settings.levels, settings.digits, strict=True)
    ):
        soft = soft_weights(kind, layer, settings, number).weights
        steps = jnp.maximum(levels[1:] - levels[:-1], 1.0)
        share = jnp.clip((soft[..., None] - levels[:-1]) / steps, 0.0, 1.0)
        found = digits[0] + jnp.sum(share * jnp.diff(digits), axis=-1)
        drawn = (digits.max() - digits.min()) * jnp.log1p(jnp.abs(soft)) / jnp.log1p(levels[-1])
        total += jnp.sum((drawn + jax.lax.stop_gradient(found - drawn)) * bits)
        bits = kind.hidden.bits(settings)
    return total


def _relu(sums: Array, ceiling: Array, settings: Settings, dropped: Array, hardness: Array) -> Array:
    shrink, most = power(-dropped), power(settings.activation_bits) - 1.0
    smooth = jnp.clip(sums, 0.0, ceiling) * shrink
    return blended(smooth, jnp.floor(jnp.clip(sums * shrink, 0.0, most)), hardness)


def _step(sums: Array, _ceiling: Array, _settings: Settings, _dropped: Array, hardness: Array) -> Array:
    """1 where a sum is at least 0; its gradient is that of a ramp over two root mean squares to either side."""
    size = jax.lax.stop_gradient(jnp.sqrt(jnp.mean(sums**2, axis=0) + 1e-12))
    ramp = jnp.clip(sums / size / 2 + 0.5, 0.0, 1.0)
    return blended(ramp, (sums >= 0).astype(sums.dtype), hardness)


HIDDEN: dict[str, Hidden] = {
    "relu": Hidden(_relu, lambda settings: settings.activation_bits),
    "step": Hidden(_step, lambda settings: jnp.ones_like(settings.activation_bits)),
}
