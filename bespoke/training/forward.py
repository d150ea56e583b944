"""Networks of whole numbers as functions with gradients; needs JAX.

The forward pass is that of the circuit: every word in it is a whole number below ``2**24`` or a quotient by a power of
two, so that single precision is exact. Gradients pass the roundings as if they were not there, within the range in
which they round (straight-through estimators: Bengio et al., arXiv 1308.3432).

While a network is trained, ``hardness`` grows from 0, where nothing is rounded, to 1, the circuit.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

import jax
import jax.numpy as jnp
import numpy as np

Array = Any  # of JAX
EXACT = 1 << 24  # whole numbers up to it are exact in single precision
_MOST_DROPPED = 24
_POWERS = np.ldexp(1.0, np.arange(-_MOST_DROPPED, _MOST_DROPPED + 1)).astype(np.float32)


class Layer(NamedTuple):
    """What gradients change in a layer.

    Attributes
    ----------
    weights : array, shape (n_outputs, n_inputs)
        In units of the largest level.
    biases : array, shape (n_outputs,)
        In units of the largest level times the range of the inputs.
    """

    weights: Array
    biases: Array


class Parameters(NamedTuple):
    """What gradients change in a network; ``gain`` is the logarithm of the logits' scale, which no circuit has."""

    layers: tuple[Layer, ...]
    gain: Array


class Settings(NamedTuple):
    """What may differ between networks of a population; whole numbers as floats.

    Attributes
    ----------
    levels : tuple of array, shape (n_levels,)
        Of each layer, rising; the last one may stand there several times.
    digits : tuple of array, shape (n_levels,)
        Signed digits of each level.
    dropped : tuple of array, shape ()
        Low bits that the ReLUs of each hidden layer lose.
    input_bits : array, shape (n_features,)
    input_range : array, shape ()
        What all words of the inputs are below.
    activation_bits, headroom, rate, cost_weight : array, shape ()
    """

    levels: tuple[Array, ...]
    digits: tuple[Array, ...]
    dropped: tuple[Array, ...]
    input_bits: Array
    input_range: Array
    activation_bits: Array
    headroom: Array
    rate: Array
    cost_weight: Array


class Hidden(NamedTuple):
    """What hidden units make of their sums.

    Attributes
    ----------
    words : callable
        Outputs of sums, settings, dropped bits, and hardness.
    bits : callable
        Bits of the outputs, of settings.
    """

    words: Callable[[Array, Settings, Array, Array], Array]
    bits: Callable[[Settings], Array]


def _exact(exact: Array, _smooth: Array) -> Array:
    """One value with the gradient of another."""
    return exact


passing = jax.custom_vjp(_exact)
passing.defvjp(lambda exact, _: (exact, None), lambda _, slope: (jnp.zeros_like(slope), slope))


def soft_weights(layer: Layer, levels: Array) -> Array:
    """Weights before they are rounded, in steps."""
    return jnp.clip(layer.weights, -1.0, 1.0) * levels[-1]


def hard_weights(layer: Layer, levels: Array) -> Array:
    """The nearest levels."""
    borders = (levels[1:] + levels[:-1]) / 2
    above = soft_weights(layer, levels)[..., None] > borders
    return levels[0] + jnp.sum(above * jnp.diff(levels), axis=-1)


def hard_biases(layer: Layer, unit: Array) -> Array:
    """Whole numbers, of which one is ``1 / unit``."""
    return jnp.round(layer.biases * unit)


def logits(hidden: Hidden, parameters: Parameters, settings: Settings, words: Array, hardness: Array) -> Array:
    """Scores of rows of words, shape (n_rows, n_classes), in nats; the first of two classes has 0."""
    sums, unit = list(_sums(hidden, parameters, settings, words, hardness))[-1]
    scores = sums / unit * jnp.exp(parameters.gain)
    return scores if scores.shape[1] > 1 else jnp.pad(scores, ((0, 0), (1, 0)))


def fitting_drops(
    hidden: Hidden, parameters: Parameters, settings: Settings, rows: tuple[Array, Array], hardness: Array
) -> tuple[Array, ...]:
    """Low bits to drop so that ReLUs saturate at some root mean squares of their sums, one number a hidden layer.

    ``rows`` are words, shape (n_rows, n_features), and the weights of the rows, (n_rows,).
    """
    words, weights = rows
    found: list[Array] = []
    for number in range(len(settings.dropped)):
        later = settings._replace(dropped=(*found, *settings.dropped[number:]))
        sums, _ = list(_sums(hidden, parameters, later, words, hardness))[number]
        square = weights @ jnp.maximum(sums, 0.0) ** 2 / jnp.maximum(weights.sum(), 1.0)
        top = settings.headroom * jnp.sqrt(square.mean() + 1e-12)
        found.append(jnp.clip(jnp.round(jnp.log2(top) - settings.activation_bits), 0, _MOST_DROPPED))
    return tuple(found)


def _sums(
    hidden: Hidden, parameters: Parameters, settings: Settings, words: Array, hardness: Array
) -> Iterator[tuple[Array, Array]]:
    """Sums of each layer, shape (n_rows, n_outputs), and which of them stands for 1."""
    span = settings.input_range
    for number, (layer, levels) in enumerate(zip(parameters.layers, settings.levels, strict=True)):
        unit = levels[-1] * span
        weights = _blended(soft_weights(layer, levels), hard_weights(layer, levels), hardness)
        sums = words @ weights.T + _blended(layer.biases * unit, hard_biases(layer, unit), hardness)
        yield sums, unit
        if number < len(settings.dropped):
            words = hidden.words(sums, settings, settings.dropped[number], hardness)
            span = _power(hidden.bits(settings))


def whole_layers(parameters: Parameters, settings: Settings, hidden: Hidden) -> tuple[Layer, ...]:
    """Weights and biases of the circuit."""
    span, found = settings.input_range, []
    for layer, levels in zip(parameters.layers, settings.levels, strict=True):
        found.append(Layer(hard_weights(layer, levels), hard_biases(layer, levels[-1] * span)))
        span = _power(hidden.bits(settings))
    return tuple(found)


def estimated_cost(hidden: Hidden, parameters: Parameters, settings: Settings) -> Array:
    """Bits that the adders of the sums reduce, with the digits of a weight between two levels in between."""
    bits, total = settings.input_bits, jnp.zeros(())
    for layer, levels, digits in zip(parameters.layers, settings.levels, settings.digits, strict=True):
        soft = soft_weights(layer, levels)[..., None]
        steps = jnp.maximum(levels[1:] - levels[:-1], 1.0)
        share = jnp.clip((soft - levels[:-1]) / steps, 0.0, 1.0)
        total += jnp.sum((digits[0] + jnp.sum(share * jnp.diff(digits), axis=-1)) * bits)
        bits = hidden.bits(settings)
    return total


def _blended(soft: Array, hard: Array, hardness: Array) -> Array:
    return passing((1.0 - hardness) * soft + hardness * hard, soft)


def _power(exponent: Array) -> Array:
    """``2**exponent`` of a whole number, exactly."""
    return jnp.asarray(_POWERS)[exponent.astype(int) + _MOST_DROPPED]


def _relu(sums: Array, settings: Settings, dropped: Array, hardness: Array) -> Array:
    scaled = jnp.clip(sums * _power(-dropped), 0.0, _power(settings.activation_bits) - 1.0)
    return _blended(scaled, jnp.floor(scaled), hardness)


def _step(sums: Array, _settings: Settings, _dropped: Array, hardness: Array) -> Array:
    """1 where a sum is at least 0; its gradient is that of a ramp over two root mean squares to either side."""
    size = jax.lax.stop_gradient(jnp.sqrt(jnp.mean(sums**2, axis=0) + 1e-12))
    ramp = jnp.clip(sums / size / 2 + 0.5, 0.0, 1.0)
    return _blended(ramp, (sums >= 0).astype(sums.dtype), hardness)


HIDDEN: dict[str, Hidden] = {
    "relu": Hidden(_relu, lambda settings: settings.activation_bits),
    "step": Hidden(_step, lambda settings: jnp.ones_like(settings.activation_bits)),
}
