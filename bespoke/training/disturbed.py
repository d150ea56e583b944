"""What `bespoke.training.disturbances` do to sums while a network is trained; needs JAX.

Gradients are those of the exact sums, where they are below 1 (He et al., ISLPED 2018).
"""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

import jax
import jax.numpy as jnp

from bespoke.training.parameters import Array, Weighted
from bespoke.training.rounding import power

_MOST_SLOPE = 1.0  # of the loss by a sum, in units of what stands for 1


class Keys(NamedTuple):
    """Of random numbers, and the positions of bits and signed digits that weights have at most."""

    of_network: Array
    of_layer: Array
    positions: int


def _disturbed(sums: Array, error: Array, _unit: Array) -> Array:
    return sums + error


disturbed = jax.custom_vjp(_disturbed)


def _forward(sums: Array, error: Array, unit: Array) -> tuple[Array, tuple[Array, Array]]:
    return sums + error, (unit, error)


def _backward(kept: tuple[Array, Array], slope: Array) -> tuple[Array, Array, Array]:
    unit, error = kept
    passed = jnp.where(jnp.abs(slope * unit) < _MOST_SLOPE, slope, 0.0)
    return passed, jnp.zeros_like(error), jnp.zeros_like(unit)


disturbed.defvjp(_forward, _backward)


def columns(layer: Weighted, words: Array, strength: Array, keys: Keys) -> Array:
    """Errors of sums whose products lose up to ``strength`` low columns: of each row as many in all layers."""
    lost = jnp.floor(jax.random.uniform(keys.of_network, (len(words), 1)) * (strength + 1.0))
    return lost_columns(jnp.round(layer.weights), jnp.floor(words), lost, keys.positions)


def lost_columns(weights: Array, words: Array, lost: Array, positions: int) -> Array:
    """Errors of sums, shape (n_rows, n_outputs), without the partial products of signed digits below ``2**lost``.

    ``lost`` are columns of each row, shape (n_rows, 1), or of all.
    """
    error, rest = jnp.zeros((len(words), len(weights))), weights
    for position in range(positions):
        digits = jnp.where(jnp.mod(rest, 2.0) > 0, 2.0 - jnp.mod(rest, 4.0), 0.0)
        size = power(jnp.maximum(lost - position, 0.0))
        error -= (jnp.mod(words, size) @ digits.T) * float(1 << position)
        rest = (rest - digits) / 2.0
    return error


def flips(layer: Weighted, words: Array, strength: Array, keys: Keys) -> Array:
    """Errors of sums each of whose weights has each of its bits inverted with a chance of ``strength``."""
    weights = jnp.round(layer.weights)
    chosen = jax.random.uniform(keys.of_layer, (keys.positions, *weights.shape)) < strength
    return jnp.floor(words) @ flipped(weights, layer.top, chosen).T


def flipped(weights: Array, top: Array, chosen: Array) -> Array:
    """By how much weights of two's complement change, some of whose bits are inverted.

    They have as many bits as those up to ``top`` in magnitude need. ``chosen`` are the bits that are inverted, shape
    (at least n_bits, n_outputs, n_inputs), from the lowest on.
    """
    sign = sum(jnp.where(top + 1.0 > float(1 << position), 1, 0) for position in range(len(chosen)))
    change, rest = jnp.zeros_like(weights), weights
    for position, inverted in enumerate(chosen):
        size = jnp.where(position == sign, -1.0, 1.0) * float(1 << position)
        bit = jnp.mod(rest, 2.0)
        change += jnp.where(inverted & (position <= sign), (1.0 - 2.0 * bit) * size, 0.0)
        rest = jnp.floor(rest / 2.0)
    return change


# As `bespoke.training.disturbances` has them: errors of the sums of a layer, of its input words, and a strength.
DISTURBED: dict[str, Callable[[Weighted, Array, Array, Keys], Array]] = {"columns": columns, "flips": flips}
